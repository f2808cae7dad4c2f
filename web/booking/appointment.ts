// The appointment that was made, or that a link with its token leads to.
import { computed, signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { announce } from '../kit/announcing.tsx';
import { type Answer, ask, type Problem } from '../kit/api.ts';
import { keptInTab } from '../kit/tab-storage.ts';
import { beginWriting, type Writing } from '../kit/writing.ts';
import { type AppointmentLink, keepLink, takeLink } from './appointment-link.ts';
import { words } from './languages.ts';

export type CancelAbout = { readonly page: 'booking'; readonly kind: 'cancel'; readonly appointmentId: string };
export type Cancelling = Writing<CancelAbout, AppointmentReply>;
export type MoveAbout = { readonly page: 'booking'; readonly kind: 'move'; readonly appointmentId: string; readonly startsAt: number };
export type Moving = Writing<MoveAbout, AppointmentReply>;

export const appointment = signal<AppointmentReply | undefined>(undefined);
const cancellingNow = signal<Cancelling | undefined>(undefined);
export const cancelling = computed<'no' | 'in-flight' | 'unsure'>(() => {
  if (cancellingNow.value === undefined) return 'no';
  return cancellingNow.value.state.value === 'unsure' ? 'unsure' : 'in-flight';
});
const movingNow = signal<Moving | undefined>(undefined);
/** The start that is being asked for. */
export const movingTo = computed(() => movingNow.value?.about.startsAt);
export const isUnsureOfMoving = computed(() => movingNow.value?.state.value === 'unsure');
export const moveRefused = signal<{ readonly startsAt: number; readonly problem: Problem } | undefined>(undefined);
/** What is paid for the appointment shown, once that is known. What would go back depends on the time. */
export const paidFor = signal<AppointmentPaymentReply | undefined>(undefined);
export const cancelProblem = signal<Problem | undefined>(undefined);
export const linkProblem = signal<Problem | 'malformed' | undefined>(undefined);
let manageToken = '';

function showAppointment(made: AppointmentReply): void {
  manageToken = made.manageToken ?? manageToken;
  cancelProblem.value = undefined;
  linkProblem.value = undefined;
  appointment.value = made;
  void readMoney(made);
}

/** Of what costs nothing there is nothing to know. False: it could not be read. */
async function readMoney({ id, price }: AppointmentReply): Promise<boolean> {
  if (paidFor.value !== undefined && appointment.value?.id !== id) paidFor.value = undefined;
  if (price.amount === 0 || manageToken === '') return true;
  const answer = await ask<AppointmentPaymentReply>('GET', `/v1/appointments/${id}/payment`, { headers: { 'manage-token': manageToken } });
  if (answer.ok && appointment.value?.id === id) paidFor.value = answer.body;
  return answer.ok;
}

/** Looks at it again. False: in vain. */
export async function lookAtMoney(): Promise<boolean> {
  return appointment.value !== undefined && (await readMoney(appointment.value));
}

/** The appointment as it is by now: the desk may have moved or cancelled it. */
export async function lookAtAppointment(): Promise<void> {
  const link = linkOfShown();
  const before = appointment.value;
  if (link === undefined) return;
  const answer = await readBy(link);
  // What was changed from here meanwhile is newer.
  if (!answer.ok || appointment.value !== before) return;
  appointment.value = answer.body;
  await readMoney(answer.body);
}

function readBy({ id, token }: AppointmentLink): Promise<Answer<AppointmentReply>> {
  return ask('GET', `/v1/appointments/${id}`, { headers: { 'manage-token': token } });
}

/** The link to the appointment shown; `undefined` without a token for it. */
export function linkOfShown(): AppointmentLink | undefined {
  const id = appointment.value?.id;
  return id === undefined || manageToken === '' ? undefined : { id, token: manageToken };
}

/** As a calendar file. */
export function readFile(path: string, headers: { readonly [name: string]: string }): Promise<Answer<string>> {
  return ask('GET', path, { headers: { ...headers, 'manage-token': manageToken } });
}

/** How long the tab remembers a new appointment, for a reload that began just before the answer came. */
const JUST_MADE_MILLISECONDS = 15_000;
const lastMade = keptInTab<(AppointmentLink & { readonly at: number }) | null>('slotkeeper-made-1', null);

/** Keeps the link to what was just made, and shows it. */
export function showMade(made: AppointmentReply): void {
  showAppointment(made);
  const link = linkOfShown();
  lastMade.value = link === undefined ? null : { ...link, at: Date.now() };
  setTimeout(() => {
    lastMade.value = null;
  }, JUST_MADE_MILLISECONDS);
  keepLink(link);
}

export function leaveAppointment(): void {
  lastMade.value = null;
  keepLink(undefined);
}

function linkJustMade(): AppointmentLink | undefined {
  const made = lastMade.value;
  lastMade.value = null;
  if (made === null || Date.now() - made.at >= JUST_MADE_MILLISECONDS) return undefined;
  const link = { id: made.id, token: made.token };
  keepLink(link);
  return link;
}

let opening: AppointmentLink | undefined;

/** Loads the appointment in the address. False: there is none, or it cannot be shown. */
export async function openLinked(): Promise<boolean> {
  const link = takeLink() ?? linkJustMade();
  linkProblem.value = link === 'malformed' ? link : undefined;
  if (link === undefined || link === 'malformed') return false;
  opening = link;
  const answer = await readBy(link);
  // Another one was opened meanwhile.
  if (opening !== link) return false;
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
  if (made === undefined || cancellingNow.value !== undefined) return;
  const request = { method: 'POST' as const, path: `/v1/appointments/${made.id}/cancel`, body: {}, headers: { 'manage-token': manageToken } };
  await followCancelling(beginWriting<AppointmentReply, CancelAbout>({ page: 'booking', kind: 'cancel', appointmentId: made.id }, request));
}

/** Shows the progress while the page shows that appointment; the write continues in any case. */
export async function followCancelling(writing: Cancelling): Promise<void> {
  const isShown = () => appointment.value?.id === writing.about.appointmentId;
  if (isShown()) {
    cancellingNow.value = writing;
    cancelProblem.value = undefined;
  }
  const end = await writing.outcome;
  if (cancellingNow.value === writing) cancellingNow.value = undefined;
  if (!isShown()) return;
  if (end.outcome === 'done') {
    showAppointment({ ...appointment.value, ...end.body });
    announce(words.value.cancel.done);
  } else if (end.outcome === 'refused') {
    cancelProblem.value = end.problem;
    await lookAtAppointment();
  }
}

/** Asks for another time. Until it is won the appointment keeps the one it has. True: it is moved. */
export async function move(startsAt: number): Promise<boolean> {
  const made = appointment.value;
  if (made === undefined || movingNow.value !== undefined) return false;
  const body = { startsAt: new Date(startsAt).toISOString() };
  const request = { method: 'POST' as const, path: `/v1/appointments/${made.id}/reschedule`, body, headers: { 'manage-token': manageToken } };
  const about: MoveAbout = { page: 'booking', kind: 'move', appointmentId: made.id, startsAt };
  return followMoving(beginWriting<AppointmentReply, MoveAbout>(about, request));
}

/** As with a cancellation, the write continues whatever the page shows. */
export async function followMoving(writing: Moving): Promise<boolean> {
  const { appointmentId, startsAt } = writing.about;
  movingNow.value = writing;
  moveRefused.value = undefined;
  const end = await writing.outcome;
  if (movingNow.value === writing) movingNow.value = undefined;
  if (appointment.value?.id !== appointmentId) return false;
  if (end.outcome === 'refused') {
    moveRefused.value = { startsAt, problem: end.problem };
    void lookAtAppointment();
  }
  if (end.outcome !== 'done') return false;
  showAppointment({ ...appointment.value, ...end.body });
  announce(words.value.move.done);
  return true;
}
