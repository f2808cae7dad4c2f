import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { TokenKeys } from './token-keys.ts';

type Purpose = 'hold' | 'manage';

/**
 * Tokens that guests show instead of logging in. A hold token is `<hold id>.<base64url HMAC-SHA256(secret, 'hold:' + id)>`, a manage token
 * the same with `manage:` and an appointment id. So a token names what it is for, nothing is stored, and the same one is given again when a reply is repeated.
 * They are made with the current secret and good under any that is accepted.
 */
export class ClaimTokens {
  readonly #keys: TokenKeys;

  constructor(keys: TokenKeys) {
    this.#keys = keys;
  }

  holdToken(holdId: string): string {
    return sign(this.#keys.current.rawKey, 'hold', holdId);
  }

  manageToken(appointmentId: string): string {
    return sign(this.#keys.current.rawKey, 'manage', appointmentId);
  }

  /** The hold a token is for; `undefined` if it is not one of ours. */
  holdOf(token: string): string | undefined {
    return this.#read('hold', token);
  }

  /** The appointment a token is for; `undefined` if it is not one of ours. */
  appointmentOf(token: string): string | undefined {
    return this.#read('manage', token);
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
