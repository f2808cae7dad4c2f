// Rows of payments, refunds and the books, as the values they stand for. Columns come in the order of these lists.
import { type Instant, instant } from '../../model/instant.ts';
import type { StoredLedgerEntry } from '../../payments/book-reads-port.ts';
import type { LedgerEntry } from '../../payments/ledger.ts';
import type { Payment, Refund } from '../../payments/payment-store-port.ts';
import type { SqlRow } from '../database/database.ts';

export const PAYMENT_COLUMNS = `id, hold_id, appointment_id, location_id, state, method, amount, currency, received, refunded, provider_id, pay_until, booking, alarm, card, is_fee, refusal, created_at, look_at, version, tax_percent, reserves, capture_amount, take_at`;
/** With what only the database gives. */
export const READ_COLUMNS = `${PAYMENT_COLUMNS}, receipt_number`;
export const REFUND_COLUMNS = 'id, payment_id, amount, why, by_user, state, created_at';
export const ENTRY_COLUMNS = 'key, payment_id, appointment_id, location_id, debit, credit, amount, currency, at, tax_percent, tax';
/** Of `STORED_ENTRIES`. */
export const STORED_ENTRY_COLUMNS = `l.number, m.receipt_number, ${ENTRY_COLUMNS.replaceAll(/(\w+)/g, 'l.$1')}`;
export const STORED_ENTRIES = 'ledger_entry l left join payment m on m.id = l.payment_id';

const numberOf = (value: unknown): number | null => (value === null ? null : Number(value));
const momentOf = (value: unknown): Instant | null => (value === null ? null : instant(Number(value)));

export function paymentOf(row: SqlRow): Payment {
  const [
    id,
    holdId,
    appointmentId,
    locationId,
    state,
    method,
    amount,
    currency,
    received,
    refunded,
    providerId,
    payUntil,
    booking,
    alarm,
    card,
    isFee,
    refusal,
    createdAt,
    lookAt,
    version,
    taxPercent,
    reserves,
    captureAmount,
    takeAt,
    receiptNumber,
  ] = row;
  // Written by this server, so it is what it says.
  return {
    ...{ id, holdId, appointmentId, locationId, state, method, providerId, booking, alarm, card, isFee, refusal, receiptNumber },
    money: { amount: Number(amount), currency },
    reservation: reserves ? { capture: numberOf(captureAmount), takeAt: momentOf(takeAt) } : null,
    ...{ received: Number(received), refunded: Number(refunded), version: Number(version) },
    ...{ payUntil: momentOf(payUntil), lookAt: momentOf(lookAt), createdAt: instant(Number(createdAt)), taxPercent: numberOf(taxPercent) },
  } as Payment;
}

export function refundOf([id, paymentId, amount, why, by, state, createdAt]: SqlRow): Refund {
  return { ...{ id, paymentId, why, by, state }, amount: Number(amount), createdAt: instant(Number(createdAt)) } as Refund;
}

export function entryOf([key, paymentId, appointmentId, locationId, debit, credit, amount, currency, at, taxPercent, tax]: SqlRow): LedgerEntry {
  const numbers = { amount: Number(amount), taxPercent: numberOf(taxPercent), tax: numberOf(tax), at: instant(Number(at)) };
  return { ...{ key, paymentId, appointmentId, locationId, debit, credit, currency }, ...numbers } as LedgerEntry;
}

/** From `STORED_ENTRY_COLUMNS`. */
export function storedEntryOf([number, receiptNumber, ...row]: SqlRow): StoredLedgerEntry {
  // Written by this server, so it is what it says.
  return { ...entryOf(row), number: Number(number), receiptNumber: receiptNumber as string | null };
}
