// Payments as rows. Statements of one payment wait for each other; the version decides who was first.
import type { AuditEntry } from '../../audit/audit-entry.ts';
import { DAY, type Instant, instant } from '../../model/instant.ts';
import { isReceipt, type LedgerEntry } from '../../payments/ledger.ts';
import type { Beside, FeeWaiver, NewPayment, Payment, PaymentChange, PaymentStore, Refund } from '../../payments/payment-store-port.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { Database, EntityManager } from '../database/database.ts';
import { countEntry } from '../insights/insight-rows.ts';
import { addNotifications } from '../notifications/add-notifications.ts';
import { addFactOfEntry, addFailure } from './payment-facts.ts';
import { ENTRY_COLUMNS, entryOf, PAYMENT_COLUMNS, paymentOf, READ_COLUMNS, REFUND_COLUMNS, refundOf } from './payment-rows.ts';
import { giveReceiptNumber } from './receipt-numbers.ts';
import { type Telling, tellPayer } from './tell-payer.ts';

const ADD = `insert into payment (${PAYMENT_COLUMNS}) 
  values (?::uuid, ?::uuid, ?::uuid, ?::uuid, ?, ?, ?::int8, ?, ?::int8, ?::int8, ?, ?::int8, ?::json, ?, ?, ?::boolean, ?, ?::int8, ?::int8, ?::int, ?::numeric, ?::boolean, ?::int8, ?::int8) on conflict do nothing returning id`;
/** Payments at the desk for one appointment take turns. */
const TAKE_TURNS = 'select pg_advisory_xact_lock(hashtextextended(?, 0))';
const OPEN = `select id from payment where appointment_id = ?::uuid and hold_id is null and state in ('held', 'paying') limit 1`;
/** Nobody can pay it any more once the provider has been told, which is at once. */
const END_OPEN = `update payment set pay_until = ?::int8, look_at = ?::int8, version = version + 1
  where appointment_id = ?::uuid and hold_id is null and state in ('held', 'paying') and not is_fee`;
const COUNT_PAID = 'select count(*)::int as paid from payment where appointment_id = ?::uuid and received > 0';
const CHANGE = `update payment set version = version + 1, state = ?, received = ?::int8, refunded = ?::int8, provider_id = ?, pay_until = ?::int8, booking = ?::json, alarm = ?,
  card = ?, refusal = ?, look_at = ?::int8, capture_amount = ?::int8, take_at = ?::int8 where id = ?::uuid and version = ?::int returning version`;
const ADD_ENTRY = `insert into ledger_entry (key, payment_id, appointment_id, location_id, debit, credit, amount, currency, at, tax_percent, tax)
  values (?, ?::uuid, ?::uuid, ?::uuid, ?, ?, ?::int8, ?, ?::int8, ?::numeric, ?::int8) on conflict (key) do nothing returning number`;
const ADD_REFUND = `insert into payment_refund (id, payment_id, amount, why, by_user, state, created_at)
  values (?, ?::uuid, ?::int8, ?, ?::uuid, ?, ?::int8) on conflict (id) do nothing returning id`;
const TAKE_REFUND_BACK = 'delete from payment_refund where id = ?';
const SETTLE = `update payment_refund set state = ? where id = ? and state = 'asked'`;
const DUE = 'select id from payment where look_at <= $1::int8 order by look_at, id limit $2::int';
const FEES = `select id, state from payment where appointment_id = ?::uuid and is_fee order by created_at, id`;
const IS_WAIVED = 'select 1 from fee_waiver where appointment_id = ?::uuid';
const DROP_CARDS = `update payment set card = 'leaving', look_at = $2::int8, version = version + 1 where id in (
  select p.id from payment p join appointment a on a.id = p.appointment_id where p.card = 'kept' and a.ends_at < $1::int8 limit $3::int)`;
const WAIVE = 'insert into fee_waiver (appointment_id, reason, by_user, at) values (?::uuid, ?, ?::uuid, ?::int8) on conflict do nothing returning at';
const ASK_AGAIN = 'delete from fee_waiver where appointment_id = ?::uuid returning at';
const ENTRIES = `select ${ENTRY_COLUMNS} from ledger_entry where key = any($1::text[])`;

/** `onTold`: these people have a notification. */
export function paymentStore(database: Database, telling: Telling, onTold: (userIds: readonly string[]) => void = () => undefined): PaymentStore {
  const one = async (where: string, value: string) => {
    const [row] = await database.sql(`select ${READ_COLUMNS} from payment where ${where}`, [value]);
    return row && paymentOf(row);
  };
  return {
    async add(payment, beside = {}) {
      await database.transaction((em) => addIn(em, telling, payment, beside));
      const there = payment.holdId === null ? await one('id = $1::uuid', payment.id) : await one('hold_id = $1::uuid', payment.holdId);
      if (there === undefined) throw new Error(`payment ${payment.id} was added and is not there`);
      return there;
    },
    addOpen: async (payment) => {
      const id = await database.transaction((em) => addOpenIn(em, telling, payment));
      const there = await one('id = $1::uuid', id);
      if (there === undefined) throw new Error(`payment ${id} was added and is not there`);
      return there;
    },
    async addFee(fee, most, audit) {
      const added = await database.transaction((em) => addFeeIn(em, telling, { fee, most, audit }));
      if (added === 'waived' || added === 'tried') return added;
      const there = await one('id = $1::uuid', added);
      if (there === undefined) throw new Error(`the fee ${added} was added and is not there`);
      return there;
    },
    async dropCards(endedBefore, now, limit) {
      await database.sql(DROP_CARDS, [endedBefore, now, limit]);
    },
    tellCustomer: (of, told) => database.transaction((em) => tellCustomerIn(em, telling, of, told)),
    async addAtDesk(payment, others, beside) {
      const isAlone = await database.transaction((em) => addAtDeskIn(em, telling, { payment, others, beside }));
      return isAlone ? one('id = $1::uuid', payment.id) : undefined;
    },
    byId: (id) => one('id = $1::uuid', id),
    byHold: (holdId) => one('hold_id = $1::uuid', holdId),
    byProviderId: (providerId) => one('provider_id = $1', providerId),
    ofAppointment: async (id) =>
      (await database.sql(`select ${READ_COLUMNS} from payment where appointment_id = $1::uuid order by created_at, id`, [id])).map(paymentOf),
    isWaived: async (id) => (await database.sql('select 1 from fee_waiver where appointment_id = $1::uuid', [id])).length > 0,
    waive: (id, waiver, audit) => database.transaction((em) => waiveIn(em, id, waiver, audit)),
    async change(payment, change) {
      const { changed, told } = await database.transaction((em) => changeIn(em, telling, payment, change));
      if (told.length > 0) onTold(told);
      return changed;
    },
    async tell(why, at) {
      onTold(await database.transaction((em) => tellOfStranger(em, why, at)));
    },
    async refund(id) {
      const [row] = await database.sql(`select ${REFUND_COLUMNS} from payment_refund where id = $1`, [id]);
      return row && refundOf(row);
    },
    async refundsOf(paymentId) {
      const rows = await database.sql(`select ${REFUND_COLUMNS} from payment_refund where payment_id = $1::uuid order by created_at, id`, [paymentId]);
      return rows.map(refundOf);
    },
    entries: async (keys) => (await database.sql(ENTRIES, [keys])).map(entryOf),
    due: async (now, limit) => (await database.sql(DUE, [now, limit])).map(([id]) => String(id)),
    hasEvent: async (id) => (await database.sql('select 1 from payment_event where id = $1', [id])).length > 0,
    async noteEvent(id, at) {
      await database.sql('insert into payment_event (id, at) values ($1, $2::int8) on conflict (id) do nothing', [id, at]);
    },
  };
}

/** The one that is open, or this one. */
async function addOpenIn(em: EntityManager, telling: Telling, payment: NewPayment): Promise<string> {
  await em.execute(TAKE_TURNS, [`payments-of/${payment.appointmentId}`]);
  const [open] = await em.execute<{ id: string }[]>(OPEN, [payment.appointmentId]);
  if (open === undefined) await addIn(em, telling, payment, {});
  return open?.id ?? payment.id;
}

async function waiveIn(em: EntityManager, id: string, waiver: FeeWaiver | null, audit: AuditEntry): Promise<boolean> {
  await em.execute(TAKE_TURNS, [`payments-of/${id}`]);
  const written = waiver === null ? await em.execute<object[]>(ASK_AGAIN, [id]) : await em.execute<object[]>(WAIVE, [id, waiver.reason, waiver.by, waiver.at]);
  if (written.length > 0) await addAuditEntry(em, audit);
  return written.length > 0;
}

type Fee = { readonly fee: NewPayment; readonly most: number; readonly audit: AuditEntry };

/** The id of the fee that counts. */
async function addFeeIn(em: EntityManager, telling: Telling, { fee, most, audit }: Fee): Promise<string> {
  const { appointmentId } = fee;
  await em.execute(TAKE_TURNS, [`payments-of/${appointmentId}`]);
  const fees = await em.execute<{ id: string; state: string }[]>(FEES, [appointmentId]);
  const there = fees.find(({ state }) => state !== 'closed');
  if (there !== undefined) return there.id;
  if ((await em.execute<object[]>(IS_WAIVED, [appointmentId])).length > 0) return 'waived';
  if (fees.length >= most) return 'tried';
  await em.execute(END_OPEN, [fee.createdAt, fee.createdAt, appointmentId]);
  await addIn(em, telling, fee, { audit });
  return fee.id;
}

type AtDesk = { readonly payment: NewPayment; readonly others: number; readonly beside: Beside };

async function addAtDeskIn(em: EntityManager, telling: Telling, { payment, others, beside }: AtDesk): Promise<boolean> {
  await em.execute(TAKE_TURNS, [`payments-of/${payment.appointmentId}`]);
  const [row] = await em.execute<{ paid: number }[]>(COUNT_PAID, [payment.appointmentId]);
  if (row?.paid === others) await addIn(em, telling, payment, beside);
  return row?.paid === others;
}

type ToldOf = Parameters<PaymentStore['tellCustomer']>;

async function tellCustomerIn(em: EntityManager, telling: Telling, { id: appointmentId, locationId }: ToldOf[0], { message, audit }: ToldOf[1]): Promise<void> {
  if (audit) await addAuditEntry(em, audit);
  if (message) await tellPayer(em, telling, { appointmentId, locationId, booking: null }, message);
}

function tellOfStranger(em: EntityManager, why: string, at: Instant): Promise<readonly string[]> {
  const day = Math.floor(at / DAY);
  const news = { key: `payment-event/${why}/${day}`, kind: 'payment-alarm', places: [{ staffId: null, locationId: null }], by: null } as const;
  return addNotifications(em, [{ ...news, about: { payment: { why } }, at }]);
}

type Changed = { readonly changed: Payment | undefined; readonly told: readonly string[] };
const NOT_CHANGED: Changed = { changed: undefined, told: [] };

async function changeIn(
  em: EntityManager,
  telling: Telling,
  payment: Payment,
  { ledger = [], refund, newRefund, settled, failed, tells, audit, message, ...columns }: PaymentChange,
): Promise<Changed> {
  if (newRefund && !(await addRefund(em, newRefund))) return NOT_CHANGED;
  const next: Payment = { ...payment, ...columns };
  const { state, received, refunded, providerId, payUntil, booking, alarm, card, refusal, lookAt, reservation, id, version } = next;
  const written = await em.execute<{ version: number }[]>(CHANGE, [
    ...[state, received, refunded, providerId, payUntil, booking === null ? null : JSON.stringify(booking), alarm, card, refusal, lookAt],
    ...[reservation?.capture ?? null, reservation?.takeAt ?? null, id, version],
  ]);
  if (written.length === 0) {
    if (newRefund) await em.execute(TAKE_REFUND_BACK, [newRefund.id]);
    return NOT_CHANGED;
  }
  const receiptNumber = (await addEntries(em, ledger)) ?? payment.receiptNumber;
  if (refund) await addRefund(em, refund);
  if (audit) await addAuditEntry(em, audit);
  if (failed) await addFailure(em, id, failed);
  if (settled) await em.execute(SETTLE, [settled.state, settled.refundId]);
  // Before the change it may have said what was to be booked.
  if (message) await tellPayer(em, telling, payment, message);
  const changed = { ...next, receiptNumber, version: version + 1 };
  return { changed, told: tells === undefined ? [] : await tell(em, changed, tells) };
}

/** One that is there already stays, and nothing is written beside it. */
async function addIn(em: EntityManager, telling: Telling, payment: NewPayment, { ledger = [], audit, message }: Beside): Promise<void> {
  const added = await em.execute<object[]>(ADD, valuesOf(payment));
  if (added.length === 0) return;
  await addEntries(em, ledger);
  if (audit) await addAuditEntry(em, audit);
  if (message) await tellPayer(em, telling, payment, message);
}

/** In the books, in the reports, and for those who are told. Resolves to the number of the receipt that follows from them, if one does. */
export async function addEntries(em: EntityManager, entries: readonly LedgerEntry[]): Promise<string | undefined> {
  let receiptNumber: string | undefined;
  for (const entry of entries) {
    const added = await em.execute<object[]>(ADD_ENTRY, entryValues(entry));
    if (added.length > 0 && isReceipt(entry)) receiptNumber = await giveReceiptNumber(em, entry);
    if (added.length > 0) await addFactOfEntry(em, entry);
    await countEntry(em, entry);
  }
  return receiptNumber;
}

/** Whether it was added; one that is there already stays. */
export async function addRefund(em: EntityManager, { id, paymentId, amount, why, by, state, createdAt }: Refund): Promise<boolean> {
  return (await em.execute<object[]>(ADD_REFUND, [id, paymentId, amount, why, by, state, createdAt])).length > 0;
}

async function tell(em: EntityManager, { id, locationId, version }: Payment, why: string): Promise<readonly string[]> {
  const [row] = await em.execute<{ at: number | string }[]>('select (extract(epoch from clock_timestamp()) * 1000)::int8 as at');
  return addNotifications(em, [
    {
      ...({ key: `payment/${id}/${version}`, kind: 'payment-alarm', places: [{ staffId: null, locationId }], by: null } as const),
      ...{ about: { payment: { id, why } }, at: instant(Number(row?.at ?? 0)) },
    },
  ]);
}

function valuesOf(payment: NewPayment): unknown[] {
  const { id, holdId, appointmentId, locationId, state, method, money, received, refunded, providerId, payUntil, booking } = payment;
  const { alarm, card, isFee, refusal, createdAt, lookAt, version, taxPercent, reservation = null } = payment;
  const reserved = [reservation !== null, reservation?.capture ?? null, reservation?.takeAt ?? null];
  const columns = [id, holdId, appointmentId, locationId, state, method, money.amount, money.currency, received, refunded, providerId, payUntil];
  return [...columns, booking === null ? null : JSON.stringify(booking), alarm, card, isFee, refusal, createdAt, lookAt, version, taxPercent, ...reserved];
}

function entryValues({ key, paymentId, appointmentId, locationId, debit, credit, amount, currency, at, taxPercent, tax }: LedgerEntry): unknown[] {
  return [key, paymentId, appointmentId, locationId, debit, credit, amount, currency, at, taxPercent, tax];
}
