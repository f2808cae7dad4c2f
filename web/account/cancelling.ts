// Cancels one of the customer's own appointments, also through a reload.
import { signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { Problem } from '../kit/api.ts';
import { beginWriting, resumeWritings, type Writing } from '../kit/writing.ts';

type CancelAbout = { readonly page: 'account'; readonly appointmentId: string };
type Cancelling = Writing<CancelAbout, AppointmentReply>;

const cancellings = signal<ReadonlyMap<string, Cancelling>>(new Map());
const problems = signal<ReadonlyMap<string, Problem>>(new Map());

export function cancellingOf(appointmentId: string): 'no' | 'in-flight' | 'unsure' {
  const writing = cancellings.value.get(appointmentId);
  if (writing === undefined) return 'no';
  return writing.state.value === 'unsure' ? 'unsure' : 'in-flight';
}

/** Why it was not cancelled, until the next attempt. */
export function cancelProblemOf(appointmentId: string): Problem | undefined {
  return problems.value.get(appointmentId);
}

export async function cancelOwn(appointmentId: string, onCancelled: () => Promise<void>): Promise<void> {
  if (cancellings.value.has(appointmentId)) return;
  const request = { method: 'POST' as const, path: `/v1/appointments/${appointmentId}/cancel`, body: {} };
  await follow(beginWriting<AppointmentReply, CancelAbout>({ page: 'account', appointmentId }, request), onCancelled);
}

/** Continues cancellations that were open when the page was left. */
export function goOnCancelling(onCancelled: () => Promise<void>): void {
  for (const writing of resumeWritings<CancelAbout>('account')) void follow(writing as Cancelling, onCancelled);
}

async function follow(writing: Cancelling, onCancelled: () => Promise<void>): Promise<void> {
  const { appointmentId } = writing.about;
  const without = <Value>(map: ReadonlyMap<string, Value>) => new Map([...map].filter(([id]) => id !== appointmentId));
  cancellings.value = new Map(cancellings.value).set(appointmentId, writing);
  problems.value = without(problems.value);
  const end = await writing.outcome;
  if (end.outcome === 'refused') problems.value = new Map(problems.value).set(appointmentId, end.problem);
  if (end.outcome === 'done') await onCancelled();
  cancellings.value = without(cancellings.value);
}
