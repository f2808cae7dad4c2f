// How guests prove the mailbox they book for, where the business asks for it: a code is mailed to it while the hold stays, and comes back with the booking.

import type { Caller } from '../access/caller.ts';
import type { Hold } from '../actors/calendar/calendar.ts';
import { isOfHold, problemOfTooMany, type Taken } from '../limits/rate-limits.ts';
import { type Instant, instant, SECOND } from '../model/instant.ts';
import type { Book } from '../protocol/appointments.ts';
import type { ProofSentReply } from '../protocol/holds.ts';
import type { MessageLocale } from '../protocol/messages.ts';
import { done, type Failed, failed, isFailed, type Reply } from '../protocol/reply.ts';
import { heldBy } from './holds.ts';
import type { Booking, Catalogs } from './parts.ts';

/** Customers who are logged in have proven their mailbox, and those who work for the business and keys answer for what they book. */
function needsProof({ catalog }: Catalogs, { principal }: Caller): boolean {
  return principal === null && catalog.snapshot().business.guestProof === 'email';
}

/** What mails a code. */
type CodeMail = {
  tellBookingCode(email: string, code: { readonly token: string; readonly expiresAt: Instant }, locale: MessageLocale | null): Promise<void>;
};

/** `refuse` takes from the limits of e-mails, and says why there is none. */
export async function sendCode(
  parts: Booking & { readonly accounts: CodeMail },
  caller: Caller,
  { locale, ...subject }: { readonly holdId: string; readonly email: string; readonly locale: MessageLocale | null },
  refuse: (take: () => Promise<Taken>) => Promise<Failed | undefined>,
): Promise<Reply<ProofSentReply>> {
  const hold = await heldBy(parts, caller, subject.holdId);
  if (isFailed(hold)) return hold;
  if (!needsProof(parts, caller)) return failed('wrong-status', { detail: 'No code is needed: book without one.' });
  const refusal = await refuse(() => parts.limits.takeCode(subject.holdId, parts.guestSources.mailboxOf(subject.email), caller.address));
  if (refusal !== undefined) return refusal;
  const renewals = hold.renewalsLeft * parts.config.holdSeconds * SECOND;
  const code = { token: parts.guestCodes.codeFor(subject), expiresAt: instant(hold.expiresAt + renewals) };
  await parts.accounts.tellBookingCode(subject.email, code, locale);
  return done({ expiresInSeconds: Math.max(0, Math.ceil((hold.expiresAt - parts.scheduler.now()) / SECOND)) }, { status: 202 });
}

/** `undefined`: this hold may be booked, as far as the mailbox goes. `hold` undefined: the booking is direct. Only for a hold that the caller has: others would use up its tries. */
export async function refuseUnprovenGuest(
  parts: Booking,
  caller: Caller,
  hold: Hold | undefined,
  { customer: { email: given }, proofCode }: Pick<Book, 'customer' | 'proofCode'>,
): Promise<Failed | undefined> {
  if (!needsProof(parts, caller)) return undefined;
  const refusal = await refuseCode(parts, caller, hold, { email: given ?? '', proofCode });
  if (refusal !== undefined) parts.metrics.operationEnded('book', refusal.problem.code);
  return refusal;
}

type Shown = { readonly email: string; readonly proofCode: string | undefined };

async function refuseCode(parts: Booking, caller: Caller, hold: Hold | undefined, { email, proofCode }: Shown): Promise<Failed | undefined> {
  if (hold === undefined) return failed('proof-required', { detail: `Without an account, hold the time first. ${HOW}` });
  if (proofCode === undefined) return failed('proof-required', { detail: HOW, errors: [{ path: 'proofCode', message: 'is needed' }] });
  const isRight = parts.guestCodes.isRight(proofCode, { holdId: hold.id, email });
  const taken = await parts.limits.takeTry(hold.id, caller.address, isRight);
  if (isRight && taken.remaining > 0) return undefined;
  if (!taken.isAllowed && !isOfHold(taken)) return { problem: problemOfTooMany(taken) };
  const message =
    taken.remaining > 0 ? 'is not the code sent to this address for this time' : 'was wrong too often: hold the time again and ask for a new code';
  return failed('proof-required', { detail: `proofCode ${message}`, errors: [{ path: 'proofCode', message }] });
}

const HOW = 'POST /v1/holds/{id}/proof sends a code to the e-mail address; send it as proofCode when you book the hold.';
