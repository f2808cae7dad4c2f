// A time that is kept for the customer, and what becomes of it: it is booked, given back, or runs out.
//
// The page is in one of three stages. `choosing` → `details` when a hold is placed; `details` → `choosing` when it is given back;
// `details` → `booked` when the appointment is made. The browser's Back button leads from `details` to `choosing` too.
import { batch, signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { HoldReply } from '../../src/protocol/holds.ts';
import { announce } from '../announcing.tsx';
import { newKey, type Problem, write as writeAsGuest } from '../api.ts';
import { clock } from '../money-and-time.ts';
import { session, writeAs } from '../session.ts';
import { linkOfShown, showAppointment } from './appointment.ts';
import { keepLink } from './appointment-link.ts';
import { locationId, ownStart, service, staffId, timeZone } from './choosing.ts';

export type Kept = HoldReply & { readonly token: string /** On this page's own clock, so a wrong clock does not matter. */; readonly deadline: number };
export type Refused = { readonly serviceId: string; readonly startsAt: number; readonly problem: Problem };
export type Details = { readonly name: string; readonly email: string; readonly phone: string; readonly notes: string };

export const stage = signal<'choosing' | 'details' | 'booked'>('choosing');
export const kept = signal<Kept | undefined>(undefined);
/** True once the kept time has run out while the form was open. */
export const hasRunOut = signal(false);
export const asking = signal<number | undefined>(undefined);
export const refused = signal<Refused | undefined>(undefined);
export const booking = signal<'idle' | 'in-flight'>('idle');
export const bookProblem = signal<Problem | undefined>(undefined);
let runningOut: ReturnType<typeof setTimeout> | undefined;

/** Whoever is logged in holds and books as themselves: they have places of their own, and find the appointment under their account. */
const write: typeof writeAsGuest = (...question) => (session.value.state === 'in' ? writeAs(...question) : writeAsGuest(...question));

/** Asks for a start. With a person for the alternatives of a refusal, which name one. */
export async function keep(startsAt: number, wantedStaffId: string | undefined = staffId.value): Promise<void> {
  const offer = service.value;
  if (offer === undefined || asking.value !== undefined) return;
  batch(() => {
    asking.value = startsAt;
    ownStart.value = startsAt;
    refused.value = undefined;
  });
  const body = {
    serviceId: offer.id,
    startsAt: new Date(startsAt).toISOString(),
    locationId: locationId.value,
    ...(wantedStaffId === undefined ? {} : { staffId: wantedStaffId }),
  };
  const answer = await write<HoldReply>('POST', '/v1/holds', { body });
  asking.value = undefined;
  if (answer.ok) {
    begin(answer.body);
    return;
  }
  ownStart.value = undefined;
  refused.value = { serviceId: offer.id, startsAt, problem: answer.problem };
}

function begin(hold: HoldReply): void {
  batch(() => {
    setKept(hold, hold.token ?? '');
    hasRunOut.value = false;
    bookProblem.value = undefined;
    if (stage.value !== 'details') history.pushState({ stage: 'details' }, '');
    stage.value = 'details';
  });
}

function setKept(hold: HoldReply, token: string): void {
  const milliseconds = hold.expiresInSeconds * 1000;
  kept.value = { ...hold, token, deadline: performance.now() + milliseconds };
  clearTimeout(runningOut);
  runningOut = setTimeout(runOut, milliseconds);
}

function runOut(): void {
  hasRunOut.value = true;
  ownStart.value = undefined;
  announce('The time we kept for you has run out.');
}

export async function renew(): Promise<void> {
  const hold = kept.value;
  if (hold === undefined) return;
  const answer = await write<HoldReply>('POST', `/v1/holds/${hold.id}/renew`, { headers: { 'hold-token': hold.token }, body: {} });
  if (kept.value?.id !== hold.id) return;
  if (!answer.ok) {
    bookProblem.value = answer.problem;
    return;
  }
  setKept(answer.body, hold.token);
  announce(`We keep ${clock(Date.parse(hold.startsAt), timeZone.value)} for you a little longer.`);
}

/** The same time once more, after it has run out. A refusal leads back to the free times. */
export async function keepAgain(): Promise<void> {
  const hold = kept.value;
  if (hold === undefined) return;
  await keep(Date.parse(hold.startsAt), hold.staffId);
  if (refused.value !== undefined) await back();
}

/** Gives the time back and returns to the choice. */
export async function back(): Promise<void> {
  if (history.state?.stage === 'details') history.back();
  else leaveDetails();
}

function leaveDetails(): void {
  const hold = kept.value;
  clearTimeout(runningOut);
  batch(() => {
    kept.value = undefined;
    hasRunOut.value = false;
    bookProblem.value = undefined;
    if (stage.value === 'details') stage.value = 'choosing';
  });
  if (hold !== undefined) void release(hold);
}

async function release(hold: Kept): Promise<void> {
  await write('DELETE', `/v1/holds/${hold.id}`, { headers: { 'hold-token': hold.token } });
  // Whatever the answer: the time is free again, or the hold runs out by itself.
  if (kept.value === undefined) ownStart.value = undefined;
}

/** Back and forward of the browser, and leaving the page: a time nobody will book should not stay kept. */
export function followBrowser(): void {
  addEventListener('popstate', () => {
    if (stage.value === 'details') leaveDetails();
  });
  addEventListener('pagehide', (event) => {
    const hold = kept.value;
    if (hold === undefined || event.persisted || booking.value === 'in-flight') return;
    fetchOnLeaving(`/v1/holds/${hold.id}`, hold.token);
  });
}

function fetchOnLeaving(path: string, token: string): void {
  void write('DELETE', path, { headers: { 'hold-token': token }, keepalive: true });
}

/** The key goes with what is asked, so pressing again after no answer asks for the same thing and books once. */
let lastAttempt = { asked: '', key: '' };

/** Makes the appointment of the kept time. */
export async function book(details: Details): Promise<void> {
  const hold = kept.value;
  if (hold === undefined || booking.value === 'in-flight') return;
  booking.value = 'in-flight';
  bookProblem.value = undefined;
  const { name, email, phone, notes } = details;
  const customer = { name, email, ...(phone === '' ? {} : { phone }) };
  const body = { holdId: hold.id, customer, source: 'online', ...(notes === '' ? {} : { notes }) };
  const asked = JSON.stringify(body);
  if (asked !== lastAttempt.asked) lastAttempt = { asked, key: newKey() };
  const answer = await write<AppointmentReply>('POST', '/v1/appointments', { body, headers: { 'hold-token': hold.token, 'idempotency-key': lastAttempt.key } });
  booking.value = 'idle';
  if (answer.ok) {
    finish(answer.body);
    return;
  }
  bookProblem.value = answer.problem;
  if (answer.problem.code === 'hold-expired' || answer.problem.code === 'hold-not-found') runOut();
}

function finish(made: AppointmentReply): void {
  clearTimeout(runningOut);
  batch(() => {
    kept.value = undefined;
    stage.value = 'booked';
    showAppointment(made);
  });
  keepLink(linkOfShown());
}

/** Starts over for another appointment. */
export function bookAnother(): void {
  history.replaceState({}, '', `${globalThis.location.pathname}${globalThis.location.search}`);
  batch(() => {
    ownStart.value = undefined;
    stage.value = 'choosing';
  });
}
