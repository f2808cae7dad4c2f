// One claim in words, for screen readers and for the grid.
import { openShop } from '../kit/shop.ts';
import type { BoardClaim } from './board.ts';
import { words } from './wording.ts';

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
  if (claim.kind === 'hold') return words.value.claim.onHold;
  if (claim.kind === 'block') return claim.reason ?? words.value.claim.blocked;
  return claim.customer?.name ?? words.value.claim.taken;
}

/** What stands after it. */
export function statusOf(claim: BoardClaim): string {
  if (claim.kind === 'block') return words.value.claim.isBlocked;
  const status = claim.status === null ? '' : words.value.status[claim.status];
  return claim.overlaps === true ? `${status}, ${words.value.claim.overlaps}` : status;
}
