import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { composeAccountEmail } from '../../src/mail/compose-account-email.ts';
import type { TakenEmail } from '../../src/mail/email-queue-port.ts';
import type { Message } from '../../src/mail/mailer.ts';
import { instant } from '../../src/model/instant.ts';
import { EMAIL_TOPICS } from '../../src/protocol/account-emails.ts';
import { MESSAGE_LOCALES } from '../../src/protocol/messages.ts';
import { SENDER, TOKEN, takenEmail } from './told.ts';

function composed(mail: Partial<TakenEmail>, sender = {}): Message {
  const message = composeAccountEmail(takenEmail(mail), { ...SENDER, ...sender });
  if (typeof message === 'string') throw new assert.AssertionError({ message });
  return message;
}
const WITH_LINKS: readonly string[] = ['email-verification', 'password-reset', 'invitation'];
const WITH_CODES: readonly string[] = ['booking-code'];

describe('an e-mail', () => {
  for (const topic of EMAIL_TOPICS) {
    test(`about ${topic} says whose business it is and what to do if it was not its reader`, () => {
      const { subject, text, to } = composed({ topic });
      assert.equal(to, 'grace@example.org');
      assert.match(subject, /^Salt & Pine: [a-z]/);
      assert.match(text, /Salt & Pine/);
      assert.match(text, /\n\n(If (it was not you|this is a mistake), |You get this e-mail because you (may|have) )/);
      assert.ok(!/undefined|null|\[object/.test(text));
    });
    test(`about ${topic} has the link if there is one to have, with the moment until which it is good, or the code, and else no token`, () => {
      const { text } = composed({ topic });
      assert.equal(text.includes(`\n\nhttps://book.example.org/account#${topic}=${TOKEN}\n\n`), WITH_LINKS.includes(topic));
      assert.equal(text.includes(TOKEN), WITH_LINKS.includes(topic) || WITH_CODES.includes(topic));
      assert.equal(text.includes(`\n\n${TOKEN}\n\n`), WITH_CODES.includes(topic));
      assert.equal(text.includes('works once, until 25 November 2026, 13:00 (Europe/Berlin).'), WITH_LINKS.includes(topic));
    });
  }

  test('in French says 1er for the first of a month', () => {
    const { text } = composed({ topic: 'password-reset', locale: 'fr', tokenExpiresAt: instant(Date.UTC(2026, 11, 1, 12)) });
    assert.match(text, /1er décembre 2026, 13:00 \(Europe\/Berlin\)/);
  });

  for (const locale of MESSAGE_LOCALES)
    test(`in ${locale} has everything that the English one has`, () => {
      for (const topic of EMAIL_TOPICS) {
        const [english, { subject, text }] = [composed({ topic }), composed({ topic, locale })];
        const parts = (whole: string) => [whole.split('\n\n').length, whole.split(TOKEN).length, whole.includes(`${SENDER.publicUrl}/account\n`)];
        assert.deepEqual(parts(text), parts(english.text), topic);
        assert.ok(!/[{}]|undefined/.test(subject + text) && subject.startsWith('Salt & Pine') && text.includes('Salt & Pine.'), topic);
        assert.ok(locale === 'en' || subject !== english.subject, topic);
      }
    });

  test('about a changed password says when', () =>
    assert.match(composed({ topic: 'password-changed' }).text, /was changed on 25 November 2026, 12:00 \(Europe\/Berlin\)\./));
  test('names nobody, not even by address', () => {
    for (const topic of EMAIL_TOPICS) assert.ok(!/grace/i.test(composed({ topic }).text + composed({ topic }).subject));
  });
  test('that needs a link and has none any more is not written', () => {
    assert.equal(composeAccountEmail(takenEmail({ token: null, tokenExpiresAt: null }), SENDER), 'link-expired');
    assert.equal(composed({ topic: 'password-changed', token: null, tokenExpiresAt: null }).to, 'grace@example.org');
  });
  test('keeps the name of the business to one line of 80 characters', () => {
    assert.match(composed({}, { business: 'Salt\r\nBcc: x@example.org\u2028&\tPine ' }).subject, /^Salt Bcc: x@example\.org & Pine: /);
    const { subject } = composed({}, { business: '💈'.repeat(200) });
    assert.equal(subject.split(':')[0], `${'💈'.repeat(79)}…`);
  });
});
