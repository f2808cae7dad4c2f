// Many appointments cancelled by one request of the business: each is a decision of its own, and stands in the audit trail as one of the caller's.

import { type Caller, requestKeyOf } from '../access/caller.ts';
import { reachFor } from '../access/rights.ts';
import type { AppointmentReply, CancelBySource, CancelledBySource } from '../protocol/appointments.ts';
import { done, failed, isFailed, type Reply, UNKNOWN_CURSOR } from '../protocol/reply.ts';
import { askCalendar, type Describe } from './ask-calendar.ts';
import type { Asking, Reading } from './parts.ts';
import { describeAppointment, wireAppointment } from './wire-appointments.ts';

/** In one request: as many as are answered well within the time for an answer, and a list that can be read. Asking again goes on with the rest. */
export const MOST_CANCELLED = 200;
/** Of those, at the same moment: calendars decide one after the other, and others want to be decided on meanwhile. */
const SIDE_BY_SIDE = 10;

/** Cancels what guests have booked from one source and is still ahead, the nearest first, as far as the caller reaches. */
export async function cancelBySource(
  parts: Asking & Reading,
  caller: Caller,
  { sourceGroup, from, dryRun }: CancelBySource,
): Promise<Reply<CancelledBySource>> {
  const { principal } = caller;
  if (principal === null || reachFor(principal, 'cancel-by-source') === null) return failed('forbidden');
  const startsFrom = from ?? parts.scheduler.now();
  const page = await parts.appointments.list(
    {
      from: startsFrom,
      sourceGroup,
      madeByGuest: true,
      statuses: ['pending', 'booked'],
      ...(principal.locationId !== null && { locationIds: [principal.locationId] }),
    },
    MOST_CANCELLED,
    null,
  );
  if (page === 'unknown-cursor') return UNKNOWN_CURSOR;
  // The list has those as well that have begun before and are not over.
  const found = page.items.filter(({ startsAt }) => startsAt >= startsFrom);
  const items: AppointmentReply[] = dryRun
    ? found.map((appointment) => wireAppointment(parts, appointment, appointment.details, appointment.revision, { principal, place: appointment }))
    : await cancelEach(found, (appointment) => {
        const reader = { principal, place: appointment, of: appointment };
        const describe = describeAppointment(parts, { status: 200, reader, withToken: false, details: appointment.details });
        return cancel(parts, caller, { appointmentId: appointment.id, reason: null }, describe);
      });
  return done({ dryRun, count: items.length, items, hasMore: page.nextCursor !== null || items.length < found.length });
}

/** Cancels appointments whose service, staff member or location is removed, as the business, with its reason if there is one. Returns how many it were. */
export async function cancelAhead(parts: Asking, caller: Caller, appointmentIds: readonly string[], reason: string | null): Promise<number> {
  const cancelled = await cancelEach(appointmentIds.slice(0, MOST_CANCELLED), (appointmentId) =>
    cancel(parts, caller, { appointmentId, reason }, () => ({ status: 200, body: {} })),
  );
  return cancelled.length;
}

/** What came of those that were cancelled. One that is cancelled, moved on or over by now is left as it is. */
async function cancelEach<Of, Body extends object>(all: readonly Of[], one: (each: Of) => Promise<Reply<Body>>): Promise<Body[]> {
  const bodies: Body[] = [];
  for (let first = 0; first < all.length; first += SIDE_BY_SIDE) {
    const replies = await Promise.all(all.slice(first, first + SIDE_BY_SIDE).map(one));
    for (const reply of replies) if (!isFailed(reply)) bodies.push(reply.body);
  }
  return bodies;
}

type Cancelled = { readonly appointmentId: string; readonly reason: string | null };

function cancel<Body extends object>(parts: Asking, caller: Caller, { appointmentId, reason }: Cancelled, describe: Describe<Body>): Promise<Reply<Body>> {
  const request = requestKeyOf({ ...caller, key: null }, 'cancel', { appointmentId });
  return askCalendar(parts, caller, request, { type: 'cancel', appointmentId, reason, waivePolicy: true }, describe);
}
