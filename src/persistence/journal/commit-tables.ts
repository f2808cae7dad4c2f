// What a commit is made of, table by table: one entry a column, named as in the table where it is written. `commit-v5.ts` says what becomes of it. A new column is one
// entry here (and its column in the entity); a table that is not needed any more leaves `COMMIT_TABLES` and the function.
import type { CommitBatch } from '../../actors/ports.ts';
import type { Instant } from '../../model/instant.ts';
import { SECOND } from '../../model/instant.ts';
import { type Places, parametersOf, travelling } from './commit-arrays.ts';

type Seat = {
  readonly id: string;
  readonly capacity: number;
  readonly serviceId: string | null;
  readonly startsAt: Instant;
  readonly along?: string;
  readonly overlaps?: true;
};

/**
 * Claims of one session may overlap, all others may not. An exclusive claim is a session of its own;
 * seats of a class share the one that belongs to (service, start, and the other calendar on which they stand).
 * One that was put over others on purpose has none, which the constraint compares with nothing; the commit keeps others from its time.
 */
export function sessionOf(claim: Seat): string | null {
  if (claim.overlaps) return null;
  if (claim.capacity <= 1 || claim.serviceId === null) return claim.id;
  const along = claim.along === undefined ? 0 : Number.parseInt(claim.along.slice(-8), 16);
  const tail = Number.parseInt(claim.serviceId.slice(-8), 16) ^ Math.floor(claim.startsAt / SECOND) ^ along;
  return claim.serviceId.slice(0, -8) + (tail >>> 0).toString(16).padStart(8, '0');
}

export const FENCE = travelling('f', (batch) => batch.fence, {
  shard: ['int', (row) => row.shard],
  epoch: ['int', (row) => row.epoch],
});

/** Every calendar that the batch says anything of. All other tables name it by its place here. */
export const CALENDARS = travelling('c', (batch) => batch.calendars, {
  id: ['uuid', (row) => row.id],
  was: ['int8', (row) => row.from],
  will: ['int8', (row) => row.to],
  component: ['int', (row) => row.component],
  hours: ['jsonb', (row) => row.hours],
});

export const CHANGES = travelling('h', (batch) => batch.changes, {
  calendar_id: ['calendar', (row) => row.calendarId],
  revision: ['int8', (row) => row.revision],
  epoch: ['int', (row) => row.epoch],
  at: ['int8', (row) => row.at],
  /** null: one fact, of the hold below. */
  events: ['json', (row, places) => (placeOfHold(row, places) === null ? row.events : null)],
  /** Not a column: the place of the hold, among the claims that are added, that is all that this change says. Its text is long, and stands there already. */
  hold: ['int', placeOfHold],
  entry_id: ['uuid', (row) => row.entryId],
  by: ['json', (row) => row.by],
  request_id: ['text', (row) => row.requestId],
});

function placeOfHold({ events }: CommitBatch['changes'][number], { holds }: Places): number | null {
  const [event] = events;
  return events.length === 1 && event?.type === 'hold.placed' ? (holds.get(event.hold) ?? null) : null;
}

export const REQUESTS = travelling('k', (batch) => batch.requests, {
  caller: ['text', (row) => row.caller],
  key: ['text', (row) => row.key],
  fingerprint: ['text', (row) => row.fingerprint],
  entry_id: ['uuid', (row) => row.entryId],
  outcome: ['text', (row) => row.outcome],
  calendar_id: ['calendar', (row) => row.calendarId],
  revision: ['int8', (row) => row.revision],
  event_index: ['int', (row) => row.eventIndex],
  refusal: ['json', (row) => row.refusal],
});

export const CLAIMS_REMOVED = travelling('d', (batch) => batch.claimsRemoved, {
  id: ['uuid', (row) => row.id],
  calendar_id: ['calendar', (row) => row.calendarId],
});

export const CLAIMS_CHANGED = travelling('u', (batch) => batch.claimsChanged, {
  id: ['uuid', (row) => row.claim.id],
  calendar_id: ['calendar', (row) => row.calendarId],
  status: ['text', (row) => row.claim.status],
  details: ['json', (row) => row.details],
});

export const CLAIMS_ADDED = travelling('i', (batch) => batch.claimsAdded, {
  id: ['uuid', ({ claim }) => claim.id],
  half: ['int', (row) => row.half],
  calendar_id: ['calendar', (row) => row.calendarId],
  along: ['uuid', ({ claim }) => claim.along ?? null],
  kind: ['text', ({ claim }) => claim.kind],
  session: ['uuid', ({ claim }) => sessionOf(claim)],
  lane: ['int', ({ claim }) => claim.lane],
  starts_at: ['int8', ({ claim }) => claim.startsAt],
  ends_at: ['int8', ({ claim }) => claim.endsAt],
  service_id: ['uuid', ({ claim }) => claim.serviceId],
  buffer_before_minutes: ['int', ({ claim }) => claim.bufferBeforeMinutes],
  buffer_after_minutes: ['int', ({ claim }) => claim.bufferAfterMinutes],
  capacity: ['int', ({ claim }) => claim.capacity],
  seats: ['int', ({ claim }) => claim.seats],
  status: ['text', ({ claim }) => claim.status],
  details: ['json', (row) => row.details],
});

export const APPOINTMENTS = travelling('a', (batch) => batch.appointments, {
  /** Not a column: whether the row is made, or was there. */
  fresh: ['boolean', (row) => row.fresh],
  id: ['uuid', ({ appointment }) => appointment.id],
  calendar_id: ['calendar', ({ appointment }) => appointment.calendarId],
  reference: ['text', ({ appointment }) => appointment.reference],
  status: ['text', ({ appointment }) => appointment.status],
  staff_id: ['uuid', ({ appointment }) => appointment.staffId],
  location_id: ['uuid', ({ appointment }) => appointment.locationId],
  service_id: ['uuid', ({ appointment }) => appointment.serviceId],
  customer_id: ['uuid', ({ appointment }) => appointment.customerId],
  starts_at: ['int8', ({ appointment }) => appointment.startsAt],
  ends_at: ['int8', ({ appointment }) => appointment.endsAt],
  revision: ['int8', (row) => row.revision],
  details: ['jsonb', (row) => detailsOf(row.appointment)],
  created_at: ['int8', ({ appointment }) => appointment.createdAt],
  created_by: ['uuid', ({ appointment }) => appointment.createdBy],
});

/** What no column has. */
function detailsOf(appointment: CommitBatch['appointments'][number]['appointment']): object {
  const { id: _, calendarId: _c, reference: _r, status: _s, staffId: _p, locationId: _l, serviceId: _v, startsAt: _f, endsAt: _t, ...rest } = appointment;
  const { customerId: _u, createdAt: _a, createdBy: _b, ...details } = rest;
  return details;
}

export const CUSTOMERS = travelling('g', (batch) => batch.customers, {
  id: ['uuid', ({ customer }) => customer.id],
  calendar_id: ['calendar', (row) => row.calendarId],
  name: ['text', ({ customer }) => customer.name],
  email: ['text', ({ customer }) => customer.email],
  phone: ['text', ({ customer }) => customer.phone],
});

/** What was typed. Of an appointment that was there only the given columns are changed. */
export const PERSONS = travelling('p', (batch) => batch.persons, {
  /** Not a column, as of `APPOINTMENTS`. */
  fresh: ['boolean', (row) => row.fresh],
  calendar_id: ['calendar', (row) => row.calendarId],
  appointment_id: ['uuid', (row) => row.appointmentId],
  name: ['text', ({ details }) => details.name ?? null],
  email: ['text', ({ details }) => details.email ?? null],
  phone: ['text', ({ details }) => details.phone ?? null],
  phone_e164: ['text', ({ details }) => details.phoneE164 ?? null],
  notes: ['text', ({ details }) => details.notes ?? null],
  staff_notes: ['text', ({ details }) => details.staffNotes ?? null],
  answers: ['jsonb', ({ details }) => details.answers ?? null],
  reason: ['text', ({ details }) => details.reason ?? null],
  override_reason: ['text', ({ details }) => details.overrideReason ?? null],
  /** Not a column: which of them are given, as fields with commas between. */
  given: ['text', ({ details }) => Object.keys(details).join(',')],
});

export const SOURCES = travelling('o', (batch) => batch.sources, {
  entry_id: ['uuid', (row) => row.entryId],
  /** Not a column: whose decision it is. */
  calendar_id: ['calendar', (row) => row.calendarId],
  address: ['text', (row) => row.address],
});

/** In the order of the function's parameters. */
export const COMMIT_TABLES = [FENCE, CALENDARS, CHANGES, REQUESTS, CLAIMS_REMOVED, CLAIMS_CHANGED, CLAIMS_ADDED, APPOINTMENTS, CUSTOMERS, PERSONS, SOURCES];

/** The parameters of the commit's function, in its order. */
export function commitParameters(batch: CommitBatch): Buffer[] {
  return parametersOf(COMMIT_TABLES, batch);
}
