import type { CalendarHours } from '../../model/calendar-hours.ts';
import type { ClaimTime } from '../../model/claim-times.ts';
import type { Appointment, CalendarEvent, Customer } from '../calendar/calendar.ts';
import { appointmentTime, blockTime, holdTime } from '../calendar/evolve.ts';
import type { ClaimRow, CommitBatch, RequestRow } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';
import type { Entry, EntryPart } from './entry.ts';

/** What happened to one claim over a whole batch, so that the database sees only the difference. */
type ClaimFate = {
  readonly wasThere: boolean /** The calendar whose claim it was before the batch. */;
  readonly home: string;
  readonly row: ClaimRow | null;
  readonly moved: boolean;
};

/** Folds entries into the rows of one commit. Pure. */
export function batchOf(entries: readonly Entry[], nodeId: string, epochOf: (shard: number) => number, atomic: boolean): CommitBatch {
  const calendars = new Map<string, { id: string; from: number; to: number; hours: CalendarHours | null }>();
  const shards = new Map<number, number>();
  const changes: (CalendarChange & { readonly entryId: string })[] = [];
  const requests: RequestRow[] = [];
  const claims = new Map<string, ClaimFate>();
  const appointments = new Map<string, { fresh: boolean; revision: number; appointment: Appointment }>();
  const customers: { calendarId: string; customer: Customer }[] = [];
  const outbox: CommitBatch['outbox'][number][] = [];

  for (const entry of entries) {
    for (const part of entry.parts) {
      const { actor, base, revision, at, events } = part;
      const calendarId = actor.id;
      const epoch = epochOf(actor.shard);
      shards.set(actor.shard, epoch);
      const step = calendars.get(calendarId) ?? { id: calendarId, from: base, to: base, hours: null };
      calendars.set(calendarId, { ...step, to: revision, hours: hoursAfter(events) ?? step.hours });
      if (events.length === 0) continue;
      changes.push({ calendarId, base, revision, epoch, at, events, entryId: entry.id });
      for (const event of events) {
        noteClaim(claims, calendarId, event);
        const appointment = 'appointment' in event && event.appointment.calendarId === calendarId ? event.appointment : undefined;
        if (appointment === undefined) continue;
        const fresh = ('isNew' in event && event.isNew) || appointments.get(appointment.id)?.fresh === true;
        appointments.set(appointment.id, { fresh, revision, appointment });
        if (fresh) customers.push({ calendarId, customer: appointment.customer });
        outbox.push({ entryId: entry.id, calendarId, revision, topic: event.type, payload: { appointmentId: appointment.id } });
      }
    }
    if (entry.request !== null) requests.push(requestRow(entry));
  }
  return {
    nodeId,
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

/** Mirrors `evolve`, in rows. */
function noteClaim(claims: Map<string, ClaimFate>, calendarId: string, event: CalendarEvent): void {
  const add = (claim: ClaimTime, details: ClaimRow['details']) =>
    note(claims, claim.id, { wasThere: false, home: calendarId, row: { calendarId, claim, details }, moved: false });
  const change = (claim: ClaimTime, details: ClaimRow['details']) =>
    note(claims, claim.id, { wasThere: true, home: calendarId, row: { calendarId, claim, details }, moved: false });
  const remove = (id: string) => note(claims, id, { wasThere: true, home: calendarId, row: null, moved: false });
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
      return change(appointmentTime(event.appointment), null);
    case 'appointment.rescheduled': {
      // Between calendars the fact is in both parts and says the same each time: the row changes hands.
      const row = { calendarId: event.appointment.calendarId, claim: appointmentTime(event.appointment), details: null };
      return note(claims, row.claim.id, { wasThere: true, home: event.from.calendarId, row, moved: true });
    }
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

function note(claims: Map<string, ClaimFate>, id: string, step: ClaimFate): void {
  const before = claims.get(id);
  claims.set(id, before === undefined ? step : { ...before, row: step.row, moved: before.moved || step.moved });
}

function claimRows(claims: ReadonlyMap<string, ClaimFate>): Pick<CommitBatch, 'claimsAdded' | 'claimsChanged' | 'claimsRemoved'> {
  const added: ClaimRow[] = [];
  const changed: ClaimRow[] = [];
  const removed: { id: string; calendarId: string }[] = [];
  for (const [id, { wasThere, home, row, moved }] of claims) {
    if (wasThere && (row === null || moved)) removed.push({ id, calendarId: home });
    if (row !== null && (!wasThere || moved)) added.push(row);
    if (row !== null && wasThere && !moved) changed.push(row);
  }
  return { claimsAdded: added, claimsChanged: changed, claimsRemoved: removed };
}
