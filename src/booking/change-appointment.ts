// Everything that happens to an appointment after it is made.

import { type Caller, requestKeyOf } from '../access/caller.ts';
import type { Action } from '../access/permissions.ts';
import type { AppointmentStep } from '../actors/calendar/calendar.ts';
import type { StandingDetails } from '../actors/calendar/typed.ts';
import type { AskedOfRecord, RequestKey, SchedulerCommand } from '../actors/scheduler.ts';
import type { AppointmentReply, Cancel, Reschedule, StatusChange } from '../protocol/appointments.ts';
import { type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { etagOf, expectedVersionsOf } from '../protocol/versions.ts';
import { askCalendar, type Describe, OUTDATED, unlessAnswered } from './ask-calendar.ts';
import { claimToMove, spanOf } from './candidates.ts';
import { refuseOverlap } from './customers.ts';
import { type FoundAppointment, findAppointment, readerOfFound } from './find-appointment.ts';
import type { Booking } from './parts.ts';
import { describeAppointment } from './wire-appointments.ts';

/** The customer's own policy binds the customer; the business may cancel at any time. */
export function cancelAppointment(parts: Booking, caller: Caller, appointmentId: string, body: Cancel): Promise<Reply<AppointmentReply>> {
  return change(parts, caller, { name: 'cancel', appointmentId, body, action: 'change-appointment' }, ({ as }) => ({
    type: 'cancel',
    appointmentId,
    reason: body.reason ?? null,
    waivePolicy: as === 'manager',
  }));
}

/** To another time, another person, or both; one decision. */
export function rescheduleAppointment(parts: Booking, caller: Caller, appointmentId: string, body: Reschedule): Promise<Reply<AppointmentReply>> {
  return change(parts, caller, { name: 'reschedule', appointmentId, body, action: 'change-appointment' }, async ({ appointment, as }) => {
    const ask = claimToMove(parts, caller, appointment, body);
    if (isFailed(ask)) return ask;
    const asked = { operation: 'reschedule', customerId: appointment.customerId, ...spanOf(ask), appointmentId: appointment.id } as const;
    const busy = await refuseOverlap(parts, caller, { ...asked, allowOverlap: body.allowOverlap });
    const overrideReason = ask.override === null ? null : (body.override?.reason ?? null);
    return busy ?? { type: 'reschedule', appointmentId, ask, waivePolicy: as === 'manager', overrideReason };
  });
}

export function declineAppointment(parts: Booking, caller: Caller, appointmentId: string, body: Cancel): Promise<Reply<AppointmentReply>> {
  return change(parts, caller, { name: 'decline', appointmentId, body, action: 'settle-appointment' }, () => ({
    type: 'decline',
    appointmentId,
    reason: body.reason ?? null,
  }));
}

export function changeStatus(
  parts: Booking,
  caller: Caller,
  appointmentId: string,
  { type, body }: { readonly type: AppointmentStep; readonly body: StatusChange },
): Promise<Reply<AppointmentReply>> {
  return change(parts, caller, { name: type, appointmentId, body, action: 'settle-appointment' }, () => ({ type, appointmentId }));
}

type Change = {
  readonly name: string;
  readonly appointmentId: string;
  readonly body: Pick<StatusChange, 'notify'>;
  readonly action: Extract<Action, 'change-appointment' | 'settle-appointment'>;
};

type RecordCommand = Extract<SchedulerCommand, AskedOfRecord>;
type CommandFor = (found: FoundAppointment) => RecordCommand | Failed | Promise<RecordCommand | Failed>;

/** How often an appointment is looked at again because it was changed in the meantime. */
const LOOKS = 8;

/** `commandFor` is asked once it is known that the caller may, and again of an appointment that was changed before its command was decided. */
export async function change(parts: Booking, caller: Caller, asked: Change, commandFor: CommandFor): Promise<Reply<AppointmentReply>> {
  for (let look = 0; look < LOOKS; look += 1) {
    const reply = await changeFound(parts, caller, asked, commandFor);
    if (reply !== OUTDATED) return reply;
  }
  return OUTDATED;
}

async function changeFound(
  parts: Booking,
  caller: Caller,
  { name, appointmentId, body, action }: Change,
  commandFor: CommandFor,
): Promise<Reply<AppointmentReply>> {
  const found = await findAppointment(parts, caller, appointmentId, action);
  if (isFailed(found)) return found;
  if (found.as === 'owner' && action === 'settle-appointment') return failed('forbidden', { detail: 'This is for the business to do.' });
  if (body.notify !== undefined && found.as !== 'manager') return failedField('forbidden', 'notify', 'is for staff to say');
  const request: RequestKey = requestKeyOf(caller, name, { appointmentId, body, ifMatch: caller.ifMatch }, body.notify);
  const command = versionMismatch(caller, found) ?? (await commandFor(found));
  const details = detailsAfter(found.appointment.details, command);
  const describe: Describe<AppointmentReply> = describeAppointment(parts, {
    status: 200,
    reader: readerOfFound(parts, caller, found),
    withToken: false,
    details,
  });
  if (isFailed(command)) return unlessAnswered(parts, caller, request, command, describe);
  const { calendarId, revision } = found.appointment;
  return askCalendar(parts, caller, request, { ...command, basedOn: { calendarId, revision } }, describe);
}

/** What is typed beside the appointment once the command is done. */
function detailsAfter(details: StandingDetails | null, command: SchedulerCommand | Failed): StandingDetails | null {
  if (details === null || isFailed(command)) return details;
  if (command.type === 'edit') return { ...details, ...command.details };
  if ('reason' in command) return { ...details, reason: command.reason ?? details.reason };
  return 'overrideReason' in command ? { ...details, overrideReason: command.overrideReason ?? details.overrideReason } : details;
}

function versionMismatch(caller: Caller, { appointment }: FoundAppointment): Failed | undefined {
  const expected = expectedVersionsOf(caller.ifMatch);
  if (expected === null || expected?.includes(appointment.revision) === true) return undefined;
  return failed('version-mismatch', { currentVersion: etagOf(appointment.revision) });
}
