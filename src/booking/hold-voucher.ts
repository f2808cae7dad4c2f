// A voucher is given for what is held, before it is booked or paid for: the hold has the new price from then on, and one of the voucher’s uses for as long as it lives.
import { type Caller, proofOf, requestKeyOf } from '../access/caller.ts';
import { SECOND } from '../model/instant.ts';
import type { HoldReply } from '../protocol/holds.ts';
import { done, failed, isFailed, type Reply } from '../protocol/reply.ts';
import { termsWith } from './agreed-terms.ts';
import { askCalendar, type Describe, unlessAnswered } from './ask-calendar.ts';
import { heldBy, wireHold } from './holds.ts';
import type { Booking } from './parts.ts';
import { voucherFor } from './vouchers.ts';

/** `code` null: without one again. The same code again changes nothing. */
export async function putVoucher(parts: Booking, caller: Caller, holdId: string, { code }: { readonly code: string | null }): Promise<Reply<HoldReply>> {
  const proof = proofOf(parts.tokens, caller);
  if (isFailed(proof)) return proof;
  const hold = await heldBy(parts, caller, holdId);
  if (isFailed(hold)) return hold;
  const told = (now: typeof hold) => {
    const left = Math.max(0, Math.ceil((now.expiresAt - parts.scheduler.now()) / SECOND));
    return done(wireHold(parts, now, left, { token: parts.tokens.holdToken(holdId) }));
  };
  const has = hold.terms?.voucher && (await parts.vouchers.byId(hold.terms.voucher.voucherId));
  if ((has?.code ?? null) === code) return told(hold);
  const price = hold.listed?.price ?? hold.terms?.price;
  if (price === undefined) return failed('wrong-status', { detail: 'This hold has no terms yet: hold the time again.' });
  const request = requestKeyOf(caller, 'agree-hold', { holdId, code });
  const describe: Describe<HoldReply> = ({ event }) => (event.type === 'hold.renewed' ? told(event.hold) : failed('idempotency-key-reused'));
  const voucher = code === null ? null : await voucherFor(parts, caller, code, { serviceId: hold.serviceId, price });
  if (voucher !== null && isFailed(voucher)) return unlessAnswered(parts, caller, request, voucher, describe);
  const next = termsWith(parts, hold, voucher);
  if (next === undefined) return failed('not-found', { detail: 'The service that this time was held for is not offered any more.' });
  const { terms, listed = null } = next;
  return askCalendar(parts, caller, request, { type: 'agree-hold', holdId, proof, terms, listed }, describe);
}
