// Two records become one, and a person is erased. Inside a transaction in which the rows of the customers are locked, so a booking for one of them that is under way waits, finds
// that the row is gone, and looks the customer up again.
import { randomUUIDv7 } from 'node:crypto';
import { endSessionsOf } from '../../accounts/sessions.ts';
import type { Customer } from '../../customers/customer.ts';
import { addressDigest, MOST_DECLINED } from '../../messages/address-digest.ts';
import type { Instant } from '../../model/instant.ts';
import { LoginSessionRow, RefreshTokenRow, UserAccountRow } from '../accounts/account-entities.ts';
import { accountTables } from '../accounts/account-tables.ts';
import type { EntityManager } from '../database/database.ts';
import { moveInsights } from '../insights/insight-rows.ts';
import { CustomerAliasRow, CustomerRow } from './customer-row.ts';

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::int8';
/** Those who follow changes of appointments see that it belongs to another customer. */
const MOVE_APPOINTMENTS = `update appointment set customer_id = ?::uuid, updated_at = ${NOW} where customer_id = ?::uuid`;
const MOVE_MESSAGES = 'update message set customer_id = ?::uuid where customer_id = ?::uuid';

/** `columns`: what the other one is then. */
export async function mergeCustomers(em: EntityManager, from: Customer, merged: Customer, columns: object, at: Instant): Promise<void> {
  const [declined, own] = [await declinedOf(em, from.id), await declinedOf(em, merged.id)];
  await em.execute(MOVE_APPOINTMENTS, [merged.id, from.id]);
  await em.execute(MOVE_MESSAGES, [merged.id, from.id]);
  await moveInsights(em, from.id, merged.id);
  await em.nativeUpdate(UserAccountRow, { customerId: from.id }, { customerId: merged.id });
  await em.nativeUpdate(CustomerAliasRow, { customerId: from.id }, { customerId: merged.id });
  await em.nativeDelete(CustomerRow, { id: from.id });
  // Who wanted no reminders at one address wants none at the other.
  const quiet = declined.length > 0 &&
    merged.email !== null && { remindersDeclined: [...new Set([addressDigest(merged.id, merged.email), ...own])].slice(0, MOST_DECLINED).join(' ') };
  await em.nativeUpdate(CustomerRow, { id: merged.id }, { ...columns, ...quiet, version: merged.version, createdAt: merged.createdAt });
  await em.insert(CustomerAliasRow, { id: from.id, customerId: merged.id, email: from.email === merged.email ? null : from.email, createdAt: at });
}

async function declinedOf(em: EntityManager, id: string): Promise<readonly string[]> {
  const { remindersDeclined } = await em.findOneOrFail(CustomerRow, { id }, { fields: ['remindersDeclined'] });
  return remindersDeclined?.split(' ') ?? [];
}

/** A number that another customer has as well, or had an appointment with, stays as proof. */
const FORGET_CONSENTS = `delete from sms_consent s using appointment_person p, appointment a
  where a.customer_id = ?::uuid and p.appointment_id = a.id and s.number = p.phone_e164
    and not exists (select 1 from appointment_person o join appointment b on b.id = o.appointment_id where o.phone_e164 = s.number and b.customer_id <> a.customer_id)`;
const FORGET_TYPED = 'delete from appointment_person p using appointment a where a.customer_id = ?::uuid and p.appointment_id = a.id';
/** What was written about a refund, or a fee that is not asked for. */
const FORGET_REASONS = `update payment_refund r set why = '' from payment p join appointment a on a.id = p.appointment_id
  where r.payment_id = p.id and r.by_user is not null and a.customer_id = ?::uuid`;
const FORGET_WAIVERS = `update fee_waiver f set reason = '' from appointment a where a.id = f.appointment_id and a.customer_id = ?::uuid`;
/** The provider is told to forget their cards. */
const FORGET_CARDS = `update payment p set card = 'leaving', look_at = ${NOW}, version = p.version + 1 from appointment a
  where a.id = p.appointment_id and a.customer_id = ?::uuid and p.card = 'kept'`;
const FORGET_MESSAGES = 'update message set customer_id = ?::uuid, recipient = null, subject = null, body = null, html = null where customer_id = ?::uuid';
/** To a payer who had no appointment in the end. */
const FORGET_PAYER = `update message set recipient = null, subject = null, body = null, html = null where customer_id is null and appointment_id is not null and recipient = any(?::text[])`;
const FORGET_OPENINGS = ['registration', 'password_reset', 'notification'].map((table) => `delete from ${table} where email = any(?::text[])`);

/**
 * Appointments stay and refer to a row without anything of the person, under another id: neither what is told of them nor the log leads back. Returns the sessions that
 * have ended.
 */
export async function eraseCustomer(em: EntityManager, { id, email, createdAt }: Customer, at: Instant): Promise<readonly string[]> {
  const aliases = await em.find(CustomerAliasRow, { customerId: id });
  const nobody = randomUUIDv7();
  await em.insert(CustomerRow, { id: nobody, name: '', tags: [], createdAt, erasedAt: at });
  await em.execute(FORGET_CONSENTS, [id]);
  await em.execute(FORGET_TYPED, [id]);
  await em.execute(FORGET_REASONS, [id]);
  await em.execute(FORGET_WAIVERS, [id]);
  await em.execute(FORGET_CARDS, [id]);
  await em.execute(MOVE_APPOINTMENTS, [nobody, id]);
  await em.execute(FORGET_MESSAGES, [nobody, id]);
  await moveInsights(em, id, nobody);
  const ended: string[] = [];
  const accounts = await em.find(UserAccountRow, { customerId: id }, { fields: ['id', 'email'] });
  for (const account of accounts) ended.push(...(await removeAccount(em, account, at)));
  const addresses = [email, ...aliases.map((alias) => alias.email), ...accounts.map((account) => account.email)].filter((address) => address != null);
  for (const statement of [...FORGET_OPENINGS, FORGET_PAYER])
    await em.execute(statement, [`{${addresses.map((address) => JSON.stringify(address)).join(',')}}`]);
  await em.nativeDelete(CustomerAliasRow, { customerId: id });
  await em.nativeDelete(CustomerRow, { id });
  return ended;
}

/** As when an owner removes it, and with the devices and addresses it was used from. The row stays, so that its id is not used again. */
async function removeAccount(em: EntityManager, account: { readonly id: string; readonly email: string }, at: Instant): Promise<readonly string[]> {
  const { id } = account;
  const tables = accountTables(em);
  const ended = await endSessionsOf(tables, id, null, at);
  await tables.dropLinks(account);
  await tables.dropSetup(id);
  await tables.dropSecondFactor(id);
  await em.nativeDelete(RefreshTokenRow, { userId: id });
  await em.nativeDelete(LoginSessionRow, { userId: id });
  await em.nativeUpdate(UserAccountRow, { id }, { name: '', passwordHash: '', customerId: null, email: `removed:${id}`, removedAt: at });
  return ended;
}
