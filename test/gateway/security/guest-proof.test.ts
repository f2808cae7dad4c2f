// A business that asks guests to prove the mailbox they book for, at the settings a server comes with.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { HoldReply, ProofSentReply } from '../../../src/protocol/holds.ts';
import type { Asking } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';
import { newKey } from '../socket/small-shop.ts';
import { TestScreen } from '../socket/test-screen.ts';

const SLOTS_A_DAY = 16;
let shop: Business;
before(async () => {
  shop = await openBusiness({ RATE_LIMIT_SCALE: '1', TRUSTED_PROXIES: '1' });
  assert.equal((await shop.ask('PATCH', '/v1/settings', { token: shop.tokens.owner, body: { guestProof: 'email' } })).status, 200);
});
after(() => shop?.[Symbol.asyncDispose]());

let count = 0;
/** Another start, and another visitor and mailbox, each time: the limits of one are not those of another. */
function somebody() {
  count += 1;
  const minutes = 9 * 60 + (count % SLOTS_A_DAY) * 30;
  const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return {
    headers: { 'x-forwarded-for': `198.51.100.${count}` },
    start: { serviceId: shop.haircut.id, staffId: shop.bo.id, startsAt: berlinTime(2 + Math.floor(count / SLOTS_A_DAY), time) },
    customer: { name: 'Grace', email: `grace-${count}@example.org` },
  };
}
type Somebody = ReturnType<typeof somebody>;

async function hold(visitor: Somebody): Promise<HoldReply> {
  const held = await shop.ask<HoldReply>('POST', '/v1/holds', { headers: visitor.headers, body: visitor.start });
  assert.equal(held.status, 201, held.text);
  return held.body;
}
const withToken = ({ headers }: Somebody, { token = '' }: HoldReply, more: Asking = {}): Asking => ({
  ...more,
  headers: { ...headers, 'hold-token': token, ...more.headers },
});
const askCode = (visitor: Somebody, held: HoldReply, email = visitor.customer.email) =>
  shop.ask<ProofSentReply>('POST', `/v1/holds/${held.id}/proof`, withToken(visitor, held, { body: { email } }));
/** The last one that was written to the address: without a mail server they are kept for the owner. */
async function codeTo(email: string): Promise<string> {
  const { items } = (await shop.ask('GET', '/v1/account-emails?limit=200', { token: shop.tokens.owner })).body;
  const mail = items.find(({ to, topic }: { to: string; topic: string }) => to === email && topic === 'booking-code');
  assert.match(mail?.code, /^\d{6}$/);
  assert.equal(mail.link, undefined);
  return mail.code;
}
async function code(visitor: Somebody, held: HoldReply): Promise<string> {
  const sent = await askCode(visitor, held);
  assert.equal(sent.status, 202, sent.text);
  return codeTo(visitor.customer.email);
}
const book = (visitor: Somebody, held: HoldReply, more: object = {}, asking: Asking = {}) =>
  shop.ask<AppointmentReply>(
    'POST',
    '/v1/appointments',
    withToken(visitor, held, { body: { holdId: held.id, customer: visitor.customer, ...more }, ...asking }),
  );
const wrong = (right: string) => String((Number(right) + 1) % 1_000_000).padStart(6, '0');
const booked = async (email: string) => {
  const { items } = (await shop.ask('GET', '/v1/appointments?limit=200', { token: shop.tokens.owner })).body;
  return items.filter(({ customer }: AppointmentReply) => customer?.email === email).length;
};

describe('a guest of a business that asks for proof of the mailbox', () => {
  test('is told so beforehand, and books nothing without a code, with or without a hold', async () => {
    assert.equal((await shop.ask('GET', '/v1/business')).body.guestProof, 'email');
    const visitor = somebody();
    const held = await hold(visitor);
    isProblem(await book(visitor, held), 'proof-required', 'proofCode');
    const direct = await shop.ask('POST', '/v1/appointments', { headers: visitor.headers, body: { ...visitor.start, customer: visitor.customer } });
    isProblem(direct, 'proof-required');
    assert.match(direct.text, /hold the time first/);
    assert.equal(await booked(visitor.customer.email), 0);
  });

  test('books with the code of the e-mail, while the hold stays and is renewed as usual', async () => {
    const visitor = somebody();
    const held = await hold(visitor);
    const sent = await askCode(visitor, held);
    assert.equal(sent.status, 202, sent.text);
    assert.ok(sent.body.expiresInSeconds > 0 && sent.body.expiresInSeconds <= held.expiresInSeconds);
    assert.equal((await shop.ask('POST', `/v1/holds/${held.id}/renew`, withToken(visitor, held, { body: {} }))).status, 200);
    const asking = { headers: { 'idempotency-key': newKey() } };
    const proofCode = await codeTo(visitor.customer.email);
    const copies = await Promise.all(Array.from({ length: 8 }, () => book(visitor, held, { proofCode }, asking)));
    assert.deepEqual([copies.every(({ status }) => status === 201), new Set(copies.map(({ text }) => text)).size], [true, 1]);
    assert.equal((await book(visitor, held, { proofCode }, asking)).text, copies[0]?.text, 'and is answered again as before');
    assert.equal(await booked(visitor.customer.email), 1);
  });

  test('books over a socket with the same code', async () => {
    const visitor = somebody();
    const held = await hold(visitor);
    const message = { holdId: held.id, holdToken: held.token, customer: visitor.customer };
    const screen = await TestScreen.open(shop.url, undefined, visitor.headers);
    const refused = await screen.ask('book', { key: newKey(), ...message });
    assert.equal(refused.problem?.code, 'proof-required');
    const proofCode = await code(visitor, held);
    const made = await screen.ask('book', { key: newKey(), ...message, proofCode });
    screen.close();
    assert.equal(made.ok, true, JSON.stringify(made));
  });

  test('types the address in other letters of the same mailbox and is the same person', async () => {
    const visitor = somebody();
    const held = await hold(visitor);
    const proofCode = await code(visitor, held);
    const customer = { ...visitor.customer, email: visitor.customer.email.toUpperCase() };
    assert.equal((await book(visitor, held, { proofCode, customer })).status, 201);
  });

  test('does not book with the code of another mailbox, nor with that of another hold', async () => {
    const [visitor, other] = [somebody(), somebody()];
    const [held, otherHeld] = [await hold(visitor), await hold(other)];
    const proofCode = await code(visitor, held);
    isProblem(await book(visitor, held, { proofCode, customer: other.customer }), 'proof-required', 'proofCode');
    isProblem(await book({ ...other, customer: visitor.customer }, otherHeld, { proofCode }), 'proof-required', 'proofCode');
    assert.deepEqual([await booked(visitor.customer.email), await booked(other.customer.email)], [0, 0]);
    assert.equal((await book(visitor, held, { proofCode })).status, 201);
  });

  test('has five tries for a hold: the sixth is refused even if it is right, also of many at once and as a dry run', async () => {
    const visitor = somebody();
    const held = await hold(visitor);
    const proofCode = await code(visitor, held);
    const guesses = Array.from({ length: 5 }, (_, guess) =>
      book(visitor, held, {
        proofCode: String(Number(wrong(proofCode)) + guess)
          .padStart(6, '0')
          .slice(-6),
      }),
    );
    for (const said of await Promise.all(guesses)) isProblem(said, 'proof-required', 'proofCode');
    const refused = await book(visitor, held, { proofCode });
    isProblem(refused, 'proof-required', 'proofCode');
    assert.match(refused.text, /wrong too often/);
    const dry = await shop.ask(
      'POST',
      '/v1/appointments?dryRun=true',
      withToken(visitor, held, { body: { holdId: held.id, customer: visitor.customer, proofCode } }),
    );
    isProblem(dry, 'proof-required');
    assert.equal(await booked(visitor.customer.email), 0);
  });

  test('uses up no tries of a hold that is not theirs', async () => {
    const [visitor, other] = [somebody(), somebody()];
    const [held, otherHeld] = [await hold(visitor), await hold(other)];
    const proofCode = await code(visitor, held);
    for (let guess = 0; guess < 6; guess += 1)
      isProblem(await book(other, { ...held, token: otherHeld.token ?? '' }, { proofCode: wrong(proofCode) }), 'hold-not-yours');
    isProblem(await askCode(other, { ...held, token: otherHeld.token ?? '' }), 'hold-not-yours');
    assert.equal((await book(visitor, held, { proofCode })).status, 201);
  });

  test('gets three codes for a hold, whatever mailboxes they are for', async () => {
    const visitor = somebody();
    const held = await hold(visitor);
    for (let sent = 0; sent < 3; sent += 1) assert.equal((await askCode(visitor, held, `somebody-${count}-${sent}@example.org`)).status, 202);
    const refused = await askCode(visitor, held);
    isProblem(refused, 'limit-reached');
    assert.match(refused.text, /At most 3 codes can be sent for one hold\./);
  });

  test('has e-mails sent to one mailbox no more often than other e-mails are', async () => {
    const email = 'flooded@example.org';
    for (let sent = 0; sent < 10; sent += 1) {
      const visitor = somebody();
      assert.equal((await askCode(visitor, await hold(visitor), email)).status, 202);
    }
    const visitor = somebody();
    isProblem(await askCode(visitor, await hold(visitor), email), 'rate-limited');
  });

  test('guesses no more than fifty times an hour from one address, over all holds', async () => {
    const visitor = somebody();
    const guessOn = async () => {
      const next = { ...somebody(), headers: visitor.headers };
      const held = await hold(next);
      for (let guess = 0; guess < 5; guess += 1) isProblem(await book(next, held, { proofCode: '000000' }), 'proof-required');
      await shop.ask('DELETE', `/v1/holds/${held.id}`, withToken(next, held));
    };
    for (let holds = 0; holds < 10; holds += 1) await guessOn();
    const next = { ...somebody(), headers: visitor.headers };
    isProblem(await book(next, await hold(next), { proofCode: '000000' }), 'rate-limited');
  });
});

describe('no code is asked', () => {
  test('of customers who are logged in, nor of the desk', async () => {
    for (const token of [shop.tokens.customer, shop.tokens.desk]) {
      const { start, customer } = somebody();
      const said = await shop.ask('POST', '/v1/appointments', { token, body: { ...start, customer } });
      assert.equal(said.status, 201, said.text);
    }
    const held = await shop.ask('POST', '/v1/holds', { token: shop.tokens.customer, body: somebody().start });
    isProblem(await shop.ask('POST', `/v1/holds/${held.body.id}/proof`, { token: shop.tokens.customer, body: { email: 'clara@example.org' } }), 'wrong-status');
  });

  test('of anybody where the business does not want it, which is how it begins', async () => {
    await using plain = await openBusiness();
    assert.equal((await plain.ask('GET', '/v1/settings', { token: plain.tokens.owner })).body.guestProof, 'none');
    assert.equal((await plain.ask('GET', '/v1/business')).body.guestProof, 'none');
    const start = { serviceId: plain.haircut.id, staffId: plain.bo.id, startsAt: berlinTime(2, '10:00') };
    assert.equal((await plain.ask('POST', '/v1/appointments', { body: { ...start, customer: { name: 'Grace', email: 'grace@example.org' } } })).status, 201);
    isProblem(await plain.ask('PATCH', '/v1/settings', { token: plain.tokens.owner, body: { guestProof: 'sms' } }), 'invalid-request', 'guestProof');
  });
});
