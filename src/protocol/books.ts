// Payments and the books on the wire, for those who look after money.
import { z } from 'zod';
import { APPOINTMENT_STATUSES } from '../model/appointment-status.ts';
import { LEDGER_ACCOUNTS, PAYMENT_METHODS, PAYMENT_STATES } from '../model/payment-words.ts';
import { checkDates } from './analytics.ts';
import { payment, refund } from './payments.ts';
import { instantInput, instantText, localDate, money, page, pageQuery, queryList, sum, taxPercent, text, uuid } from './scalars.ts';

const LONGEST_SEARCH = 100;

/** GET /v1/payments */
export const paymentsQuery = z.strictObject({
  locationId: uuid.optional(),
  state: queryList(z.enum(PAYMENT_STATES), PAYMENT_STATES.length).optional(),
  method: queryList(z.enum(PAYMENT_METHODS), PAYMENT_METHODS.length).optional(),
  alarm: z.enum(['true', 'false']).optional().meta({ description: 'Whether it needs, or needed, attention.' }),
  from: instantInput.optional().meta({ description: 'Begun from this moment on.' }),
  to: instantInput.optional().meta({ description: 'Begun before this moment.' }),
  q: text(LONGEST_SEARCH)
    .optional()
    .meta({ description: 'The number of the receipt, the reference of the appointment, or part of the customer’s name, e-mail address or telephone number.' }),
  ...pageQuery,
});
export type PaymentsAsked = z.output<typeof paymentsQuery>;

const listedPayment = payment
  .extend({
    appointment: z
      .object({
        reference: z.string().nullable(),
        status: z.enum(APPOINTMENT_STATUSES),
        startsAt: instantText,
        staffId: uuid,
        serviceName: z.string().nullable(),
        customerName: z.string().nullable().meta({ description: 'null: it was erased.' }),
      })
      .nullable()
      .meta({ description: 'null: there is none, as of money that did not come, or came too late.' }),
    fees: z.array(sum).meta({ description: 'What the provider has kept of it, by currency. Read once an hour; empty: nothing, or not known yet.' }),
  })
  .meta({ id: 'ListedPayment' });
export type ListedPaymentReply = z.output<typeof listedPayment>;
export const paymentsPage = page(listedPayment).extend({
  provider: z.enum(['stripe', 'test']).nullable().meta({ description: 'Who takes payments online; null: they are off.' }),
});
export type PaymentsPageReply = z.output<typeof paymentsPage>;

/** GET /v1/ledger */
const account = z.enum(LEDGER_ACCOUNTS);
export const ledgerQuery = z.strictObject({
  locationId: uuid.optional(),
  account: account.optional().meta({ description: 'Only entries that move money of this account.' }),
  ...pageQuery,
});
export type LedgerAsked = z.output<typeof ledgerQuery>;
const ledgerEntry = z
  .object({
    number: z.int(),
    key: z.string().meta({ description: 'What it follows from.' }),
    receiptNumber: z.string().nullable().meta({ description: 'What the receipt of its payment is called.' }),
    paymentId: uuid.nullable().meta({ description: 'null: of none, as a payout.' }),
    appointmentId: uuid.nullable(),
    locationId: uuid.nullable().meta({ description: 'null: of the whole business, as a payout. Only those who look after all locations see it.' }),
    debit: account.meta({ description: 'The account that gains the amount.' }),
    credit: account.meta({ description: 'The account that loses it.' }),
    amount: money,
    taxPercent: taxPercent.meta({ description: 'The rate that was agreed for the payment; null: none was said.' }),
    tax: money
      .nullable()
      .meta({ description: 'What the amount includes of it, where it came from a customer or went back; null elsewhere. It never changes.' }),
    at: instantText,
  })
  .meta({ id: 'LedgerEntry' });
export type LedgerEntryReply = z.output<typeof ledgerEntry>;
export const ledgerPage = page(ledgerEntry);

/** GET /v1/payments/{id} */
export const paymentRecord = listedPayment
  .extend({
    disputed: money,
    providerId: z.string().nullable().meta({ description: 'What the provider knows it by.' }),
    refunds: z.array(refund),
    entries: z.array(ledgerEntry).meta({ description: 'What the books say of it, the oldest first.' }),
  })
  .meta({ id: 'PaymentRecord', description: '`disputed` is what banks have withdrawn until a dispute is over.' });
export type PaymentRecordReply = z.output<typeof paymentRecord>;

/** GET /v1/takings, /v1/takings.csv and /v1/ledger.csv */
export const daysQuery = z
  .strictObject({
    from: localDate.meta({ description: 'First date, as clocks at each location show it.' }),
    to: localDate.meta({ description: 'The date after the last one.' }),
    locationId: uuid.optional(),
  })
  .superRefine(checkDates);
export type DaysAsked = z.output<typeof daysQuery>;

const method = z
  .enum(['provider', 'cash', 'terminal'])
  .meta({ description: 'Where the money is: with the provider of payments, in the till, or in the account of the card terminal.' });
const taxes = z.array(z.object({ taxPercent, gross: sum, net: sum, tax: sum }).meta({ id: 'TakenTax' })).meta({
  description:
    'By rate, of what came from customers less what went back to them, for good. What a bank has withdrawn counts until the dispute is lost. Of what had no rate `taxPercent` is null, and the tax is nothing.',
});
const taken = { received: sum, refunded: sum, disputed: sum, net: sum, taxes };
export const takings = z
  .object({
    from: localDate,
    to: localDate,
    rows: z
      .array(z.object({ date: localDate, locationId: uuid, locationName: z.string(), method, ...taken }).meta({ id: 'Taking' }))
      .meta({ description: 'For each day, location, method and currency with money.' }),
    totals: z.array(z.object({ method, ...taken })).meta({ description: 'By method and currency.' }),
    vouchers: z
      .array(
        z
          .object({ date: localDate, locationId: uuid, locationName: z.string(), voucherId: uuid, code: z.string(), uses: z.int(), discount: money })
          .meta({ id: 'VoucherDiscount' }),
      )
      .meta({
        description:
          'What each voucher took off the prices of the visits of each day, whether they are paid yet or not: takings are without it. Not of what was called off, nor of no-shows, who owe no price.',
      }),
  })
  .meta({
    id: 'Takings',
    description:
      'Added up from the books. `disputed` is what banks have withdrawn, less what they have given back; `net` is received less refunded and disputed. The provider’s fees and payouts are not in it.',
  });
export type TakingsReply = z.output<typeof takings>;
