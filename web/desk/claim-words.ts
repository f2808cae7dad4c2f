// One claim in words, for screen readers and for the grid.
import { openShop } from '../kit/shop.ts';
import type { BoardClaim } from './board.ts';

export const STATUS_WORDS = {
  pending: 'waiting for approval',
  booked: 'booked',
  declined: 'declined',
  'checked-in': 'checked in',
  completed: 'completed',
  cancelled: 'cancelled',
  'no-show': 'did not come',
  held: 'being booked now',
  paying: 'being paid now',
} as const satisfies Record<NonNullable<BoardClaim['status']>, string>;

export function serviceName(claim: BoardClaim): string | undefined {
  return claim.serviceName ?? openShop().services.find(({ id }) => id === claim.serviceId)?.name;
}

/** As the catalog has it now; `undefined` if the service has no colour of its own. */
export function serviceColour(claim: BoardClaim): string | undefined {
  if (claim.kind === 'block') return undefined;
  return openShop().services.find(({ id }) => id === claim.serviceId)?.colour ?? undefined;
}

/** What stands first on a claim. */
export function titleOf(claim: BoardClaim): string {
  if (claim.kind === 'hold') return 'On hold';
  if (claim.kind === 'block') return claim.reason ?? 'Blocked';
  return claim.customer?.name ?? 'Taken';
}

/** What stands after it. */
export function statusOf(claim: BoardClaim): string {
  if (claim.kind === 'block') return 'blocked';
  const status = claim.status === null ? '' : STATUS_WORDS[claim.status];
  return claim.overlaps === true ? `${status}, ${OVERLAPS}` : status;
}

/** Of an appointment that was put over what had its time. */
export const OVERLAPS = 'overlaps on purpose';
