import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SmtpMailer, type SmtpSettings } from '../../src/integrations/smtp/smtp-mailer.ts';
import type { MailerAnswer, Message } from '../../src/mail/mailer.ts';
import { instant } from '../../src/model/instant.ts';
import { certificateFor, whileTrusting } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { startSilence, startSmtp } from '../support/smtp.ts';

const MESSAGE: Message = {
  id: '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d',
  to: 'grace@example.org',
  subject: 'Salon Jörg: is this your e-mail address?',
  text: 'Grüße.\n\nhttps://book.example.org/account#password-reset=tttttttttttttttttttttttttttttttttttttttttttt\n\n.\nA line of its own with a dot above.\n',
  writtenAt: instant(Date.UTC(2026, 10, 25, 11)),
};
const LOGIN = { user: 'ada', password: 'a secret with ünïcode' };
/** Where this machine listens as well, though nobody can tell by the look of it. */
const NOT_KNOWN_AS_THIS_MACHINE = '0.0.0.0';

async function send(settings: Partial<SmtpSettings> & { readonly port: number }, message: Partial<Message> = {}): Promise<MailerAnswer> {
  const from = { name: 'Salon "Jörg", Ltd', address: 'hello@pine.example' };
  const mailer = new SmtpMailer({ host: '127.0.0.1', isTlsFromTheStart: false, login: null, from, connections: 2, ...settings });
  try {
    return await mailer.send({ ...MESSAGE, ...message });
  } finally {
    mailer.close();
  }
}

const reasonOf = (answer: MailerAnswer) => ('reason' in answer ? answer.reason : answer.type);

describe('a mail', () => {
  test('arrives as it was written', async () => {
    await using smtp = await startSmtp();
    assert.deepEqual(await send(smtp), { type: 'accepted' });
    const [mail] = smtp.mails;
    assert.ok(mail);
    assert.equal(mail.text, MESSAGE.text);
    assert.equal(mail.header('subject'), MESSAGE.subject);
    assert.equal(mail.header('from'), 'Salon "Jörg", Ltd <hello@pine.example>');
    assert.match(mail.raw, /^From: =\?UTF-8\?[BQ]\?[\w=+/]+\?= <hello@pine\.example>\r$/m);
    assert.equal(mail.header('to'), 'grace@example.org');
    assert.equal(mail.header('message-id'), `<${MESSAGE.id}@pine.example>`);
    assert.equal(mail.header('date'), 'Wed, 25 Nov 2026 11:00:00 +0000');
    assert.equal(mail.header('auto-submitted'), 'auto-generated');
    assert.match(mail.header('content-type'), /^text\/plain; charset=utf-8/);
    assert.deepEqual([mail.sender, mail.recipients], ['hello@pine.example', ['grace@example.org']]);
  });

  test('gets no header and no reader that its fields do not name', async () => {
    await using smtp = await startSmtp();
    const before = await send(smtp).then(() => smtp.mails[0]?.headers.map(([name]) => name));
    await send(smtp, { subject: 'One\r\nBcc: x@example.org\n\nBody' });
    await send(smtp, { subject: `${'x'.repeat(70)}\r\n\r\nBody ${'ö\r\n'.repeat(70)}Bcc: x@example.org` });
    const lists = [
      'a@example.org\r\nBcc: b@example.org',
      'a@example.org, b@example.org',
      'x: a@example.org, b@example.org;',
      'a@example.org>\r\nRCPT TO:<b@example.org',
    ];
    for (const to of lists) assert.deepEqual(await send(smtp, { to }), { type: 'refused', reason: 'bad-address' });
    assert.equal(smtp.mails.length, 3);
    for (const { headers, recipients } of smtp.mails) {
      assert.deepEqual(
        headers.map(([name]) => name),
        before,
      );
      assert.deepEqual(recipients, ['grace@example.org']);
    }
  });
});

describe('a connection', () => {
  test('is encrypted where the mail server offers it, and not where it does not', async () => {
    for (const hasStartTls of [true, false]) {
      await using smtp = await startSmtp({ hasStartTls });
      assert.deepEqual(await send(smtp), { type: 'accepted' });
      assert.equal(smtp.mails[0]?.isEncrypted, hasStartTls);
    }
  });
  test('logs in with the name and password that are set', async () => {
    await using smtp = await startSmtp({ login: LOGIN });
    assert.deepEqual(await send({ ...smtp, login: LOGIN }), { type: 'accepted' });
    assert.deepEqual([smtp.mails[0]?.user, smtp.mails[0]?.isEncrypted], ['ada', true]);
  });
  test('that is not let in leaves the e-mail for later, and says nothing of the password', async () => {
    await using smtp = await startSmtp({ login: LOGIN });
    assert.deepEqual(await send({ ...smtp, login: { ...LOGIN, password: 'wrong' } }), { type: 'not-now', reason: 'login-refused 535 5.7.8' });
  });
  test('that cannot be encrypted is not logged in over', async () => {
    await using smtp = await startSmtp({ hasStartTls: false, login: LOGIN });
    const answer = await send({ ...smtp, host: NOT_KNOWN_AS_THIS_MACHINE, login: LOGIN });
    assert.deepEqual(answer, { type: 'not-now', reason: 'not-encrypted 500' });
  });
  describe('with a login, or with TLS from the start, wants a certificate that is good', () => {
    const ways = [
      ['a login', { isTlsFromTheStart: false, login: LOGIN }],
      ['TLS from the start', { isTlsFromTheStart: true, login: null }],
      ['both', { isTlsFromTheStart: true, login: LOGIN }],
    ] as const;
    for (const [name, way] of ways)
      test(name, async () => {
        const certificate = await certificateFor('localhost', 'mail.pine.example');
        await using smtp = await startSmtp({ isTlsFromTheStart: way.isTlsFromTheStart, certificate, ...(way.login && { login: way.login }) });
        const answers = async () => ({
          known: await send({ ...smtp, ...way, host: 'localhost' }),
          // Not the name in the certificate.
          unknown: await send({ ...smtp, ...way, host: NOT_KNOWN_AS_THIS_MACHINE }),
        });
        const unsure = await answers();
        assert.match(reasonOf(unsure.unknown), /^unreachable DEPTH_ZERO_SELF_SIGNED_CERT$/);
        // A password goes to this machine whatever its certificate is, but for `smtps://`, which asks for one.
        if (way.isTlsFromTheStart) assert.match(reasonOf(unsure.known), /^unreachable DEPTH_ZERO_SELF_SIGNED_CERT$/);
        const sure = await whileTrusting(certificate, answers);
        assert.deepEqual(sure.known, { type: 'accepted' });
        assert.match(reasonOf(sure.unknown), /^unreachable ERR_TLS_CERT_ALTNAME_INVALID$/);
        const { user, isEncrypted } = smtp.mails.at(-1) ?? assert.fail();
        assert.deepEqual([user, isEncrypted, smtp.mails.length], [way.login?.user ?? null, true, way.isTlsFromTheStart ? 1 : 2]);
      });
  });
  test('that cannot be made, or is not greeted, leaves the e-mail for later', async () => {
    assert.deepEqual(await send({ port: await freePort() }), { type: 'not-now', reason: 'unreachable ECONNREFUSED' });
    await using silence = await startSilence();
    assert.deepEqual(await send({ port: silence.port, greetingLimitMs: 50 }), { type: 'not-now', reason: 'timed-out' });
  });
  test('over which an e-mail comes to no end is given up, and the next e-mail gets another one', async () => {
    let isSlow = true;
    await using smtp = await startSmtp({ untilTaken: () => (isSlow ? new Promise(() => undefined) : undefined) });
    const from = { name: '', address: 'hello@pine.example' };
    const mailer = new SmtpMailer({ host: '127.0.0.1', port: smtp.port, isTlsFromTheStart: false, login: null, from, connections: 1, sendLimitMs: 300 });
    assert.deepEqual(await mailer.send(MESSAGE), { type: 'not-now', reason: 'timed-out' });
    isSlow = false;
    assert.deepEqual(await mailer.send(MESSAGE), { type: 'accepted' });
    mailer.close();
    assert.equal(smtp.callers.made, 2);
  });
  test('is given up when the post closes', async () => {
    await using silence = await startSilence();
    const from = { name: '', address: 'hello@pine.example' };
    const mailer = new SmtpMailer({ host: '127.0.0.1', port: silence.port, isTlsFromTheStart: false, login: null, from, connections: 1 });
    const answers = [mailer.send(MESSAGE), mailer.send(MESSAGE)];
    setImmediate(() => mailer.close());
    assert.deepEqual(
      await Promise.all(answers),
      Array.from({ length: 2 }, () => ({ type: 'not-now', reason: 'cut-off' })),
    );
  });
});
