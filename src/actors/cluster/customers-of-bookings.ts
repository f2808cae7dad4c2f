import type { NewCustomer, PersonalDetails, Typed } from '../calendar/typed.ts';
import type { Outcome } from '../calendar/work.ts';
import { isOtherCustomer, type JournalDatabase } from '../ports.ts';
import type { BookedFor } from '../scheduler.ts';

/** How often the customer of a booking is looked up again because another commit added the address or removed the customer. */
const MOST_TRIES = 4;

type Open = { readonly id: string; users: number };

/**
 * Finds the customer of a booking by e-mail address; a telephone number or a name identifies no customer. If the address is unknown, the commit adds the customer under an id drawn here. Concurrent bookings
 * of one address on this node share the id, so they do not conflict. Between two nodes the database lets one through, and the other looks the address up
 * again and retries under the same key, so only one attempt can book.
 */
export class CustomersOfBookings {
  readonly #database: Pick<JournalDatabase, 'customerOf'>;
  readonly #newId: () => string;
  /** By address, as long as a booking is open. */
  readonly #open = new Map<string, Open>();

  constructor(database: Pick<JournalDatabase, 'customerOf'>, newId: () => string) {
    this.#database = database;
    this.#newId = newId;
  }

  /** Rejects with ReadFailure if the customer has to be looked up and cannot be. One without an address who is not there any more cannot be found again: then `overloaded`, and the caller asks again. */
  async with({ customerId, details }: BookedFor, attempt: (customerId: string, typed: Typed) => Promise<Outcome>): Promise<Outcome> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      if (tries > 0 && customerId !== null && details.email === null) break;
      const known = tries === 0 ? (customerId ?? undefined) : await this.#customerOf(details.email);
      const outcome =
        known === undefined
          ? await this.#withNew(details, (newCustomer) => attempt(newCustomer.id, { details, newCustomer }))
          : await attempt(known, { details });
      if (outcome.type !== 'poisoned' || !isOtherCustomer(outcome.failure)) return outcome;
    }
    return { type: 'overloaded' };
  }

  async #customerOf(email: string | null): Promise<string | undefined> {
    return email === null ? undefined : this.#database.customerOf(email);
  }

  async #withNew<Result>({ name, email, phone }: PersonalDetails, work: (customer: NewCustomer) => Promise<Result>): Promise<Result> {
    if (email === null) return work({ id: this.#newId(), name, email, phone });
    const open = this.#open.get(email) ?? { id: this.#newId(), users: 0 };
    this.#open.set(email, open);
    open.users += 1;
    try {
      return await work({ id: open.id, name, email, phone });
    } finally {
      open.users -= 1;
      if (open.users === 0) this.#open.delete(email);
    }
  }
}
