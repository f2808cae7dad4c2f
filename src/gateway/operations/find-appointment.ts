// The appointment somebody speaks of, if it is theirs to speak of.
import type { AppointmentRecord, GatewayContext } from '../context.ts';
import type { Action } from '../security/permissions.ts';
import { isOwnAppointment, may } from '../security/rights.ts';
import type { Caller } from './caller.ts';
import { type Failed, failed } from './reply.ts';

/** `manager`: the desk, or the staff member whose calendar it is on; `owner`: the customer, or whoever has the manage token. */
export type FoundAppointment = { readonly appointment: AppointmentRecord; readonly as: 'manager' | 'owner' };

export async function findAppointment(context: GatewayContext, caller: Caller, appointmentId: string, action: Action): Promise<FoundAppointment | Failed> {
  const hasToken = caller.manageToken !== null && context.tokens.appointmentOf(caller.manageToken) === appointmentId;
  if (caller.principal === null && !hasToken) {
    return caller.manageToken === null
      ? failed('unauthenticated', { detail: 'Log in, or send the Manage-Token of the appointment.' })
      : failed('forbidden', { detail: 'The manage token is not for this appointment.' });
  }
  const appointment = await context.scheduler.appointment(appointmentId);
  if (appointment === undefined) return failed('not-found', { detail: 'There is no such appointment.' });
  if (may(caller.principal, action, appointment)) return { appointment, as: 'manager' };
  if (hasToken || isOwnAppointment(caller.principal, appointment)) return { appointment, as: 'owner' };
  return failed('forbidden', { detail: 'This appointment is somebody else’s.' });
}

/** Whoever may act on an appointment knows whom it is for; an API key only with the scope for it. */
export function maySeeCustomer(caller: Caller, { appointment, as }: FoundAppointment): boolean {
  return as === 'owner' || may(caller.principal, 'see-customers', appointment);
}
