import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMailAddress } from '../../src/mail/mail-address.ts';

test('an address is one address and nothing else', () => {
  for (const good of ['ada@example.org', "o'brien+x@sub.example.co.uk", 'jörg@müller.example', 'root@localhost']) assert.ok(isMailAddress(good), good);
  const bad = [
    'a@b\r\nBcc: c@d',
    'a@b\nc',
    'a\r@b',
    'a@b,c@d',
    'a@b;c@d',
    'x:a@b;',
    'A <a@b>',
    '<a@b>',
    '"a b"@c',
    'a@b(c)',
    'a b@c',
    'a@b\0',
    'a\0@b',
    'a@b\u2028',
    'a',
    '@b',
    'a@',
    'a@@b',
    `${'a'.repeat(251)}@b.c`,
  ];
  for (const text of bad) assert.ok(!isMailAddress(text), JSON.stringify(text));
});
