// What people who work here do with customers. A repeat of a write tells the customer as they are by then: no reply that is kept has anything of a person.
import { randomUUIDv7 } from 'node:crypto';
import { type AuditRecord, type AuditSource, auditEntry } from '../audit/audit-entry.ts';
import type { AuditAction } from '../model/audit-actions.ts';
import type { FieldError } from '../model/field-error.ts';
import type { Instant } from '../model/instant.ts';
import { answeredBefore, type KeyReused, type ReplyKey, type StoredReply } from '../model/kept-replies.ts';
import { type CustomerChangeBody, MOST_TAGS, type NewCustomerBody } from '../protocol/customers.ts';
import { LONGEST_NOTES } from '../protocol/scalars.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Customer, CustomerPayment, CustomerRecord } from './customer.ts';
import type { CustomerStore, CustomerTransaction, ExportedCustomer } from './customer-store-port.ts';
import { e164Of } from './phone-number.ts';
import { readQuestion } from './question.ts';
import type { Within } from './within.ts';

/** The subject of an export of all of them. */
const ALL_CUSTOMERS = 'all';
const EXPORTED_AT_ONCE = 2_000;

type Refusal =
  | { readonly code: 'not-found' | 'forbidden' | 'wrong-status'; readonly detail: string }
  | { readonly code: 'invalid-request'; readonly detail: string; readonly errors: readonly FieldError[] }
  | {
      readonly code: 'still-in-use';
      readonly detail: string;
      readonly appointments: number;
      readonly next?: { readonly id: string; readonly startsAt: string };
    }
  | { readonly code: 'version-mismatch'; readonly detail: string; readonly currentVersion: number }
  | { readonly code: 'email-taken' | 'id-in-use'; readonly detail: string; readonly errors: readonly FieldError[] }
  | KeyReused;
type Answer = { readonly outcome: 'saved' | 'replayed'; readonly reply: StoredReply } | { readonly outcome: 'refused'; readonly refusal: Refusal };
/** `reply` is told ids and versions only. */
export type CustomerRequest = AuditSource & {
  readonly key: ReplyKey | null;
  readonly expectedVersions: readonly number[] | null;
  readonly reply: (value: Pick<Customer, 'id' | 'version'>) => StoredReply;
};
type Decided = { readonly customer: Pick<Customer, 'id' | 'version'> } | { readonly refusal: Refusal };

type CustomersParts = {
  readonly store: CustomerStore;
  readonly now: () => Instant;
  /** The account of an erased customer is gone: their tokens are refused from now on. */
  readonly onSessionsEnded: (sessionIds: readonly string[]) => void;
};

export class Customers {
  readonly #store: CustomerStore;
  readonly #now: () => Instant;
  readonly #onSessionsEnded: CustomersParts['onSessionsEnded'];

  constructor({ store, now, onSessionsEnded }: CustomersParts) {
    this.#store = store;
    this.#now = now;
    this.#onSessionsEnded = onSessionsEnded;
  }

  list(typed: string | undefined, within: Within, limit: number, after: string | null): ReturnType<CustomerStore['list']> {
    return this.#store.list({ question: typed === undefined ? null : readQuestion(typed), within, limit, after });
  }

  record(id: string, within: Within): Promise<CustomerRecord | undefined> {
    return this.#store.record(id, within);
  }

  add({ id = randomUUIDv7(), name, email = null, phone = null, ...about }: NewCustomerBody, within: Within, request: CustomerRequest): Promise<Answer> {
    return this.#change(request, async (transaction, at) => {
      if (await transaction.isIdTaken(id)) return refuse(taken('id-in-use', 'id', 'The id belongs to another customer.'));
      if (email !== null && (await transaction.ownerOf(email)) !== undefined) return refuse(emailTaken());
      const nothing = { notes: null, staffNotes: null, tags: [], isBlocked: false, marketing: null };
      const customer = changed({ id, name, email, phone, ...nothing, locationId: within.locationId, createdAt: at, version: 1 }, about, at);
      await transaction.add(customer);
      await audit(transaction, request, at, 'customer.added', id, {});
      return { customer };
    });
  }

  /** `country`: where a telephone number without a `+` is meant to be; null: not known. */
  change(id: string, changes: CustomerChangeBody, { within, country }: { within: Within; country: string | null }, request: CustomerRequest): Promise<Answer> {
    return this.#change(request, async (transaction, at) => {
      const before = await transaction.customer(id, within);
      if (before === undefined) return refuse(noSuchCustomer());
      const refusal = refuseVersion(before, request) ?? (await refuseElsewhere(transaction, [before], within));
      if (refusal !== undefined) return refuse(refusal);
      const after = { ...changed(before, changes, at), version: before.version + 1 };
      const owner = after.email === null ? before.id : ((await transaction.ownerOf(after.email)) ?? before.id);
      if (owner !== before.id) return refuse(emailTaken());
      await transaction.change(before, after, after.phone === null ? null : (e164Of(after.phone, country) ?? null));
      await audit(transaction, request, at, 'customer.changed', before.id, { after: { changedFields: fieldsChanged(before, after) } });
      return { customer: after };
    });
  }

  /** One person has two records: the other one stays, with everything of both. */
  merge(id: string, into: string, within: Within, request: CustomerRequest): Promise<Answer> {
    return this.#change(request, async (transaction, at) => {
      const both = await this.#both(transaction, [id, into], within);
      if ('refusal' in both) return both;
      const { from, other } = both;
      const refusal = refuseVersion(from, request) ?? (await refuseElsewhere(transaction, [from, other], within));
      if (refusal !== undefined) return refuse(refusal);
      const merged = mergedWith(from, other);
      const overfull = refuseOverfull(merged);
      if (overfull !== undefined) return refuse(overfull);
      await transaction.merge(from, merged, at);
      await audit(transaction, request, at, 'customer.merged', other.id, { after: { mergedCustomerId: from.id } });
      return { customer: merged };
    });
  }

  /** In the order of their ids, so that two who merge the same two wait for each other in no circle. */
  async #both(
    transaction: CustomerTransaction,
    [id, into]: readonly [string, string],
    within: Within,
  ): Promise<{ readonly from: Customer; readonly other: Customer } | { readonly refusal: Refusal }> {
    const found = new Map<string, Customer | undefined>();
    for (const one of [id, into].sort()) found.set(one, await transaction.customer(one, within));
    const [from, other] = [found.get(id), found.get(into)];
    if (from === undefined) return { refusal: noSuchCustomer() };
    if (other === undefined) return { refusal: unfit('into', 'is not a customer that you may see') };
    if (from.id === other.id) return { refusal: unfit('into', 'is the same customer already') };
    return { from, other };
  }

  /** What is ahead is cancelled first, by those who can tell the customer. Ids stay, so that what was booked can still be counted. */
  async erase(id: string, within: Within, request: CustomerRequest): Promise<Answer> {
    let ended: readonly string[] = [];
    const answer = await this.#change(request, async (transaction, at) => {
      const customer = await transaction.customer(id, within);
      if (customer === undefined) return refuse(noSuchCustomer());
      if (customer.id !== id) return refuse({ code: 'not-found', detail: 'This customer was merged into another one: erase that one by its own id.' });
      const refusal =
        refuseVersion(customer, request) ?? (await refuseElsewhere(transaction, [customer], within)) ?? (await refuseAhead(transaction, customer));
      if (refusal !== undefined) return refuse(refusal);
      ({ endedSessions: ended } = await transaction.erase(customer, at));
      await audit(transaction, request, at, 'customer.erased', customer.id, {});
      return { customer };
    });
    this.#onSessionsEnded(ended);
    return answer;
  }

  /** For what is told of one person: who they are, and that it was told. */
  async export(id: string, within: Within, source: AuditSource): Promise<{ readonly id: string; readonly otherAddresses: readonly string[] } | undefined> {
    const customer = await this.#store.changing(async (transaction) => {
      const found = await transaction.customer(id, within);
      if (found !== undefined) await audit(transaction, source, this.#now(), 'customer.exported', found.id, {});
      return found;
    });
    return customer && { id: customer.id, otherAddresses: await this.#store.otherAddresses(customer.id) };
  }

  /** All customers that the reader may see, a page at a time. The trail has it before anything is read; customers who come or go meanwhile may be in it or not. */
  async *exportAll(within: Within, source: AuditSource): AsyncGenerator<readonly ExportedCustomer[]> {
    await this.#store.changing((transaction) => audit(transaction, source, this.#now(), 'customer.exported', ALL_CUSTOMERS, {}));
    let page: readonly ExportedCustomer[] = [];
    do {
      page = await this.#store.exported(within, page.at(-1)?.id ?? null, EXPORTED_AT_ONCE);
      yield page;
    } while (page.length === EXPORTED_AT_ONCE);
  }

  payments(id: string, within: Within, limit: number): Promise<readonly CustomerPayment[]> {
    return this.#store.payments(id, within, limit);
  }

  #change(request: CustomerRequest, change: (transaction: CustomerTransaction, at: Instant) => Promise<Decided>): Promise<Answer> {
    return this.#store.changing(async (transaction): Promise<Answer> => {
      const before = await answeredBefore(transaction, request.key);
      if (before !== undefined) return before;
      const decided = await change(transaction, this.#now());
      if ('refusal' in decided) return { outcome: 'refused', refusal: decided.refusal };
      const reply = request.reply(decided.customer);
      if (request.key !== null) await transaction.addReply(request.key, reply);
      return { outcome: 'saved', reply };
    });
  }
}

function changed(before: Customer, changes: CustomerChangeBody, at: Instant): Customer {
  const { name = before.name, email = before.email, phone = before.phone, notes = before.notes, staffNotes = before.staffNotes } = changes;
  const { tags = before.tags, blocked: isBlocked = before.isBlocked, consents } = changes;
  return { ...before, name, email, phone, notes, staffNotes, tags, isBlocked, marketing: consentAfter(before, consents?.marketing, at) };
}

/** What is said again as it was keeps its moment. */
function consentAfter({ marketing }: Customer, given: boolean | null | undefined, at: Instant): Customer['marketing'] {
  if (given === undefined || given === marketing?.given) return marketing;
  return given === null ? null : { given, at };
}

/** Who stays keeps what they have, and gets what they lack; of notes and tags nothing is lost, and who was blocked stays so. */
function mergedWith(from: Customer, into: Customer): Customer {
  const joined = (...texts: readonly (string | null)[]) => texts.filter((text) => text !== null).join('\n') || null;
  const newest = [from.marketing, into.marketing].filter((consent) => consent !== null).sort((one, other) => other.at - one.at);
  return {
    ...into,
    ...{ email: into.email ?? from.email, phone: into.phone ?? from.phone },
    ...{ notes: joined(into.notes, from.notes), staffNotes: joined(into.staffNotes, from.staffNotes) },
    ...{ tags: [...new Set([...into.tags, ...from.tags])], isBlocked: into.isBlocked || from.isBlocked, marketing: newest[0] ?? null },
    createdAt: into.createdAt < from.createdAt ? into.createdAt : from.createdAt,
    version: into.version + 1,
  };
}

/** A record that nobody could save as it is: what is left out is for people to decide, before. */
function refuseOverfull(merged: Customer): Refusal | undefined {
  for (const path of ['notes', 'staffNotes'] as const) {
    const { length = 0 } = merged[path] ?? '';
    if (length > LONGEST_NOTES) return unfit(path, `of both have ${length} characters together; a record can have ${LONGEST_NOTES}: shorten them first`);
  }
  const { length } = merged.tags;
  return length > MOST_TAGS ? unfit('tags', `of both are ${length} together; a record can have ${MOST_TAGS}: remove some first`) : undefined;
}

function refuseVersion({ version }: Customer, { expectedVersions }: CustomerRequest): Refusal | undefined {
  if (expectedVersions === null || expectedVersions.includes(version)) return undefined;
  return { code: 'version-mismatch', detail: 'The customer has been changed meanwhile.', currentVersion: version };
}

/** What is done to all of a person needs a right to all of it: anyone can book with an address that they know, and would have a say in appointments elsewhere. */
async function refuseElsewhere(transaction: CustomerTransaction, customers: readonly Customer[], within: Within): Promise<Refusal | undefined> {
  for (const customer of customers)
    if (await transaction.isElsewhere(customer, within))
      return { code: 'forbidden', detail: 'The customer belongs to other locations, too: ask a colleague who is responsible for all of them.' };
  return undefined;
}

async function refuseAhead(transaction: CustomerTransaction, customer: Customer): Promise<Refusal | undefined> {
  const { count, next } = await transaction.ahead(customer.id);
  if (count === 0 && (await transaction.isPaying(customer)))
    return { code: 'wrong-status', detail: 'The customer is paying for a booking: wait until the payment has ended.' };
  if (count === 0) return undefined;
  const first = next && { id: next.id, startsAt: wireTime(next.startsAt, next.timeZone) };
  return { code: 'still-in-use', detail: 'The customer has appointments ahead: cancel them first.', appointments: count, ...(first && { next: first }) };
}

/** The trail has no personal text: which fields, and not what stood there. */
function fieldsChanged(before: Customer, after: Customer): readonly string[] {
  const fields = ['name', 'email', 'phone', 'notes', 'staffNotes', 'tags', 'isBlocked', 'marketing'] as const;
  return fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

async function audit(
  transaction: CustomerTransaction,
  source: AuditSource,
  at: Instant,
  action: AuditAction,
  id: string,
  what: { readonly before?: AuditRecord; readonly after?: AuditRecord },
): Promise<void> {
  await transaction.addAuditEntry(auditEntry(source, at, { action, subject: { kind: 'customer', id, name: null }, ...what }));
}

function refuse(refusal: Refusal): Decided {
  return { refusal };
}

export function noSuchCustomer(): { readonly code: 'not-found'; readonly detail: string } {
  return { code: 'not-found', detail: 'There is no such customer, or none that you may see.' };
}

function emailTaken(): Refusal {
  return taken('email-taken', 'email', 'The e-mail address belongs to another customer: look for them, and merge the two if they are one person.');
}

function unfit(path: string, message: string): Refusal {
  return { code: 'invalid-request', detail: `${path} ${message}`, errors: [{ path, message }] };
}

function taken(code: 'email-taken' | 'id-in-use', path: string, detail: string): Refusal {
  return { code, detail, errors: [{ path, message: 'belongs to another customer' }] };
}
