// What the management of users answers to a change.
import type { AuditSource } from '../audit/audit-entry.ts';
import { type FieldError, inWords } from '../model/field-error.ts';
import type { Instant } from '../model/instant.ts';
import type { KeyReused, ReplyKey, StoredReply } from '../model/kept-replies.ts';
import type { AccountTransaction } from './account-store-port.ts';
import type { ManagedUser } from './stored-accounts.ts';

/** A definite "no": nothing was changed. */
type UserRefusal =
  | KeyReused
  | { readonly code: 'not-found' | 'wrong-status' | 'step-up-required'; readonly detail: string }
  | { readonly code: 'limit-reached'; readonly limit: 'users'; readonly detail: string }
  | { readonly code: 'version-mismatch'; readonly detail: string; readonly currentVersion: number }
  | { readonly code: 'invalid-request' | 'id-in-use' | 'email-taken' | 'forbidden'; readonly detail: string; readonly errors: readonly FieldError[] };
export type Refused = { readonly refusal: UserRefusal };

export type UserAnswer =
  | { readonly outcome: 'saved'; readonly reply: StoredReply }
  /** Done before, under this key; `reply` is what was answered then. */
  | { readonly outcome: 'replayed'; readonly reply: StoredReply }
  | { readonly outcome: 'refused'; readonly refusal: UserRefusal };

/** How a change is asked for, and by whom. */
export type UserRequest = AuditSource & {
  /** null: not protected against being done twice. */
  readonly key: ReplyKey | null;
  /** Whether the password or a code was given a moment ago: a stolen token makes and unmakes no owner. */
  readonly isProven: boolean;
  /** From `If-Match`; null overwrites whatever is there. */
  readonly expectedVersions: readonly number[] | null;
  /** What the caller is told; it is kept with the key. */
  readonly reply: (user: ManagedUser) => StoredReply;
};

/** One change inside its transaction. It decides before it writes: a refusal leaves nothing behind. */
export type UserChange = (transaction: AccountTransaction, request: UserRequest, at: Instant) => Promise<Decided>;
/** With the sessions that have ended by it. */
type Decided = { readonly user: ManagedUser; readonly ended: readonly string[] } | Refused;

/** A refusal that blames fields; `undefined` if there is nothing to blame. */
export function blame(code: 'invalid-request' | 'id-in-use' | 'email-taken' | 'forbidden', errors: readonly FieldError[]): Refused | undefined {
  if (errors.length === 0) return undefined;
  return { refusal: { code, detail: inWords(errors), errors } };
}

export function blameField(code: 'id-in-use' | 'email-taken' | 'forbidden' | 'invalid-request', path: string, message: string): Refused {
  return { refusal: { code, detail: `${path}: ${message}`, errors: [{ path, message }] } };
}

export const NOT_PROVEN: Refused = {
  refusal: {
    code: 'step-up-required',
    detail: 'Give your password, or a code of your second factor, to POST /v1/auth/step-up, and repeat the request with the token it returns.',
  },
};
export const NO_SUCH_USER: Refused = { refusal: { code: 'not-found', detail: 'There is no such user.' } };
export const EMAIL_TAKEN: Refused = blameField('email-taken', 'email', 'already has an account');
