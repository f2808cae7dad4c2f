import { HOUR, type Instant, instant } from '../model/instant.ts';
import { NOWHERE, type User, type Visit } from './account.ts';
import { type AccountEmail, type EmailChoice, newEmail } from './account-emails.ts';
import { passwordReset, type ResetEntry } from './account-entries.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { FailedLogins } from './failed-logins.ts';
import { isGuessable } from './guessable.ts';
import type { PasswordQueue } from './password-queue.ts';
import { hashPassword } from './passwords.ts';
import { hashOfToken, newSecretToken } from './secret-tokens.ts';

/** Long enough to find an e-mail in the junk folder, too short to be found in an old mailbox. */
export const RESET_LIFE = HOUR;

/** There is one for an address: a new one replaces the link of the old one. */
export type PasswordReset = { readonly email: string; readonly tokenHash: string; readonly expiresAt: Instant };

export type PasswordResetStore = {
  /** Keeps the reset, whether or not the address has an account, and the e-mail that is true. */
  keepReset(reset: PasswordReset, mails: EmailChoice): Promise<void>;
  /** Whose password the token resets. */
  userOfReset(tokenHash: string, at: Instant): Promise<User | undefined>;
  /** Uses the token up, sets the password, ends every session and keeps the e-mail about it, in the moment of the e-mail; returns the sessions. `undefined`: no such token, or not any more. */
  redeemReset(tokenHash: string, passwordHash: string, told: AccountEmail, entry: ResetEntry): Promise<readonly string[] | undefined>;
};

/** Who has to know when a password was reset. */
type Told = { readonly ended: EndedSessions; readonly failedLogins: FailedLogins };
type Settings = { readonly bcryptCost: number; readonly now: () => Instant; readonly queue: PasswordQueue };

/** How somebody comes back in who has forgotten their password. */
export class PasswordResets {
  readonly #store: PasswordResetStore;
  readonly #settings: Settings;
  readonly #ended: EndedSessions;
  readonly #failedLogins: FailedLogins;

  constructor(store: PasswordResetStore, settings: Settings, { ended, failedLogins }: Told) {
    this.#store = store;
    this.#settings = settings;
    this.#ended = ended;
    this.#failedLogins = failedLogins;
  }

  /** Answers nothing, after the same work, whether the address has an account or not: only its e-mail says which. */
  async forgot(email: string, { locale }: Pick<Visit, 'locale'> = NOWHERE): Promise<void> {
    const { token, tokenHash } = newSecretToken();
    const createdAt = this.#settings.now();
    const expiresAt = instant(createdAt + RESET_LIFE);
    await this.#store.keepReset(
      { email, tokenHash, expiresAt },
      {
        ifAccount: newEmail('password-reset', email, createdAt, { secret: { token, expiresAt }, locale }),
        ifNone: newEmail('password-reset-without-account', email, createdAt, { locale }),
      },
    );
  }

  /** A token is good for one use; a password that is refused does not use it up. A reset ends the wait after failed logins. */
  async reset(token: string, password: string, from: Visit = NOWHERE): Promise<'reset' | 'link-not-valid' | 'guessable' | 'overloaded'> {
    const tokenHash = hashOfToken(token);
    const user = await this.#store.userOfReset(tokenHash, this.#settings.now());
    if (user === undefined) return 'link-not-valid';
    if (isGuessable(password, user)) return 'guessable';
    using place = this.#settings.queue.enter(from.address);
    if (place === null) return 'overloaded';
    const passwordHash = await hashPassword(password, this.#settings.bcryptCost);
    const at = this.#settings.now();
    const ended = await this.#store.redeemReset(tokenHash, passwordHash, newEmail('password-changed', user.email, at, from), passwordReset(from, at));
    if (ended === undefined) return 'link-not-valid';
    this.#ended.end(ended);
    await this.#failedLogins.forget(user.email);
    return 'reset';
  }
}
