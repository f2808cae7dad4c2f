import { z } from 'zod';
import type { AppointmentStep } from '../../../actors/calendar/calendar.ts';
import { book } from '../../../booking/book.ts';
import { cancelBySource } from '../../../booking/cancel-many.ts';
import { cancelAppointment, changeStatus, declineAppointment, rescheduleAppointment } from '../../../booking/change-appointment.ts';
import { editAppointment } from '../../../booking/edit-appointment.ts';
import { manageLink } from '../../../booking/find-appointment.ts';
import type { Asking, Booking, Reading } from '../../../booking/parts.ts';
import { countAppointments, listAppointments, readHistory } from '../../../booking/read-appointments.ts';
import { swapAppointments } from '../../../booking/swap-appointments.ts';
import { readPaidAppointment } from '../../../payments/desk-payments.ts';
import type { Paying } from '../../../payments/parts.ts';
import { appointmentCounts, appointmentCountsQuery, appointmentsQuery } from '../../../protocol/appointment-lists.ts';
import {
  appointment,
  bookBody,
  cancelBody,
  cancelBySourceBody,
  cancelledBySource,
  editBody,
  manageLinkMade,
  rescheduleBody,
  statusBody,
  swapBody,
} from '../../../protocol/appointments.ts';
import { changes } from '../../../protocol/calendars.ts';
import { paidAppointment } from '../../../protocol/payments.ts';
import type { ProblemCode } from '../../../protocol/problems.ts';
import { page, uuid } from '../../../protocol/scalars.ts';
import { type Route, type RouteFacts, route } from '../route.ts';
import { CLAIM_PROBLEMS } from './holds.ts';
import { VOUCHER_PROBLEMS } from './vouchers.ts';

const params = z.object({ id: uuid });
const OF_BOOKING: readonly ProblemCode[] = [
  'customer-busy',
  'hold-not-found',
  'hold-expired',
  'hold-not-yours',
  'proof-required',
  'forbidden',
  'unauthenticated',
  'payment-required',
  'blocked',
];
const MINE: readonly ProblemCode[] = ['unauthenticated', 'forbidden', 'not-found', 'manage-token-ended'];
const history = z.object({ items: changes.shape.changes });

/** What every change of an appointment has in common. */
const changeFacts = {
  method: 'post',
  tag: 'Appointments',
  action: 'change-appointment',
  isIdempotent: true,
  isConditional: true,
  tokens: ['Manage-Token'],
  replies: { 200: { description: 'The appointment as it is now.', schema: appointment } },
} as const satisfies Partial<RouteFacts>;

export const appointmentRoutes: readonly Route<Paying>[] = [
  route({
    method: 'post',
    path: '/v1/appointments',
    tag: 'Appointments',
    summary: 'Book a hold, or book directly',
    action: 'book',
    isIdempotent: true,
    canDryRun: true,
    tokens: ['Hold-Token'],
    body: bookBody,
    replies: {
      201: { description: 'Booked, or requested if the service needs approval.', schema: appointment },
      200: { description: 'With `dryRun`: it could be booked.', schema: appointment },
    },
    problems: [...CLAIM_PROBLEMS, ...OF_BOOKING, ...VOUCHER_PROBLEMS],
    handle: (parts: Booking, { caller, body }) => book(parts, caller, body),
  }),
  route({
    method: 'get',
    path: '/v1/appointments',
    tag: 'Appointments',
    summary: 'Appointments, by time',
    action: 'list-appointments',
    query: appointmentsQuery,
    replies: { 200: { description: 'The appointments the caller may see.', schema: page(appointment) } },
    handle: (parts: Reading, { caller, query }) => listAppointments(parts, caller, query),
  }),
  route({
    method: 'get',
    path: '/v1/appointments/counts',
    tag: 'Appointments',
    summary: 'How many appointments each day has',
    action: 'list-appointments',
    query: appointmentCountsQuery,
    replies: { 200: { description: 'Of the appointments the caller may see, by local date.', schema: appointmentCounts } },
    handle: (parts: Reading, { caller, query }) => countAppointments(parts, caller, query),
  }),
  route({
    method: 'post',
    path: '/v1/appointments/cancel-by-source',
    tag: 'Appointments',
    summary: 'Cancel guest bookings from one source',
    action: 'cancel-by-source',
    body: cancelBySourceBody,
    replies: { 200: { description: 'The cancelled appointments, at most 200 per request.', schema: cancelledBySource } },
    problems: ['unauthenticated', 'forbidden'],
    handle: (parts: Asking & Reading, { caller, body }) => cancelBySource(parts, caller, body),
  }),
  route({
    method: 'get',
    path: '/v1/appointments/{id}',
    hasVersion: true,
    tag: 'Appointments',
    summary: 'An appointment',
    action: 'read-appointment',
    tokens: ['Manage-Token'],
    params,
    replies: { 200: { description: 'The appointment, and what is paid for it.', schema: paidAppointment } },
    problems: MINE,
    handle: (parts: Paying, { caller, params: { id } }) => readPaidAppointment(parts, caller, id),
  }),
  route({
    method: 'get',
    path: '/v1/appointments/{id}/history',
    tag: 'Appointments',
    summary: 'What happened to an appointment',
    action: 'read-appointment',
    tokens: ['Manage-Token'],
    params,
    replies: { 200: { description: 'Oldest first.', schema: history } },
    problems: MINE,
    handle: (parts: Reading, { caller, params: { id } }) => readHistory(parts, caller, id),
  }),
  route({
    method: 'get',
    path: '/v1/appointments/{id}/manage-link',
    tag: 'Appointments',
    summary: 'The link with which the customer manages it',
    action: 'share-manage-link',
    params,
    replies: { 200: { description: 'The link that the customer has in their messages.', schema: manageLinkMade } },
    problems: [...MINE, 'wrong-status'],
    handle: (parts: Paying, { caller, params: { id } }) => manageLink(parts, caller, id),
  }),
  route({
    ...changeFacts,
    method: 'patch',
    action: 'settle-appointment',
    path: '/v1/appointments/{id}',
    summary: 'Change what an appointment is',
    canDryRun: true,
    params,
    body: editBody,
    problems: [...MINE, ...CLAIM_PROBLEMS, ...VOUCHER_PROBLEMS, 'customer-busy', 'wrong-status'],
    handle: (parts: Booking, { caller, params: { id }, body }) => editAppointment(parts, caller, id, body),
  }),
  route({
    ...changeFacts,
    path: '/v1/appointments/{id}/cancel',
    summary: 'Cancel',
    params,
    body: cancelBody,
    problems: [...MINE, 'wrong-status', 'cancel-too-late'],
    handle: (parts: Booking, { caller, params: { id }, body }) => cancelAppointment(parts, caller, id, body),
  }),
  route({
    ...changeFacts,
    path: '/v1/appointments/{id}/reschedule',
    summary: 'Move to another time or person',
    canDryRun: true,
    params,
    body: rescheduleBody,
    problems: [...MINE, ...CLAIM_PROBLEMS, 'customer-busy', 'wrong-status', 'reschedule-too-late'],
    handle: (parts: Booking, { caller, params: { id }, body }) => rescheduleAppointment(parts, caller, id, body),
  }),
  route({
    ...changeFacts,
    action: 'settle-appointment',
    path: '/v1/appointments/{id}/swap',
    summary: 'Swap time and person with another appointment',
    canDryRun: true,
    params,
    body: swapBody,
    problems: [...MINE, ...CLAIM_PROBLEMS, 'customer-busy', 'wrong-status'],
    handle: (parts: Booking, { caller, params: { id }, body }) => swapAppointments(parts, caller, id, body),
  }),
  route({
    ...changeFacts,
    action: 'settle-appointment',
    path: '/v1/appointments/{id}/decline',
    summary: 'Decline a request',
    params,
    body: cancelBody,
    problems: [...MINE, 'wrong-status'],
    handle: (parts: Booking, { caller, params: { id }, body }) => declineAppointment(parts, caller, id, body),
  }),
  statusRoute('approve', 'Accept a request, until its start', ['too-late']),
  statusRoute('check-in', 'Check in the customer, on the local day of the appointment', ['too-early', 'too-late']),
  statusRoute('complete', 'Complete an appointment, from its start', ['too-early']),
  statusRoute('no-show', 'Mark as no-show, from its start', ['too-early']),
  statusRoute('reopen', 'Undo a check-in, a completion or a no-show', []),
];

function statusRoute(type: AppointmentStep, summary: string, problems: readonly ProblemCode[]): Route<Booking> {
  return route({
    ...changeFacts,
    action: 'settle-appointment',
    path: `/v1/appointments/{id}/${type}`,
    summary,
    params,
    body: statusBody,
    problems: [...MINE, 'wrong-status', ...problems],
    handle: (parts: Booking, { caller, params: { id }, body }) => changeStatus(parts, caller, id, { type, body }),
  });
}
