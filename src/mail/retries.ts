import { DAY, type Instant, instant, MINUTE, SECOND } from '../model/instant.ts';
import type { PutOff } from './lease-queue-port.ts';

/** Long enough for a mail server to take a breath, short enough for somebody who waits for a link. */
const FIRST_DELAY_MS = 5 * SECOND;
/** Doubled until then: a mail server that was away for a day is tried again within this time. */
const LONGEST_DELAY_MS = 30 * MINUTE;
/** What somebody has not been told within a day they will have asked about elsewhere; and a server whose mail was off for longer does not wake up and tell old tales. */
const EMAIL_LIFE_MS = DAY;

type Dated = { readonly createdAt: Instant; readonly tokenExpiresAt: Instant | null };

/** From when on an e-mail is not worth sending any more: its link has expired, or it is a day old. */
export function deadlineOf({ createdAt, tokenExpiresAt }: Dated): Instant {
  return instant(Math.min(createdAt + EMAIL_LIFE_MS, tokenExpiresAt ?? Number.POSITIVE_INFINITY));
}

/** How long to wait after so many attempts, the first being 1. */
export function delayAfter(attempts: number, firstDelayMs = FIRST_DELAY_MS): number {
  return Math.min(firstDelayMs * 2 ** (attempts - 1), LONGEST_DELAY_MS);
}

/** `attempts`: how many there were, this one included. */
export function later(failure: string, attempts: number, firstDelayMs?: number): PutOff {
  return { status: 'waiting', failure, delayMs: delayAfter(attempts, firstDelayMs) };
}
