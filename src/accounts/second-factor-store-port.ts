// How second factors are kept: `persistence/accounts/` does it.
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { Account } from './account.ts';
import type { AccountEmail } from './account-emails.ts';
import type { EndingEntry } from './account-entries.ts';
import type { Sealed } from './sealed-secrets.ts';

/** What an app and this server both know. Another set-up makes another one, with another id. */
export type SecondFactor = { readonly id: string; readonly secret: Sealed };
/** One that nobody has shown a code of yet. A user has one at most: a new one replaces it. */
export type SecondFactorSetup = SecondFactor & { readonly userId: string; readonly expiresAt: Instant };

/** A code that is right as far as one can see. It is good once, so it only counts if it can be spent. */
export type Proof =
  | {
      readonly kind: 'step';
      readonly factorId: string;
      readonly step: number /** The secret under the key in use, if it is under an older one. */;
      readonly resealed: Sealed | null;
    }
  | { readonly kind: 'recovery-code'; readonly codeHash: string };

/** `step` is that of the code which finished it, and so is used. The e-mail is kept in its moment. */
export type TurningOn = {
  readonly userId: string;
  readonly setupId: string;
  readonly step: number;
  readonly codeHashes: readonly string[];
  readonly keptSession: string;
  readonly told: AccountEmail;
  readonly entry: EndingEntry;
};

/** Writes down that the session of somebody was proven, and spends the proof; null where the password was enough. */
export type Proving = { readonly userId: string; readonly sessionId: string; readonly proof: Proof | null; readonly entry: AuditEntry };

/** Whatever takes a proof spends it in the same transaction, and does nothing if it was spent already: of two at once exactly one succeeds. */
export type SecondFactorStore = {
  /** False if the user has a second factor. */
  keepSetup(setup: SecondFactorSetup): Promise<boolean>;
  setupOf(userId: string, at: Instant): Promise<SecondFactorSetup | undefined>;
  /** Returns the other sessions of the user, which it has ended; `undefined` if the set-up is not there any more. */
  turnOn(turning: TurningOn): Promise<readonly string[] | undefined>;
  /** `null`: the user has none. */
  recoveryCodesLeft(userId: string): Promise<number | null>;
  replaceRecoveryCodes(userId: string, proof: Proof, codeHashes: readonly string[], entry: AuditEntry): Promise<boolean>;
  /** `not-proven`: the proof is not good any more, or it is null and there is a second factor by now. `session-over`: it has ended, perhaps on another node. */
  proveSession(proving: Proving): Promise<Account | 'not-proven' | 'session-over'>;
  /** False: the proof is not good any more, or there is nothing to remove. */
  removeSecondFactor(userId: string, told: AccountEmail, entry: AuditEntry, proof: Proof): Promise<boolean>;
};
