// What `commit_v5` does, step by step, and in the same words; src/persistence/journal/commit-v5.ts says why.
import type { Appointment } from '../../../src/actors/calendar/calendar.ts';
import type { CommitBatch, CommitResult, RequestRow, ShardOwner, StoredRequest } from '../../../src/actors/ports.ts';
import { type Instant, instant } from '../../../src/model/instant.ts';
import { SqlFailure } from '../../../src/persistence/database/database.ts';
import { sessionOf } from '../../../src/persistence/journal/commit-tables.ts';
import { storedRequest } from './reads.ts';
import { type ClaimTableRow, claimName, type RequestTableRow, requestName, type Tables } from './tables.ts';
import { lockRows, lockShards, type Transaction, work } from './transactions.ts';

/** `onWritten` is told which entries were written, at the moment at which they are. */
export function* commit(tables: Tables, batch: CommitBatch, onWritten: (entryIds: readonly string[]) => void = () => undefined): Transaction<CommitResult> {
  const databaseTime = instant(Math.floor(tables.clock()));
  yield* lockShards(
    batch.fence.map(({ shard }) => shard),
    'shared',
  );
  const shards = fencedBy(tables, batch);
  if (shards.length > 0) return { type: 'fenced', databaseTime, shards };

  const duplicates = duplicatesOf(tables, batch.requests);
  const repeated = new Set(duplicates.map(({ caller, key }) => requestName(caller, key)));
  const aside = new Set<string>();
  for (const { caller, key, calendarId } of batch.requests) {
    if (calendarId !== null && repeated.has(requestName(caller, key))) aside.add(calendarId);
  }
  yield* work();
  // With the first row that it asks for, before it may have to wait for it.
  tables.lastXid += 1;
  const xid = tables.lastXid;
  tables.openXids.add(xid);
  try {
    for (let steps = tables.stall(); steps > 0; steps -= 1) yield* work();
    return yield* write(tables, batch, { databaseTime, xid, aside, repeated, duplicates }, onWritten);
  } finally {
    tables.openXids.delete(xid);
  }
}

type Begun = Known & { readonly databaseTime: Instant; readonly duplicates: readonly StoredRequest[] };

function* write(tables: Tables, batch: CommitBatch, begun: Begun, onWritten: (entryIds: readonly string[]) => void): Transaction<CommitResult> {
  const { databaseTime, xid, repeated, duplicates } = begun;
  const aside = new Set(begun.aside);
  yield* lockRows(batch.calendars.filter(({ from, to }) => to > from).map(({ id }) => id));
  const lost = new Set(batch.calendars.filter(({ id, from }) => isBehind(tables, id, from)).map(({ id }) => id));
  for (const id of lost) aside.add(id);
  if (tables.promises.keepsComponents) {
    const skipped = new Set(batch.calendars.filter(({ id }) => aside.has(id)).map(({ component }) => component));
    for (const { id, component } of batch.calendars) if (skipped.has(component)) aside.add(id);
  }

  yield* work();
  const writes = preparedWrites(tables, batch, { xid, aside, repeated });
  for (const write of writes) write();
  onWritten(batch.changes.filter(({ calendarId }) => !aside.has(calendarId)).map(({ entryId }) => entryId));
  return { type: 'written', databaseTime, lost, duplicates };
}

function fencedBy(tables: Tables, batch: CommitBatch): readonly ShardOwner[] {
  if (!tables.promises.checksEpoch) return [];
  return batch.fence.flatMap(({ shard, epoch }) => {
    const row = tables.shards[shard];
    return row === undefined || row.epoch === epoch ? [] : [{ shard, epoch: row.epoch, owner: row.owner }];
  });
}

function duplicatesOf(tables: Tables, requests: readonly RequestRow[]): readonly StoredRequest[] {
  return requests.flatMap(({ caller, key }) => {
    const row = tables.requestOf(caller, key);
    return row === undefined ? [] : [storedRequest(tables, row)];
  });
}

function isBehind(tables: Tables, id: string, from: number): boolean {
  return tables.promises.comparesRevision && tables.calendars.get(id)?.revision !== from;
}

type Known = { readonly xid: number; readonly aside: ReadonlySet<string>; readonly repeated: ReadonlySet<string> };

/** Checks everything that the database checks, in its order, and gives what is to be written if nothing is wrong. */
function preparedWrites(tables: Tables, batch: CommitBatch, { xid, aside, repeated }: Known): readonly (() => void)[] {
  const isIn = ({ calendarId }: { readonly calendarId: string | null }) => calendarId === null || !aside.has(calendarId);
  const requests = batch.requests.filter((row) => isIn(row) && !repeated.has(requestName(row.caller, row.key)));
  const addRequests = () => {
    for (const row of requests) tables.addRequest(requestRow(tables, row));
  };
  return [
    ...calendarWrites(tables, batch, aside),
    ...claimWrites(tables, batch, isIn),
    ...changeWrites(tables, batch.changes.filter(isIn), xid),
    ...appointmentWrites(tables, batch, isIn),
    ...(tables.promises.keepsKeyInTransaction ? requestWrites(tables, requests, addRequests) : []),
    ...batch.sources.filter(isIn).map(
      ({ entryId, address }) =>
        () =>
          void (tables.sources.has(entryId) || tables.sources.set(entryId, address)),
    ),
  ];
}

/** The keys that a database would write which does not keep them in the transaction. */
export function lateRequests(tables: Tables, batch: CommitBatch, result: CommitResult): readonly RequestTableRow[] {
  if (tables.promises.keepsKeyInTransaction || result.type === 'fenced') return [];
  return batch.requests
    .filter((row) => !tables.requests.has(requestName(row.caller, row.key)) && !result.lost.has(row.calendarId ?? ''))
    .map((row) => requestRow(tables, row));
}

function requestRow(tables: Tables, row: RequestRow): RequestTableRow {
  return { ...row, refusal: JSON.stringify(row.refusal), createdAt: Math.floor(tables.clock()) };
}

function requestWrites(tables: Tables, requests: readonly RequestRow[], write: () => void): readonly (() => void)[] {
  const names = requests.map(({ caller, key }) => requestName(caller, key));
  if (names.some((name, index) => tables.requests.has(name) || names.indexOf(name) !== index)) throw violation('request_pkey');
  return [write];
}

function calendarWrites(tables: Tables, batch: CommitBatch, aside: ReadonlySet<string>): readonly (() => void)[] {
  return batch.calendars.flatMap(({ id, from, to, hours }) => {
    const row = tables.calendars.get(id);
    if (row === undefined || to <= from || aside.has(id)) return [];
    return [
      () => {
        row.revision = to;
        if (hours !== null) row.hours = JSON.stringify(hours);
      },
    ];
  });
}

type IsIn = (row: { readonly calendarId: string | null }) => boolean;

function claimWrites(tables: Tables, batch: CommitBatch, isIn: IsIn): readonly (() => void)[] {
  const claims = new Map<string, ClaimTableRow | null>();
  const current = (name: string) => (claims.has(name) ? (claims.get(name) ?? undefined) : tables.claims.get(name));
  const namesOf = (id: string, calendarId: string) => [0, 1].map((half) => claimName(id, half)).filter((name) => current(name)?.calendarId === calendarId);
  const removed = batch.claimsRemoved.filter(isIn);
  const gone = removed.flatMap(({ id, calendarId }) => namesOf(id, calendarId));
  for (const name of gone) claims.set(name, null);
  // A row is found once, however often it is named.
  if (new Set(gone).size !== removed.length) throw misplaced('remove');
  const changed = batch.claimsChanged.filter(isIn);
  const found = changed.flatMap(({ claim, calendarId, details }) => namesOf(claim.id, calendarId).map((name) => ({ name, claim, details })));
  for (const { name, claim, details } of found) {
    const row = current(name);
    if (row !== undefined) claims.set(name, { ...row, status: claim.status, details: JSON.stringify(details) });
  }
  if (new Set(found.map(({ name }) => name)).size !== changed.length) throw misplaced('change');
  const added = batch.claimsAdded.filter(isIn);
  guardOverlapping(tables, added, claims);
  for (const { calendarId, half, claim, details } of added) {
    const row = { calendarId, half, session: sessionOf(claim), claim, status: claim.status, details: JSON.stringify(details) };
    const name = claimName(claim.id, half);
    if (!(claim.startsAt < claim.endsAt)) throw violation('claim_lasts', '23514');
    // In the order in which the indexes were made.
    guardTime(tables, row, claims);
    if (current(name) !== undefined) throw violation('claim_pkey');
    guardLane(tables, row, claims);
    claims.set(name, row);
  }
  return [...claims].map(
    ([id, row]) =>
      () =>
        void (row === null ? tables.claims.delete(id) : tables.claims.set(id, row)),
  );
}

type Claims = ReadonlyMap<string, ClaimTableRow | null>;

function onItsCalendar(tables: Tables, { calendarId }: ClaimTableRow, claims: Claims): readonly (ClaimTableRow | null)[] {
  const all = [...[...tables.claims].filter(([id]) => !claims.has(id)).map(([, other]) => other), ...claims.values()];
  return all.filter((other) => other !== null && other.calendarId === calendarId);
}

function guardLane(tables: Tables, row: ClaimTableRow, claims: Claims): void {
  const isShared = row.session !== null && row.session !== row.claim.id;
  const isThere = (other: ClaimTableRow | null) => other?.session === row.session && other.claim.lane === row.claim.lane;
  if (isShared && onItsCalendar(tables, row, claims).some(isThere)) throw violation('claim_one_per_lane');
}

/** Against those that were there before this commit, and still are. */
function guardOverlapping(tables: Tables, added: CommitBatch['claimsAdded'], claims: Claims): void {
  if (!tables.promises.guardsOverlapping) return;
  const there = [...tables.claims].filter(([name, { session }]) => session === null && claims.get(name) !== null).map(([, row]) => row);
  const isInTheWay = ({ calendarId, claim }: CommitBatch['claimsAdded'][number]) =>
    sessionOf(claim) !== null &&
    there.some((other) => other.calendarId === calendarId && other.claim.startsAt < claim.endsAt && claim.startsAt < other.claim.endsAt);
  if (added.some(isInTheWay)) throw violation('claim_overlapped', '23P01');
}

function guardTime(tables: Tables, row: ClaimTableRow, claims: Claims): void {
  const { startsAt, endsAt } = row.claim;
  const isInTheWay = (other: ClaimTableRow | null) =>
    other !== null &&
    other.session !== null &&
    row.session !== null &&
    other.session !== row.session &&
    other.claim.startsAt < endsAt &&
    startsAt < other.claim.endsAt;
  if (tables.promises.excludesOverlap && onItsCalendar(tables, row, claims).some(isInTheWay)) throw violation('claim_no_overlap', '23P01');
}

function changeWrites(tables: Tables, changes: CommitBatch['changes'], xid: number): readonly (() => void)[] {
  const isKnown = ({ calendarId, revision }: CommitBatch['changes'][number]) => tables.changes.get(calendarId)?.has(revision) === true;
  if (changes.some(isKnown)) throw violation('change_pkey');
  return changes.map(({ calendarId, revision, epoch, at, events, entryId, by, requestId }) => {
    const row = { calendarId, revision, epoch, at, events: JSON.stringify(events), entryId, by: JSON.stringify(by), requestId, xid };
    return () => {
      tables.lastPosition += 1;
      tables.addChange({ ...row, position: tables.promises.drawsInOrder ? tables.lastPosition : -tables.lastPosition });
    };
  });
}

/** A row that is there already under the same id and address is left as it is; an address under another id refuses the commit. */
function customerWrites(tables: Tables, batch: CommitBatch, isIn: IsIn): { readonly known: ReadonlySet<string>; readonly writes: readonly (() => void)[] } {
  const known = new Map(tables.customers);
  const emails = new Set(known.values());
  const rows = batch.customers.filter(isIn).map(({ customer }) => customer);
  for (const { id, email } of rows.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    if (known.has(id) || (email !== null && emails.has(email))) continue;
    known.set(id, email);
    emails.add(email);
  }
  if (rows.some(({ id, email }) => known.get(id) !== email)) throw violation('customer_email');
  const writes = [...known]
    .filter(([id]) => !tables.customers.has(id))
    .map(
      ([id, email]) =>
        () =>
          void tables.customers.set(id, email),
    );
  return { known: new Set(known.keys()), writes };
}

/** Of a fresh appointment all of it; of another one only what is given. */
function personWrites(tables: Tables, batch: CommitBatch, isIn: IsIn): readonly (() => void)[] {
  return batch.persons.filter(isIn).map(({ fresh, appointmentId, details }) => () => {
    const before = tables.persons.get(appointmentId);
    if (fresh) tables.persons.set(appointmentId, JSON.stringify(details));
    else if (before !== undefined) tables.persons.set(appointmentId, JSON.stringify({ ...JSON.parse(before), ...details }));
  });
}

function appointmentWrites(tables: Tables, batch: CommitBatch, isIn: IsIn): readonly (() => void)[] {
  const { known, writes } = customerWrites(tables, batch, isIn);
  const rows = batch.appointments.filter(({ appointment }) => isIn(appointment));
  const ids = new Set(tables.appointments.keys());
  const references = new Set([...tables.appointments.values()].map(({ appointment }) => appointment.reference));
  const fresh = rows.filter((row) => row.fresh).map(({ appointment }) => appointment);
  for (const { id, reference } of fresh) {
    if (ids.has(id)) throw violation('appointment_pkey');
    if (references.has(reference)) throw violation('appointment_reference');
    ids.add(id);
    references.add(reference);
  }
  if (fresh.some(({ customerId }) => !known.has(customerId))) throw violation('appointment_customer_id_foreign', '23503');
  const write = ({ fresh: isFresh, revision, appointment }: CommitBatch['appointments'][number]) => {
    const before = tables.appointments.get(appointment.id)?.appointment;
    if (!isFresh && before === undefined) return;
    tables.appointments.set(appointment.id, { revision, appointment: asStored(appointment, before) });
  };
  return [...writes, ...rows.map((row) => () => write(row)), ...personWrites(tables, batch, isIn)];
}

/** An update leaves alone what never changes, whatever it is told. */
function asStored(appointment: Appointment, before: Appointment | undefined): Appointment {
  const { reference, customerId, createdAt, createdBy } = before ?? appointment;
  return { ...(JSON.parse(JSON.stringify(appointment)) as Appointment), reference, customerId, createdAt, createdBy };
}

function violation(constraint: string, sqlState = '23505'): SqlFailure {
  return new SqlFailure(`violates ${constraint}`, { sqlState, constraint, definite: true });
}

function misplaced(what: string): SqlFailure {
  return new SqlFailure(`claims to ${what}: not all were found`, { sqlState: 'SK001', definite: true });
}
