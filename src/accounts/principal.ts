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

/** An account as others may see it: without its password. */
export type User = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly staffId: string | null;
  readonly customerId: string | null;
  readonly locationId: string | null;
};

/** An account as its owner sees it. */
export type Account = User & { /** Whether a code is asked for beside the password. */ readonly secondFactor: boolean };

/** Where somebody logs in from, as they are told about it themselves. */
export type Whereabouts = { readonly device: string; readonly address: string };
/** What a request says of where it comes from. */
export type Visit = Whereabouts & {
  /** Under which the log has the request. */
  readonly requestId?: string | null;
  /** What earlier logins have left on the device. */
  readonly deviceTickets?: readonly string[];
};
export const NOWHERE: Visit = { device: 'an unknown device', address: '' };

/** Everything since one login. It is used whenever its tokens are renewed, so at least every quarter of an hour while somebody is there. */
export type Session = Whereabouts & { readonly id: string; readonly createdAt: Instant; readonly lastUsedAt: Instant };
