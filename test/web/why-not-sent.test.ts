import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { whyNotSent } from '../../web/bell/why-not-sent.ts';

const MESSAGES = readFileSync(join(import.meta.dirname, '../../docs/messages.md'), 'utf8');

/** The codes that docs/messages.md names as a `failure`: in the table of texts, and in what it says of e-mails. */
function documentedFailures(): readonly string[] {
  const [, table = ''] = /\| `failure` \| Meaning \|\n((?:\|.*\n)+)/.exec(MESSAGES) ?? [];
  const firsts = [...table.matchAll(/^\|([^|]*)\|/gm)].map(([, first = '']) => first);
  const sentences = [...MESSAGES.matchAll(/`failure` (?:of a message says why|can be) [^\n]*/g)].map(([sentence]) => sentence);
  const codes = [...[...firsts, ...sentences].join(' ').matchAll(/`([a-z]+(?:-[a-z]+)+|unsubscribed|moved|refused|undelivered)\b/g)].map(
    ([, code = '']) => code,
  );
  return [...new Set(codes)];
}

test('every reason why a message did not leave has words', () => {
  const failures = documentedFailures();
  assert.ok(failures.length >= 20, failures.join());
  assert.deepEqual(
    failures.filter((failure) => whyNotSent(failure) === failure),
    [],
  );
});

test('numbers of the mail server stand behind the words, and what has none is shown as it is', () => {
  assert.equal(whyNotSent('refused 550 5.1.1'), 'it was refused for good (550 5.1.1)');
  assert.equal(whyNotSent('address-refused (550 5.1.1)'), 'the address was refused before (550 5.1.1)');
  assert.equal(whyNotSent('outcome-unknown (timed-out)'), 'it may have been sent, which is not known (timed-out)');
  assert.equal(whyNotSent('over-budget email-total-day'), 'too many messages were sent');
  assert.equal(whyNotSent('constructor of worlds'), 'constructor of worlds');
});
