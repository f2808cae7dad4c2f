// Money: what is paid for a hold or an appointment, and what goes back.
import { z } from 'zod';
import { beginPayment, readHeldPayment, type TestPaying, takePaymentEvent } from '../../../payments/begin-payment.ts';
import { payAtDesk, readAppointmentPayment, refundPayment } from '../../../payments/desk-payments.ts';
import { chargeFee, waiveFee } from '../../../payments/no-show-fee.ts';
import type { Paying } from '../../../payments/parts.ts';
import { beginLinkPayment, paymentLink } from '../../../payments/pay-by-link.ts';
import {
  appointmentPayment,
  beginPaymentBody,
  heldPayment,
  paidTest,
  payAtDeskBody,
  payment,
  paymentBegun,
  paymentLinkMade,
  payTestBody,
  refundBody,
  sendLinkBody,
  waiveFeeBody,
} from '../../../protocol/payments.ts';
import type { ProblemCode } from '../../../protocol/problems.ts';
import { done, failed } from '../../../protocol/reply.ts';
import { uuid } from '../../../protocol/scalars.ts';
import type { WithAccounts } from '../../parts.ts';
import { refuseUnproven } from '../logging-in.ts';
import { type Route, route, signedBody } from '../route.ts';

const params = z.object({ id: uuid });
const GONE: readonly ProblemCode[] = ['hold-not-found', 'hold-expired', 'hold-not-yours'];
const OF_PAYING: readonly ProblemCode[] = [
  'payments-off',
  'wrong-status',
  'slot-in-past',
  'limit-reached',
  'customer-busy',
  'proof-required',
  'too-large',
  'blocked',
  'forbidden',
  'not-found',
];
const OF_APPOINTMENT: readonly ProblemCode[] = ['unauthenticated', 'forbidden', 'not-found', 'manage-token-ended'];
/** As much as an event of the provider can be. */
const LARGEST_EVENT = 256 * 1024;

type Parts = Paying & WithAccounts & { readonly testPaying: TestPaying | null };

export const paymentRoutes: readonly Route<Parts>[] = [
  route({
    method: 'post',
    path: '/v1/holds/{id}/payment',
    tag: 'Payments',
    summary: 'Begin to pay for a hold',
    action: 'keep-hold',
    tokens: ['Hold-Token'],
    params,
    body: beginPaymentBody,
    replies: {
      201: {
        description: 'The hold is kept until `payUntil`; the appointment is booked as soon as the money is here. Asking again gives the same payment.',
        schema: paymentBegun,
      },
    },
    problems: [...GONE, ...OF_PAYING],
    handle: (parts: Paying, { caller, params: { id }, body }) => beginPayment(parts, caller, id, body),
  }),
  route({
    method: 'get',
    path: '/v1/holds/{id}/payment',
    tag: 'Payments',
    summary: 'What has become of the payment for a hold',
    action: 'keep-hold',
    allowance: 'claim',
    tokens: ['Hold-Token'],
    params,
    replies: { 200: { description: 'Also after the hold is over. Asking looks at the provider.', schema: heldPayment } },
    problems: [...GONE, 'payments-off', 'not-found'],
    handle: (parts: Paying, { caller, params: { id } }) => readHeldPayment(parts, caller, id),
  }),
  route({
    method: 'get',
    path: '/v1/appointments/{id}/payment',
    tag: 'Payments',
    summary: 'What is paid for an appointment',
    action: 'read-appointment',
    tokens: ['Manage-Token'],
    params,
    replies: { 200: { description: 'With what would go back if it was cancelled now.', schema: appointmentPayment } },
    problems: OF_APPOINTMENT,
    handle: (parts: Paying, { caller, params: { id } }) => readAppointmentPayment(parts, caller, id),
  }),
  route({
    method: 'post',
    path: '/v1/appointments/{id}/payment',
    tag: 'Payments',
    summary: 'Begin to pay what is due for an appointment, by card',
    action: 'read-appointment',
    allowance: 'claim',
    tokens: ['Manage-Token'],
    params,
    replies: { 201: { description: 'Asking again gives the same payment, until `payUntil` or until something else is due.', schema: paymentBegun } },
    problems: [...OF_APPOINTMENT, 'payments-off', 'wrong-status'],
    handle: (parts: Paying, { caller, params: { id } }) => beginLinkPayment(parts, caller, id),
  }),
  route({
    method: 'post',
    path: '/v1/appointments/{id}/payment-link',
    tag: 'Payments',
    summary: 'A link with which the customer pays what is due',
    action: 'take-payment',
    isIdempotent: true,
    params,
    body: sendLinkBody,
    replies: { 200: { description: 'The link, and whether it was sent.', schema: paymentLinkMade } },
    problems: [...OF_APPOINTMENT, 'payments-off', 'wrong-status'],
    handle: (parts: Paying, { caller, params: { id }, body }) => paymentLink(parts, caller, id, body),
  }),
  route({
    method: 'post',
    path: '/v1/appointments/{id}/payments',
    tag: 'Payments',
    summary: 'Record what was paid at the desk',
    action: 'take-payment',
    isIdempotent: true,
    params,
    body: payAtDeskBody,
    replies: { 201: { description: 'The payment.', schema: payment } },
    problems: [...OF_APPOINTMENT, 'payments-off', 'wrong-status', 'id-in-use', 'limit-reached'],
    handle: (parts: Paying, { caller, params: { id }, body }) => payAtDesk(parts, caller, id, body),
  }),
  route({
    method: 'post',
    path: '/v1/appointments/{id}/refunds',
    tag: 'Payments',
    summary: 'Give money back',
    action: 'refund-payment',
    isIdempotent: true,
    params,
    body: refundBody,
    replies: {
      201: {
        description: 'What is paid now. What was paid online the provider gives back; what was paid at the desk has been given back there.',
        schema: appointmentPayment,
      },
    },
    problems: [...OF_APPOINTMENT, 'payments-off', 'wrong-status', 'id-in-use', 'step-up-required'],
    handle: (parts: Parts, { caller, params: { id }, body }) => refundPayment(parts, caller, id, { ...body, unproven: refuseUnproven(parts, caller) }),
  }),
  route({
    method: 'post',
    path: '/v1/appointments/{id}/no-show-fee',
    tag: 'Payments',
    summary: 'Charge the no-show fee to the card that was kept',
    action: 'refund-payment',
    params,
    replies: { 201: { description: 'What has become of it; asked again it is not charged again.', schema: appointmentPayment } },
    problems: [...OF_APPOINTMENT, 'payments-off', 'wrong-status', 'too-late', 'limit-reached', 'step-up-required'],
    handle: (parts: Parts, { caller, params: { id } }) => chargeFee(parts, caller, id, { unproven: refuseUnproven(parts, caller) }),
  }),
  route({
    method: 'put',
    path: '/v1/appointments/{id}/no-show-fee',
    tag: 'Payments',
    summary: 'Waive the no-show fee, or ask for it after all',
    action: 'refund-payment',
    params,
    body: waiveFeeBody,
    replies: {
      200: {
        description: 'What is owed now. A fee that was paid is `overpaid` once it is waived; it goes back if it is given back.',
        schema: appointmentPayment,
      },
    },
    problems: [...OF_APPOINTMENT, 'wrong-status'],
    handle: (parts: Paying, { caller, params: { id }, body }) => waiveFee(parts, caller, id, body),
  }),
  route({
    method: 'post',
    path: '/v1/payments/stripe/webhook',
    tag: 'Payments',
    summary: 'For the payment provider: something has happened to a payment',
    action: 'tell-of-payments',
    allowance: 'callback',
    isSigned: true,
    largestBody: LARGEST_EVENT,
    body: signedBody,
    replies: { 204: { description: 'It is followed up.' } },
    problems: ['payments-off'],
    handle: (parts: Paying, { body, headers }) => {
      const signature = headers['stripe-signature'];
      return takePaymentEvent(parts, body, typeof signature === 'string' ? signature : undefined);
    },
  }),
  route({
    method: 'post',
    path: '/v1/payments/test/pay',
    tag: 'Payments',
    summary: 'Pay with a test card, where no real money moves',
    action: 'tell-of-payments',
    allowance: 'callback',
    body: payTestBody,
    replies: { 200: { description: 'What has become of the card.', schema: paidTest } },
    problems: ['payments-off', 'payment-failed', 'not-found'],
    handle: ({ testPaying }: Parts, { body: { clientSecret, card, authenticated } }) => {
      if (testPaying === null) return failed('payments-off', { detail: 'There is no test provider here.' });
      const paid = testPaying.pay(clientSecret, card, authenticated ?? null);
      if (paid === undefined) return failed('not-found');
      return paid.status === 'declined' ? failed('payment-failed', { detail: paid.message }) : done(paid);
    },
  }),
];
