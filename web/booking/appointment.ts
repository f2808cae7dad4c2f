// The appointment that was made, or that a link with its token leads to.
import { signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { announce } from '../announcing.tsx';
import { ask, type Problem, write } from '../api.ts';

export const appointment = signal<AppointmentReply | undefined>(undefined);
export const cancelling = signal<'no' | 'asked' | 'in-flight'>('no');
export const cancelProblem = signal<Problem | undefined>(undefined);
export const linkProblem = signal<Problem | undefined>(undefined);
let manageToken = '';

export function showAppointment(made: AppointmentReply): void {
  manageToken = made.manageToken ?? manageToken;
  cancelling.value = 'no';
  cancelProblem.value = undefined;
  appointment.value = made;
}

/** The address of the page for this appointment. The token is behind the `#`, so it is never sent as part of an address. */
export function appointmentInAddress(): { readonly id: string; readonly token: string } | undefined {
  const named = new URLSearchParams(globalThis.location.hash.slice(1));
  const id = named.get('appointment');
  const token = named.get('token');
  return id === null || token === null ? undefined : { id, token };
}

/** Reads the appointment that the address names. False: there is none, or it cannot be shown. */
export async function openLinked(): Promise<boolean> {
  const linked = appointmentInAddress();
  if (linked === undefined) return false;
  const answer = await ask<AppointmentReply>('GET', `/v1/appointments/${encodeURIComponent(linked.id)}`, { headers: { 'manage-token': linked.token } });
  if (!answer.ok) {
    linkProblem.value = answer.problem;
    return false;
  }
  manageToken = linked.token;
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
