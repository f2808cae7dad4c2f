import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { AT_ONCE, inTurn, MOST_INSIDE, PasswordQueue } from '../../src/accounts/password-queue.ts';
import type { HoldReply } from '../../src/protocol/holds.ts';
import type { SlotsReply } from '../../src/protocol/slots.ts';
import { isProblem } from '../gateway/is-problem.ts';
import { dateIn, everyDay } from '../support/dates.ts';
import { makerOf, openTestServer, type Said, TEST_OWNER, TEST_PASSWORD, type TestServer } from '../support/test-server.ts';

describe('the queue of passwords', () => {
  test('lets in so many and no more, and makes room when one leaves', () => {
    const queue = new PasswordQueue(1);
    const places = Array.from({ length: MOST_INSIDE }, (_, visitor) => queue.enter(`10.0.0.${visitor}`));
    assert.ok(places.every((place) => place !== null));
    assert.equal(queue.enter('10.1.0.1'), null);
    places[0]?.[Symbol.dispose]();
    assert.notEqual(queue.enter('10.1.0.1'), null);
    assert.equal(queue.enter('10.1.0.2'), null);
  });

  test('lets in four from one address, so that others get in as well', () => {
    const queue = new PasswordQueue(1);
    const places = Array.from({ length: 5 }, (_, visitor) => queue.enter(`2001:db8:1:2::${visitor}`));
    assert.deepEqual(
      places.map((place) => place !== null),
      [true, true, true, true, false],
    );
    assert.notEqual(queue.enter('2001:db8:1:3::1'), null);
    places[0]?.[Symbol.dispose]();
    assert.notEqual(queue.enter('2001:db8:1:2::9'), null);
  });

  test('is not made longer by the scale of the rate limits', () => {
    const queue = new PasswordQueue(1_000);
    for (let visitor = 0; visitor < MOST_INSIDE; visitor += 1) assert.notEqual(queue.enter('10.0.0.1'), null);
    assert.equal(queue.enter('10.0.0.1'), null);
  });

  test('works in the order of arrival, a few at once, and a failure leaves its turn to the next', async () => {
    const order: number[] = [];
    let [running, most] = [0, 0];
    const work = (number: number) =>
      inTurn(async () => {
        running += 1;
        most = Math.max(most, running);
        order.push(number);
        await turn();
        running -= 1;
        if (number % 2 === 0) throw new Error(`${number}`);
      });
    const ends = await Promise.allSettled(Array.from({ length: 20 }, (_, number) => work(number)));
    assert.equal(ends.filter(({ status }) => status === 'rejected').length, 10);
    assert.deepEqual(
      order,
      order.toSorted((one, other) => one - other),
    );
    assert.equal(most, AT_ONCE);
  });
});

describe('many logins at once', () => {
  let server: TestServer;
  before(async () => {
    server = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: '1', TRUSTED_PROXIES: '1' }, bcryptCost: 10 });
    const make = makerOf(server, await server.login(TEST_OWNER));
    const location = await make('/v1/locations', { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR', weekly: everyDay('09:00', '17:00') });
    const service = await make('/v1/services', { name: 'Haircut', minutes: 30 });
    await make('/v1/staff', { name: 'Ana', locationId: location.id, serviceIds: [service.id] });
  });
  after(() => server[Symbol.asyncDispose]());

  const login = (address: string, email: string, password = 'wrong') =>
    server.ask('POST', '/v1/auth/login', { body: { email, password }, headers: { 'x-forwarded-for': address } });
  const statuses = (answers: readonly Said[]) => answers.map(({ status }) => status);

  /** A start of somebody that nobody has yet. */
  async function freeSlot(): Promise<object> {
    const { items } = (await server.ask('GET', '/v1/services')).body;
    const serviceId = items.find((service: { capacity: number }) => service.capacity === 1).id;
    const listed = await server.ask<SlotsReply>('GET', `/v1/slots?serviceId=${serviceId}&from=${dateIn(3)}&to=${dateIn(10)}`);
    const slot = listed.body.slots?.[0];
    assert.ok(slot);
    return { serviceId, staffId: slot.staffId, startsAt: slot.startsAt };
  }

  test('are refused at once where there are too many, and claims go on meanwhile', async () => {
    const body = await freeSlot();
    let [open, refusedWhileOpen] = [0, 0];
    const logins = Array.from({ length: 3 * MOST_INSIDE }, async (_, visitor) => {
      open += 1;
      const answer = await login(`10.9.${visitor >> 8}.${visitor & 255}`, `visitor-${visitor}@example.org`);
      open -= 1;
      if (answer.status === 503 && open > 0) refusedWhileOpen += 1;
      return answer;
    });
    const held = await server.ask<HoldReply>('POST', '/v1/holds', { body });
    assert.equal(held.status, 201, held.text);
    assert.ok(open > 0, 'the hold was answered before the logins');
    const answers = await Promise.all(logins);
    assert.deepEqual([...new Set(statuses(answers))].sort(), [401, 503]);
    assert.ok(answers.filter(({ status }) => status === 401).length >= MOST_INSIDE);
    assert.ok(refusedWhileOpen > 0);
    const refused = answers.find(({ status }) => status === 503);
    assert.ok(refused);
    isProblem(refused, 'overloaded');
    assert.equal(refused.headers.get('retry-after'), '5');
    assert.equal(
      answers.every(({ headers }) => headers.has('ratelimit')),
      true,
    );
  });

  test('from one address leave room for others', async () => {
    const greedy = Array.from({ length: 20 }, (_, number) => login('10.8.0.1', `nobody-${number}@example.org`));
    const own = await login('10.8.0.2', TEST_OWNER, TEST_PASSWORD);
    assert.equal(own.status, 200, own.text);
    assert.ok(statuses(await Promise.all(greedy)).includes(503));
  });

  test('to register or to set a password by link wait in the same queue', async () => {
    const headers = { 'x-forwarded-for': '10.7.0.1' };
    const register = (number: number) =>
      server.ask('POST', '/v1/auth/register', { body: { email: `new-${number}@example.org`, name: 'Grace', password: 'violet tractor umbrella' }, headers });
    const answers = await Promise.all(Array.from({ length: 15 }, (_, number) => register(number)));
    assert.deepEqual([...new Set(statuses(answers))].sort(), [202, 503]);
  });
});
