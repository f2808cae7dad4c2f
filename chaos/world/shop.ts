// What there is to book: few people and few times, so that everybody wants the same.
import { dateIn, everyDay } from '../../test/support/dates.ts';
import type { ShopFacts } from '../history/lines.ts';

export const OWNER = { email: 'owner@example.org', password: 'a password for chaos' } as const;

const OPENS_AT = '08:00';
const CLOSES_AT = '13:00';
/** Far enough away that no start comes too near while the run lasts, whatever the time of day. */
const FIRST_DAY = 3;
const DAYS = 3;
const STAFF = ['Ana', 'Ben', 'Cleo', 'Dan'];
/** Fewer than staff members, so that they are in each other's way. */
const ROOMS = ['Garden room', 'Blue room'];
const PATIENCE_MS = 15_000;

type Made = { readonly id: string; readonly calendarId: string };
/** POSTs what has to succeed. */
type Make = (path: string, body: object) => Promise<Made>;

const EASY = {
  slotIntervalMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  leadTimeMinutes: 0,
  cancelUntilMinutes: 0,
  rescheduleUntilMinutes: 0,
  horizonDays: 365,
  grid: 'fixed',
  price: { amount: 1_000, currency: 'EUR' },
};

/** The first of these is what most people want, the second lies across it, the third has seats, the fourth needs a yes of the desk; the last two take a room along. */
const SERVICES = [
  { name: 'Haircut', minutes: 30, capacity: 1, approval: 'automatic', rooms: 0 },
  { name: 'Colour', minutes: 60, capacity: 1, approval: 'automatic', rooms: 0 },
  { name: 'Course', minutes: 60, capacity: 3, approval: 'automatic', rooms: 0 },
  { name: 'Treatment', minutes: 30, capacity: 1, approval: 'manual', rooms: 0 },
  { name: 'Massage', minutes: 30, capacity: 1, approval: 'automatic', rooms: 2 },
  { name: 'Bath', minutes: 60, capacity: 1, approval: 'automatic', rooms: 1 },
];

/** `most`: rooms; without any, no service takes one along. */
export async function makeShop(url: string, most: number): Promise<ShopFacts> {
  const make = makerOf(url, await login(url));
  const weekly = everyDay(OPENS_AT, CLOSES_AT);
  const location = await make('/v1/locations', { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR', weekly });
  const services: ShopFacts['services'][number][] = [];
  const rooms: ShopFacts['rooms'][number][] = [];
  for (const name of ROOMS.slice(0, most)) {
    const { id, calendarId } = await make('/v1/resources', { name, kind: 'room', locationId: location.id });
    rooms.push({ id, calendarId });
  }
  for (const { rooms: needed, ...draft } of SERVICES.filter((service) => most > 0 || service.rooms === 0)) {
    const roomIds = rooms.slice(0, needed).map((room) => room.id);
    const { id } = await make('/v1/services', { ...EASY, ...draft, resourceIds: roomIds });
    services.push({ id, minutes: draft.minutes, intervalMinutes: EASY.slotIntervalMinutes, capacity: draft.capacity, roomIds });
  }
  const serviceIds = services.map(({ id }) => id);
  const staff: ShopFacts['staff'][number][] = [];
  for (const name of STAFF) {
    const { id, calendarId } = await make('/v1/staff', { name, locationId: location.id, ownHours: false, bookable: true, serviceIds });
    staff.push({ id, calendarId, serviceIds });
  }
  return { timeZone: 'UTC', opensAt: OPENS_AT, closesAt: CLOSES_AT, from: dateIn(FIRST_DAY), to: dateIn(FIRST_DAY + DAYS), services, staff, rooms };
}

/** An access token of the owner. */
export async function login(url: string): Promise<string> {
  const { accessToken } = await post(url, '/v1/auth/login', OWNER, {});
  return accessToken;
}

function makerOf(url: string, token: string): Make {
  return (path, body) => post(url, path, body, { authorization: `Bearer ${token}` });
}

async function post(url: string, path: string, body: object, headers: Readonly<Record<string, string>>) {
  const reply = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`POST ${path}: ${reply.status} ${text}`);
  return JSON.parse(text);
}
