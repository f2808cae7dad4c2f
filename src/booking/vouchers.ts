// A voucher that is given with a booking. Here it is refused where it can be seen that it cannot be used; how often one was used is counted in the commit that uses it, which alone
// says yes.
import type { Caller } from '../access/caller.ts';
import { mayAtAll } from '../access/rights.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { problemOfTooMany, type RateLimits } from '../limits/rate-limits.ts';
import type { Instant } from '../model/instant.ts';
import type { Money } from '../model/money.ts';
import { type AgreedVoucher, refusalOf, type Voucher } from '../model/voucher.ts';
import { type Failed, failed } from '../protocol/reply.ts';

/** Of all uses, and of one customer’s. */
type Uses = { readonly all: number; readonly ofCustomer: number };
export type CountedVoucher = Voucher & { readonly used: number };

export type VoucherStore = {
  byCode(code: string): Promise<Voucher | undefined>;
  byId(id: string): Promise<CountedVoucher | undefined>;
  /** `ofCustomer` is 0 where no customer is named. */
  uses(voucherId: string, customerId: string | null): Promise<Uses>;
  /** The newest first. `isOpen` null: all. */
  list(
    asked: { readonly isOpen: boolean | null; readonly at: Instant; readonly cursor: string | null },
    limit: number,
  ): Promise<VoucherPage | 'unknown-cursor'>;
  /** `taken`: the id or the code belongs to another. */
  add(voucher: Voucher, most: number, audit: AuditEntry): Promise<'added' | 'taken' | 'too-many'>;
  /** Once; later it stays as it was ended. */
  end(id: string, at: Instant, audit: AuditEntry): Promise<void>;
};
type VoucherPage = { readonly items: readonly CountedVoucher[]; readonly nextCursor: string | null };

type Parts = { readonly vouchers: VoucherStore; readonly limits: RateLimits; readonly scheduler: { now(): Instant } };
/** `price`: of all seats, without it. */
type Wanted = { readonly serviceId: string; readonly price: Money };

/** Those who book for themselves have only so many wrong codes: who guesses learns nothing more after that, not even from a right one. */
export async function voucherFor(parts: Parts, caller: Caller, code: string, { serviceId, price }: Wanted): Promise<Voucher | Failed> {
  const voucher = await parts.vouchers.byCode(code);
  if (!mayAtAll(caller.principal, 'name-source')) {
    const taken = await parts.limits.takeVoucherTry(caller.address, voucher !== undefined);
    if (taken.remaining === 0) return { problem: problemOfTooMany(taken) };
  }
  if (voucher === undefined) return failed('voucher-unknown');
  const refusal = refusalOf(voucher, { serviceId, price, at: parts.scheduler.now() });
  if (refusal !== null) return failed(refusal.code, { detail: refusal.detail });
  return (await refuseUsedUp(parts, { voucherId: voucher.id, discount: 0 }, null, 1)) ?? voucher;
}

/** Before a calendar is asked. `more`: what would be used beside what is held or booked already. */
export async function refuseUsedUp(
  { vouchers }: Pick<Parts, 'vouchers'>,
  agreed: AgreedVoucher | null | undefined,
  customerId: string | null,
  more = 0,
): Promise<Failed | undefined> {
  if (agreed == null) return undefined;
  const voucher = await vouchers.byId(agreed.voucherId);
  if (voucher === undefined) return failed('voucher-unknown');
  const { mostUses, mostUsesEach } = voucher;
  if (mostUses === null && mostUsesEach === null) return undefined;
  const { all, ofCustomer } = await vouchers.uses(voucher.id, customerId);
  if (mostUses !== null && all + more > mostUses) return failed('voucher-used-up', { detail: 'Its last use is taken.' });
  if (mostUsesEach !== null && ofCustomer + 1 > mostUsesEach) return failed('voucher-used-up', { detail: 'This customer has used it before.' });
  return undefined;
}

export function wireVoucher({ voucherId, discount }: AgreedVoucher, { currency }: Money) {
  return { id: voucherId, discount: { amount: discount, currency } };
}
