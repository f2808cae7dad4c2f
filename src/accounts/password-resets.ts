import { HOUR, type Instant, instant } from '../model/instant.ts';
import { NOWHERE, type Visit } from './account.ts';
import { newEmail } from './account-emails.ts';
import { passwordReset } from './account-entries.ts';
import type { AccountStore, AccountTransaction } from './account-store-port.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { FailedLogins } from './failed-logins.ts';
import { isGuessable } from './guessable.ts';
import { setPassword } from './new-password.ts';
import type { PasswordQueue } from './password-queue.ts';
import { hashPassword } from './passwords.ts';
import { hashOfToken, newSecretToken } from './secret-tokens.ts';

/** Long enough to find an e-mail in the junk folder, too short to be found in an old mailbox. */
export const RESET_LIFE = HOUR;

/** Who has to know when a password was reset. */
type Told = { readonly ended: EndedSessions; readonly failedLogins: FailedLogins };
type Settings = { readonly bcryptCost: number; readonly now: () => Instant; readonly queue: PasswordQueue };

/** How somebody comes back in who has forgotten their password. */
export class PasswordResets {
  readonly #store: AccountStore;
  readonly #settings: Settings;
  readonly #ended: EndedSessions;
  readonly #failedLogins: FailedLogins;

  constructor(store: AccountStore, settings: Settings, { ended, failedLogins }: Told) {
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
    const ifAccount = newEmail('password-reset', email, createdAt, { secret: { token, expiresAt }, locale });
    const ifNone = newEmail('password-reset-without-account', email, createdAt, { locale });
    await this.#store.changing(async (transaction) => {
      await transaction.keepReset({ email, tokenHash, expiresAt });
      // A disabled account lets no one in, so here it does not exist.
      await transaction.keepEmail((await transaction.isEmailOfEnabled(email)) ? ifAccount : ifNone);
    });
  }

  /** A token is good for one use; a password that is refused does not use it up. A reset ends the wait after failed logins. */
  async reset(token: string, password: string, from: Visit = NOWHERE): Promise<'reset' | 'link-not-valid' | 'guessable' | 'overloaded'> {
    const tokenHash = hashOfToken(token);
    const user = await this.#store.changing((transaction) => transaction.userOfLink(tokenHash, this.#settings.now()));
    if (user === undefined) return 'link-not-valid';
    using place = this.#settings.queue.enter(from.address);
    if (place === null) return 'overloaded';
    if (await isGuessable(password, user)) return 'guessable';
    const passwordHash = await hashPassword(password, this.#settings.bcryptCost);
    const at = this.#settings.now();
    const ended = await this.#store.changing((transaction) => redeem(transaction, { tokenHash, passwordHash }, from, at));
    if (ended === undefined) return 'link-not-valid';
    this.#ended.end(ended);
    await this.#failedLogins.forget(user.email);
    return 'reset';
  }
}

type Redeemed = { readonly tokenHash: string; readonly passwordHash: string };

/** Uses the link up, sets the password and ends every session; returns the sessions. `undefined`: there is no such link any more. */
async function redeem(
  transaction: AccountTransaction,
  { tokenHash, passwordHash }: Redeemed,
  from: Visit,
  at: Instant,
): Promise<readonly string[] | undefined> {
  const found = await transaction.userOfLink(tokenHash, at);
  const user = found && (await transaction.enabledUser(found.id));
  // Of two who open it at once, the lock on the user lets one look after the other has used it up.
  if (user === undefined || !(await transaction.dropLink(tokenHash))) return undefined;
  const ended = await setPassword(transaction, user, { passwordHash, keptSession: null }, { from, at });
  await transaction.addAuditEntry(passwordReset(user, ended.length, from, at));
  return ended;
}
