// A business of one's own for tests of sockets: one location that never closes, a few people, a service of half an hour, one with seats, one that needs approval.
import { randomUUID } from 'node:crypto';
import type { ServerParts } from '../../../src/server.ts';
import { dateIn, everyDay } from '../../support/dates.ts';
import { type Make, makerOf, openTestServer, type Settings, TEST_OWNER, type TestServer } from '../../support/test-server.ts';

export type SmallShop = TestServer & {
  readonly owner: string;
  readonly locationId: string;
  readonly otherLocationId: string;
  readonly staff: readonly { readonly id: string; readonly calendarId: string }[];
  readonly haircut: string;
  readonly course: string;
  readonly treatment: string;
  /** A start nobody has asked for yet, in RFC 3339; each call another one. */
  nextStart(): string;
  /** As the owner. */
  readonly post: Make;
};

export async function openSmallShop(settings: Settings = {}, limits: ServerParts['limits'] = {}): Promise<SmallShop> {
  const server = await openTestServer({ isDemo: false, settings, limits });
  const owner = await server.login(TEST_OWNER);
  const post = makerOf(server, owner);
  const weekly = everyDay('00:00', '24:00');
  const here = await post('/v1/locations', { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR', weekly });
  const there = await post('/v1/locations', { name: 'There', timeZone: 'Etc/UTC', currency: 'EUR', weekly });
  const easy = {
    slotIntervalMinutes: 30,
    leadTimeMinutes: 0,
    cancelUntilMinutes: 0,
    rescheduleUntilMinutes: 0,
    horizonDays: 365,
    price: { amount: 1_000, currency: 'EUR' },
  };
  const haircut = await post('/v1/services', { name: 'Haircut', minutes: 30, ...easy });
  const course = await post('/v1/services', { name: 'Course', minutes: 30, capacity: 4, ...easy });
  const treatment = await post('/v1/services', { name: 'Treatment', minutes: 30, approval: 'manual', ...easy });
  const serviceIds = [haircut.id, course.id, treatment.id];
  const staff: { id: string; calendarId: string }[] = [];
  for (const [name, locationId] of [
    ['Ana', here.id],
    ['Ben', here.id],
    ['Cleo', there.id],
  ]) {
    const { id, calendarId } = await post('/v1/staff', { name, locationId, ownHours: false, bookable: true, serviceIds });
    staff.push({ id, calendarId });
  }
  let starts = 0;
  return {
    ...server,
    owner,
    locationId: here.id,
    otherLocationId: there.id,
    staff,
    haircut: haircut.id,
    course: course.id,
    treatment: treatment.id,
    nextStart: () => {
      starts += 1;
      return new Date(Date.parse(`${dateIn(2)}T00:00:00Z`) + starts * 1_800_000).toISOString();
    },
    post,
  };
}

export const ADA = { name: 'Ada', email: 'ada@example.org' };

/** Long enough to be nobody else's. */
export function newKey(): string {
  return randomUUID();
}
