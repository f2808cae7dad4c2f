import type { CalendarHours } from '../../model/calendar-hours.ts';
import type { ClaimTime } from '../../model/claim-times.ts';
import type { Appointment, CalendarEvent, Customer } from '../calendar/calendar.ts';
import { appointmentTime, blockTime, holdTime } from '../calendar/evolve.ts';
import type { Asked, ClaimRow, CommitBatch, RequestRow } from '../ports.ts';
import { auditRow } from './audited.ts';
import type { Entry, EntryPart } from './entry.ts';

/** What happened to one claim of one calendar over a whole batch, so that the database sees only the difference. */
type ClaimFate = {
  readonly id: string;
  readonly calendarId: string;
  /** Before the batch. */
  readonly wasThere: boolean;
  /** After the batch; null: it is gone. */
  readonly row: ClaimRow | null;
  /** Its row cannot just be changed: it has another time or lane, or is another claim under an id that was let go. */
  readonly isAnother: boolean;
};

/** Folds entries into the rows of one commit. Pure. */
export function batchOf(entries: readonly Entry[], epochOf: (shard: number) => number, atomic: boolean): CommitBatch {
  const calendars = new Map<string, { id: string; from: number; to: number; hours: CalendarHours | null }>();
  const shards = new Map<number, number>();
  const changes: CommitBatch['changes'][number][] = [];
  const requests: RequestRow[] = [];
  const claims = new Map<string, ClaimFate>();
  const appointments = new Map<string, { fresh: boolean; revision: number; appointment: Appointment }>();
  const customers: { calendarId: string; customer: Customer }[] = [];
  const outbox: CommitBatch['outbox'][number][] = [];

  for (const entry of entries) {
    const asked = askedBy(entry);
    for (const part of entry.parts) {
      const { actor, base, revision, at, events } = part;
      const calendarId = actor.id;
      const epoch = epochOf(actor.shard);
      shards.set(actor.shard, epoch);
      const step = calendars.get(calendarId) ?? { id: calendarId, from: base, to: base, hours: null };
      calendars.set(calendarId, { ...step, to: revision, hours: hoursAfter(events) ?? step.hours });
      if (events.length === 0) continue;
      changes.push({ calendarId, base, revision, epoch, at, events, entryId: entry.id, ...asked });
      for (const event of events) {
        noteClaim(claims, calendarId, event);
        const appointment = 'appointment' in event && event.appointment.calendarId === calendarId ? event.appointment : undefined;
        if (appointment === undefined) continue;
        const name = nameOf(calendarId, appointment.id);
        const fresh = ('isNew' in event && event.isNew) || appointments.get(name)?.fresh === true;
        appointments.set(name, { fresh, revision, appointment });
        if (fresh) customers.push({ calendarId, customer: appointment.customer });
        outbox.push({ entryId: entry.id, calendarId, revision, topic: event.type, payload: { appointmentId: appointment.id } });
      }
    }
    if (entry.request !== null) requests.push(requestRow(entry));
    const audited = auditRow(entry);
    if (audited !== undefined) outbox.push(audited);
  }
  return {
    atomic,
    fence: [...shards].map(([shard, epoch]) => ({ shard, epoch })),
    calendars: [...calendars.values()],
    changes,
    requests,
    ...claimRows(claims),
    appointments: [...appointments.values()],
    customers,
    outbox,
  };
}

function askedBy({ request }: Entry): Asked {
  const by = request?.by;
  return { by: by === undefined ? null : { kind: by.kind, id: by.id }, requestId: by?.requestId ?? null };
}

function hoursAfter(events: EntryPart['events']): CalendarHours | undefined {
  const last = events.findLast((event) => event.type === 'hours.changed');
  return last?.type === 'hours.changed' ? last.hours : undefined;
}

function requestRow(entry: Entry): RequestRow {
  const { caller, key, fingerprint } = entry.request ?? { caller: '', key: '', fingerprint: '' };
  const first = entry.parts[0];
  const isFact = entry.answer.type === 'fact';
  return {
    caller,
    key,
    fingerprint,
    entryId: entry.id,
    outcome: isFact ? 'ok' : entry.answer.type === 'tombstone' ? 'abandoned' : 'no',
    calendarId: first?.actor.id ?? null,
    revision: first?.revision ?? null,
    eventIndex: isFact && first !== undefined ? first.events.length - 1 : null,
    refusal: entry.answer.type === 'refusal' ? entry.answer.refusal : null,
  };
}

/** Ids are given by callers: two calendars may be asked for the same one, and then the database has to see both to refuse one. */
function nameOf(calendarId: string, id: string): string {
  return `${calendarId} ${id}`;
}

/** Mirrors `evolve`, in rows. */
function noteClaim(claims: Map<string, ClaimFate>, calendarId: string, event: CalendarEvent): void {
  const add = (claim: ClaimTime, details: ClaimRow['details']) =>
    note(claims, { id: claim.id, calendarId, wasThere: false, row: { calendarId, claim, details }, isAnother: true });
  const change = (claim: ClaimTime, details: ClaimRow['details'], isAnother = false) =>
    note(claims, { id: claim.id, calendarId, wasThere: true, row: { calendarId, claim, details }, isAnother });
  const remove = (id: string) => note(claims, { id, calendarId, wasThere: true, row: null, isAnother: false });
  switch (event.type) {
    case 'hold.placed':
      return add(holdTime(event.hold), event.hold);
    case 'hold.renewed':
      return change(holdTime(event.hold), event.hold);
    case 'hold.released':
    case 'hold.expired':
      return remove(event.hold.id);
    case 'appointment.requested':
    case 'appointment.booked':
      if (event.holdId !== null) remove(event.holdId);
      return event.isNew ? add(appointmentTime(event.appointment), null) : change(appointmentTime(event.appointment), null);
    case 'appointment.cancelled':
    case 'appointment.declined':
      return remove(event.appointment.id);
    case 'appointment.checked-in':
    case 'appointment.completed':
    case 'appointment.no-show':
    case 'appointment.reopened':
      return change(appointmentTime(event.appointment), null);
    case 'appointment.rescheduled':
      return noteMove(event, calendarId, { add, change, remove });
    case 'block.added':
      return add(blockTime(event.block), { reason: event.block.reason });
    case 'block.removed':
      return remove(event.block.id);
    case 'hours.changed':
      return;
    default:
      event satisfies never;
  }
}

type ClaimSteps = {
  add(claim: ClaimTime, details: ClaimRow['details']): void;
  change(claim: ClaimTime, details: ClaimRow['details'], isAnother: boolean): void;
  remove(id: string): void;
};

/** Between calendars the fact is in both: one loses the claim, the other gains it. */
function noteMove(event: Extract<CalendarEvent, { type: 'appointment.rescheduled' }>, calendarId: string, { add, change, remove }: ClaimSteps): void {
  const { appointment, from } = event;
  if (appointment.calendarId !== calendarId) return remove(appointment.id);
  if (from.calendarId !== calendarId) return add(appointmentTime(appointment), null);
  return change(appointmentTime(appointment), null, true);
}

function note(claims: Map<string, ClaimFate>, step: ClaimFate): void {
  const name = nameOf(step.calendarId, step.id);
  const before = claims.get(name);
  claims.set(name, before === undefined ? step : { ...before, row: step.row, isAnother: before.isAnother || step.isAnother });
}

function claimRows(claims: ReadonlyMap<string, ClaimFate>): Pick<CommitBatch, 'claimsAdded' | 'claimsChanged' | 'claimsRemoved'> {
  const added: ClaimRow[] = [];
  const changed: ClaimRow[] = [];
  const removed: { id: string; calendarId: string }[] = [];
  for (const { id, calendarId, wasThere, row, isAnother } of claims.values()) {
    if (wasThere && (row === null || isAnother)) removed.push({ id, calendarId });
    if (row !== null && (!wasThere || isAnother)) added.push(row);
    if (row !== null && wasThere && !isAnother) changed.push(row);
  }
  return { claimsAdded: added, claimsChanged: changed, claimsRemoved: removed };
}
