// Customers as rows, for those who look after them.
import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { AuditEntry } from '../../audit/audit-entry.ts';
import type { Customer, CustomerPayment, CustomerRecord } from '../../customers/customer.ts';
import type { CustomerStore, CustomerTransaction, ExportedCustomer } from '../../customers/customer-store-port.ts';
import type { Within } from '../../customers/within.ts';
import { LIVE_STATUSES } from '../../model/appointment-status.ts';
import { type Instant, instant } from '../../model/instant.ts';
import type { ReplyKey, StoredReply } from '../../model/kept-replies.ts';
import { AppointmentRow } from '../appointments/appointment-entities.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { Database, EntityManager, SqlRow } from '../database/database.ts';
import { readInTime } from '../database/read-failure.ts';
import { addReply, replyOf } from '../replies/http-reply-rows.ts';
import { eraseCustomer, mergeCustomers } from './customer-removal.ts';
import { CustomerAliasRow, CustomerRow } from './customer-row.ts';
import { exportStatement, isThereStatement, listStatement, recordStatement, similarStatement } from './customer-search.ts';
import { importsOf, noteImport } from './import-rows.ts';

/** What is ahead and had the contact details of before gets those of now. What was given for one appointment alone stays. */
const CORRECT_APPOINTMENTS = `update appointment_person p set
    name = case when p.name = d.old_name then d.name else p.name end,
    email = case when p.email is not distinct from d.old_email then d.email else p.email end,
    corrections = p.corrections + (p.email is not distinct from d.old_email and d.email is distinct from d.old_email)::int,
    phone = case when p.phone is not distinct from d.old_phone then d.phone else p.phone end,
    phone_e164 = case when p.phone is not distinct from d.old_phone and d.old_phone is distinct from d.phone then d.phone_e164 else p.phone_e164 end
  from appointment a, (select ?::text as old_name, ?::text as name, ?::text as old_email, ?::text as email, ?::text as old_phone, ?::text as phone, ?::text as phone_e164) d
  where a.customer_id = ?::uuid and p.appointment_id = a.id and a.status in ('${LIVE_STATUSES.join("', '")}')
    and a.ends_at > (extract(epoch from clock_timestamp()) * 1000)::int8`;

const PAYING = `select 1 from payment p where p.booking is not null and (p.booking ->> 'customerId' = ?::text or p.booking -> 'details' ->> 'email' = ?::text) limit 1`;
/** Also what is under way for a booking that is still to be made. */
const PAYMENTS = `select p.id, p.appointment_id, p.method, p.state, p.amount, p.received, p.refunded, p.currency, p.created_at from payment p
  where p.id in (select q.id from appointment a join payment q on q.appointment_id = a.id where a.customer_id = $1::uuid
      union select q.id from payment q where q.booking is not null and q.booking ->> 'customerId' = $1::text)
    and ($2::uuid is null or p.location_id = $2::uuid) order by p.created_at desc, p.id limit $3::int`;
const AHEAD = `select id, starts_at as "startsAt", details ->> 'timeZone' as "timeZone" from appointment
  where customer_id = ?::uuid and status in ('${LIVE_STATUSES.join("', '")}') and ends_at > (extract(epoch from clock_timestamp()) * 1000)::int8 order by starts_at, id`;

/** By address, and who has none by name: as few people share a name as share a table. */
const KNOWN = `select c.name, c.email, c.phone from customer c where c.erased_at is null and c.email = any($1::text[])
  union all select c.name, c.email, c.phone from customer c where cardinality($2::text[]) > 0 and c.erased_at is null and c.name = any($2::text[])
  union all select c.name, k.email, c.phone from customer_alias k join customer c on c.id = k.customer_id where k.email = any($1::text[])`;
const ADD_MANY = `insert into customer (id, name, email, phone, notes, tags, location_id, created_at)
  select id, name, email, phone, notes, tags, "locationId", "createdAt" from jsonb_to_recordset(?::jsonb)
    d(id uuid, name text, email text, phone text, notes text, tags jsonb, "locationId" uuid, "createdAt" int8)
  on conflict do nothing returning id`;

/** `findsSimilar`: whether the database has `pg_trgm`. */
export function customerStore(database: Database, findsSimilar: boolean): CustomerStore {
  const changing: CustomerStore['changing'] = (work) => database.transaction((em) => work(new CustomerTables(em)));
  const isThere = async (id: string, within: Within) => {
    const { sql, parameters } = isThereStatement(id, within);
    return (await readInTime(database.sql(sql, parameters))).length > 0;
  };
  return {
    async list(page) {
      const { question, within, limit, after } = page;
      if (after !== null && !(await isThere(after, within))) return 'unknown-cursor';
      const { sql, parameters } = listStatement({ ...page, limit: limit + 1 });
      const rows = await readInTime(database.sql(sql, parameters));
      const items = rows.slice(0, limit).map(recordOf);
      // Who types an address that is there means nobody else.
      const isMeant = question?.type === 'words' && question.email !== null && (items.length > 0 || after !== null);
      if (!findsSimilar || question?.type !== 'words' || isMeant || rows.length >= limit) return { items, hasMore: rows.length > limit };
      const found = items.map(({ id }) => id);
      const { sql: similar, parameters: asked } = similarStatement(question.words, within, limit - items.length, found);
      return { items: [...items, ...(await readInTime(database.sql(similar, asked))).map(recordOf)], hasMore: false };
    },
    async record(id, within) {
      const { sql, parameters } = recordStatement(id, within);
      const [row] = await readInTime(database.sql(sql, parameters));
      return row && recordOf(row);
    },
    async known(among) {
      const emails = among.flatMap(({ email }) => email ?? []);
      const names = among.filter(({ email }) => email == null).map(({ name }) => name);
      const rows = await readInTime(database.sql(KNOWN, [emails, names]));
      return rows.map(([name, email, phone]) => ({ name, email, phone }) as Pick<ExportedCustomer, 'name' | 'email' | 'phone'>);
    },
    async exported(within, after, limit) {
      const { sql, parameters } = exportStatement(within, after, limit);
      return (await readInTime(database.sql(sql, parameters))).map(
        ([id, name, email, phone, notes, tags, isShared]) => ({ id, name, email, phone, notes, tags, isShared }) as ExportedCustomer,
      );
    },
    otherAddresses: async (id) => {
      const rows = await readInTime(
        database.sql('select email from customer_alias where customer_id = $1 and email is not null order by created_at, id', [id]),
      );
      return rows.map(([email]) => String(email));
    },
    payments: async (id, { locationId }, limit) => (await readInTime(database.sql(PAYMENTS, [id, locationId, limit]))).map(paymentOf),
    imports: importsOf(database),
    async changing(work) {
      try {
        return await changing(work);
      } catch (failure) {
        // A booking has added the address in the same moment: the second time it is seen.
        if (failure instanceof UniqueConstraintViolationException) return changing(work);
        throw failure;
      }
    },
  };
}

/** Within a transaction: customers are locked as they are read, and those who change the same one wait for each other. */
class CustomerTables implements CustomerTransaction {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  reply(caller: string, key: string): ReturnType<CustomerTransaction['reply']> {
    return replyOf(this.#em, caller, key);
  }

  async addReply(key: ReplyKey, reply: StoredReply): Promise<void> {
    await addReply(this.#em, { ...key, ...reply });
  }

  async addAuditEntry(entry: AuditEntry): Promise<void> {
    await addAuditEntry(this.#em, entry);
  }

  async customer(id: string, within: Within): Promise<Customer | undefined> {
    const alias = await this.#em.findOne(CustomerAliasRow, { id }, { fields: ['customerId'] });
    const row = await this.#em.findOne(CustomerRow, { id: alias?.customerId ?? id, erasedAt: null }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (row === null || !(await this.#isVisible(row, within))) return undefined;
    return customerOf(row);
  }

  async #isVisible({ id, locationId: madeAt }: CustomerRow, { locationId, staffId }: Within): Promise<boolean> {
    if ((locationId === null && staffId === null) || (locationId !== null && madeAt === locationId)) return true;
    return (await this.#em.count(AppointmentRow, { customerId: id, ...(locationId !== null && { locationId }), ...(staffId !== null && { staffId }) })) > 0;
  }

  async ownerOf(email: string): Promise<string | undefined> {
    const [row, alias] = [await this.#em.findOne(CustomerRow, { email }, { fields: ['id'] }), await this.#em.findOne(CustomerAliasRow, { email })];
    return row?.id ?? alias?.customerId;
  }

  async isIdTaken(id: string): Promise<boolean> {
    return (await this.#em.count(CustomerRow, { id })) + (await this.#em.count(CustomerAliasRow, { id })) > 0;
  }

  async add({ id, locationId, createdAt, version, ...rest }: Customer): Promise<void> {
    await this.#em.insert(CustomerRow, { id, locationId, createdAt, version, ...columnsOf(rest) });
  }

  async addMany(customers: readonly Customer[]): Promise<number> {
    return (await this.#em.execute(ADD_MANY, [JSON.stringify(customers)])).length;
  }

  noteImport(...[id, progress]: Parameters<CustomerTransaction['noteImport']>): Promise<void> {
    return noteImport(this.#em, id, progress);
  }

  async change(before: Customer, { id, version, ...after }: Customer, phoneE164: string | null): Promise<void> {
    await this.#em.nativeUpdate(CustomerRow, { id }, { version, ...columnsOf(after) });
    const { name, email, phone } = after;
    await this.#em.execute(CORRECT_APPOINTMENTS, [before.name, name, before.email, email, before.phone, phone, phoneE164, id]);
  }

  async isElsewhere({ id, locationId: madeAt }: Customer, { locationId }: Within): Promise<boolean> {
    if (locationId === null) return false;
    return (madeAt !== null && madeAt !== locationId) || (await this.#em.count(AppointmentRow, { customerId: id, locationId: { $ne: locationId } })) > 0;
  }

  async ahead(id: string): ReturnType<CustomerTransaction['ahead']> {
    const rows = await this.#em.execute<{ id: string; startsAt: number | string; timeZone: string }[]>(AHEAD, [id]);
    const [next] = rows;
    return { count: rows.length, next: next === undefined ? null : { ...next, startsAt: instant(Number(next.startsAt)) } };
  }

  async isPaying({ id, email }: Customer): Promise<boolean> {
    return (await this.#em.execute(PAYING, [id, email])).length > 0;
  }

  async merge(from: Customer, merged: Customer, at: Instant): Promise<void> {
    await mergeCustomers(this.#em, from, merged, columnsOf(merged), at);
  }

  async erase(customer: Customer, at: Instant): ReturnType<CustomerTransaction['erase']> {
    return { endedSessions: await eraseCustomer(this.#em, customer, at) };
  }
}

function columnsOf({ name, email, phone, notes, staffNotes, tags, isBlocked, marketing }: Omit<Customer, 'id' | 'locationId' | 'createdAt' | 'version'>) {
  const consent = { marketing: marketing?.given ?? null, marketingAt: marketing?.at ?? null };
  return { name, email, phone, notes, staffNotes, tags: [...tags], blocked: isBlocked, ...consent };
}

function customerOf(row: CustomerRow): Customer {
  const { id, name, tags, blocked, createdAt, version, marketing = null, marketingAt = null } = row;
  return {
    ...{ id, name, email: row.email ?? null, phone: row.phone ?? null, notes: row.notes ?? null, staffNotes: row.staffNotes ?? null },
    ...{ tags, isBlocked: blocked, locationId: row.locationId ?? null, createdAt: instant(createdAt), version },
    marketing: marketing === null || marketingAt === null ? null : { given: marketing, at: instant(marketingAt) },
  };
}

/** Of `PAYMENTS`. Written by this server, so it is what it says. */
function paymentOf([id, appointmentId, method, state, amount, received, refunded, currency, createdAt]: SqlRow): CustomerPayment {
  return { id, appointmentId, method, state, amount, received, refunded, currency, createdAt } as CustomerPayment;
}

/** Of `CUSTOMER_COLUMNS` and what follows from appointments. Written by this server, so it is what it says. */
function recordOf(row: SqlRow): CustomerRecord {
  const [id, name, email, phone, notes, staffNotes, tags, isBlocked, marketing, marketingAt, locationId, createdAt, version, hasAccount, isShared, ...counted] =
    row;
  const [visits, noShows, cancelled, spent, nextId, status, startsAt, endsAt, timeZone, serviceId, serviceName, staffId, nextLocationId] = counted;
  const next = nextId === null ? null : { id: nextId, status, startsAt, endsAt, timeZone, serviceId, serviceName, staffId, locationId: nextLocationId };
  const consent = marketing === null ? null : { given: marketing, at: marketingAt };
  const kept = { id, name, email, phone, notes, staffNotes, tags, isBlocked, marketing: consent, locationId, createdAt, version };
  return { ...kept, hasAccount, isShared, visits, noShows, cancelled, spent, next } as CustomerRecord;
}
