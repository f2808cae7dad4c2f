import { randomUUIDv7 } from 'node:crypto';
import { DAY, type Instant, instant } from '../model/instant.ts';
import type { MessageLocale } from '../protocol/messages.ts';
import { NOWHERE, type User, type Visit } from './account.ts';
import { type EmailChoice, newEmail } from './account-emails.ts';
import { type UserEntry, userRegistered } from './account-entries.ts';
import { isGuessable } from './guessable.ts';
import type { PasswordQueue } from './password-queue.ts';
import { hashPassword, isRightPassword } from './passwords.ts';
import { hashOfToken, newSecretToken } from './secret-tokens.ts';

/** After two days the link has expired, and the person registers again. */
export const VERIFICATION_LIFE = 2 * DAY;

/** An account that waits for its address to be verified. There is one for an address: a new one replaces it, and the link of the old one. */
export type Registration = {
  readonly email: string;
  readonly name: string;
  readonly locale: MessageLocale | null;
  readonly passwordHash: string;
  readonly tokenHash: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
};

export type RegistrationStore = {
  /** Keeps the registration, whether or not the address has an account, and the e-mail that is true. */
  keepRegistration(registration: Registration, mails: EmailChoice): Promise<void>;
  /** Of the registration with this token. `undefined`: no such token, or not any more. */
  passwordHashOfRegistration(tokenHash: string, at: Instant): Promise<string | undefined>;
  /** Uses up the registration with this token and makes its account. `undefined`: no such token, not any more, or the address has an account. */
  redeemRegistration(tokenHash: string, account: (registration: Registration) => User, at: Instant, entry: UserEntry): Promise<User | undefined>;
};

export type NewCustomer = { readonly email: string; readonly name: string; readonly password: string };
type Settings = { readonly bcryptCost: number; readonly now: () => Instant; readonly queue: PasswordQueue };

/** How customers make accounts of their own. */
export class Registrations {
  readonly #store: RegistrationStore;
  readonly #settings: Settings;

  constructor(store: RegistrationStore, settings: Settings) {
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
    if (isGuessable(password, { email, name })) return 'guessable';
    using place = this.#settings.queue.enter(from.address);
    if (place === null) return 'overloaded';
    const refusal = await refuseEmail();
    if (refusal !== undefined) return refusal;
    const passwordHash = await hashPassword(password, this.#settings.bcryptCost);
    const { token, tokenHash } = newSecretToken();
    const createdAt = this.#settings.now();
    const expiresAt = instant(createdAt + VERIFICATION_LIFE);
    const locale = from.locale ?? null;
    await this.#store.keepRegistration(
      { email, name, locale, passwordHash, tokenHash, createdAt, expiresAt },
      {
        ifAccount: newEmail('already-registered', email, createdAt, { locale }),
        ifNone: newEmail('email-verification', email, createdAt, { secret: { token, expiresAt }, locale }),
      },
    );
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
    const made = await this.#store.redeemRegistration(tokenHash, customerOf, at, userRegistered(from, at));
    return made === undefined ? 'link-not-valid' : 'verified';
  }

  /** A token stands for one registration and its password: a newer one has another token. */
  async #refusePassword(tokenHash: string, password: string, { address }: Visit): Promise<'link-not-valid' | 'wrong-password' | 'overloaded' | undefined> {
    const chosen = await this.#store.passwordHashOfRegistration(tokenHash, this.#settings.now());
    if (chosen === undefined) return 'link-not-valid';
    using place = this.#settings.queue.enter(address);
    if (place === null) return 'overloaded';
    return (await isRightPassword(password, chosen)) ? undefined : 'wrong-password';
  }
}

/** Which customer they are the store knows: the one with their address. */
function customerOf({ email, name }: Registration): User {
  return { id: randomUUIDv7(), email, name, role: 'customer', staffId: null, customerId: null, locationId: null };
}
