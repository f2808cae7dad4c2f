import type { ClaimRow, CommitBatch } from '../../actors/ports.ts';
import type { Instant } from '../../model/instant.ts';
import { SECOND } from '../../model/instant.ts';

const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

/**
 * Claims of one session may overlap, all others may not. An exclusive claim is a session of its own;
 * seats of a class share the one that belongs to (service, start).
 */
export function sessionOf(claim: { readonly id: string; readonly capacity: number; readonly serviceId: string | null; readonly startsAt: Instant }): string {
  if (claim.capacity <= 1 || claim.serviceId === null) return claim.id;
  const tail = Number.parseInt(claim.serviceId.slice(-8), 16) ^ Math.floor(claim.startsAt / SECOND);
  return claim.serviceId.slice(0, -8) + (tail >>> 0).toString(16).padStart(8, '0');
}

/** The parameters of `commit_v3`, in its order: one typed array per column. */
export function commitParameters(batch: CommitBatch): unknown[] {
  return [
    batch.atomic,
    ...columns(batch.fence, (shard) => [shard.shard, shard.epoch], 2),
    ...columns(batch.calendars, (calendar) => [calendar.id, calendar.from, calendar.to, json(calendar.hours)], 4),
    ...columns(batch.changes, (change) => [change.calendarId, change.revision, change.epoch, change.at, json(change.events), change.entryId], 6),
    ...columns(
      batch.requests,
      (row) => [row.caller, row.key, row.fingerprint, row.entryId, row.outcome, row.calendarId, row.revision, row.eventIndex, json(row.refusal)],
      9,
    ),
    ...columns(batch.claimsRemoved, (claim) => [claim.id, claim.calendarId], 2),
    ...columns(batch.claimsChanged, (row) => [row.claim.id, row.calendarId, row.claim.status, json(row.details)], 4),
    ...columns(batch.claimsAdded, claimColumns, 14),
    ...columns(batch.appointments, appointmentColumns, 15),
    ...columns(batch.customers, ({ calendarId, customer }) => [customer.id, calendarId, customer.name, customer.email, customer.phone], 5),
    ...columns(batch.outbox, (row) => [row.entryId, row.calendarId, row.revision, row.topic, json(row.payload)], 5),
    ...columns(batch.changes, ({ by, requestId }) => [json(by), requestId], 2),
  ];
}

function claimColumns({ calendarId, claim, details }: ClaimRow): unknown[] {
  return [
    claim.id,
    calendarId,
    claim.kind,
    sessionOf(claim),
    claim.lane,
    claim.startsAt,
    claim.endsAt,
    claim.serviceId,
    claim.bufferBeforeMinutes,
    claim.bufferAfterMinutes,
    claim.capacity,
    claim.seats,
    claim.status,
    json(details),
  ];
}

function appointmentColumns({ fresh, revision, appointment }: CommitBatch['appointments'][number]): unknown[] {
  const { id, calendarId, reference, status, staffId, locationId, serviceId, customer, startsAt, endsAt, createdAt, createdBy, ...details } = appointment;
  return [
    fresh,
    id,
    calendarId,
    reference,
    status,
    staffId,
    locationId,
    serviceId,
    customer.id,
    startsAt,
    endsAt,
    revision,
    json({ ...details, customer }),
    createdAt,
    createdBy,
  ];
}

/** Turns rows into `width` columns, in one pass. */
function columns<Row>(rows: readonly Row[], pick: (row: Row) => unknown[], width: number): unknown[][] {
  const result: unknown[][] = Array.from({ length: width }, () => []);
  for (const row of rows) {
    const values = pick(row);
    for (const [index, column] of result.entries()) column.push(values[index]);
  }
  return result;
}
