// What the panel beside the day shows: one claim, a customer, or the start of a new appointment.
import { computed, effect, signal, untracked } from '@preact/signals';
import { type BoardCalendar, type BoardClaim, type Left, whatBecameOf } from './board.ts';
import { board, lastEvents } from './watching.ts';

export type LookingAt =
  | { readonly kind: 'claim'; readonly claimId: string }
  | { readonly kind: 'customer'; readonly customerId: string }
  /** What waits for the desk. */
  | { readonly kind: 'inbox' }
  /** A staff member is away for the day in view. */
  | { readonly kind: 'away'; readonly calendarId: string }
  /** A free time for a new appointment is looked for. */
  | { readonly kind: 'find-time'; readonly serviceId?: string; readonly staffId?: string; readonly addOnIds?: readonly string[] }
  /** With a service, and what is done along with it, if they were chosen before the time. */
  | { readonly kind: 'new'; readonly calendarId: string; readonly startsAt: number; readonly serviceId?: string; readonly addOnIds?: readonly string[] };
export const lookingAt = signal<LookingAt | undefined>(undefined);
/** What happened to the claim in the panel, as far as this page knows. */
export const whatLeft = signal<Left | undefined>(undefined);
let cameFrom: Element | null = null;

/** The claim in the panel as it is now, wherever it has moved to; `undefined` once it is gone. */
export const claimInPanel = computed<{ readonly claim: BoardClaim; readonly calendar: BoardCalendar } | undefined>(() => {
  const looking = lookingAt.value;
  if (looking?.kind !== 'claim') return undefined;
  for (const calendar of board.value.calendars.values()) {
    const claim = calendar.claims.get(looking.claimId);
    if (claim !== undefined) return { claim, calendar };
  }
  return undefined;
});

effect(() => {
  const events = lastEvents.value;
  const looking = untracked(() => lookingAt.value);
  const left = looking?.kind === 'claim' ? whatBecameOf(looking.claimId, events) : undefined;
  // The hold was booked: the panel now shows the appointment.
  if (left?.how === 'booked') lookingAt.value = { kind: 'claim', claimId: left.appointmentId };
  else if (left !== undefined) whatLeft.value = left;
});

export function look(at: LookingAt): void {
  whatLeft.value = undefined;
  cameFrom = document.activeElement;
  lookingAt.value = at;
}

/** Closes the panel; the focus goes back to where it came from. */
export function lookAway(): void {
  lookingAt.value = undefined;
  if (cameFrom instanceof HTMLElement && cameFrom.isConnected) cameFrom.focus();
}
