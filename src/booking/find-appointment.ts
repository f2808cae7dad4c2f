// The appointment that a caller names, if it is theirs, and whether they may see whom it is for.

import type { Caller } from '../access/caller.ts';
import type { ClaimTokens } from '../access/claim-tokens.ts';
import type { Action } from '../access/permissions.ts';
import { isOwnAppointment, may } from '../access/rights.ts';
import type { Reader } from '../access/sight.ts';
import { HOUR } from '../model/instant.ts';
import type { ManageLinkReply } from '../protocol/appointments.ts';
import { done, type Failed, failed, isFailed, type Reply } from '../protocol/reply.ts';
import type { AppointmentRecord } from './appointment-reads-port.ts';
import type { Finding } from './parts.ts';

/**
 * For how long a manage token still opens an appointment that is over. Two days are time to look up yesterday's cancellation, and longer than
 * the 24 hours for which a repeated request gets its stored answer: a repeat by token is answered and not refused.
 */
const TOKEN_AFTERLIFE_MS = 48 * HOUR;

export type FoundAppointment = {
  readonly appointment: AppointmentRecord;
  /** `manager`: the desk, or the staff member whose calendar it is on; `owner`: the customer, or who shows the manage token. */
  readonly as: 'manager' | 'owner';
  /** By which of the two an owner is one: a login sees its own appointments for good, a token sees whom it is for until it is over. */
  readonly by: 'login' | 'token';
};

export async function findAppointment(parts: Finding, caller: Caller, appointmentId: string, action: Action): Promise<FoundAppointment | Failed> {
  const token = caller.manageToken === null ? undefined : parts.tokens.appointmentOf(caller.manageToken);
  const hasToken = token !== undefined && token.id === appointmentId;
  if (caller.principal === null && !hasToken) {
    return caller.manageToken === null
      ? failed('unauthenticated', { detail: 'Log in, or send the Manage-Token of the appointment.' })
      : failed('forbidden', { detail: 'The manage token is not for this appointment.' });
  }
  const appointment = await parts.appointments.byId(appointmentId);
  if (appointment === undefined) return failed('not-found', { detail: 'There is no such appointment.' });
  if (may(caller.principal, action, appointment)) return { appointment, as: 'manager', by: 'login' };
  if (isOwnAppointment(caller.principal, appointment, appointment.details)) return { appointment, as: 'owner', by: 'login' };
  if (!hasToken) return failed('forbidden', { detail: 'This appointment is somebody else’s.' });
  if (await hasTokenEnded(parts, appointment)) return failed('manage-token-ended', { detail: 'It expires two days after the appointment.' });
  if (await isOfOtherAddress(parts, appointment, token.corrections))
    return failed('manage-token-ended', { detail: 'The address of the customer was corrected; the link in later messages is good.' });
  return { appointment, as: 'owner', by: 'token' };
}

type Linking = Finding & { readonly tokens: Pick<ClaimTokens, 'manageToken'>; readonly config: { readonly publicUrl: string } };

/** For the desk to hand over: the link that the customer has in their messages. */
export async function manageLink(parts: Linking, caller: Caller, appointmentId: string): Promise<Reply<ManageLinkReply>> {
  const found = await findAppointment(parts, caller, appointmentId, 'share-manage-link');
  if (isFailed(found)) return found;
  if (found.as !== 'manager') return failed('forbidden', { detail: 'This is for the front desk and above.' });
  if (await hasTokenEnded(parts, found.appointment)) return failed('wrong-status', { detail: 'The link ended two days after the appointment.' });
  return done({ url: await manageUrl(parts, appointmentId) });
}

/** The token is the one for the address that stands there now. */
export async function manageUrl({ tokens, appointments, config }: Linking, appointmentId: string): Promise<string> {
  return `${config.publicUrl}/#appointment=${appointmentId}&token=${tokens.manageToken(appointmentId, await appointments.correctionsOf(appointmentId))}`;
}

/** Who has shown the manage token is told whom it is for until it is over. */
export function readerOfFound(parts: Finding, { principal }: Caller, { appointment, as, by }: FoundAppointment): Reader {
  const shown = as === 'manager' ? {} : by === 'login' ? { as } : { tokenAt: parts.scheduler.now() };
  return { principal, place: appointment, of: appointment, ...shown };
}

/** Counted from the end of its time or, if that came first, from its cancellation. */
async function hasTokenEnded(parts: Finding, appointment: AppointmentRecord): Promise<boolean> {
  const longAgo = parts.scheduler.now() - TOKEN_AFTERLIFE_MS;
  if (appointment.endsAt <= longAgo) return true;
  if (appointment.status !== 'cancelled' && appointment.status !== 'declined') return false;
  const changedAt = await parts.appointments.changedAt(appointment);
  // A change that the log does not have any more was long ago.
  return changedAt === undefined || changedAt <= longAgo;
}

/** Who was written to by mistake must not see, cancel or move it. Where everything typed was erased, there is nothing of anybody to see. */
async function isOfOtherAddress(parts: Finding, { id, details }: AppointmentRecord, corrections: number): Promise<boolean> {
  return details !== null && (await parts.appointments.correctionsOf(id)) !== corrections;
}
