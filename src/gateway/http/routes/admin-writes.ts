// What the routes that change what is managed have in common, the catalog above all: how they ask, and how the answers go over the wire.

import { type Caller, requestKeyOf, sourceOf } from '../../../access/caller.ts';
import type { Action } from '../../../access/permissions.ts';
import { type Place, refuseAt } from '../../../access/rights.ts';
import type { RequestKey } from '../../../actors/scheduler.ts';
import type { AuditSource } from '../../../audit/audit-entry.ts';
import type { Carried, CarryResult, NotAsked } from '../../../catalog/carry-hours.ts';
import type { CatalogAnswer, CatalogRequest } from '../../../catalog/catalog-answer.ts';
import type { StoredReply } from '../../../model/kept-replies.ts';
import type { ProblemCode } from '../../../protocol/problems.ts';
import { done, type Failed, failed, isFailed, type Reply } from '../../../protocol/reply.ts';
import { etagOf, expectedVersionsOf } from '../../../protocol/versions.ts';

export const CATALOG_PROBLEMS = [
  'not-found',
  'version-mismatch',
  'idempotency-key-reused',
  'id-in-use',
  'limit-reached',
  'wrong-status',
  'still-in-use',
] as const satisfies readonly ProblemCode[];

export type Asked = {
  readonly operation: string;
  readonly body: object;
  readonly action: Action;
  /** Where what is to be changed belongs. */
  readonly place: Place;
};
type View<T> = { readonly status: number; readonly body: (value: T) => object };

/** What a feature answers to a change: the catalog's answers and those of others are of this form. */
type Answer = { readonly outcome: 'saved' | 'replayed'; readonly reply: StoredReply } | { readonly outcome: 'refused'; readonly refusal: Refusal };
type Refusal = {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly currentVersion?: number;
  readonly limit?: string;
  readonly appointments?: number;
  readonly next?: { readonly id: string; readonly startsAt: string };
};

/** How a feature is asked for a change. */
type Asking<T> = AuditSource & {
  readonly key: RequestKey | null;
  readonly expectedVersions: readonly number[] | null;
  readonly reply: (value: T) => StoredReply;
  readonly dryRun: boolean;
};

/** Calendars have been told by the time it is answered. A change that has not reached all of them is answered with a problem, and carried on when it is repeated. */
export async function changeCatalog<T>(
  caller: Caller,
  asked: Asked,
  view: View<T>,
  change: (request: CatalogRequest<T>) => Promise<CatalogAnswer<T> | Failed>,
): Promise<Reply> {
  let carried: Carried | undefined;
  const reply = await changeManaged(caller, asked, view, async (request) => {
    const answer = await change(request);
    if ('carried' in answer) carried = answer.carried;
    return answer;
  });
  return (carried && problemOfCarrying(carried)) ?? reply;
}

/** `asked` is what the idempotency key stands for; `change` may fail before anything is asked of the feature; `view` is what the caller is told. */
export async function changeManaged<T>(caller: Caller, asked: Asked, view: View<T>, change: (request: Asking<T>) => Promise<Answer | Failed>): Promise<Reply> {
  const barred = refuseAt(caller.principal, asked.action, asked.place);
  if (barred !== undefined) return barred;
  const expectedVersions = expectedVersionsOf(caller.ifMatch);
  if (expectedVersions === undefined) return failed('version-mismatch', { detail: 'If-Match does not name a version of this resource.' });
  const key = caller.key === null || caller.dryRun ? null : requestKeyOf(caller, asked.operation, asked.body);
  const reply = (value: T) => ({ status: view.status, body: view.status === 204 ? {} : view.body(value) });
  const answer = await change({ ...sourceOf(caller), key, expectedVersions, reply, dryRun: caller.dryRun });
  if (isFailed(answer)) return answer;
  if (answer.outcome === 'refused') return refusedBy(answer.refusal);
  const body = answer.reply.body as object; // written by `reply` above, now or the first time
  return done(body, { status: answer.reply.status, replayed: answer.outcome === 'replayed', headers: versionHeaders(body) });
}

function problemOfCarrying(result: CarryResult): Failed | undefined {
  switch (result.outcome) {
    case 'done':
      return undefined;
    case 'retry':
      return failed('overloaded', { detail: 'Saved, but not every calendar has been told yet; ask again.', retryAfterSeconds: result.retryAfterSeconds });
    case 'unknown':
      return failed('outcome-unknown', { detail: 'Saved, but not all calendars may have the change yet. Send the request again.' });
    default:
      return result satisfies never;
  }
}

/** Before anything is saved. */
export function problemOfAsking(result: NotAsked): Failed {
  if (result.outcome === 'unknown') return failed('outcome-unknown', { detail: 'Nothing was changed, but not every calendar could be asked; ask again.' });
  return failed('overloaded', { detail: 'Nothing was changed: not every calendar could be asked; ask again.', retryAfterSeconds: result.retryAfterSeconds });
}

export function versionHeaders(body: object): Readonly<Record<string, string>> {
  return 'version' in body && typeof body.version === 'number' ? { ETag: etagOf(body.version) } : {};
}

/** As a reply. */
export function refusedBy({ code, detail, errors, currentVersion, limit, appointments, next }: Refusal): Failed {
  return failed(code, {
    detail,
    ...(errors !== undefined && { errors: [...errors] }),
    ...(limit !== undefined && { limit }),
    ...(appointments !== undefined && { appointments }),
    ...(next !== undefined && { next: { ...next } }),
    ...(currentVersion !== undefined && { currentVersion: etagOf(currentVersion) }),
  });
}
