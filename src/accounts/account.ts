// An account and its sessions, as everybody but the stores sees them.
import type { Instant } from '../model/instant.ts';
import type { Role } from '../model/roles.ts';
import type { MessageLocale } from '../protocol/messages.ts';

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
  /** That the browser asks for; null or left out: none that we have words in. */
  readonly locale?: MessageLocale | null;
  /** What earlier logins have left on the device. */
  readonly deviceTickets?: readonly string[];
};
export const NOWHERE: Visit = { device: 'an unknown device', address: '' };

/** Everything since one login. It is used whenever its tokens are renewed, so at least every quarter of an hour while somebody is there. */
export type Session = Whereabouts & { readonly id: string; readonly createdAt: Instant; readonly lastUsedAt: Instant };
