// What the desk does. Every command is shown as in flight until its answer is here *and* the board has reached the revision the answer
// names, so nothing flickers back in between. A refusal is kept until somebody has dealt with it.
import { effect, signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { BlockReply } from '../../src/protocol/catalog.ts';
import { announce } from '../announcing.tsx';
import type { Answer, Problem } from '../api.ts';
import { writeAs } from '../session.ts';
import type { BoardClaim, Span } from './board.ts';
import { board } from './watching.ts';

export type StatusStep = 'approve' | 'check-in' | 'complete' | 'no-show';
/** Where a claim is going, drawn while the answer is awaited. `claimId` is null for one that does not exist yet. */
export type InFlight = { readonly id: number; readonly claimId: string | null; readonly words: string; readonly calendarId: string; readonly at: Span };
export type NewAppointment = {
  readonly staffId: string;
  readonly calendarId: string;
  readonly serviceId: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly customer: { readonly name: string; readonly email: string; readonly phone?: string };
  readonly notes?: string;
};
export type Move = { readonly claim: BoardClaim; readonly staffId: string; readonly calendarId: string; readonly startsAt: number };
/** A "no": what was wanted, why not, and how to ask for another time or to insist. */
export type Refused = {
  readonly what: string;
  readonly problem: Problem;
  readonly again?: ((startsAt: number, staffId: string) => void) | undefined;
  readonly insist?: ((reason: string) => void) | undefined;
};
type Override = { readonly rules: readonly string[]; readonly reason: string };

/** The board reaches an answer's revision within this time, or it is no longer waited for. */
const CATCH_UP_MILLISECONDS = 4_000;
const OVERRIDABLE: readonly Problem['code'][] = ['slot-in-past', 'too-soon', 'too-far', 'outside-hours', 'off-grid', 'limit-reached'];

export const inFlight = signal<readonly InFlight[]>([]);
export const refused = signal<Refused | undefined>(undefined);
let nextId = 1;

export function isInFlight(claimId: string): boolean {
  return inFlight.value.some((flight) => flight.claimId === claimId);
}

export function setStatus(claim: BoardClaim, calendarId: string, step: StatusStep): Promise<boolean> {
  const words = { approve: 'Approving', 'check-in': 'Checking in', complete: 'Completing', 'no-show': 'Marking as no-show' }[step];
  return fly({ claimId: claim.id, words, calendarId, at: claim }, () =>
    writeAs<AppointmentReply>('POST', `/v1/appointments/${claim.id}/${step}`, { body: {} }),
  );
}

export function cancel(claim: BoardClaim, calendarId: string, reason: string): Promise<boolean> {
  const step = claim.status === 'pending' ? 'decline' : 'cancel';
  const body = reason === '' ? {} : { reason };
  const words = step === 'cancel' ? 'Cancelling' : 'Declining';
  return fly({ claimId: claim.id, words, calendarId, at: claim }, () => writeAs<AppointmentReply>('POST', `/v1/appointments/${claim.id}/${step}`, { body }));
}

export function move(wanted: Move, override?: Override): Promise<boolean> {
  const { claim, staffId, calendarId, startsAt } = wanted;
  const at = { startsAt, endsAt: startsAt + claim.endsAt - claim.startsAt };
  const body = { startsAt: new Date(startsAt).toISOString(), staffId, ...(override === undefined ? {} : { override }) };
  return fly(
    { claimId: claim.id, words: 'Moving', calendarId, at },
    () => writeAs<AppointmentReply>('POST', `/v1/appointments/${claim.id}/reschedule`, { body }),
    {
      again: (otherStart, otherStaff) => void move({ ...wanted, startsAt: otherStart, staffId: otherStaff, calendarId: calendarOf(otherStaff) ?? calendarId }),
      insist: (rules, reason) => void move(wanted, { rules, reason }),
    },
  );
}

export function book(wanted: NewAppointment, override?: Override): Promise<boolean> {
  const { calendarId, startsAt, endsAt, ...rest } = wanted;
  const body = { ...rest, startsAt: new Date(startsAt).toISOString(), ...(override === undefined ? {} : { override }) };
  return fly(
    { claimId: null, words: `Booking ${wanted.customer.name}`, calendarId, at: { startsAt, endsAt } },
    () => writeAs<AppointmentReply>('POST', '/v1/appointments', { body }),
    {
      again: (otherStart, otherStaff) =>
        void book({
          ...wanted,
          startsAt: otherStart,
          endsAt: otherStart + endsAt - startsAt,
          staffId: otherStaff,
          calendarId: calendarOf(otherStaff) ?? calendarId,
        }),
      insist: (rules, reason) => void book(wanted, { rules, reason }),
    },
  );
}

export function block(staffId: string, calendarId: string, at: Span, reason: string): Promise<boolean> {
  const body = { startsAt: new Date(at.startsAt).toISOString(), endsAt: new Date(at.endsAt).toISOString(), ...(reason === '' ? {} : { reason }) };
  return fly({ claimId: null, words: 'Blocking', calendarId, at }, () => writeAs<BlockReply>('POST', `/v1/staff/${staffId}/blocks`, { body }));
}

export function unblock(claim: BoardClaim, staffId: string, calendarId: string): Promise<boolean> {
  return fly({ claimId: claim.id, words: 'Removing the block', calendarId, at: claim }, () =>
    writeAs<object>('DELETE', `/v1/staff/${staffId}/blocks/${claim.id}`),
  );
}

function calendarOf(staffId: string): string | undefined {
  return [...board.value.calendars.values()].find((calendar) => calendar.staffId === staffId)?.calendarId;
}

type OtherWays = { readonly again: NonNullable<Refused['again']>; readonly insist: (rules: readonly string[], reason: string) => void };

/** Sends one command and shows it until it has landed. True if it was done. */
async function fly<T extends object>(flight: Omit<InFlight, 'id'>, send: () => Promise<Answer<T>>, ways?: OtherWays): Promise<boolean> {
  const id = nextId;
  nextId += 1;
  inFlight.value = [...inFlight.value, { ...flight, id }];
  refused.value = undefined;
  const answer = await send();
  if (!answer.ok) {
    land(id);
    const { problem } = answer;
    const insist = ways === undefined || !OVERRIDABLE.includes(problem.code) ? undefined : (reason: string) => ways.insist([problem.code], reason);
    refused.value = { what: flight.words, problem, again: ways?.again, insist };
    return false;
  }
  announce(`${flight.words}: done.`);
  const { calendarId, revision } = { calendarId: flight.calendarId, revision: 0, ...answer.body };
  landAt(id, calendarId, revision);
  return true;
}

function land(id: number): void {
  inFlight.value = inFlight.value.filter((flight) => flight.id !== id);
}

function landAt(id: number, calendarId: string, revision: number): void {
  const patience = setTimeout(() => land(id), CATCH_UP_MILLISECONDS);
  const stop = effect(() => {
    const shown = board.value.calendars.get(calendarId)?.revision;
    if (shown !== undefined && shown < revision) return;
    clearTimeout(patience);
    queueMicrotask(() => {
      land(id);
      stop();
    });
  });
}
