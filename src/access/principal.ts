import type { Instant } from '../model/instant.ts';
import type { KeyScope, Role } from '../model/roles.ts';

type Identity = {
  /** Of an API key: its own id. */
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  /** The staff member this user is, if any. */
  readonly staffId: string | null;
  readonly customerId: string | null;
  /** The location they are bound to; null is all of them. */
  readonly locationId: string | null;
  /** The session the token belongs to, a family of refresh tokens; of an API key: its own id. */
  readonly sessionId: string;
  readonly expiresAt: Instant;
  /** When the password or a code was given for this very token; left out where the token is the answer to a renewal, and of API keys. */
  readonly provenAt?: Instant;
};

/** Somebody who is logged in, as their access token says. */
export type Person = Identity & { readonly role: Role; readonly scopes?: undefined };
/** A program, as its API key says: it may do what its scopes name. */
export type Integration = Identity & { readonly role: 'integration'; readonly scopes: readonly KeyScope[] };
/** Who is asking. */
export type Principal = Person | Integration;
