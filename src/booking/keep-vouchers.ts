// Vouchers as those who manage them see them: made, listed, and ended. One is never changed, since customers may have been told what it is good for.
import { randomInt, randomUUIDv7 } from 'node:crypto';
import { type Caller, sourceOf } from '../access/caller.ts';
import { refuseAt, WHOLE_BUSINESS } from '../access/rights.ts';
import { auditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { Voucher } from '../model/voucher.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply, UNKNOWN_CURSOR } from '../protocol/reply.ts';
import { MOST_LISTED } from '../protocol/scalars.ts';
import type { NewVoucher, VoucherReply, VouchersAsked } from '../protocol/vouchers.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Catalogs } from './parts.ts';
import type { CountedVoucher, VoucherStore } from './vouchers.ts';

type Parts = Catalogs & { readonly vouchers: VoucherStore; readonly scheduler: { now(): Instant } };

/** More than a business hands out; each stays in the list. */
const MOST_VOUCHERS = 10_000;
const LISTED_BY_DEFAULT = 50;
/** As in references: none that are mistaken for each other. */
const CHARACTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const HALF = 5;
const NO_VOUCHER = failed('not-found', { detail: 'There is no such voucher.' });

/** Of the whole business, as services are. */
function barred({ principal }: Caller): Failed | undefined {
  return refuseAt(principal, 'manage-vouchers', WHOLE_BUSINESS);
}

export async function listVouchers(
  parts: Parts,
  caller: Caller,
  { isOpen, cursor, limit = LISTED_BY_DEFAULT }: VouchersAsked,
): Promise<Reply<{ items: VoucherReply[]; nextCursor: string | null }>> {
  const refused = barred(caller);
  if (refused !== undefined) return refused;
  const asked = { isOpen: isOpen === undefined ? null : isOpen === 'true', at: parts.scheduler.now(), cursor: cursor ?? null };
  const page = await parts.vouchers.list(asked, Math.min(limit, MOST_LISTED));
  return page === 'unknown-cursor' ? UNKNOWN_CURSOR : done({ items: page.items.map(told), nextCursor: page.nextCursor });
}

export async function readVoucher(parts: Parts, caller: Caller, id: string): Promise<Reply<VoucherReply>> {
  const refused = barred(caller);
  if (refused !== undefined) return refused;
  const found = await parts.vouchers.byId(id);
  return found === undefined ? NO_VOUCHER : done(told(found));
}

/** The same id for the same voucher again is a repeat. */
export async function addVoucher(parts: Parts, caller: Caller, body: NewVoucher): Promise<Reply<VoucherReply>> {
  const voucher = drafted(parts, caller, body);
  if (isFailed(voucher)) return voucher;
  const { id, amount, percent, mostUses, mostUsesEach } = voucher;
  const subject = { kind: 'voucher', id, name: null } as const;
  // The code is as good as money to who reads it.
  const after = { ...(amount && { amount: amount.amount, currency: amount.currency }), ...(percent !== null && { percent }), mostUses, mostUsesEach };
  const audit = auditEntry(sourceOf(caller), voucher.createdAt, { action: 'voucher.added', subject, after });
  const outcome = await parts.vouchers.add(voucher, MOST_VOUCHERS, audit);
  if (outcome === 'too-many') return failed('limit-reached', { detail: `There are ${MOST_VOUCHERS} vouchers already.` });
  const headers = { Location: `/v1/vouchers/${id}` };
  if (outcome === 'added') return done(told({ ...voucher, used: 0 }), { status: 201, headers });
  const there = body.id === undefined ? undefined : await parts.vouchers.byId(body.id);
  if (there !== undefined && isSame(there, voucher, body.code)) return done(told(there), { status: 201, headers, replayed: true });
  return there === undefined ? failedField('id-in-use', 'code', 'belongs to another voucher') : failedField('id-in-use', 'id', 'belongs to another voucher');
}

/** It cannot be used from now on; who has been given the price already keeps it. */
export async function endVoucher(parts: Parts, caller: Caller, id: string): Promise<Reply<VoucherReply>> {
  const refused = barred(caller);
  if (refused !== undefined) return refused;
  if ((await parts.vouchers.byId(id)) === undefined) return NO_VOUCHER;
  const at = parts.scheduler.now();
  await parts.vouchers.end(id, at, auditEntry(sourceOf(caller), at, { action: 'voucher.ended', subject: { kind: 'voucher', id, name: null } }));
  const ended = await parts.vouchers.byId(id);
  return ended === undefined ? NO_VOUCHER : done(told(ended));
}

function drafted({ catalog, scheduler }: Parts, caller: Caller, body: NewVoucher): Voucher | Failed {
  const refused = barred(caller);
  if (refused !== undefined) return refused;
  const { services } = catalog.snapshot();
  const unknown = body.serviceIds.findIndex((id) => !services.has(id));
  if (unknown >= 0) return failedField('not-found', `serviceIds.${unknown}`, 'is not a service');
  const at = scheduler.now();
  if (body.validTo != null && body.validTo <= at) return failedField('invalid-request', 'validTo', 'must be ahead');
  const { id = randomUUIDv7(), code = newCode(), amount = null, percent = null, leastPrice = null, mostUses = null, mostUsesEach = null } = body;
  const { serviceIds, validFrom = null, validTo = null } = body;
  return {
    id,
    code,
    amount,
    percent,
    leastPrice,
    mostUses,
    mostUsesEach,
    serviceIds: [...new Set(serviceIds)],
    validFrom,
    validTo,
    endedAt: null,
    createdAt: at,
  };
}

/** 8·10¹⁴ of them. */
function newCode(): string {
  const half = () => Array.from({ length: HALF }, () => CHARACTERS.charAt(randomInt(CHARACTERS.length))).join('');
  return `${half()}-${half()}`;
}

/** A code that was made the first time is made anew in a repeat. */
function isSame(there: CountedVoucher, voucher: Voucher, said: string | undefined): boolean {
  const what = ({ code, createdAt: _, endedAt: _ended, ...rest }: Voucher) => JSON.stringify({ ...rest, code: said === undefined ? null : code });
  const { used: _, ...before } = there;
  return what(before) === what(voucher);
}

function told({ validFrom, validTo, endedAt, createdAt, serviceIds, ...voucher }: CountedVoucher): VoucherReply {
  const at = (moment: Instant | null) => moment && wireTime(moment, 'UTC');
  return {
    ...voucher,
    serviceIds: [...serviceIds],
    validFrom: at(validFrom),
    validTo: at(validTo),
    endedAt: at(endedAt),
    createdAt: wireTime(createdAt, 'UTC'),
  };
}
