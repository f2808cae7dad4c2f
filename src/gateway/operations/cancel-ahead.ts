// What becomes of the appointments ahead when what they depend on is removed.

import { type Caller, requestKeyOf } from '../../access/caller.ts';
import { isFailed } from '../../protocol/reply.ts';
import type { GatewayContext } from '../context.ts';
import { askCalendar } from './ask-calendar.ts';

/** In one request: as many as are answered well within the time for an answer. Asking again goes on with the rest. */
export const MOST_CANCELLED = 200;
/** Of those, at the same moment: calendars decide one after the other, and others want to be decided on meanwhile. */
const SIDE_BY_SIDE = 10;

/** Cancels them as the business, with its reason if there is one. One that is cancelled, moved on or over by now is left as it is. Returns how many it were. */
export async function cancelAhead(context: GatewayContext, caller: Caller, appointmentIds: readonly string[], reason: string | null): Promise<number> {
  const ids = appointmentIds.slice(0, MOST_CANCELLED);
  let cancelled = 0;
  for (let first = 0; first < ids.length; first += SIDE_BY_SIDE) {
    const replies = await Promise.all(ids.slice(first, first + SIDE_BY_SIDE).map((id) => cancel(context, caller, id, reason)));
    cancelled += replies.filter((reply) => !isFailed(reply)).length;
  }
  return cancelled;
}

function cancel(context: GatewayContext, caller: Caller, appointmentId: string, reason: string | null) {
  const request = requestKeyOf({ ...caller, key: null }, 'cancel', { appointmentId });
  const command = { type: 'cancel', appointmentId, reason, waivePolicy: true } as const;
  return askCalendar(context, caller, request, command, () => ({ status: 200, body: {} }));
}
