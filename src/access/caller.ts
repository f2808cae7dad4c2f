// Who asks, and how they make sure that asking twice does it once.
import { hash, randomUUID } from 'node:crypto';
import type { HolderProof } from '../actors/calendar/calendar.ts';
import type { Notified, RequestBy, RequestKey } from '../actors/scheduler.ts';
import { type AuditBy, type AuditSource, byGuest, byKey, byUser } from '../audit/audit-entry.ts';
import { type Failed, failed } from '../protocol/reply.ts';
import type { ClaimTokens } from './claim-tokens.ts';
import type { Principal } from './principal.ts';

export type Caller = {
  /** null is a guest. */
  readonly principal: Principal | null;
  /** The address a guest comes from. */
  readonly address: string;
  /** `Idempotency-Key` or a message's `key`; null: nothing protects the caller from doing it twice. */
  readonly key: string | null;
  /** Runs every check and stores nothing. */
  readonly dryRun: boolean;
  readonly holdToken: string | null;
  readonly manageToken: string | null;
  /** `If-Match`, as it was sent. */
  readonly ifMatch: string | null;
  /** Under which the log has it; null where there is none. */
  readonly requestId: string | null;
};

/** How the audit trail names the caller. */
export function sourceOf({ principal, address, requestId }: Caller): AuditSource {
  return { by: byOf(principal, address), requestId };
}

function byOf(principal: Principal | null, address: string): AuditBy {
  if (principal === null) return byGuest(address);
  const { userId: id, name, role } = principal;
  return role === 'integration' ? byKey({ id, name }, address) : byUser({ id, name, role }, address);
}

/** A key too long to guess: it works from any address, which a phone that changes networks needs. */
const UNGUESSABLE_KEY_LENGTH = 16;

/** The scope of a key: the user, anyone who knows a long key, or an address. */
function scopeOf(caller: Caller, key: string): string {
  if (caller.principal !== null) return `user:${caller.principal.userId}`;
  return key.length >= UNGUESSABLE_KEY_LENGTH ? 'guest' : `guest:${caller.address}`;
}

/**
 * Names a write. The fingerprint is a SHA-256 of the operation and of everything that was asked, as it was understood: the same start
 * written with another offset is the same request. A request without a key gets one that cannot be repeated.
 */
export function requestKeyOf(caller: Caller, operation: string, asked: object, notify?: Notified): RequestKey {
  const key = caller.key ?? randomUUID();
  return {
    caller: scopeOf(caller, key),
    key,
    fingerprint: hash('sha256', `${operation}\n${canonicalJson(asked)}`, 'base64url'),
    ...(caller.principal !== null && { by: { ...requestBy(caller.principal, caller), ...(notify && { notify }) } }),
  };
}

function requestBy(principal: Principal, { address, requestId }: Caller): RequestBy {
  const { name, role } = byOf(principal, address);
  return { kind: principal.role === 'integration' ? 'api-key' : 'user', id: principal.userId, name, role, address, requestId };
}

/** JSON with sorted keys and without what is undefined, so that equal requests have equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const name of Object.keys(fields).sort()) {
    if (fields[name] !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(fields[name])}`;
  }
  return `{${text}}`;
}

/** What the caller can show for being the holder; a hold token that is not ours is refused, not ignored. */
export function proofOf(tokens: Pick<ClaimTokens, 'holdOf'>, caller: Caller): HolderProof | Failed {
  const userId = caller.principal?.userId ?? null;
  if (caller.holdToken === null) return { tokenFor: null, userId };
  const tokenFor = tokens.holdOf(caller.holdToken);
  return tokenFor === undefined ? failed('hold-not-yours', { detail: 'The hold token is not valid.' }) : { tokenFor, userId };
}
