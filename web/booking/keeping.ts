// The customer's hold: it is booked, released, or expires.
//
// The page is in one of five stages. `choosing` → `details` when a hold is placed; `details` → `choosing` when it is given back;
// `details` → `booked` when the appointment is made, or `details` → `paying` → `booked` where something is due before. The browser's Back button leads from `details` to `choosing` too.
// `booked` ↔ `moving` while another time is being chosen for what is booked.
// Leaving the page gives the time back; when it turns out to have been a reload, the same time is asked for once more.
import { batch, computed, signal } from '@preact/signals';
import type { Answers } from '../../src/model/questions.ts';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { HoldReply } from '../../src/protocol/holds.ts';
import { announce } from '../kit/announcing.tsx';
import { ask, type Problem, serverNow } from '../kit/api.ts';
import { language, say } from '../kit/language.ts';
import { clock } from '../kit/money-and-time.ts';
import { rereadService } from '../kit/shop.ts';
import { beginWriting, resumeWritings, type Writing } from '../kit/writing.ts';
import { type CancelAbout, type Cancelling, followCancelling, followMoving, leaveAppointment, type MoveAbout, type Moving, showMade } from './appointment.ts';
import { addOnIds, chooseAddOns, chooseSeats, chooseService, locationId, rereadAddOns, seats, service, serviceId, staffId, timeZone } from './choosing.ts';
import { type Details, type DraftHold, draftHold, forgetDraft } from './draft.ts';
import { openList, ownStart } from './free-times.ts';
import { words } from './languages.ts';
import { beginToPay, followPaying, isBeginning, leavePayment, mayBePaid, type PayingEnd, paying } from './paying.ts';

export type Kept = DraftHold & { /** On this page's own clock, so a wrong clock does not matter. */ readonly deadline: number };
export type Refused = { readonly serviceId: string; readonly startsAt: number; readonly problem: Problem };
type KeepAbout = { readonly page: 'booking'; readonly kind: 'keep'; readonly serviceId: string; readonly startsAt: number };
type BookAbout = { readonly page: 'booking'; readonly kind: 'book' };
type Keeping = Writing<KeepAbout, HoldReply>;
type Booking = Writing<BookAbout, AppointmentReply>;
/** Every write of this page. Renewing and releasing matter for as long as the hold could live. */
type BookingAbout = KeepAbout | BookAbout | CancelAbout | MoveAbout | { readonly page: 'booking'; readonly kind: 'renew' | 'release' };

const MINUTE = 60_000;

export const stage = signal<'choosing' | 'details' | 'paying' | 'booked' | 'moving'>('choosing');
export const kept = signal<Kept | undefined>(undefined);
/** True once the kept time has run out while the form was open. */
export const hasRunOut = signal(false);
export const refused = signal<Refused | undefined>(undefined);
export const bookProblem = signal<Problem | undefined>(undefined);
/** Why there is no appointment although a payment was begun. */
export const payLost = signal<'not-charged' | 'paid-back' | undefined>(undefined);
/** What this page has booked last. */
export const justBooked = signal<{ readonly serviceId: string; readonly locationId: string } | undefined>(undefined);
const keeping = signal<Keeping | undefined>(undefined);
/** A requested hold that is no longer wanted: if it is placed anyway, it is released. */
let unwanted: Keeping | undefined;
const bookingNow = signal<Booking | undefined>(undefined);
/** The start that is being asked for. */
export const asking = computed(() => keeping.value?.about.startsAt);
export const isUnsureOfKeeping = computed(() => keeping.value?.state.value === 'unsure');
export const booking = computed<'idle' | 'in-flight' | 'unsure'>(() => {
  if (bookingNow.value === undefined) return 'idle';
  return bookingNow.value.state.value === 'unsure' ? 'unsure' : 'in-flight';
});
let runningOut: ReturnType<typeof setTimeout> | undefined;

/** Requests a hold. With a staff member for alternatives, which name one. */
export async function keep(startsAt: number, wantedStaffId: string | undefined = staffId.value): Promise<void> {
  const offer = service.value;
  if (offer === undefined || asking.value !== undefined) return;
  const body = {
    serviceId: offer.id,
    startsAt: new Date(startsAt).toISOString(),
    locationId: locationId.value,
    ...(seats.value > 1 && { seats: seats.value }),
    ...(addOnIds.value.length > 0 && { addOnIds: addOnIds.value }),
    ...(wantedStaffId === undefined ? {} : { staffId: wantedStaffId }),
  };
  const about: KeepAbout = { page: 'booking', kind: 'keep', serviceId: offer.id, startsAt };
  await followKeeping(beginWriting<HoldReply, KeepAbout>(about, { method: 'POST', path: '/v1/holds', body }));
}

async function followKeeping(writing: Keeping): Promise<void> {
  const { startsAt, serviceId: wantedServiceId } = writing.about;
  batch(() => {
    keeping.value = writing;
    ownStart.value = startsAt;
    refused.value = undefined;
  });
  const end = await writing.outcome;
  batch(() => {
    keeping.value = undefined;
    if (end.outcome === 'done' && unwanted !== writing) begin(end.body, end.isLate);
    else if (end.outcome === 'done') release({ ...end.body, token: end.body.token ?? '' });
    else ownStart.value = undefined;
    if (end.outcome === 'refused') refused.value = { serviceId: wantedServiceId, startsAt, problem: end.problem };
  });
  if (end.outcome === 'refused') await rereadAddOns(end.problem);
}

/** The customer wants another time while this one is unsure: it is abandoned, or released if placed. */
export function giveUpKeeping(): void {
  unwanted = keeping.value;
  keeping.value?.abandon();
}

function begin(hold: HoldReply, isLate: boolean): void {
  payLost.value = undefined;
  const token = hold.token ?? '';
  // A late answer is about an earlier moment.
  const left = isLate ? Math.min(hold.expiresInSeconds * 1000, Date.parse(hold.expiresAt) - serverNow()) : hold.expiresInSeconds * 1000;
  batch(() => {
    if (hold.serviceId !== serviceId.value) chooseService(hold.serviceId);
    chooseAddOns(idsOf(hold.addOns));
    ownStart.value = Date.parse(hold.startsAt);
    hasRunOut.value = false;
    bookProblem.value = undefined;
    setKept({ ...hold, token }, left);
    if (history.state?.stage !== 'details') history.pushState({ stage: 'details' }, '');
    stage.value = 'details';
  });
}

function idsOf(addOns: HoldReply['addOns'] = []): readonly string[] {
  return addOns.map(({ id }) => id);
}

function setKept(hold: DraftHold, milliseconds: number): void {
  kept.value = { ...hold, deadline: performance.now() + milliseconds };
  draftHold.value = hold;
  clearTimeout(runningOut);
  runningOut = setTimeout(runOut, Math.max(0, milliseconds));
}

function runOut(): void {
  // While a booking is under way the time may be booked already, or kept until it is paid.
  if (bookingNow.value !== undefined || isBeginning.value) return;
  hasRunOut.value = true;
  ownStart.value = undefined;
  announce(words.value.hold.expired);
}

export async function renew(): Promise<void> {
  const hold = kept.value;
  if (hold === undefined) return;
  const end = await ofHold<HoldReply>(hold, 'renew', 'POST', `/v1/holds/${hold.id}/renew`).outcome;
  if (kept.value?.id !== hold.id || end.outcome === 'abandoned') return;
  if (end.outcome === 'refused') {
    bookProblem.value = end.problem;
    return;
  }
  const left = end.isLate ? Date.parse(end.body.expiresAt) - serverNow() : end.body.expiresInSeconds * 1000;
  hasRunOut.value = false;
  setKept({ ...end.body, token: hold.token }, left);
  announce(say(words.value.hold.extended, { time: clock(Date.parse(hold.startsAt), timeZone.value) }));
}

/** How long it is still held, the server knows: the device may have slept, and its clock with it. */
export async function recount(): Promise<void> {
  const hold = kept.value;
  if (hold === undefined || stage.value !== 'details' || hasRunOut.value) return;
  const answer = await ask<HoldReply>('GET', `/v1/holds/${hold.id}`, { headers: { 'hold-token': hold.token } });
  // Renewed, given back or booked meanwhile.
  if (kept.value !== hold || stage.value !== 'details') return;
  if (answer.ok) setKept({ ...answer.body, expiresInSeconds: hold.expiresInSeconds, token: hold.token }, answer.body.expiresInSeconds * 1000);
  else if (answer.problem.code === 'hold-expired' || answer.problem.code === 'hold-not-found') runOut();
}

function ofHold<Reply>(hold: DraftHold, kind: 'renew' | 'release', method: 'POST' | 'DELETE', path: string) {
  const mattersForMilliseconds = Math.max(0, Date.parse(hold.expiresAt) - serverNow()) + MINUTE;
  const request = { method, path, headers: { 'hold-token': hold.token }, keepalive: kind === 'release', mattersForMilliseconds };
  return beginWriting<Reply, BookingAbout>({ page: 'booking', kind }, { ...request, ...(method === 'POST' && { body: {} }) });
}

/** Requests the same time again after the hold expired. A refusal leads back to the free times. */
export async function keepAgain(): Promise<void> {
  const hold = kept.value;
  if (hold === undefined) return;
  await keep(Date.parse(hold.startsAt), hold.staffId);
  if (refused.value !== undefined) await back();
}

/** Releases the hold and returns to the choice. An unsure booking is abandoned first; if it was made, it is shown. */
export async function back(): Promise<void> {
  if (bookingNow.value !== undefined) {
    bookingNow.value.abandon();
    const end = await bookingNow.value.outcome;
    if (end.outcome !== 'abandoned') return;
  }
  if (history.state?.stage === 'details') history.back();
  else leaveDetails();
}

function leaveDetails(): void {
  const hold = kept.value;
  clearTimeout(runningOut);
  batch(() => {
    kept.value = undefined;
    draftHold.value = null;
    hasRunOut.value = false;
    bookProblem.value = undefined;
    if (stage.value !== 'booked') stage.value = 'choosing';
    openList();
  });
  if (hold !== undefined) release(hold);
}

function release(hold: DraftHold): void {
  const startsAt = Date.parse(hold.startsAt);
  void ofHold(hold, 'release', 'DELETE', `/v1/holds/${hold.id}`).outcome.then(() => {
    // With any answer the time is free again, or the hold expires by itself.
    if (kept.value === undefined && ownStart.value === startsAt) ownStart.value = undefined;
  });
}

/** Back and forward, and leaving the page, release a hold that will not be booked. */
export function followBrowser(): void {
  addEventListener('popstate', () => {
    if (stage.value !== 'details' && stage.value !== 'paying') return;
    if (bookingNow.value === undefined && !(stage.value === 'paying' && mayBePaid.value)) {
      leavePayment();
      leaveDetails();
    } else {
      history.pushState({ stage: 'details' }, '');
      if (bookingNow.value !== undefined) void back();
    }
  });
  addEventListener('pagehide', (event) => {
    const hold = kept.value;
    if (hold !== undefined && !event.persisted && bookingNow.value === undefined && paying.value === null && !isBeginning.value) release(hold);
  });
}

type Told = {
  /** To what the service asks. */ readonly answers?: Answers;
  /** Of the e-mail, where one is asked for. */ readonly proofCode?: string /** Whether they may have another appointment then. */;
  readonly allowOverlap?: true;
};

/** Makes the appointment of the kept time. */
export async function book({ name, email, phone, notes }: Details, told: Told = {}): Promise<void> {
  const hold = kept.value;
  if (hold === undefined || bookingNow.value !== undefined || isBeginning.value) return;
  bookProblem.value = undefined;
  const customer = { name, email, ...(phone === '' ? {} : { phone }) };
  const said = { customer, locale: language.value, ...(notes === '' ? {} : { notes }), ...told };
  if (hold.due !== undefined) return pay(hold, said);
  const body = { holdId: hold.id, source: 'online', ...said };
  const request = { method: 'POST' as const, path: '/v1/appointments', body, headers: { 'hold-token': hold.token } };
  await followBooking(beginWriting<AppointmentReply, BookAbout>({ page: 'booking', kind: 'book' }, request));
}

/** What is due comes first; the appointment is made by the server once it is there. */
async function pay(hold: Kept, said: object): Promise<void> {
  const problem = await beginToPay(hold, said, () => kept.value?.id === hold.id);
  if (kept.value?.id !== hold.id) return;
  if (problem === undefined) return openPaying();
  bookProblem.value = problem;
  if (kept.value.deadline <= performance.now() || problem.code === 'hold-expired' || problem.code === 'hold-not-found') runOut();
}

function openPaying(): void {
  clearTimeout(runningOut);
  batch(() => {
    hasRunOut.value = false;
    payLost.value = undefined;
    stage.value = 'paying';
  });
  followPaying(endPaying);
}

function endPaying(end: PayingEnd): void {
  if (end.how === 'booked') return finish(end.made);
  payLost.value = end.isPaidBack ? 'paid-back' : 'not-charged';
  ownStart.value = undefined;
  void back();
}

/** The customer wants another time: this one is free at once, and the provider takes no money for it. */
export function giveUpPaying(): Promise<void> {
  leavePayment();
  return back();
}

async function followBooking(writing: Booking): Promise<void> {
  bookingNow.value = writing;
  const end = await writing.outcome;
  bookingNow.value = undefined;
  if (end.outcome === 'done') finish(end.body);
  else if ((kept.value?.deadline ?? 0) <= performance.now()) runOut();
  if (end.outcome !== 'refused') return;
  bookProblem.value = end.problem;
  // The questions have changed since the page was opened.
  if (end.problem.errors?.some(({ path }) => path.startsWith('answers.'))) void rereadService(serviceId.value);
  if (end.problem.code === 'hold-expired' || end.problem.code === 'hold-not-found') runOut();
}

function finish(made: AppointmentReply): void {
  clearTimeout(runningOut);
  batch(() => {
    kept.value = undefined;
    hasRunOut.value = false;
    bookProblem.value = undefined;
    forgetDraft();
    stage.value = 'booked';
    justBooked.value = { serviceId: made.serviceId, locationId: made.locationId };
    showMade(made);
  });
}

/** An appointment is opened by its link. What is held for another one is given back, unless it is being booked. */
export function showLinked(): void {
  batch(() => {
    if (kept.value !== undefined && bookingNow.value === undefined && paying.value === null && !isBeginning.value) leaveDetails();
    stage.value = 'booked';
  });
}

/** Starts over for one more appointment. */
export function bookAnother(): void {
  leaveAppointment();
  batch(() => {
    ownStart.value = undefined;
    seats.value = 1;
    chooseAddOns([]);
    stage.value = 'choosing';
    openList();
  });
}

/** After a reload: continues unsure writes, and requests the hold again that was released on leaving. */
export async function goOn(): Promise<void> {
  const open = resumeWritings<BookingAbout>('booking');
  const of = <Kind extends BookingAbout['kind']>(kind: Kind) => open.filter((writing) => writing.about.kind === kind);
  const hold = draftHold.value;
  // Of a hold that was given up.
  if (paying.value !== null && paying.value.holdId !== hold?.id) leavePayment();
  if (paying.value !== null && hold !== null && stage.value === 'choosing') {
    begin(hold, true);
    return openPaying();
  }
  for (const writing of of('cancel')) void followCancelling(writing as Cancelling);
  for (const writing of of('move')) void followMoving(writing as Moving);
  for (const writing of of('keep')) void followKeeping(writing as Keeping);
  const booked = of('book')[0] as Booking | undefined;
  if (booked !== undefined && hold !== null) {
    begin(hold, true);
    await followBooking(booked);
  } else if (hold !== null && stage.value === 'choosing' && of('keep').length === 0) {
    await Promise.all(of('release').map((writing) => writing.outcome));
    chooseService(hold.serviceId);
    chooseSeats(hold.seats);
    chooseAddOns(idsOf(hold.addOns));
    await keep(Date.parse(hold.startsAt), hold.staffId);
  }
  if (kept.value !== undefined || stage.value !== 'choosing' || asking.value !== undefined) return;
  draftHold.value = null;
  if (history.state?.stage === 'details') history.replaceState({}, '');
}
