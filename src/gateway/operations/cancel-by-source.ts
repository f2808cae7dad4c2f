import { type Caller, requestKeyOf } from '../../access/caller.ts';
import { reachFor } from '../../access/rights.ts';
import type { AppointmentReply, CancelBySource, CancelledBySource } from '../../protocol/appointments.ts';
import { done, failed, isFailed, type Reply, UNKNOWN_CURSOR } from '../../protocol/reply.ts';
import type { AppointmentRecord, GatewayContext } from '../context.ts';
import { askCalendar } from './ask-calendar.ts';
import { describeAppointment, wireAppointment } from './wire-appointments.ts';

/** In one request: as many as are answered well within the time for an answer, and a list that can be read. */
const MOST_AT_ONCE = 200;
/** Of those, at the same moment: calendars decide one after the other, and others want to be decided on meanwhile. */
const SIDE_BY_SIDE = 10;

/**
 * Cancels what guests have booked from one source and is still ahead, the nearest first, as far as the caller reaches. Each is a decision of its own, and
 * stands in the audit trail as one of the caller's. Asking again goes on with what is left.
 */
export async function cancelBySource(
  context: GatewayContext,
  caller: Caller,
  { sourceGroup, from, dryRun }: CancelBySource,
): Promise<Reply<CancelledBySource>> {
  const { principal } = caller;
  if (principal === null || reachFor(principal, 'cancel-by-source') === null) return failed('forbidden');
  const startsFrom = from ?? context.scheduler.now();
  const page = await context.appointments.list(
    {
      from: startsFrom,
      sourceGroup,
      madeByGuest: true,
      statuses: ['pending', 'booked'],
      ...(principal.locationId !== null && { locationIds: [principal.locationId] }),
    },
    MOST_AT_ONCE,
    null,
  );
  if (page === 'unknown-cursor') return UNKNOWN_CURSOR;
  // The list has those as well that have begun before and are not over.
  const found = page.items.filter(({ startsAt }) => startsAt >= startsFrom);
  const items: AppointmentReply[] = dryRun
    ? found.map((appointment) => wireAppointment(context, appointment, appointment.details, appointment.revision, { principal, place: appointment }))
    : [];
  for (let first = 0; !dryRun && first < found.length; first += SIDE_BY_SIDE) {
    const replies = await Promise.all(found.slice(first, first + SIDE_BY_SIDE).map((appointment) => cancel(context, caller, appointment)));
    for (const reply of replies) if (!isFailed(reply)) items.push(reply.body);
  }
  return done({ dryRun, count: items.length, items, hasMore: page.nextCursor !== null || items.length < found.length });
}

/** One that is cancelled, moved or over by now is left as it is. */
function cancel(context: GatewayContext, caller: Caller, appointment: AppointmentRecord): Promise<Reply<AppointmentReply>> {
  const appointmentId = appointment.id;
  const reader = { principal: caller.principal, place: appointment, of: appointment };
  const request = requestKeyOf({ ...caller, key: null }, 'cancel', { appointmentId });
  const command = { type: 'cancel', appointmentId, reason: null, waivePolicy: true } as const;
  return askCalendar(context, caller, request, command, describeAppointment(context, { status: 200, reader, withToken: false, details: appointment.details }));
}
