// The appointment that was made, or that a link with its token leads to.
import { signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { announce } from '../announcing.tsx';
import { ask, type Problem, write } from '../api.ts';
import { type AppointmentLink, takeLink } from './appointment-link.ts';

export const appointment = signal<AppointmentReply | undefined>(undefined);
export const cancelling = signal<'no' | 'asked' | 'in-flight'>('no');
export const cancelProblem = signal<Problem | undefined>(undefined);
export const linkProblem = signal<Problem | 'malformed' | undefined>(undefined);
let manageToken = '';

export function showAppointment(made: AppointmentReply): void {
  manageToken = made.manageToken ?? manageToken;
  cancelling.value = 'no';
  cancelProblem.value = undefined;
  linkProblem.value = undefined;
  appointment.value = made;
}

/** What leads back to the appointment that is shown; `undefined` if this page was given no token for it. */
export function linkOfShown(): AppointmentLink | undefined {
  const id = appointment.value?.id;
  return id === undefined || manageToken === '' ? undefined : { id, token: manageToken };
}

/** Reads the appointment that the address names. False: there is none, or it cannot be shown. */
export async function openLinked(): Promise<boolean> {
  const link = takeLink();
  linkProblem.value = link === 'malformed' ? link : undefined;
  if (link === undefined || link === 'malformed') return false;
  const answer = await ask<AppointmentReply>('GET', `/v1/appointments/${link.id}`, { headers: { 'manage-token': link.token } });
  if (!answer.ok) {
    linkProblem.value = answer.problem;
    return false;
  }
  manageToken = link.token;
  showAppointment(answer.body);
  return true;
}

export async function cancel(): Promise<void> {
  const made = appointment.value;
  if (made === undefined || cancelling.value === 'in-flight') return;
  cancelling.value = 'in-flight';
  const answer = await write<AppointmentReply>('POST', `/v1/appointments/${made.id}/cancel`, { body: {}, headers: { 'manage-token': manageToken } });
  if (answer.ok) {
    showAppointment({ ...made, ...answer.body });
    announce('The appointment is cancelled.');
    return;
  }
  cancelling.value = 'no';
  cancelProblem.value = answer.problem;
}
