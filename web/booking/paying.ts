// The customer pays for the kept time. What has become of it is asked of the server: neither the form nor the provider’s page is believed. One hold has one payment, so asking again,
// a second click or a reload never pays twice.
import { batch, computed, signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { HeldPaymentReply, PaidTestReply, PaymentBegunReply } from '../../src/protocol/payments.ts';
import { ask, type Problem, serverNow } from '../kit/api.ts';
import { language } from '../kit/language.ts';
import { keptInTab } from '../kit/tab-storage.ts';
import { words } from './languages.ts';

/** A payment that is under way, kept through a reload. */
export type Paying = { readonly holdId: string; readonly token: string; readonly begun: Omit<PaymentBegunReply, 'id'> };
/** What a card pays. */
export type ToPay = Pick<Paying, 'begun'>;
/** How a payment has ended. `lost`: the time is over, and what was paid all the same goes back. */
export type PayingEnd = { readonly how: 'booked'; readonly made: AppointmentReply } | { readonly how: 'lost'; readonly isPaidBack: boolean };

const FIRST_LOOK_MILLISECONDS = 400;
const LOOK_EVERY_MILLISECONDS = 2_000;
/** The first may be older than what the card has said. */
const LOOKS_UNTIL_OPEN = 2;
/** Beginning asks a provider elsewhere, which may be slow. */
const ATTEMPTS = 3;

export const paying = keptInTab<Paying | null>('slotkeeper-paying-1', null);
export const isBeginning = signal(false);
/** `checking`: the card has said yes, and the server is asked. */
export const payStep = signal<'card' | 'sending' | 'confirm' | 'checking'>('card');
/** It may be paid already, and so be booked: who chose another time now would have both. */
export const mayBePaid = computed(() => payStep.value === 'sending' || payStep.value === 'checking');
export const payMessage = signal<string | undefined>(undefined);
let looking: ReturnType<typeof setTimeout> | undefined;
let openLooks = 0;
/** How many payments were left. What is answered about one of them is not said of the next. */
let timesLeft = 0;

/** Asks for the payment of a hold. A problem is the answer if there is none. Once it is no longer wanted, its answer changes nothing. */
export async function beginToPay(hold: { readonly id: string; readonly token: string }, body: object, isWanted: () => boolean): Promise<Problem | undefined> {
  isBeginning.value = true;
  let problem: Problem | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const answer = await ask<PaymentBegunReply>('POST', `/v1/holds/${hold.id}/payment`, { body, headers: { 'hold-token': hold.token } });
    if (!isWanted()) return undefined;
    if (answer.ok) {
      batch(() => {
        isBeginning.value = false;
        payStep.value = 'card';
        payMessage.value = undefined;
        paying.value = { holdId: hold.id, token: hold.token, begun: answer.body };
      });
      return undefined;
    }
    problem = answer.problem;
    if (problem.code !== 'overloaded' && problem.code !== 'unreachable') break;
    await new Promise((resolve) => setTimeout(resolve, (problem?.retryAfterSeconds ?? 1) * 1000));
    if (!isWanted()) return undefined;
  }
  isBeginning.value = false;
  return problem;
}

/** It has ended, or the customer wants something else: the next one begins at its start. */
export function leavePayment(): void {
  clearTimeout(looking);
  timesLeft += 1;
  batch(() => {
    paying.value = null;
    isBeginning.value = false;
    payStep.value = 'card';
    payMessage.value = undefined;
  });
}

/** Milliseconds that are left to pay. */
export function leftToPay({ begun }: Paying): number {
  return Date.parse(begun.payUntil) - serverNow();
}

/** Looks until it has ended; `onEnd` is called once, unless the customer gives up before. */
export function followPaying(onEnd: (end: PayingEnd) => void): void {
  clearTimeout(looking);
  const look = async () => {
    const at = paying.value;
    if (at === null) return;
    const end = await endOf(at);
    if (paying.value?.holdId !== at.holdId) return;
    if (end !== undefined) {
      leavePayment();
      onEnd(end);
    } else looking = setTimeout(look, LOOK_EVERY_MILLISECONDS);
  };
  looking = setTimeout(look, FIRST_LOOK_MILLISECONDS);
}

async function endOf({ holdId, token }: Paying): Promise<PayingEnd | undefined> {
  const stepBefore = payStep.value;
  const answer = await ask<HeldPaymentReply>('GET', `/v1/holds/${holdId}/payment`, { headers: { 'hold-token': token } });
  if (!answer.ok) return undefined;
  const { state, amount, appointmentId, manageToken } = answer.body;
  if (appointmentId !== null && manageToken !== undefined) {
    const made = await ask<AppointmentReply>('GET', `/v1/appointments/${appointmentId}`, { headers: { 'manage-token': manageToken } });
    return made.ok ? { how: 'booked', made: { ...made.body, manageToken } } : undefined;
  }
  // It is about to be booked.
  if (state === 'reserved') return undefined;
  if (state === 'held' || state === 'paying') {
    if (payStep.value === stepBefore) showOpen(answer.body);
    return undefined;
  }
  return { how: 'lost', isPaidBack: amount.amount > 0 && (state === 'paid-late' || state === 'refunding' || state === 'refunded') };
}

/** The provider still waits for a card: after a reload the page says that the last one was declined, and where an answer was lost that nothing was paid. */
function showOpen({ isDeclined, clientSecret }: HeldPaymentReply): void {
  const { pay } = words.value;
  const isChecking = payStep.value === 'checking';
  openLooks = isChecking && clientSecret !== undefined ? openLooks + 1 : 0;
  const isUnsaid = isDeclined && payStep.value === 'card' && payMessage.value === undefined;
  if (openLooks < LOOKS_UNTIL_OPEN && !isUnsaid) return;
  openLooks = 0;
  batch(() => {
    payStep.value = 'card';
    payMessage.value = isDeclined ? `${pay.declined} ${pay.nothingPaid}` : pay.stillOpen;
  });
}

type CardSaid = { readonly step: typeof payStep.value; readonly message?: string | undefined };

/** One card at a time; `send` says what has become of it. */
export async function sendCard(send: () => Promise<CardSaid>): Promise<void> {
  if (mayBePaid.value) return;
  payStep.value = 'sending';
  const inPayment = timesLeft;
  // What a form that failed has done, the server knows.
  let said: CardSaid = { step: 'checking' };
  try {
    said = await send();
  } finally {
    if (inPayment === timesLeft) {
      batch(() => {
        payStep.value = said.step;
        payMessage.value = said.message;
      });
    }
  }
}

/** With a test card. `authenticated`: what its owner says to the question of their bank. */
export function payWithTestCard(at: ToPay, card: string, authenticated?: boolean): Promise<void> {
  const body = { clientSecret: at.begun.clientSecret, card, ...(authenticated !== undefined && { authenticated }) };
  return sendCard(async () => {
    const answer = await ask<PaidTestReply>('POST', '/v1/payments/test/pay', { body });
    if (answer.ok) return { step: answer.body.status === 'needs-confirmation' ? 'confirm' : 'checking' };
    const { pay } = words.value;
    const { code, detail = '' } = answer.problem;
    // Whether a lost answer was a yes, the server knows.
    if (code === 'unreachable') return { step: 'checking' };
    return {
      step: 'card',
      message: code === 'payment-failed' ? `${language.value === 'en' ? detail : pay.declined} ${pay.nothingPaid}`.trim() : pay.checkCard,
    };
  });
}
