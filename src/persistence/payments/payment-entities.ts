import { defineEntity, p, raw } from '@mikro-orm/core';
import { PAYMENT_FACT_TYPES, PAYMENT_FAILURES, PAYMENT_KINDS } from '../../model/payment-facts.ts';
import { CARD_STATES, FEE_REFUSALS, PAYMENT_STATES } from '../../model/payment-words.ts';
import type { BookingToPay } from '../../payments/payment-store-port.ts';

const oneOf = (column: string, words: readonly string[]) => `${column} in ('${words.join("', '")}')`;

/**
 * One payment. Written by `payments/`, each change by compare-and-set on the version. `booking` has text about a person, is needed to book the appointment from an event alone, and is
 * removed once there is an appointment or can be none. The database guards that a hold is paid once, that an
 * appointment has one no-show fee charged, and that no more goes back than has come.
 */
export const PaymentRow = defineEntity({
  name: 'PaymentRow',
  tableName: 'payment',
  checks: [
    { name: 'payment_state', expression: `state in ('${PAYMENT_STATES.join("', '")}')` },
    { name: 'payment_method', expression: `method in ('stripe', 'test', 'cash', 'terminal')` },
    { name: 'payment_card', expression: `card in ('${CARD_STATES.join("', '")}')` },
    { name: 'payment_refusal', expression: `refusal in ('${FEE_REFUSALS.join("', '")}')` },
    { name: 'payment_capture', expression: 'capture_amount >= 0 and capture_amount <= amount and (reserves or capture_amount is null)' },
    {
      name: 'payment_amounts',
      expression: '(amount > 0 or card is not null) and received >= 0 and received <= amount and refunded >= 0 and refunded <= received',
    },
  ],
  indexes: [
    { name: 'payment_appointment', properties: ['appointmentId'] },
    { name: 'payment_look_at', expression: 'create index payment_look_at on payment (look_at) where look_at is not null' },
    { name: 'payment_created_at', properties: ['createdAt', 'id'] },
    { name: 'payment_fee', expression: `create unique index payment_fee on payment (appointment_id) where is_fee and state <> 'closed'` },
    { name: 'payment_card_kept', expression: `create index payment_card_kept on payment (appointment_id) where card = 'kept'` },
    { name: 'payment_receipt_number', expression: `create unique index payment_receipt_number on payment (receipt_number) where receipt_number like '____-%'` },
  ],
  properties: {
    id: p.uuid().primary(),
    holdId: p.uuid().nullable().unique('payment_hold'),
    appointmentId: p.uuid(),
    locationId: p.uuid(),
    state: p.text(),
    method: p.text(),
    amount: p.bigint('number'),
    currency: p.character().length(3),
    received: p.bigint('number').defaultRaw('0'),
    refunded: p.bigint('number').defaultRaw('0'),
    providerId: p.text().nullable().unique('payment_provider_id'),
    payUntil: p.bigint('number').nullable(),
    booking: p.json<BookingToPay>().columnType('json').nullable(),
    alarm: p.text().nullable(),
    card: p.text().nullable(),
    isFee: p.boolean().default(false),
    refusal: p.text().nullable(),
    createdAt: p.bigint('number'),
    lookAt: p.bigint('number').nullable(),
    version: p.integer().default(1),
    taxPercent: p.decimal('number').precision(5).scale(2).nullable(),
    /** It is reserved on a card first. `captureAmount`: so much is to be taken; `takeAt`: when it is taken by itself. */
    reserves: p.boolean().default(false),
    captureAmount: p.bigint('number').nullable(),
    takeAt: p.bigint('number').nullable(),
    /** Of the series of its year; before there were any, the day it was begun and the end of its id. */
    receiptNumber: p.text().nullable(),
  },
});

/** The last number that a receipt of the year has. */
export const ReceiptSeriesRow = defineEntity({
  name: 'ReceiptSeriesRow',
  tableName: 'receipt_series',
  properties: { year: p.integer().primary().autoincrement(false), last: p.bigint('number') },
});

/** What goes back of a payment. Its id is what the provider knows it by, so it is asked for once. */
export const RefundRow = defineEntity({
  name: 'RefundRow',
  tableName: 'payment_refund',
  checks: [
    { name: 'payment_refund_state', expression: `state in ('asked', 'done', 'failed')` },
    { name: 'payment_refund_amount', expression: 'amount > 0' },
  ],
  indexes: [{ name: 'payment_refund_payment', properties: ['paymentId'] }],
  properties: {
    id: p.text().primary(),
    paymentId: () => p.manyToOne(PaymentRow).mapToPk().fieldName('payment_id'),
    amount: p.bigint('number'),
    why: p.text(),
    byUser: p.uuid().nullable(),
    state: p.text(),
    createdAt: p.bigint('number'),
  },
});

/** The books. Rows are only ever added; `key` is what an entry follows from, once. Each is double: `debit` gains what `credit` loses. */
export const LedgerEntryRow = defineEntity({
  name: 'LedgerEntryRow',
  tableName: 'ledger_entry',
  checks: [
    { name: 'ledger_entry_double', expression: 'amount > 0 and debit <> credit' },
    { name: 'ledger_entry_tax', expression: 'tax is null or (tax_percent is not null and tax >= 0 and tax <= amount)' },
  ],
  indexes: [
    { name: 'ledger_entry_appointment', properties: ['appointmentId'] },
    { name: 'ledger_entry_location', properties: ['locationId', 'at'] },
    { name: 'ledger_entry_payment', properties: ['paymentId'] },
  ],
  properties: {
    number: p.bigint('number').primary().generated('identity'),
    key: p.text().unique('ledger_entry_key'),
    /** What the provider moves by itself is of no payment. */
    paymentId: p.uuid().nullable(),
    appointmentId: p.uuid().nullable(),
    locationId: p.uuid().nullable(),
    debit: p.text(),
    credit: p.text(),
    amount: p.bigint('number'),
    currency: p.character().length(3),
    at: p.bigint('number'),
    taxPercent: p.decimal('number').precision(5).scale(2).nullable(),
    tax: p.bigint('number').nullable(),
  },
});

/** Up to when the provider’s fees and payouts have been read into the books. */
export const ProviderReadingRow = defineEntity({
  name: 'ProviderReadingRow',
  tableName: 'provider_reading',
  properties: { method: p.text().primary(), readTo: p.bigint('number') },
});

/** Events of the provider that were followed up; forgotten after 30 days, long after the provider has stopped to repeat them. */
export const PaymentEventRow = defineEntity({
  name: 'PaymentEventRow',
  tableName: 'payment_event',
  indexes: [{ name: 'payment_event_at', properties: ['at'] }],
  properties: { id: p.text().primary(), at: p.bigint('number') },
});

/** A no-show fee that is not asked for. The reason is written by a person, and emptied when the customer is erased. */
export const FeeWaiverRow = defineEntity({
  name: 'FeeWaiverRow',
  tableName: 'fee_waiver',
  properties: { appointmentId: p.uuid().primary(), reason: p.text(), byUser: p.uuid().nullable(), at: p.bigint('number') },
});

/** What has become of money, for those who are told: `payment-facts.ts`. Rows are only ever added, and have all that is told, as the payment itself may be forgotten before. */
export const PaymentFactRow = defineEntity({
  name: 'PaymentFactRow',
  tableName: 'payment_fact',
  checks: [
    { name: 'payment_fact_type', expression: oneOf('type', PAYMENT_FACT_TYPES) },
    { name: 'payment_fact_kind', expression: oneOf('kind', PAYMENT_KINDS) },
    {
      name: 'payment_fact_failure',
      expression: `(failure is null or ${oneOf('failure', PAYMENT_FAILURES)}) and (failure is not null) = (type = 'payment.failed')`,
    },
  ],
  indexes: [{ name: 'payment_fact_place', properties: ['xid', 'position'] }],
  properties: {
    key: p.text().primary(),
    xid: p.string().columnType('xid8').default(raw('pg_current_xact_id()')),
    position: p.bigint('number').autoincrement().generated('identity'),
    type: p.text(),
    paymentId: p.uuid(),
    appointmentId: p.uuid(),
    locationId: p.uuid(),
    kind: p.text(),
    method: p.text(),
    amount: p.bigint('number'),
    currency: p.character().length(3),
    refundId: p.text().nullable(),
    failure: p.text().nullable(),
    at: p.bigint('number'),
  },
});
