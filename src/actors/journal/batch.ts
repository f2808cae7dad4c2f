import type { CalendarHours } from '../../model/calendar-hours.ts';
import { isAudited } from '../../model/facts.ts';
import type { Appointment, CalendarEvent } from '../calendar/calendar.ts';
import { homeOf } from '../calendar/calendars-of.ts';
import { type FactSteps, foldFact } from '../calendar/fold-fact.ts';
import type { Asked, ClaimRow, CommitBatch, PersonRow, RequestRow } from '../ports.ts';
import { componentsOf } from './components.ts';
import type { Entry, EntryPart } from './entry.ts';

/** The change of one claim of one calendar over a whole batch, so that only the difference is written. */
type ClaimFate = {
  readonly id: string;
  readonly calendarId: string;
  /** Before the batch. */
  readonly wasThere: boolean;
  /** After the batch; null: it is gone. */
  readonly row: ClaimRow | null;
  /** Its row must be replaced: it has another time or seat, or is another claim under a reused id. */
  readonly isAnother: boolean;
};

/** The result of a batch while its facts are folded in. */
type Fold = {
  /** The calendar of the current fact, and the revision it makes. */
  calendarId: string;
  revision: number;
  /** Where its claim stands: see ClaimRow. */
  half: ClaimRow['half'];
  readonly claims: Map<string, ClaimFate>;
  readonly hours: Map<string, CalendarHours>;
  readonly appointments: Map<string, { fresh: boolean; revision: number; appointment: Appointment }>;
  readonly customers: CommitBatch['customers'][number][];
  readonly persons: Map<string, PersonRow>;
};

/** Folds entries into the rows of one commit. Pure. */
export function batchOf(entries: readonly Entry[], epochOf: (shard: number) => number): CommitBatch {
  const components = componentsOf(entries);
  const calendars = new Map<string, { id: string; from: number; to: number; component: number }>();
  const shards = new Map<number, number>();
  const changes: CommitBatch['changes'][number][] = [];
  const requests: RequestRow[] = [];
  const fold: Fold = { calendarId: '', revision: 0, half: 0, claims: new Map(), hours: new Map(), appointments: new Map(), customers: [], persons: new Map() };
  const sources: CommitBatch['sources'][number][] = [];

  for (const entry of entries) {
    const asked = askedBy(entry);
    for (const part of entry.parts) {
      const { actor, base, revision, at, events } = part;
      const calendarId = actor.id;
      const epoch = epochOf(actor.shard);
      shards.set(actor.shard, epoch);
      const step = calendars.get(calendarId);
      if (step === undefined) calendars.set(calendarId, { id: calendarId, from: base, to: revision, component: components.get(calendarId) ?? 0 });
      else step.to = revision;
      if (events.length === 0) continue;
      changes.push({ calendarId, base, revision, epoch, at, events, entryId: entry.id, ...asked });
      fold.calendarId = calendarId;
      fold.revision = revision;
      for (const event of events) {
        fold.half = homeOf(event, calendarId) === calendarId ? 0 : 1;
        if ('from' in event && fold.half === 0) carryRecord(fold, event);
        foldFact(IN_ROWS, fold, calendarId, event);
      }
      notePerson(fold, part);
      if (part.typed?.newCustomer !== undefined) fold.customers.push({ calendarId, customer: part.typed.newCustomer });
    }
    if (entry.request !== null) requests.push(requestRow(entry));
    const source = sourceOf(entry);
    if (source !== undefined) sources.push(source);
  }
  return {
    fence: Array.from(shards, ([shard, epoch]) => ({ shard, epoch })),
    calendars: Array.from(calendars.values(), (step) => ({ ...step, hours: fold.hours.get(step.id) ?? null })),
    changes,
    requests,
    ...claimRows(fold.claims),
    appointments: [...fold.appointments.values()],
    customers: fold.customers,
    sources,
    persons: [...fold.persons.values()],
  };
}

const IN_ROWS: FactSteps<Fold> = {
  addClaim({ claims, calendarId, half }, claim, details) {
    note(claims, { id: claim.id, calendarId, wasThere: false, row: { calendarId, half, claim, details }, isAnother: true });
  },
  changeClaim({ claims, calendarId, half }, claim, details) {
    note(claims, { id: claim.id, calendarId, wasThere: true, row: { calendarId, half, claim, details }, isAnother: false });
  },
  moveClaim({ claims, calendarId, half }, claim, details) {
    note(claims, { id: claim.id, calendarId, wasThere: true, row: { calendarId, half, claim, details }, isAnother: true });
  },
  freeClaim: noteFreed,
  /** A hold that ended is one row less, however it ended. */
  endHold: noteFreed,
  record({ appointments, calendarId, revision }, appointment, isNew) {
    const name = nameOf(calendarId, appointment.id);
    const fresh = isNew || appointments.get(name)?.fresh === true;
    appointments.set(name, { fresh, revision, appointment });
  },
  setHours({ hours, calendarId }, newest) {
    hours.set(calendarId, newest);
  },
};

/** If an appointment is booked or moved in this batch and moves again, only its last place is written. */
function carryRecord({ appointments }: Fold, { appointment: { id, calendarId }, from }: Extract<CalendarEvent, { from: unknown }>): void {
  const before = appointments.get(nameOf(from.calendarId, id));
  if (before === undefined || from.calendarId === calendarId) return;
  appointments.delete(nameOf(from.calendarId, id));
  appointments.set(nameOf(calendarId, id), before);
}

function noteFreed({ claims, calendarId }: Fold, id: string): void {
  note(claims, { id, calendarId, wasThere: true, row: null, isAnother: false });
}

/** Later text wins, field by field. */
function notePerson({ persons, appointments }: Fold, { actor, events, typed }: EntryPart): void {
  const event = events.at(-1);
  if (
    typed === undefined ||
    Object.keys(typed.details).length === 0 ||
    event === undefined ||
    !('appointment' in event) ||
    event.appointment.calendarId !== actor.id
  )
    return;
  const { id: appointmentId } = event.appointment;
  // If it was made elsewhere in this batch, its row is there.
  const elsewhere = 'from' in event ? nameOf(event.from.calendarId, appointmentId) : '';
  const name = persons.has(elsewhere) ? elsewhere : nameOf(actor.id, appointmentId);
  const before = persons.get(name) ?? { fresh: appointments.get(name)?.fresh === true, calendarId: actor.id, appointmentId, details: {} };
  persons.set(name, { ...before, details: { ...before.details, ...typed.details } });
}

function askedBy({ request }: Entry): Asked {
  const by = request?.by;
  if (by === undefined) return { by: null, requestId: null };
  const { kind, id, role, notify, requestId } = by;
  return { by: { kind, id, ...(role !== null && { role }), ...(notify && { notify }) }, requestId };
}

/** For facts that get an audit entry: `audit/audit-consumer.ts` reads the same fact. */
function sourceOf({ id, request, parts: [part], answer }: Entry): CommitBatch['sources'][number] | undefined {
  const event = part?.events.at(-1);
  if (request?.by === undefined || part === undefined || event === undefined || answer.type !== 'fact' || !isAudited(event.type)) return undefined;
  return { entryId: id, calendarId: part.actor.id, address: request.by.address };
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

/** Callers choose ids: two calendars may be given the same one, and the database must see both to refuse one. */
function nameOf(calendarId: string, id: string): string {
  return `${calendarId} ${id}`;
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
