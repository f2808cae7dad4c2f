// Customers as records, for those who work here.
import { z } from 'zod';
import { type Caller, sourceOf } from '../../../access/caller.ts';
import type { Action } from '../../../access/permissions.ts';
import { refuseAction } from '../../../access/rights.ts';
import type { Reading } from '../../../booking/parts.ts';
import { listAppointments } from '../../../booking/read-appointments.ts';
import { countryOfLocation } from '../../../catalog/catalog.ts';
import type { CatalogKeeper } from '../../../catalog/catalog-keeper.ts';
import type { CustomerPayment, CustomerRecord } from '../../../customers/customer.ts';
import { type Customers, noSuchCustomer } from '../../../customers/customers.ts';
import { e164Of } from '../../../customers/phone-number.ts';
import { type Within, withinOf } from '../../../customers/within.ts';
import type { Messages } from '../../../messages/messages.ts';
import { type AppointmentReply, appointment } from '../../../protocol/appointments.ts';
import {
  type CustomerRecordReply,
  customerAppointmentsQuery,
  customerChangeBody,
  customerExport,
  customerRecord,
  customers,
  customersQuery,
  mergeBody,
  newCustomerBody,
} from '../../../protocol/customers.ts';
import { done, type Failed, failed, isFailed, type Reply, UNKNOWN_CURSOR } from '../../../protocol/reply.ts';
import { MOST_LISTED, page, uuid } from '../../../protocol/scalars.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import { type Route, route } from '../route.ts';
import { changeManaged, versionHeaders } from './admin-writes.ts';
import { viewOfMessage } from './messages.ts';

const LISTED_BY_DEFAULT = 20;
/** Of appointments and of messages, in what is told of one person. */
const MOST_PAGES = 10;
/** Records are of people, wherever they are, and not of a location. */
const ZONE = 'UTC';

type Parts = { readonly customers: Customers; readonly catalog: Pick<CatalogKeeper, 'snapshot' | 'snapshotWithArchived'> };

const params = z.object({ id: uuid });
const reading = { tag: 'Customers', action: 'see-customers' } as const;
const writing = { tag: 'Customers', action: 'manage-customers', isIdempotent: true } as const;

export const customerRoutes: readonly Route<ExportParts>[] = [
  route({
    ...reading,
    method: 'get',
    path: '/v1/customers',
    summary: 'Customers, or those that match what was typed',
    query: customersQuery,
    replies: {
      200: {
        description: 'Customers with an appointment where the caller may see customers. By name; with `q`, those that fit best first.',
        schema: customers,
      },
    },
    handle: async (parts: Parts, { caller, query: { q, limit = LISTED_BY_DEFAULT, cursor = null } }) => {
      const within = reachOfCaller(caller, reading.action);
      if (isFailed(within)) return within;
      const found = await parts.customers.list(q, within, limit, cursor);
      if (found === 'unknown-cursor') return UNKNOWN_CURSOR;
      const country = countryFor(parts, caller);
      return done({ items: found.items.map((record) => view(record, country)), nextCursor: found.hasMore ? (found.items.at(-1)?.id ?? null) : null });
    },
  }),
  route({
    ...writing,
    method: 'post',
    path: '/v1/customers',
    summary: 'Add a customer',
    body: newCustomerBody,
    replies: { 201: { description: 'The customer. A telephone number may be that of others, too.', schema: customerRecord } },
    problems: ['email-taken', 'id-in-use', 'idempotency-key-reused'],
    handle: async (parts: Parts, { caller, body }) =>
      changeOne(parts, caller, { operation: 'add-customer', body, status: 201 }, (within, request) => parts.customers.add(body, within, request)),
  }),
  route({
    ...reading,
    method: 'get',
    path: '/v1/customers/{id}',
    summary: 'A customer',
    hasVersion: true,
    params,
    replies: { 200: { description: 'With the version as ETag. The id may be that of one who was merged into them.', schema: customerRecord } },
    problems: ['not-found'],
    handle: async (parts: Parts, { params: { id }, caller }) => {
      const within = reachOfCaller(caller, reading.action);
      if (isFailed(within)) return within;
      return told(parts, caller, await parts.customers.record(id, within), 200);
    },
  }),
  route({
    ...writing,
    method: 'patch',
    path: '/v1/customers/{id}',
    summary: 'Change a customer',
    isConditional: true,
    params,
    body: customerChangeBody,
    replies: {
      200: { description: 'As it is now. Upcoming appointments have the new name, address and number where they had the old ones.', schema: customerRecord },
    },
    problems: ['not-found', 'email-taken', 'version-mismatch', 'idempotency-key-reused'],
    handle: async (parts: Parts, { params: { id }, caller, body }) =>
      changeOne(parts, caller, { operation: 'change-customer', body: { id, ...body }, status: 200 }, (within, request) =>
        parts.customers.change(id, body, { within, country: countryFor(parts, caller) }, request),
      ),
  }),
  route({
    ...reading,
    method: 'get',
    path: '/v1/customers/{id}/appointments',
    summary: 'Appointments of a customer',
    params,
    query: customerAppointmentsQuery,
    replies: { 200: { description: 'Those the caller may see, latest first.', schema: page(appointment) } },
    problems: ['not-found'],
    handle: async (parts: Parts & Reading, { params: { id }, query: { order = '-startsAt', limit, cursor }, caller }) => {
      const within = reachOfCaller(caller, reading.action);
      if (isFailed(within)) return within;
      const found = await parts.customers.record(id, within);
      if (found === undefined) return noneSuch();
      return listAppointments(parts, caller, { customerId: found.id, order, limit, cursor });
    },
  }),
  route({
    ...writing,
    method: 'post',
    path: '/v1/customers/{id}/merge',
    summary: 'Make two records one',
    isConditional: true,
    params,
    body: mergeBody,
    replies: {
      200: {
        description: 'The customer who stays, with the appointments, messages and account of both. Id and e-mail address of the other one lead here.',
        schema: customerRecord,
      },
    },
    problems: ['not-found', 'version-mismatch', 'idempotency-key-reused'],
    handle: (parts: Parts, { params: { id }, body: { into }, caller }) =>
      changeOne(parts, caller, { operation: 'merge-customers', body: { id, into }, status: 200 }, (within, request) =>
        parts.customers.merge(id, into, within, request),
      ),
  }),
  route({
    tag: 'Customers',
    method: 'delete',
    path: '/v1/customers/{id}',
    action: 'erase-customers',
    summary: 'Erase a customer',
    isIdempotent: true,
    isConditional: true,
    params,
    replies: { 204: { description: 'Name, addresses, numbers, notes and answers are gone, and the account. Appointments stay, without a customer.' } },
    problems: ['not-found', 'still-in-use', 'wrong-status', 'version-mismatch', 'idempotency-key-reused'],
    handle: async (parts: Parts, { params: { id }, caller }) => {
      const within = reachOfCaller(caller, 'erase-customers');
      if (isFailed(within)) return within;
      const place = { staffId: null, locationId: within.locationId };
      const asked = { action: 'erase-customers', place, operation: 'erase-customer', body: { id } } as const;
      return changeManaged(caller, asked, { status: 204, body: () => ({}) }, (request) => parts.customers.erase(id, within, request));
    },
  }),
  route({
    tag: 'Customers',
    method: 'get',
    path: '/v1/customers/{id}/export',
    action: 'export-customers',
    summary: 'Everything that is kept of one person',
    params,
    replies: { 200: { description: 'For the person who asks for it. The audit trail has it.', schema: customerExport } },
    problems: ['not-found'],
    handle: (parts: ExportParts, { params: { id }, caller }) => exportOne(parts, caller, id),
  }),
];

type ExportParts = Parts & Reading & { readonly messages: Messages };

async function exportOne(parts: ExportParts, caller: Caller, id: string): Promise<Reply> {
  const within = reachOfCaller(caller, 'export-customers');
  if (isFailed(within)) return within;
  const found = await parts.customers.export(id, within, sourceOf(caller));
  const record = found && (await parts.customers.record(found.id, within));
  if (found === undefined || record === undefined) return noneSuch();
  const appointments: AppointmentReply[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES && (pages === 0 || cursor !== null); pages += 1) {
    const page = await listAppointments(parts, caller, { customerId: record.id, order: 'startsAt', limit: MOST_LISTED, ...(cursor !== null && { cursor }) });
    if (isFailed(page)) return page;
    appointments.push(...page.body.items);
    cursor = page.body.nextCursor;
  }
  const most = MOST_PAGES * MOST_LISTED;
  const messages = await parts.messages.list({ customerId: record.id, locationId: within.locationId }, most + 1, null);
  const payments = await parts.customers.payments(record.id, within, most + 1);
  return done({
    customer: view(record, countryFor(parts, caller)),
    otherAddresses: [...found.otherAddresses],
    appointments,
    messages: messages.slice(0, most).map(viewOfMessage),
    payments: payments.slice(0, most).map(viewOfPayment),
    isComplete: !record.isShared && cursor === null && messages.length <= most && payments.length <= most,
  });
}

function noneSuch(): Failed {
  const { code, detail } = noSuchCustomer();
  return failed(code, { detail });
}

/** A staff member without a calendar sees no customers. */
export function reachOfCaller({ principal }: Caller, action: Action): Within | Failed {
  return withinOf(principal, action) ?? refuseAction(principal, action) ?? failed('forbidden');
}

type Change = { readonly operation: string; readonly body: object; readonly status: number };
type Changing = Parameters<typeof changeManaged<{ readonly id: string; readonly version: number }>>[3];

/** What is kept for a repeat has ids alone: the record is read when it is told. So an API key needs the scope to read it, too. */
async function changeOne(
  parts: Parts,
  caller: Caller,
  { operation, body, status }: Change,
  change: (within: Within, request: Parameters<Changing>[0]) => ReturnType<Changing>,
): Promise<Reply> {
  const blind = refuseAction(caller.principal, reading.action);
  if (blind !== undefined) return blind;
  const within = reachOfCaller(caller, writing.action);
  if (isFailed(within)) return within;
  const asked = { action: writing.action, place: { staffId: null, locationId: within.locationId }, operation, body };
  const view = { status, body: ({ id, version }: { readonly id: string; readonly version: number }) => ({ id, version }) };
  const changed = await changeManaged(caller, asked, view, (request) => change(within, request));
  if (isFailed(changed)) return changed;
  const { id } = changed.body as { readonly id: string }; // written by `view`, now or the first time
  return told(parts, caller, await parts.customers.record(id, within), status, changed.replayed);
}

function told(parts: Parts, caller: Caller, record: CustomerRecord | undefined, status: number, replayed = false): Reply {
  if (record === undefined) return noneSuch();
  const body = view(record, countryFor(parts, caller));
  return done(body, { status, replayed, headers: { ...versionHeaders(body), ...(status === 201 && { Location: `/v1/customers/${record.id}` }) } });
}

/** Where a telephone number without a `+` is meant to be: at the caller's location, or where all of them are. */
function countryFor({ catalog }: Parts, { principal }: Caller): string | null {
  const { locations } = catalog.snapshot();
  const own = principal?.locationId == null ? undefined : locations.get(principal.locationId);
  const countries = new Set((own === undefined ? [...locations.values()] : [own]).map(countryOfLocation));
  const [country = null] = countries;
  return countries.size === 1 ? country : null;
}

function view(record: CustomerRecord, country: string | null): CustomerRecordReply {
  const { id, name, email, phone, isShared, isBlocked, marketing, visits, noShows, cancelled, spent, next, hasAccount, createdAt, version } = record;
  const { notes, staffNotes, tags } = isShared ? { notes: null, staffNotes: null, tags: [] } : record;
  const phoneE164 = phone === null ? undefined : e164Of(phone, country);
  return {
    ...{ id, name, ...(email !== null && { email }), ...(phone !== null && { phone }), ...(phoneE164 !== undefined && { phoneE164 }) },
    ...{ notes, staffNotes, tags: [...tags], blocked: isBlocked },
    consents: { marketing: marketing?.given ?? null, ...(marketing !== null && { marketingAt: wireTime(marketing.at, ZONE) }) },
    counts: { visits, noShows, cancelled, spent: [...spent] },
    nextAppointment: next && nextOf(next),
    ...{ hasAccount, createdAt: wireTime(createdAt, ZONE), version },
  };
}

function viewOfPayment({ id, appointmentId, method, state, amount, received, refunded, currency, createdAt }: CustomerPayment) {
  const money = (of: number) => ({ amount: of, currency });
  return {
    id,
    appointmentId,
    method,
    state,
    amount: money(amount),
    received: money(received),
    refunded: money(refunded),
    createdAt: wireTime(createdAt, ZONE),
  };
}

function nextOf({ id, status, startsAt, endsAt, timeZone, serviceId, serviceName, staffId, locationId }: NonNullable<CustomerRecord['next']>) {
  return { id, status, startsAt: wireTime(startsAt, timeZone), endsAt: wireTime(endsAt, timeZone), serviceId, serviceName, staffId, locationId };
}
