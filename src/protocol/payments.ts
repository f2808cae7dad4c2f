// Money on the wire.
import { z } from 'zod';
import { FEE_REFUSALS, PAYMENT_METHODS, PAYMENT_STATES } from '../model/payment-words.ts';
import { appointment, payingFields } from './appointments.ts';
import { instantText, money, priceType, reason, taxPercent, uuid } from './scalars.ts';

/** POST /v1/holds/{id}/payment: everything that the appointment needs, since it is booked as soon as the money is here, whatever has become of the page by then. */
export const beginPaymentBody = z.strictObject(payingFields).meta({ id: 'BeginPayment' });
export type BeginPayment = z.output<typeof beginPaymentBody>;

const provider = z.enum(['stripe', 'test']).meta({ description: '`test`: no real money; the page asks for a test card itself.' });
export const paymentBegun = z
  .object({
    id: uuid,
    clientSecret: z.string().meta({ description: 'Lets a page pay, and nothing else.' }),
    provider,
    publishableKey: z.string().nullable().meta({ description: 'For the provider’s form; null where there is none.' }),
    isReserved: z.boolean().meta({ description: 'The amount is reserved on the card, and taken at the visit.' }),
    amount: money,
    payUntil: instantText.meta({ description: 'Until when the time is kept. It cannot be prolonged.' }),
  })
  .meta({ id: 'PaymentBegun' });
export type PaymentBegunReply = z.output<typeof paymentBegun>;

/** GET /v1/holds/{id}/payment */
export const heldPayment = z
  .object({
    id: uuid,
    state: z.enum(PAYMENT_STATES),
    amount: money,
    payUntil: instantText.nullable(),
    appointmentId: uuid.nullable().meta({ description: 'Once there is one.' }),
    manageToken: z.string().optional(),
    clientSecret: z.string().optional().meta({ description: 'While the payment is open.' }),
    isDeclined: z.boolean().meta({ description: 'The last card was declined; the state is `held` again, and another card may be tried until `payUntil`.' }),
    provider,
    publishableKey: z.string().nullable(),
  })
  .meta({ id: 'HeldPayment' });
export type HeldPaymentReply = z.output<typeof heldPayment>;

/** POST /v1/payments/test/pay */
export const payTestBody = z
  .strictObject({
    clientSecret: z.string().min(1).max(200),
    card: z
      .string()
      .regex(/^[\d ]{12,23}$/, 'must be the number of a test card')
      .meta({ example: '4242 4242 4242 4242' }),
    authenticated: z.boolean().nullish().meta({ description: 'For a card that asks: whether its owner has confirmed.' }),
  })
  .meta({ id: 'PayTest' });
export const paidTest = z.object({ status: z.enum(['paid', 'needs-confirmation', 'cancelled']) }).meta({ id: 'PaidTest' });
export type PaidTestReply = z.output<typeof paidTest>;

export const refund = z.object({ id: z.string(), amount: money, state: z.enum(['asked', 'done', 'failed']), createdAt: instantText }).meta({ id: 'Refund' });
export const payment = z
  .object({
    id: uuid,
    appointmentId: uuid,
    locationId: uuid.meta({ description: 'Where it was paid. Only those who may give money back there may give it back.' }),
    method: z.enum(PAYMENT_METHODS),
    state: z.enum(PAYMENT_STATES),
    amount: money,
    received: money,
    refunded: money,
    isFee: z.boolean().meta({ description: 'A no-show fee that was charged to a card.' }),
    taxPercent: taxPercent.meta({
      description:
        'The rate of the tax that it includes, as agreed when it was begun, which a later change of the appointment leaves alone; null: none was said.',
    }),
    receiptNumber: z
      .string()
      .nullable()
      .meta({ description: 'Of the series of its year, without gaps, given when the money is booked; null: none has come.', example: '2026-000123' }),
    alarm: z.string().nullable().meta({ description: 'Why it needs attention, for staff.' }),
    createdAt: instantText,
  })
  .meta({ id: 'Payment' });
export type PaymentReply = z.output<typeof payment>;

/** GET /v1/appointments/{id}/payment */
export const appointmentPayment = z
  .object({
    policy: z.enum(['none', 'deposit', 'full', 'reserve']).meta({ description: 'What was agreed when it was booked.' }),
    price: money,
    priceType,
    voucher: z
      .object({ code: z.string().nullable().meta({ description: 'null for who works here and takes no payments.' }), discount: money })
      .nullable()
      .meta({ description: 'What a voucher has taken off the price; null: nothing.' }),
    taxPercent: taxPercent.meta({
      description: 'The rate of the tax that the price includes, as agreed by now; null: none was said. Each payment has the rate that was agreed then.',
    }),
    due: money,
    overpaid: money,
    paid: money,
    reserved: z
      .object({
        amount: money,
        takeAt: instantText.meta({ description: 'When it is taken by itself, as far as it is due then; the reservation of the bank ends soon after.' }),
        isBeingTaken: z.boolean().meta({ description: 'It was decided to take so much of it, and the provider has not said yet that it is here.' }),
        takenOnCancelling: money
          .nullable()
          .meta({ description: 'What would be taken of it if the reader cancelled now, by the refund rules; null: it cannot be cancelled.' }),
      })
      .nullable()
      .meta({ description: 'What is reserved on a card: promised by it, and not paid. Null: nothing.' }),
    refunded: money,
    status: z
      .enum(['none', 'unpaid', 'reserved', 'partly-paid', 'paid', 'partly-refunded', 'refunded', 'disputed'])
      .meta({ description: '`none`: nothing was paid, and nothing is due.' }),
    noShowFee: z
      .object({
        amount: money,
        taxPercent: taxPercent.meta({ description: 'The rate of the tax that the fee includes; null: none, as it is compensation.' }),
        isWaived: z.boolean(),
        hasCard: z.boolean().meta({ description: 'Whether there is a card that it can be charged to.' }),
        chargeUntil: instantText.nullable().meta({ description: 'Until when; the card is forgotten then.' }),
        charge: z
          .enum(['asked', 'charged', 'not-charged', ...FEE_REFUSALS])
          .nullable()
          .meta({
            description: 'What has become of charging it; null: it was not tried. `needs-owner`: only the owner of the card can pay, as with a payment link.',
          }),
      })
      .nullable()
      .meta({ description: 'What is owed if the customer does not come, as agreed when it was booked; null: nothing was agreed.' }),
    refundNow: money.nullable().meta({
      description: 'What would go back if the reader cancelled it now; null: it cannot be cancelled. While a payment is disputed nothing of it goes back.',
    }),
    payingUntil: instantText.nullable().meta({ description: 'A customer has begun to pay by a link, and may until then; null: no customer does.' }),
    canPayByCard: z.boolean().meta({ description: 'Whether what is due can be paid online now.' }),
    payments: z.array(
      payment.extend({
        refunds: z.array(refund),
        tax: z.object({ net: money, tax: money }).nullable().meta({
          description: 'Of what was received and has not gone back: the tax it includes, half a minor unit rounded up, and the rest. Null: no rate was said.',
        }),
      }),
    ),
  })
  .meta({
    id: 'AppointmentPayment',
    description:
      '`due` is what is still to be paid: of the price (of the least, while `priceType` is `from`), of the no-show fee once the customer is marked as a no-show, and nothing of what was called off. `refunded` is what has gone back or is on its way, `overpaid` what was paid beyond the price, as after a change to a cheaper service. It goes back if the business gives it back.',
  });
export type AppointmentPaymentReply = z.output<typeof appointmentPayment>;

/** GET /v1/appointments/{id} */
export const paidAppointment = appointment
  .extend({
    payment: appointmentPayment.omit({ refundNow: true, payments: true, canPayByCard: true, payingUntil: true }),
    refundNow: appointmentPayment.shape.refundNow,
  })
  .meta({ id: 'PaidAppointment' });
export type PaidAppointmentReply = z.output<typeof paidAppointment>;

/** POST /v1/appointments/{id}/payment-link */
export const sendLinkBody = z
  .strictObject({ send: z.boolean().default(false).meta({ description: 'Whether it is also sent to the customer by e-mail.' }) })
  .meta({ id: 'SendPaymentLink' });
export type SendLink = z.output<typeof sendLinkBody>;
export const paymentLinkMade = z
  .object({
    url: z.string().meta({ description: 'Opens the appointment, to pay what is due. Its token is behind the `#`: whoever has it can also cancel.' }),
    amount: money,
    isSent: z.boolean(),
  })
  .meta({ id: 'PaymentLink' });
export type PaymentLinkReply = z.output<typeof paymentLinkMade>;

/** POST /v1/appointments/{id}/payments */
export const payAtDeskBody = z
  .strictObject({
    id: uuid.optional().meta({ description: 'An id of your own: the same one is recorded once.' }),
    method: z.enum(['cash', 'terminal', 'reserved']).meta({
      description:
        '`reserved`: so much of what is reserved on the card is taken, once, and the rest is let go. Once the customer is here, or has been; an amount of 0 lets go of all of it, at any time.',
    }),
    amount: money,
  })
  .meta({ id: 'PayAtDesk' });
export type PayAtDesk = z.output<typeof payAtDeskBody>;

/** PUT /v1/appointments/{id}/no-show-fee */
export const waiveFeeBody = z
  .strictObject({ isWaived: z.boolean().meta({ description: 'False: it is asked for after all.' }), reason })
  .meta({ id: 'WaiveFee' });
export type WaiveFee = z.output<typeof waiveFeeBody>;

/** POST /v1/appointments/{id}/refunds */
export const refundBody = z
  .strictObject({
    id: uuid.optional().meta({ description: 'An id of your own: the same one is paid back once.' }),
    paymentId: uuid.optional().meta({ description: 'Which payment. Default: the first with enough left.' }),
    amount: money,
    reason,
  })
  .meta({ id: 'NewRefund' });
export type NewRefund = z.output<typeof refundBody>;
