// A whole server with a small business in it that was made over REST: two locations in two time zones, three people, and everybody who may log in.
import assert from 'node:assert/strict';
import { type DestinationStream, pino } from 'pino';
import type { z } from 'zod';
import { MINUTE } from '../../src/model/instant.ts';
import type { publicStaff, ServiceReply } from '../../src/protocol/catalog.ts';
import { timeNow } from '../support/clock.ts';
import { dateIn, everyDay } from '../support/dates.ts';
import { type Json, makerOf, openTestServer, type Settings, TEST_OWNER, TEST_PASSWORD, type TestServer } from '../support/test-server.ts';

type StaffReply = z.output<typeof publicStaff>;

export type Business = TestServer & {
  readonly tokens: Readonly<Record<'owner' | 'desk' | 'staff' | 'customer', string>>;
  readonly berlin: string;
  readonly newYork: string;
  /** Ada and Bo work in Berlin, Cy in New York; all do the haircut, Bo alone the class of four. */
  readonly ada: StaffReply;
  readonly bo: StaffReply;
  readonly cy: StaffReply;
  readonly haircut: ServiceReply;
  readonly yoga: ServiceReply;
  /** Needs approval; can be cancelled until two days before; only Ada. */
  readonly colour: ServiceReply;
};

export type BusinessOptions = {
  /** Gets every line of the log as JSON. */
  readonly log?: DestinationStream | undefined;
  /** See openTestServer. */
  readonly isAlone?: boolean;
};

/** Open every day from nine to five. */
export async function openBusiness(settings: Settings = {}, { log, ...options }: BusinessOptions = {}): Promise<Business> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await openTestServer({ isDemo: false, settings, ...options, ...(log && { logger: pino({ level: 'trace' }, log) }) }));
  const owner = await server.login(TEST_OWNER);
  const make = makerOf(server, owner);
  const weekly = everyDay('09:00', '17:00');
  const berlin = await make('/v1/locations', { name: 'Berlin', timeZone: 'Europe/Berlin', currency: 'EUR', weekly });
  const newYork = await make('/v1/locations', { name: 'New York', timeZone: 'America/New_York', currency: 'USD', weekly });
  const service = { slotIntervalMinutes: 30, price: { amount: 4_000, currency: 'EUR' } };
  const haircut = await make<ServiceReply>('/v1/services', { ...service, name: 'Haircut', minutes: 30 });
  const yoga = await make<ServiceReply>('/v1/services', { ...service, name: 'Yoga', minutes: 60, capacity: 4 });
  const colour = await make<ServiceReply>('/v1/services', {
    ...service,
    name: 'Colour',
    minutes: 60,
    approval: 'manual',
    cancelUntilMinutes: 2 * 24 * 60,
    rescheduleUntilMinutes: 2 * 24 * 60,
  });
  const ada = await make<StaffReply>('/v1/staff', { name: 'Ada', email: 'ada@example.org', locationId: berlin.id, serviceIds: [haircut.id, colour.id] });
  const bo = await make<StaffReply>('/v1/staff', { name: 'Bo', locationId: berlin.id, serviceIds: [haircut.id, yoga.id] });
  const cy = await make<StaffReply>('/v1/staff', { name: 'Cy', locationId: newYork.id, serviceIds: [haircut.id] });
  const { accounts } = server.server.context;
  const people = [
    { email: 'desk@example.org', name: 'Dora', role: 'front-desk', locationId: berlin.id },
    { email: 'ada@example.org', name: 'Ada', role: 'staff', staffId: ada.id },
    { email: 'clara@example.org', name: 'Clara', role: 'customer' },
  ] as const;
  await accounts.createAll(people, TEST_PASSWORD);
  const [desk, staff, customer] = await Promise.all(people.map(({ email }) => server.login(email)));
  assert.ok(desk !== undefined && staff !== undefined && customer !== undefined);
  const parts = opened.move();
  return {
    ...server,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
    tokens: { owner, desk, staff, customer },
    berlin: berlin.id,
    newYork: newYork.id,
    ada,
    bo,
    cy,
    haircut,
    yoga,
    colour,
  };
}

/** Somebody who came five minutes ago, was booked then, whatever the hours, and is being served. */
export async function walkIn({ ask, tokens }: Business, serviceId: string, staffId: string): Promise<Json> {
  const body = {
    serviceId,
    staffId,
    startsAt: new Date(timeNow() - 5 * 60_000).toISOString(),
    customer: { name: 'Walter', email: 'walter@example.org' },
    allowOverlap: true,
    override: { rules: ['slot-in-past', 'too-soon', 'outside-hours', 'off-grid'], reason: 'walked in' },
  };
  const booked = await ask('POST', '/v1/appointments', { token: tokens.owner, body });
  assert.equal(booked.status, 201, booked.text);
  const served = await ask('POST', `/v1/appointments/${booked.body.id}/check-in`, { token: tokens.owner });
  assert.equal(served.status, 200, served.text);
  return served.body;
}

/** A wall-clock time in Berlin on a day some days from now, as an instant with offset. */
export function berlinTime(days: number, time: string): string {
  return Temporal.PlainDateTime.from(`${dateIn(days)}T${time}`)
    .toZonedDateTime('Europe/Berlin')
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });
}

/** What the desk enters afterwards: begun a minute ago, or so many half hours before that. */
export function begun(halfHoursEarlier = 0) {
  const startsAt = new Date(Math.floor(timeNow() / MINUTE) * MINUTE - (1 + 30 * halfHoursEarlier) * MINUTE).toISOString();
  return { startsAt, override: { rules: ['slot-in-past', 'too-soon', 'outside-hours', 'off-grid'], reason: 'entered afterwards' } };
}
