import { serverNow } from '../kit/api.ts';
import { countdown } from '../kit/money-and-time.ts';
import { openShop } from '../kit/shop.ts';
import { useTick } from '../kit/ticking.ts';
import type { BoardClaim } from './board.ts';

const RADIUS = 8;
const AROUND = 2 * Math.PI * RADIUS;

/** How long a hold still has: a ring that empties, and the seconds. */
export function HoldRing({ claim }: { readonly claim: BoardClaim }) {
  useTick(1000);
  const life = openShop().business.holdSeconds * 1000;
  // The server's clock is known to a moment only: a fresh hold must not seem to have more than its whole life.
  const left = Math.min(life, Math.max(0, (claim.expiresAt ?? 0) - serverNow()));
  return (
    <span class="ring" aria-hidden="true">
      <svg aria-hidden="true" width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="3">
        <circle cx="10" cy="10" r={RADIUS} opacity="0.25" />
        <circle
          cx="10"
          cy="10"
          r={RADIUS}
          stroke-dasharray={AROUND}
          stroke-dashoffset={AROUND * (1 - left / life)}
          transform="rotate(-90 10 10)"
          stroke-linecap="round"
        />
      </svg>
      {countdown(left)}
    </span>
  );
}
