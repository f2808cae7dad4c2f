import { randomUUIDv7 } from 'node:crypto';
import { DAY, type Instant, instant } from '../model/instant.ts';
import { NOWHERE, type User, type Visit } from './account.ts';
import { newEmail } from './account-emails.ts';
import { userRegistered } from './account-entries.ts';
import type { AccountStore, AccountTransaction } from './account-store-port.ts';
import { isGuessable } from './guessable.ts';
import type { PasswordQueue } from './password-queue.ts';
import { hashPassword, isRightPassword } from './passwords.ts';
import { hashOfToken, newSecretToken } from './secret-tokens.ts';

/** After two days the link has expired, and the person registers again. */
export const VERIFICATION_LIFE = 2 * DAY;

export type NewCustomer = { readonly email: string; readonly name: string; readonly password: string };
type Settings = { readonly bcryptCost: number; readonly now: () => Instant; readonly queue: PasswordQueue };

/** How customers make accounts of their own. */
export class Registrations {
  readonly #store: AccountStore;
  readonly #settings: Settings;

  constructor(store: AccountStore, settings: Settings) {
    this.#store = store;
    this.#settings = settings;
  }

  /**
   * Answers the same after the same work whether the address has an account or not: with an account the registration is kept like any other,
   * but its token is sent to no one, and the e-mail says that there is an account already. `refuseEmail` is asked only if an e-mail would be
   * sent; what it answers, other than `undefined`, is the outcome.
   */
  async register<Refusal = never>(
    { email, name, password }: NewCustomer,
    from: Visit = NOWHERE,
    refuseEmail: () => Promise<Refusal | undefined> = async () => undefined,
  ): Promise<'told-by-email' | 'guessable' | 'overloaded' | Refusal> {
    using place = this.#settings.queue.enter(from.address);
    if (place === null) return 'overloaded';
    if (await isGuessable(password, { email, name })) return 'guessable';
    const refusal = await refuseEmail();
    if (refusal !== undefined) return refusal;
    const passwordHash = await hashPassword(password, this.#settings.bcryptCost);
    const { token, tokenHash } = newSecretToken();
    const createdAt = this.#settings.now();
    const expiresAt = instant(createdAt + VERIFICATION_LIFE);
    const locale = from.locale ?? null;
    const ifAccount = newEmail('already-registered', email, createdAt, { locale });
    const ifNone = newEmail('email-verification', email, createdAt, { secret: { token, expiresAt }, locale });
    await this.#store.changing(async (transaction) => {
      await transaction.keepRegistration({ email, name, locale, passwordHash, tokenHash, createdAt, expiresAt });
      await transaction.keepEmail((await transaction.isEmailTaken(email)) ? ifAccount : ifNone);
    });
    return 'told-by-email';
  }

  /**
   * A token is good for one use; a wrong password does not use it up. What somebody has booked as a guest with this address is theirs from now on.
   * `password`, if it is given, has to be the one that was chosen: it shows that the reader of the e-mail has registered, and nobody else in
   * the name of their address, who would otherwise have an account that the e-mail's reader has made theirs.
   */
  async verify(token: string, from: Visit = NOWHERE, password?: string): Promise<'verified' | 'link-not-valid' | 'wrong-password' | 'overloaded'> {
    const tokenHash = hashOfToken(token);
    const refusal = password === undefined ? undefined : await this.#refusePassword(tokenHash, password, from);
    if (refusal !== undefined) return refusal;
    const at = this.#settings.now();
    const made = await this.#store.adding((transaction) => redeem(transaction, tokenHash, from, at));
    return made === 'verified' ? made : 'link-not-valid';
  }

  /** A token stands for one registration and its password: a newer one has another token. */
  async #refusePassword(tokenHash: string, password: string, { address }: Visit): Promise<'link-not-valid' | 'wrong-password' | 'overloaded' | undefined> {
    const registration = await this.#store.changing((transaction) => transaction.registration(tokenHash, this.#settings.now()));
    if (registration === undefined) return 'link-not-valid';
    using place = this.#settings.queue.enter(address);
    if (place === null) return 'overloaded';
    return (await isRightPassword(password, registration.passwordHash)) ? undefined : 'wrong-password';
  }
}

/** Uses up the registration and makes its account, which is that of the customer with its address. */
async function redeem(transaction: AccountTransaction, tokenHash: string, from: Visit, at: Instant): Promise<'verified' | 'link-not-valid'> {
  const registration = await transaction.registration(tokenHash, at);
  if (registration === undefined) return 'link-not-valid';
  const { email, name, locale, passwordHash } = registration;
  const customerId = await transaction.customerWith({ email, name }, at);
  const user: User = { id: randomUUIDv7(), email, name, role: 'customer', staffId: null, customerId, locationId: null };
  await transaction.dropRegistration(tokenHash);
  await transaction.addUser({ ...user, locale, passwordHash, createdAt: at });
  await transaction.addAuditEntry(userRegistered(user, from, at));
  return 'verified';
}
