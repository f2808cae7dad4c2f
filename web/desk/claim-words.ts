// One claim in words: for screen readers, which get the whole of it, and for the grid.
import { clock, clockRange } from '../money-and-time.ts';
import { openShop } from '../shop.ts';
import type { BoardClaim } from './board.ts';

export const STATUS_WORDS = {
  pending: 'waiting for approval',
  booked: 'booked',
  declined: 'declined',
  'checked-in': 'checked in',
  completed: 'completed',
  cancelled: 'cancelled',
  'no-show': 'did not come',
  held: 'being booked right now',
  paying: 'being paid right now',
} as const satisfies Record<NonNullable<BoardClaim['status']>, string>;

export function serviceName(claim: BoardClaim): string | undefined {
  return openShop().services.find(({ id }) => id === claim.serviceId)?.name;
}

/** What stands first on a claim. */
export function titleOf(claim: BoardClaim): string {
  if (claim.kind === 'hold') return 'On hold';
  if (claim.kind === 'block') return claim.reason ?? 'Blocked';
  return claim.customer?.name ?? 'Taken';
}

/** "10:00 – 10:45, Mia Berg, Haircut, booked" */
export function spoken(claim: BoardClaim, timeZone: string): string {
  const status = claim.kind === 'block' ? 'blocked' : claim.status === null ? undefined : STATUS_WORDS[claim.status];
  const seats = claim.seats > 1 ? `${claim.seats} seats` : undefined;
  const words = [clockRange(claim.startsAt, claim.endsAt, timeZone), claim.kind === 'hold' ? undefined : titleOf(claim), serviceName(claim), seats, status];
  return words.filter((word) => word !== undefined).join(', ');
}

export function startOf(claim: BoardClaim, timeZone: string): string {
  return clock(claim.startsAt, timeZone);
}
