import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { demoLogins } from '../../src/demo/demo-logins.ts';
import { isEmpty, seedDemo } from '../../src/demo/seed-demo.ts';
import { DAY, formatInstant, type Instant, instant } from '../../src/model/instant.ts';
import { timeNow } from '../support/clock.ts';
import { openTestServer, TEST_PASSWORD, type TestServer } from '../support/test-server.ts';
import { endOfDay, onSameDay } from './same-day.ts';

describe('demo business', () => {
  let demo: TestServer;
  let dayEndsAt: Instant;
  before(async () => {
    dayEndsAt = endOfDay(timeNow());
    demo = await openTestServer({ isDemo: true, isAlone: true });
    if (timeNow() < dayEndsAt) return;
    // It has become midnight meanwhile: once more, so that the day of the demo is known.
    await demo[Symbol.asyncDispose]();
    dayEndsAt = endOfDay(timeNow());
    demo = await openTestServer({ isDemo: true, isAlone: true });
  });
  after(() => demo[Symbol.asyncDispose]());

  test('everybody on the list can log in, and is who the list says', async () => {
    assert.deepEqual(demo.server.demoLogins, demoLogins());
    for (const { email, role, name } of demoLogins()) {
      const me = await demo.ask('GET', '/v1/me', { token: await demo.login(email) });
      assert.deepEqual([me.body.email, me.body.role, me.body.name], [email, role, name]);
      assert.equal(me.body.staffId !== null, role === 'staff');
      assert.equal(me.body.customerId !== null, role === 'customer');
    }
  });

  test('every appointment was really taken: seeding again the same day finds each where it is', async () => {
    const { catalog, accounts, scheduler } = demo.server.context;
    assert.equal(await isEmpty({ catalog, accounts }), false);
    const { booked, refused } = await seedDemo({ catalog, accounts, scheduler: onSameDay(scheduler, dayEndsAt) }, TEST_PASSWORD);
    assert.equal(refused, 0);
    assert.ok(booked > 500, `${booked}`);
  });

  test('every service has free times in the next weeks', async () => {
    const { scheduler } = demo.server.context;
    const date = (days: number) => formatInstant(instant(scheduler.now() + days * DAY), 'Europe/Lisbon').slice(0, 10);
    const services = (await demo.ask('GET', '/v1/services')).body.items;
    assert.equal(services.length, 10);
    for (const service of services) {
      const slots = await demo.ask('GET', `/v1/slots?serviceId=${service.id}&from=${date(0)}&to=${date(21)}`);
      assert.ok(slots.body.slots.length > 10, `${service.name}: ${slots.body.slots.length}`);
    }
  });

  test('a deposit, a reserved price and a card for the no-show fee can be tried, and each has what goes back', async () => {
    const services = (await demo.ask('GET', '/v1/services')).body.items;
    const named = (name: string) => services.find((service: { name: string }) => service.name === name);
    assert.equal(named('Bridal styling').paymentPolicy, 'deposit');
    const reserved = named('Deep-tissue massage');
    assert.deepEqual([reserved.paymentPolicy, reserved.refundRules.length, reserved.noShowFeeCard], ['reserve', 2, false]);
    assert.equal(named('Relaxing massage').noShowFeeCard, true);
  });

  test('today, the past and what awaits approval are there for the desk', async () => {
    const token = await demo.login('desk@demo.test');
    const now = demo.server.context.scheduler.now();
    const at = (days: number) => encodeURIComponent(formatInstant(instant(now + days * DAY), 'UTC'));
    const statusesOf = async (from: number, to: number) => {
      const page = await demo.ask('GET', `/v1/appointments?from=${at(from)}&to=${at(to)}&limit=200`, { token });
      assert.equal(page.status, 200);
      return new Set(page.body.items.map((appointment: { status: string }) => appointment.status));
    };
    assert.ok((await statusesOf(-7, -1)).isSupersetOf(new Set(['completed', 'no-show', 'cancelled'])));
    assert.ok((await statusesOf(1, 7)).has('booked'));
  });

  test('the customer sees her own appointments and nobody else’s', async () => {
    const page = await demo.ask('GET', '/v1/appointments?limit=50', { token: await demo.login('customer@demo.test') });
    assert.ok(page.body.items.length >= 2, JSON.stringify(page.body));
    for (const appointment of page.body.items) assert.equal(appointment.customer.email, 'customer@demo.test');
  });

  test('every calendar has the hours of its location', async () => {
    assert.deepEqual(await demo.server.context.catalog.staleCalendars(null), []);
  });
});
