import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { TokenKeys } from './token-keys.ts';

type Purpose = 'hold' | 'manage' | 'unsubscribe' | 'plan';

/**
 * Tokens that guests show instead of logging in. A hold token is `<hold id>.<base64url HMAC-SHA256(secret, 'hold:' + id)>`, a manage token
 * the same with `manage:` and an appointment id. So a token names what it is for, nothing is stored, and the same one is given again when a reply is repeated.
 * Where the address of an appointment was corrected since, its manage token names how often, so those of before are good no longer.
 * An unsubscribe token names a customer and, by a hash, one of their addresses. They are made with the current secret and good under any that is accepted.
 */
export class ClaimTokens {
  readonly #keys: TokenKeys;

  constructor(keys: TokenKeys) {
    this.#keys = keys;
  }

  holdToken(holdId: string): string {
    return sign(this.#keys.current.rawKey, 'hold', holdId);
  }

  /** `corrections`: how often the customer's address was corrected; 0 for one that has just been booked. */
  manageToken(appointmentId: string, corrections = 0): string {
    return sign(this.#keys.current.rawKey, 'manage', corrections === 0 ? appointmentId : `${appointmentId}_${corrections}`);
  }

  /** The hold a token is for; `undefined` if it is not one of ours. */
  holdOf(token: string): string | undefined {
    return this.#read('hold', token);
  }

  /** The appointment a token is for, and how often its address had been corrected then; `undefined` if it is not one of ours. */
  appointmentOf(token: string): { readonly id: string; readonly corrections: number } | undefined {
    const [id, corrections = '0'] = this.#read('manage', token)?.split('_') ?? [];
    return id === undefined ? undefined : { id, corrections: Number(corrections) };
  }

  /** `address`: names an address of the customer without telling it; see `addressDigest`. */
  unsubscribeToken(customerId: string, address: string): string {
    return sign(this.#keys.current.rawKey, 'unsubscribe', `${customerId}_${address}`);
  }

  /** Whose reminders a token ends; `undefined` if it is not one of ours. */
  unsubscribeOf(token: string): { readonly customerId: string; readonly address: string } | undefined {
    const id = this.#read('unsubscribe', token);
    const end = id?.indexOf('_') ?? -1;
    return id === undefined || end < 0 ? undefined : { customerId: id.slice(0, end), address: id.slice(end + 1) };
  }

  /** What a plan was made for, by its digest, and until when it is good. Nothing of it is stored: any node can tell that it made it. */
  planToken(digest: string, expiresAt: number): string {
    return sign(this.#keys.current.rawKey, 'plan', `${digest}_${expiresAt}`);
  }

  /** `undefined` if it is not one of ours. */
  planOf(token: string): { readonly digest: string; readonly expiresAt: number } | undefined {
    const id = this.#read('plan', token);
    const end = id?.lastIndexOf('_') ?? -1;
    return id === undefined || end < 0 ? undefined : { digest: id.slice(0, end), expiresAt: Number(id.slice(end + 1)) };
  }

  #read(purpose: Purpose, token: string): string | undefined {
    const id = token.slice(0, Math.max(0, token.indexOf('.')));
    if (id === '') return undefined;
    const given = Buffer.from(token);
    // All keys are tried whatever the first ones say, so that the time it takes does not tell which one it was.
    const matches = this.#keys.all.map(({ rawKey }) => {
      const expected = Buffer.from(sign(rawKey, purpose, id));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    return matches.includes(true) ? id : undefined;
  }
}

function sign(key: KeyObject, purpose: Purpose, id: string): string {
  return `${id}.${createHmac('sha256', key).update(`${purpose}:${id}`).digest('base64url')}`;
}
