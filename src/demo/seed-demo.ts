import type { Accounts, NewUser } from '../accounts/accounts.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import { type Instant, instant } from '../model/instant.ts';
import { Chance } from './chance.ts';
import { DEMO_LOCATIONS } from './demo-business.ts';
import { type DemoExceptions, exceptionsFrom } from './demo-hours.ts';
import { demoLogins } from './demo-logins.ts';
import { drawPlan } from './demo-plan.ts';
import { ask, type DemoScheduler, type Placed, placeAppointments, placeBlocks } from './place-appointments.ts';
import { type DemoIds, demoIds, idOf, storeBusiness } from './store-business.ts';

export type DemoParts = { readonly catalog: CatalogKeeper; readonly accounts: Accounts; readonly scheduler: DemoScheduler };

const SEED = 1_931;
/** Days begin and end in the zone of the first location. */
const ZONE = DEMO_LOCATIONS[0]?.timeZone ?? 'UTC';

/**
 * Whether there is nothing to lose: no owner yet, and no location but the demo's own. The owner is the last thing that `seedDemo` makes,
 * so a seeding that was cut off counts as empty and is taken up again.
 */
export async function isEmpty({ accounts, catalog }: Pick<DemoParts, 'accounts' | 'catalog'>): Promise<boolean> {
  const own = new Set(demoIds().locations.values());
  const isOthers = [...catalog.snapshotWithArchived().locations.keys()].some((id) => !own.has(id));
  return !isOthers && !(await accounts.hasOwner());
}

/** A business with a past and a future, around today; on the same day it is always the same one. Throws if a password of more than 72 bytes is given. */
export async function seedDemo(parts: DemoParts, password: string): Promise<Placed> {
  const { catalog, accounts, scheduler } = parts;
  const now = scheduler.now();
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(ZONE).toPlainDate();
  const ids = demoIds();
  const chance = new Chance(SEED);
  const exceptions = exceptionsFrom(today);
  await storeBusiness(catalog, ids, exceptions);
  const users = usersOf(ids, chance);
  await changeHours(scheduler, ids, exceptions, chance);
  const plan = drawPlan(chance, today, exceptions);
  const placing = { scheduler, catalog: catalog.snapshot(), ids, chance, now, idsFrom: startOf(today), ownerId: users.owner.id };
  await placeBlocks(placing, plan);
  const placed = await placeAppointments(placing, plan);
  await accounts.createAll([...users.others, users.owner], password);
  return placed;
}

type DemoUser = NewUser & { readonly id: string };

function usersOf(ids: DemoIds, chance: Chance): { readonly owner: DemoUser; readonly others: readonly DemoUser[] } {
  const users = demoLogins().map(({ email, name, role, staffLogin }): DemoUser => {
    const staffId = staffLogin === null ? null : idOf(ids.staff, staffLogin).staffId;
    return { id: chance.uuid(instant(0)), email, name, role, staffId };
  });
  const owner = users.find((user) => user.role === 'owner');
  if (owner === undefined) throw new Error('the demo has no owner');
  return { owner, others: users.filter((user) => user !== owner) };
}

async function changeHours(scheduler: DemoScheduler, ids: DemoIds, exceptions: DemoExceptions, chance: Chance): Promise<void> {
  for (const { login, date, windows } of exceptions.overrides) {
    const { calendarId } = idOf(ids.staff, login);
    await ask(scheduler, {
      key: `override-${login}-${date}`,
      command: { type: 'change-hours', calendarId, change: { type: 'set-date-override', date: date.toString(), windows } },
    });
  }
  for (const { login, from, to, reason } of exceptions.timeOff) {
    const { calendarId } = idOf(ids.staff, login);
    const timeOff = { id: chance.uuid(startOf(from)), startsAt: startOf(from), endsAt: startOf(to), reason };
    await ask(scheduler, { key: `time-off-${timeOff.id}`, command: { type: 'change-hours', calendarId, change: { type: 'add-time-off', timeOff } } });
  }
}

function startOf(date: Temporal.PlainDate): Instant {
  return instant(date.toZonedDateTime(ZONE).epochMilliseconds);
}
