import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { HoldReply } from '../../../src/protocol/holds.ts';
import { timeNow } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { type Asking, type Json, makerOf, type Said } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';
import { newKey } from '../socket/small-shop.ts';
import { TestScreen } from '../socket/test-screen.ts';

const GUEST_LIMIT = 10;
/** By default. */
const PAY_MINUTES = 10;
const CUSTOMER_LIMIT = 5;
const customer = { name: 'Grace', email: 'grace@example.org' };
let shop: Business;
let stripe: TestStripe;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness({ RATE_LIMIT_SCALE: '1', TRUSTED_PROXIES: '1', ...stripe.settings });
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});

let starts = 0;
/** Another one each time: sixteen a day. */
function nextStart(): object {
  starts += 1;
  const minutes = (9 * 60 + (starts % 16) * 30) % (24 * 60);
  const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return { serviceId: shop.haircut.id, staffId: shop.bo.id, startsAt: berlinTime(2 + Math.floor(starts / 16), time) };
}

let addresses = 0;
/** Somebody at an address where nobody has been before. */
function newGuest() {
  addresses += 1;
  const from = { 'x-forwarded-for': `203.0.113.${addresses}` };
  return {
    ask: <Body>(method: string, path: string, { headers, ...asking }: Asking = {}) =>
      shop.ask<Body>(method, path, { ...asking, headers: { ...from, ...headers } }),
    hold(body: object = nextStart(), headers: Record<string, string> = {}): Promise<Said<HoldReply>> {
      return this.ask('POST', '/v1/holds', { body, headers });
    },
    async fill(count = GUEST_LIMIT): Promise<readonly HoldReply[]> {
      const held: HoldReply[] = [];
      for (let number = 0; number < count; number += 1) {
        const said = await this.hold();
        assert.equal(said.status, 201, said.text);
        held.push(said.body);
      }
      return held;
    },
  };
}
const shown = ({ token }: HoldReply) => ({ 'hold-token': token ?? '' });

describe('the limit of live holds', () => {
  test('counts holds that are being paid: a hundred attempts from one address keep ten times, none for longer than there is to pay', async () => {
    const paid = { name: 'Paid', minutes: 15, price: { amount: 5_000, currency: 'EUR' }, paymentPolicy: 'full' };
    const service = await makerOf(shop, shop.tokens.owner)('/v1/services', paid);
    await makerOf(shop, shop.tokens.owner)('/v1/staff', { name: 'Pia', locationId: shop.berlin, serviceIds: [service.id] });
    const guest = newGuest();
    const minutes = Array.from({ length: 100 }, (_, index) => index * 15);
    const times = minutes.map((at) => ({
      day: 2 + Math.floor(at / 420),
      time: `${String(9 + Math.floor((at % 420) / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`,
    }));
    const begun: Json[] = [];
    for (const { day, time } of times) {
      const held = await guest.hold({ serviceId: service.id, startsAt: berlinTime(day, time) });
      if (held.status !== 201) continue;
      const said = await guest.ask<Json>('POST', `/v1/holds/${held.body.id}/payment`, { body: { customer }, headers: shown(held.body) });
      assert.equal(said.status, 201, said.text);
      begun.push(said.body);
      isProblem(await guest.ask('POST', `/v1/holds/${held.body.id}/renew`, { headers: shown(held.body) }), 'limit-reached');
    }
    assert.equal(begun.length, GUEST_LIMIT);
    const latest = Math.max(...begun.map(({ payUntil }) => Date.parse(payUntil)));
    assert.ok(latest <= timeNow() + PAY_MINUTES * 60_000);
  });

  test('a repeat of what was long ago takes no place: the hold it tells of is gone', async () => {
    const guest = newGuest();
    for (let count = 0; count < GUEST_LIMIT; count += 1) {
      const [body, headers] = [nextStart(), { 'idempotency-key': randomUUID() }];
      const placed = await guest.hold(body, headers);
      assert.equal((await guest.ask('DELETE', `/v1/holds/${placed.body.id}`, { headers: shown(placed.body) })).status, 204);
      const again = await guest.hold(body, headers);
      assert.deepEqual([again.status, again.body.id], [201, placed.body.id]);
    }
    assert.equal((await guest.hold()).status, 201);
  });

  test('is told with what to do about it, before any calendar is asked and after what is wrong with the request', async () => {
    const guest = newGuest();
    await guest.fill();
    const taken = nextStart();
    assert.equal((await newGuest().hold(taken)).status, 201);
    const refused = await guest.hold(taken);
    isProblem(refused, 'limit-reached');
    assert.match(refused.text, /At most 10 holds at once from one address, for everybody who is not logged in\. Book or release one first\./);
    isProblem(await guest.hold({ ...nextStart(), serviceId: randomUUID() }), 'not-found', 'serviceId');
    isProblem(await guest.hold({}), 'invalid-request', 'serviceId', 'startsAt');
    assert.equal((await newGuest().hold()).status, 201, 'nobody else is refused');
  });

  test('leaves a place again when a hold is released or booked, and takes none for a renewal', async () => {
    const guest = newGuest();
    const [first, second, third] = await guest.fill();
    assert.ok(first && second && third);
    assert.equal((await guest.ask('POST', `/v1/holds/${first.id}/renew`, { headers: shown(first) })).status, 200);
    isProblem(await guest.hold(), 'limit-reached');
    assert.equal((await guest.ask('DELETE', `/v1/holds/${first.id}`, { headers: shown(first) })).status, 204);
    await guest.fill(1);
    isProblem(await guest.hold(), 'limit-reached');
    assert.equal((await guest.ask('POST', '/v1/appointments', { body: { holdId: second.id, customer }, headers: shown(second) })).status, 201);
    await guest.fill(1);
    isProblem(await guest.hold(), 'limit-reached');
    // The phone has changed networks, and its owner has logged in.
    assert.equal((await shop.ask('DELETE', `/v1/holds/${third.id}`, { headers: shown(third), token: shop.tokens.customer })).status, 204);
    isProblem(await guest.hold(), 'limit-reached');
  });

  test('counts no claim that was refused, and no dry run', async () => {
    const guest = newGuest();
    const taken = nextStart();
    assert.equal((await newGuest().hold(taken)).status, 201);
    for (let count = 0; count < GUEST_LIMIT; count += 1) isProblem(await guest.hold(taken), 'slot-taken');
    for (let count = 0; count < GUEST_LIMIT; count += 1) assert.equal((await guest.ask('POST', '/v1/holds?dryRun=true', { body: nextStart() })).status, 200);
    await guest.fill();
    isProblem(await guest.ask('POST', '/v1/holds?dryRun=true', { body: nextStart() }), 'limit-reached');
  });

  test('counts no copy of a request, and answers it as before when there is no place left', async () => {
    const guest = newGuest();
    const headers = { 'idempotency-key': newKey() };
    const body = nextStart();
    const copies = await Promise.all(Array.from({ length: GUEST_LIMIT + 2 }, () => guest.hold(body, headers)));
    assert.equal(new Set(copies.map(({ text }) => text)).size, 1);
    await guest.fill(GUEST_LIMIT - 1);
    const again = await guest.hold(body, headers);
    assert.deepEqual([again.status, again.text, again.headers.get('idempotency-replayed')], [201, copies[0]?.text, 'true']);
    const later = { 'idempotency-key': newKey() };
    isProblem(await guest.hold(body, later), 'limit-reached');
    const [hold] = copies;
    assert.ok(hold);
    await guest.ask('DELETE', `/v1/holds/${hold.body.id}`, { headers: shown(hold.body) });
    assert.equal((await guest.hold(body, later)).status, 201, 'the key that was refused is not used up');
  });

  test('a hold cannot be hidden behind its own id', async () => {
    const guest = newGuest();
    const [first] = await guest.fill(GUEST_LIMIT - 1);
    for (let count = 0; count < 3; count += 1) isProblem(await guest.hold({ ...nextStart(), id: first?.id }), 'id-in-use');
    await guest.fill(1);
    isProblem(await guest.hold(), 'limit-reached');
  });

  test('keeps nobody from the time they hold already, on the same calendar', async () => {
    const guest = newGuest();
    await guest.fill(GUEST_LIMIT - 1);
    const start = nextStart();
    const held = await guest.hold(start);
    const again = await guest.hold(start, shown(held.body));
    assert.deepEqual([again.status, again.body.id], [201, held.body.id]);
    assert.equal((await guest.hold({ ...start, staffId: undefined }, shown(held.body))).body.id, held.body.id, 'also where anybody would do');
    isProblem(await guest.hold({ ...start, staffId: shop.ada.id }, shown(held.body)), 'limit-reached');
    isProblem(await guest.hold(nextStart(), shown(held.body)), 'limit-reached');
    const [id, token] = [randomUUID(), shop.tokens.owner];
    const offered = await shop.ask('PATCH', `/v1/services/${shop.haircut.id}`, { body: { addOns: [{ id, name: 'Tea' }] }, token });
    assert.equal(offered.status, 200, offered.text);
    isProblem(await guest.hold({ ...start, addOnIds: [id] }, shown(held.body)), 'limit-reached');
  });

  test('of fifty at once lets exactly as many through as there are places', async () => {
    const guest = newGuest();
    const answers = await Promise.all(Array.from({ length: 50 }, () => guest.hold()));
    assert.deepEqual(
      [201, 422].map((wanted) => answers.filter(({ status }) => status === wanted).length),
      [GUEST_LIMIT, 50 - GUEST_LIMIT],
    );
  });

  test('of somebody who is logged in is one over REST and sockets, and names the hold that ends first', async () => {
    const token = shop.tokens.customer;
    using stack = new DisposableStack();
    const screen = await TestScreen.open(shop.url, token);
    stack.defer(() => screen.close());
    const first = await screen.ask('place-hold', { key: newKey(), ...nextStart() });
    const kept = nextStart();
    const places = await Promise.all([
      shop.ask('POST', '/v1/holds', { body: kept, token }),
      ...Array.from({ length: 4 * CUSTOMER_LIMIT }, (_, index) =>
        index % 2 === 0 ? screen.ask('place-hold', { key: newKey(), ...nextStart() }) : shop.ask('POST', '/v1/holds', { body: nextStart(), token }),
      ),
    ]);
    assert.equal(places.filter((place) => place.ok === true || place.status === 201).length, CUSTOMER_LIMIT - 1);
    const { problem } = await screen.ask('place-hold', { key: newKey(), ...nextStart() });
    assert.deepEqual([problem.code, problem.status], ['limit-reached', 422]);
    assert.equal(problem.detail, `At most 5 holds at once. Book or release one first; ${first.id} ends first.`);
    assert.equal((await screen.ask('place-hold', { key: newKey(), ...kept })).id, places[0]?.body.id);
    assert.equal((await screen.ask('release-hold', { key: newKey(), holdId: first.id })).ok, true);
    assert.equal((await shop.ask('POST', '/v1/holds', { body: nextStart(), token })).status, 201);
    isProblem(await shop.ask('POST', '/v1/holds', { body: nextStart(), token }), 'limit-reached');
  });
});

test('a hold that has run out leaves its place', async () => {
  await using short = await openBusiness({ RATE_LIMIT_SCALE: '1', HOLD_SECONDS: '5' });
  const hold = (number: number) => {
    const startsAt = berlinTime(3, `${9 + (number >> 1)}:${number % 2 === 0 ? '00' : '30'}`.padStart(5, '0'));
    return short.ask('POST', '/v1/holds', { body: { serviceId: short.haircut.id, staffId: short.ada.id, startsAt } });
  };
  const answers = await Promise.all(Array.from({ length: GUEST_LIMIT + 1 }, (_, number) => hold(number)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array(GUEST_LIMIT).fill(201), 422]);
  const { body: first } = answers.find(({ status }) => status === 201) ?? assert.fail();
  // Looking costs less than asking for a hold, of which there are sixty a minute.
  await eventually(async () => (await short.ask('GET', `/v1/holds/${first.id}`, { headers: shown(first) })).status !== 200);
  await eventually(async () => (await hold(GUEST_LIMIT + 1)).status === 201);
});
