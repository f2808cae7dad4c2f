// Whose doing is each fact? Every fact belongs to exactly one write, and every write that was answered "ok" to exactly one fact.
import type { Fact } from '../../src/model/facts.ts';
import type { ChangeEventReply } from '../../src/protocol/calendars.ts';
import type { Operation } from '../history/lines.ts';
import { type Violation, violation } from './invariants.ts';
import type { CalendarModel } from './model.ts';
import type { Write } from './writes.ts';

export type Deed = {
  readonly calendarId: string;
  readonly revision: number;
  readonly event: ChangeEventReply;
  /** Nobody else's any more. */
  by: Write | null;
};
export type Attribution = { readonly deeds: readonly Deed[]; readonly violations: readonly Violation[] };

const FACTS_OF: Readonly<Record<Exclude<Operation, 'abandon'>, readonly Fact[]>> = {
  'place-hold': ['hold.placed', 'hold.renewed'],
  'renew-hold': ['hold.renewed'],
  'release-hold': ['hold.released'],
  book: ['appointment.booked', 'appointment.requested'],
  cancel: ['appointment.cancelled'],
  reschedule: ['appointment.rescheduled'],
  approve: ['appointment.booked'],
  'check-in': ['appointment.checked-in'],
  complete: ['appointment.completed'],
  'no-show': ['appointment.no-show'],
  reopen: ['appointment.reopened'],
  'add-block': ['block.added'],
  'remove-block': ['block.removed'],
};
/** Facts that nobody has to ask for. */
const OF_THE_CALENDAR = new Set<Fact>(['hold.expired', 'hours.changed', 'external.changed']);

export function attribute(models: readonly CalendarModel[], writes: readonly Write[]): Attribution {
  const deeds = models.flatMap(deedsOf);
  const byId = Map.groupBy(deeds, ({ event }) => idOf(event));
  const violations: Violation[] = [];
  const claimed = (write: Write) => (byId.get(targetOf(write)) ?? []).filter((deed) => fits(write, deed));
  const done = writes.filter(({ outcome }) => outcome.type === 'ok');
  // Those that were told a revision first: what is left is then the others'.
  for (const write of done.toSorted((one, other) => Number(revisionTold(one) === null) - Number(revisionTold(other) === null))) {
    violations.push(...claimOf(write, claimed(write)));
  }
  for (const write of writes.filter(({ outcome }) => outcome.type === 'unknown')) {
    const free = claimed(write).find(({ by }) => by === null);
    if (free !== undefined) free.by = write;
  }
  for (const deed of deeds) if (deed.by === null) violations.push(unexplained(deed, writes));
  return { deeds, violations };
}

/** What a fact is about. */
function idOf({ type, holdId, appointmentId, blockId }: ChangeEventReply): string {
  return (type.startsWith('hold.') ? holdId : (appointmentId ?? blockId)) ?? '';
}

/** What a write is about: what it makes, or what it changes. */
function targetOf({ asked, outcome }: Write): string {
  const { operation, body, holdId, appointmentId, blockId } = asked;
  if (operation === 'place-hold' && outcome.type === 'ok' && outcome.told.id !== null) return outcome.told.id;
  if (operation === 'place-hold' || operation === 'book' || operation === 'add-block') return String(body.id);
  return holdId ?? appointmentId ?? blockId ?? '';
}

function deedsOf(model: CalendarModel): Deed[] {
  const { calendarId } = model;
  return model.changes.flatMap(({ revision, events }) =>
    events
      .filter((event) => !OF_THE_CALENDAR.has(event.type))
      // What has left for another calendar is told there, and what takes a room along with its staff member.
      .filter((event) => event.calendarId === undefined || event.calendarId === calendarId)
      .map((event) => ({ calendarId, revision, event, by: null })),
  );
}

function fits(write: Write, { event, calendarId, revision }: Deed): boolean {
  const { asked } = write;
  if (asked.operation === 'abandon' || !FACTS_OF[asked.operation].includes(event.type)) return false;
  const told = revisionTold(write);
  if (told !== null) return told.revision === revision && (told.calendarId === null || told.calendarId === calendarId);
  return isAsAsked(asked.body, event);
}

function revisionTold({ outcome }: Write): { readonly revision: number; readonly calendarId: string | null } | null {
  if (outcome.type !== 'ok' || outcome.told.revision === null) return null;
  return { revision: outcome.told.revision, calendarId: outcome.told.calendarId };
}

/** Where the request says when and with whom, the fact has to say the same. */
function isAsAsked({ startsAt, staffId, serviceId, holdId }: Write['asked']['body'], event: ChangeEventReply): boolean {
  if (typeof startsAt === 'string' && Date.parse(startsAt) !== Date.parse(event.startsAt ?? '')) return false;
  if (typeof staffId === 'string' && event.staffId !== undefined && staffId !== event.staffId) return false;
  if (typeof serviceId === 'string' && serviceId !== event.serviceId) return false;
  return typeof holdId !== 'string' || event.holdId === holdId;
}

function claimOf(write: Write, candidates: readonly Deed[]): Violation[] {
  const { asked, key, outcome } = write;
  const target = targetOf(write);
  const where = { ...(outcome.type === 'ok' && { at: outcome.answeredAt }), about: [key, target] };
  const free = candidates.find(({ by }) => by === null);
  const told = revisionTold(write);
  if (free === undefined) {
    const place = told === null ? '' : ` at revision ${told.revision} of calendar ${told.calendarId}`;
    const why = candidates.length > 0 ? 'the fact is the answer to another key' : 'it is not there';
    return [violation(2, `${asked.operation} of ${target} was answered "ok"${place}, but in the feed ${why}`, where)];
  }
  free.by = write;
  const different = outcome.type === 'ok' ? differences(outcome.told.body, free.event) : [];
  if (!isAsAsked(asked.body, free.event)) different.push('it is not what was asked');
  return different.map((difference) => violation(2, `${asked.operation} of ${target} is in the feed otherwise than answered: ${difference}`, where));
}

function differences(body: object, event: ChangeEventReply): string[] {
  const said = new Map(Object.entries(body));
  const different = (name: string, there: unknown, read: (value: unknown) => unknown = (value) => value) => {
    const here = said.get(name);
    return here === undefined || there === undefined || read(here) === read(there) ? [] : [`${name} was answered ${here} and is ${there}`];
  };
  const moment = (value: unknown) => Date.parse(String(value));
  return [
    ...different('startsAt', event.startsAt, moment),
    ...different('endsAt', event.endsAt, moment),
    ...different('expiresAt', event.expiresAt, moment),
    ...different('seats', event.seats),
    ...different('staffId', event.staffId),
    ...different('serviceId', event.serviceId),
    ...different('status', event.status),
  ];
}

/** A fact that belongs to nobody: whose could it be? */
function unexplained({ event, calendarId, revision }: Deed, writes: readonly Write[]): Violation {
  const id = idOf(event);
  const suspects = writes.filter(
    (write) => write.asked.operation !== 'abandon' && FACTS_OF[write.asked.operation].includes(event.type) && targetOf(write) === id,
  );
  const where = { about: [id, ...suspects.map(({ key }) => key), calendarId] };
  const what = `${event.type} of ${id} is at revision ${revision} of calendar ${calendarId}`;
  const refused = suspects.find(({ outcome }) => outcome.type === 'no' || outcome.type === 'nothing');
  if (refused !== undefined) {
    const { outcome } = refused;
    const said = outcome.type === 'no' ? `answered ${outcome.code}` : 'told to have done nothing';
    return violation(3, `${what}, but it was ${said}`, { ...where, ...(outcome.type === 'no' && { at: outcome.answeredAt }) });
  }
  if (suspects.some(({ outcome }) => outcome.type === 'unknown')) return violation(4, `${what} once more than it was asked`, where);
  return violation(2, suspects.length > 0 ? `${what} once more than it was answered` : `${what}, and nobody asked for it`, where);
}
