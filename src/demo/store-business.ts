// The demo business goes into the catalog the way a manager would put it there, piece by piece.

import { SYSTEM } from '../audit/audit-entry.ts';
import type { BookableService } from '../catalog/catalog.ts';
import type { CatalogAnswer, CatalogRequest } from '../catalog/catalog-answer.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import { instant } from '../model/instant.ts';
import { Chance } from './chance.ts';
import { DEMO_BUSINESS_NAME, DEMO_LOCATIONS, DEMO_ROOMS, DEMO_SERVICES, DEMO_STAFF, type DemoService } from './demo-business.ts';
import type { DemoExceptions } from './demo-hours.ts';

/** Ids by the names in `demo-business.ts`. They are the same on every day, so a seeding that was cut off can be taken up again. */
export type DemoIds = {
  readonly locations: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, string>;
  readonly staff: ReadonlyMap<string, { readonly staffId: string; readonly calendarId: string }>;
  readonly addOns: ReadonlyMap<string, string>;
  readonly rooms: ReadonlyMap<string, { readonly resourceId: string; readonly calendarId: string }>;
};

const IDS_SEED = 7_411;
const IDS_FROM = instant(Date.UTC(2026, 0, 1));

export function demoIds(): DemoIds {
  const chance = new Chance(IDS_SEED);
  const uuid = () => chance.uuid(IDS_FROM);
  return {
    locations: new Map(DEMO_LOCATIONS.map((location) => [location.name, uuid()])),
    services: new Map(DEMO_SERVICES.map((service) => [service.name, uuid()])),
    staff: new Map(DEMO_STAFF.map((member) => [member.login, { staffId: uuid(), calendarId: uuid() }])),
    rooms: new Map(DEMO_ROOMS.map((room) => [room.name, { resourceId: uuid(), calendarId: uuid() }])),
    addOns: new Map(DEMO_SERVICES.flatMap(({ addOns = [] }) => addOns.map(({ name }) => [name, uuid()]))),
  };
}

/** Looks a name of the demo up; one that is not there is a mistake in the demo's own data. */
export function idOf<Id>(ids: ReadonlyMap<string, Id>, name: string): Id {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`the demo has no ${name}`);
  return id;
}

export async function storeBusiness(catalog: CatalogKeeper, ids: DemoIds, exceptions: DemoExceptions): Promise<void> {
  expectStored(await catalog.changeSettings({ name: DEMO_BUSINESS_NAME }, once('name')));
  for (const location of DEMO_LOCATIONS) {
    const id = idOf(ids.locations, location.name);
    expectStored(await catalog.addLocation({ ...location, id, currency: 'EUR', country: null }, once(id)));
  }
  for (const { location, date, windows } of exceptions.specialDates) {
    expectStored(await catalog.changeLocationHours(idOf(ids.locations, location), { dates: { [date.toString()]: windows } }, once(`${location} ${date}`)));
  }
  for (const { name, location } of DEMO_ROOMS) {
    const { resourceId: id, calendarId } = idOf(ids.rooms, name);
    const draft = { id, calendarId, name, kind: 'room', locationId: idOf(ids.locations, location), ownHours: false, weekly: null };
    expectStored(await catalog.addResource(draft, once(id)));
  }
  for (const service of DEMO_SERVICES) {
    const id = idOf(ids.services, service.name);
    const resourceIds = service.rooms.map((room) => idOf(ids.rooms, room).resourceId);
    const addOns = (service.addOns ?? []).map((addOn) => ({ id: idOf(ids.addOns, addOn.name), ...addOn }));
    expectStored(await catalog.addService({ ...serviceDraft(service, id, resourceIds), addOns }, once(id)));
  }
  for (const member of DEMO_STAFF) {
    const { staffId, calendarId } = idOf(ids.staff, member.login);
    const { name, weekly, ownHours, login, location, services } = member;
    const draft = {
      id: staffId,
      calendarId,
      name,
      email: `${login}@demo.test`,
      locationId: idOf(ids.locations, location),
      bookable: true,
      weekly,
      ownHours,
      timeZone: null,
    };
    expectStored(await catalog.addStaffMember({ ...draft, serviceIds: services.map((service) => idOf(ids.services, service)) }, once(staffId)));
  }
}

/** Of what was paid or reserved, half goes back until a day before, all of it until two. */
const REFUND_RULES = [
  { untilMinutes: 2_880, percent: 100 },
  { untilMinutes: 1_440, percent: 50 },
] as const;

function serviceDraft(
  { euros, priceType = 'fixed', deposit: share, isReserved, noShowFee: fee, rooms: _, ...service }: DemoService,
  id: string,
  resourceIds: readonly string[],
) {
  const price = { amount: euros * 100, currency: 'EUR' };
  const paymentPolicy: BookableService['paymentPolicy'] = isReserved ? 'reserve' : share === undefined ? 'none' : 'deposit';
  const paying = { deposit: null, depositPercent: share ?? null, paymentPolicy, refundRules: paymentPolicy === 'none' ? [] : REFUND_RULES };
  return {
    ...service,
    id,
    price,
    priceType,
    ...paying,
    noShowFee: null,
    noShowFeePercent: fee ?? null,
    noShowFeeCard: fee !== undefined && !isReserved,
    noShowFeeTaxed: false,
    resourceIds,
  } as const;
}

/** A seeding that was cut off and is taken up again does nothing twice. */
function once<T>(key: string): CatalogRequest<T> {
  return { ...SYSTEM, key: { caller: 'demo', key, fingerprint: key }, expectedVersions: null, reply: () => ({ status: 201, body: {} }) };
}

/** What is there already is from a seeding that was cut off, so long ago that its keys are forgotten. */
function expectStored(answer: CatalogAnswer<unknown>): void {
  if (answer.outcome === 'refused' && answer.refusal.code !== 'id-in-use') throw new Error(`the demo business was refused: ${answer.refusal.detail}`);
}
