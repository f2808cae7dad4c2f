// What several people have done to one appointment: each builds on what the one before has left, and nothing that was said is lost.
import type { Appointment, CalendarEvent } from '../../../src/actors/calendar/calendar.ts';
import { MINUTE } from '../../../src/model/instant.ts';
import type { Asked, History, Version } from '../history.ts';
import type { World } from '../world.ts';
import type { Ledger, Recorded } from './ledger.ts';

/** What is claimed anew takes as long as it takes with the person who has it, and costs what it costs with them. */
export function checkAgreed(world: World, ledger: Ledger): void {
  for (const { row, events } of ledger.all()) {
    for (const event of events) {
      const claim = event.type === 'hold.placed' ? event.hold : 'isNew' in event && event.isNew ? event.appointment : undefined;
      if (claim === undefined || claim.calendarId !== row.calendarId) continue;
      const agreed = world.doneBy(world.serviceOf(claim.serviceId), claim.staffId);
      const minutes = (claim.endsAt - claim.startsAt) / MINUTE;
      // A hold has no price here, and what is made of it has that of its draft.
      const price = 'isNew' in event && event.holdId === null ? event.appointment.price : agreed.price;
      if (minutes !== agreed.minutes || price.amount !== agreed.price.amount)
        world.history.broken(
          'a claim is not as agreed with its person',
          `${event.type} ${claim.id} at ${row.calendarId}@${row.revision}: ${minutes} minutes for ${price.amount}, and it is ${agreed.minutes} for ${agreed.price.amount}`,
        );
    }
  }
}

type OfAppointment = Extract<CalendarEvent, { readonly appointment: Appointment }>;
/** A fact of an appointment, and the change that has written it on the calendar where the record is afterwards. */
type Written = Version & { readonly event: OfAppointment; readonly entryId: string };

const PLACE = ['calendarId', 'staffId', 'startsAt', 'endsAt', 'lane', 'resource', 'overlaps', 'override', 'locationId', 'timeZone', 'locationName'] as const;
/** What each fact may change of a record; everything else stays as it was. */
const CHANGES: Readonly<Record<OfAppointment['type'], readonly (keyof Appointment)[]>> = {
  'appointment.requested': [],
  'appointment.booked': ['status'],
  'appointment.rescheduled': PLACE,
  'appointment.edited': [...PLACE, 'price'],
  'appointment.cancelled': ['status', 'reasonBy'],
  'appointment.declined': ['status', 'reasonBy'],
  'appointment.checked-in': ['status'],
  'appointment.completed': ['status', 'completedFrom'],
  'appointment.no-show': ['status'],
  'appointment.reopened': ['status', 'completedFrom'],
};

export function checkRecords(history: History, ledger: Ledger): void {
  const asked = new Map(history.asked.flatMap((each) => (each.saw === undefined ? [] : [[ledger.requestOf(each.request)?.entryId, each] as const])));
  for (const record of ledger.all()) {
    for (const event of record.events) {
      if ('isNew' in event && event.isNew && event.appointment.calendarId === record.row.calendarId)
        checkLife(history, ledger, asked, writtenBy(record, event));
    }
  }
}

function writtenBy({ row }: Recorded, event: OfAppointment): Written {
  return { calendarId: row.calendarId, revision: row.revision, entryId: row.entryId, event };
}

/** From its beginning on, along the calendars that have had it. */
function checkLife(history: History, ledger: Ledger, asked: ReadonlyMap<string | undefined, Asked>, born: Written): void {
  for (let before: Written | undefined = born; before !== undefined; ) {
    const after = nextOf(ledger, before);
    if (after !== undefined) checkStep(history, before, after, asked.get(after.entryId)?.saw);
    before = after;
  }
}

/** The next fact of it on its calendar; where that has moved it, as the other calendar has it. */
function nextOf(ledger: Ledger, { calendarId, revision, event }: Written): Written | undefined {
  const { id } = event.appointment;
  const isOfIt = (one: CalendarEvent): one is OfAppointment => 'appointment' in one && one.appointment.id === id;
  const there = ledger.logOf(calendarId).find((record) => record.row.revision > revision && record.events.some(isOfIt));
  const next = there?.events.find(isOfIt);
  if (there === undefined || next === undefined) return undefined;
  const home = ledger.entries.get(there.row.entryId)?.find(({ row }) => row.calendarId === next.appointment.calendarId);
  return home && writtenBy(home, next);
}

function checkStep(history: History, before: Written, after: Written, saw: Version | undefined): void {
  const [was, is] = [before.event.appointment, after.event.appointment];
  const where = `${after.event.type} ${is.id} at ${after.calendarId}@${after.revision}`;
  const allowed: readonly string[] = CHANGES[after.event.type];
  const fields = new Set([...Object.keys(was), ...Object.keys(is)]) as Set<keyof Appointment>;
  for (const field of fields) {
    if (!allowed.includes(field) && JSON.stringify(was[field]) !== JSON.stringify(is[field]))
      history.broken('an edit was overwritten', `${where}: ${field} was ${JSON.stringify(was[field])} and is ${JSON.stringify(is[field])}`);
  }
  if ('from' in after.event) {
    for (const field of ['calendarId', 'startsAt', 'endsAt', 'lane'] as const)
      if (after.event.from[field] !== was[field])
        history.broken('an edit was overwritten', `${where}: it says that ${field} was ${after.event.from[field]}, not ${was[field]}`);
    const priced = after.event.edited;
    if (priced !== undefined && JSON.stringify(priced.was.price) !== JSON.stringify(was.price))
      history.broken('an edit was overwritten', `${where}: it says that the price was ${priced.was.price.amount}, not ${was.price.amount}`);
  }
  if (saw !== undefined && (saw.calendarId !== before.calendarId || saw.revision !== before.revision))
    history.broken(
      'an edit was of another version',
      `${where}: ${saw.calendarId}@${saw.revision} was seen, and it was at ${before.calendarId}@${before.revision}`,
    );
}
