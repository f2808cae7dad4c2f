// What the catalog answers to a change.
import type { InTheWay } from '../actors/calendar/calendar.ts';
import type { AuditSource } from '../audit/audit-entry.ts';
import { LIVE_STATUSES } from '../model/appointment-status.ts';
import { type FieldError, inWords } from '../model/field-error.ts';
import type { KeyReused, ReplyKey, StoredReply } from '../model/kept-replies.ts';
import type { AuditedChange } from './audited.ts';
import type { Carried } from './carry-hours.ts';
import { type AheadOf, CATALOG_LIMITS, type CatalogLimit, type CatalogTransaction, type IfInUse } from './catalog-store-port.ts';

/** A definite "no": nothing was changed. */
export type CatalogRefusal =
  | { readonly code: 'not-found'; readonly detail: string }
  | { readonly code: 'version-mismatch'; readonly detail: string; readonly currentVersion: number }
  | { readonly code: 'still-in-use'; readonly detail: string; readonly inTheWay: InTheWay }
  | { readonly code: 'wrong-status' | 'id-in-use'; readonly detail: string }
  | { readonly code: 'limit-reached'; readonly limit: CatalogLimit; readonly detail: string }
  | KeyReused
  | { readonly code: 'invalid-request'; readonly detail: string; readonly errors: readonly FieldError[] };

/** `carried`: what the calendars that the change concerns answered; left out where it concerns none. */
export type CatalogAnswer<T> =
  | { readonly outcome: 'saved'; readonly value: T; readonly reply: StoredReply; readonly carried?: Carried }
  /** Done before, under this key; `reply` is what was answered then. */
  | { readonly outcome: 'replayed'; readonly reply: StoredReply; readonly carried?: Carried }
  | { readonly outcome: 'refused'; readonly refusal: CatalogRefusal };

/** How a change is asked for, and by whom. */
export type CatalogRequest<T> = AuditSource & {
  /** null: not protected against being done twice. */
  readonly key: ReplyKey | null;
  /** From `If-Match`: one of these must be the current version; null overwrites any. */
  readonly expectedVersions: readonly number[] | null;
  /** What the caller is told; it is kept with the key. */
  readonly reply: (value: T) => StoredReply;
  /** Runs every check and stores nothing. */
  readonly dryRun?: boolean;
};

/** One change inside its transaction. It decides before it writes: a refusal leaves nothing behind. */
export type CatalogChange<T> = (transaction: CatalogTransaction, source: AuditSource) => Promise<Decided<T>>;
type Decided<T> = { readonly value: T; readonly audit: AuditedChange } | { readonly refusal: CatalogRefusal };

/** A refusal that blames fields; `undefined` if there is nothing to blame. */
export function invalid(errors: readonly FieldError[]): { readonly refusal: CatalogRefusal } | undefined {
  if (errors.length === 0) return undefined;
  return { refusal: { code: 'invalid-request', detail: inWords(errors), errors } };
}

/** `undefined`: there is room for one more. */
export async function refuseMore(transaction: CatalogTransaction, limit: CatalogLimit): Promise<{ readonly refusal: CatalogRefusal } | undefined> {
  const most = CATALOG_LIMITS[limit];
  if ((await transaction.count(limit)) < most) return undefined;
  return { refusal: { code: 'limit-reached', limit, detail: `An installation can have at most ${most} ${limit}, including removed ones.` } };
}

export function notFound(what: string): { readonly refusal: CatalogRefusal } {
  return { refusal: { code: 'not-found', detail: `There is no such ${what}.` } };
}

/** Optimistic locking: `undefined` if the row has the version the caller expects, or the caller sent none. */
export function versionMismatch(expected: readonly number[] | null, current: number): { readonly refusal: CatalogRefusal } | undefined {
  if (expected === null || expected.includes(current)) return undefined;
  return { refusal: { code: 'version-mismatch', detail: `It has changed: the current version is ${current}.`, currentVersion: current } };
}

/** `undefined`: there are no upcoming appointments, or the caller has said what happens to them. */
export async function refuseInUse(transaction: CatalogTransaction, of: AheadOf, ifInUse: IfInUse): Promise<{ readonly refusal: CatalogRefusal } | undefined> {
  if (ifInUse === 'keep') return undefined;
  const inTheWay = await transaction.appointmentsAhead(of, ifInUse === 'cancel' ? ['pending', 'booked'] : LIVE_STATUSES);
  if (inTheWay === undefined) return undefined;
  return { refusal: { code: 'still-in-use', detail: 'There are upcoming appointments.', inTheWay } };
}
