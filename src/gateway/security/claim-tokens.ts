import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Tokens that guests show instead of logging in. A hold token is `<hold id>.<base64url HMAC-SHA256(secret, 'hold:' + id)>`, a manage token
 * the same with `manage:` and an appointment id. So a token names what it is for, nothing is stored, and the same one is given again when a reply is repeated.
 */
export class ClaimTokens {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  holdToken(holdId: string): string {
    return this.#sign('hold', holdId);
  }

  manageToken(appointmentId: string): string {
    return this.#sign('manage', appointmentId);
  }

  /** The hold a token is for; `undefined` if it is not one of ours. */
  holdOf(token: string): string | undefined {
    return this.#read('hold', token);
  }

  /** The appointment a token is for; `undefined` if it is not one of ours. */
  appointmentOf(token: string): string | undefined {
    return this.#read('manage', token);
  }

  #sign(purpose: 'hold' | 'manage', id: string): string {
    return `${id}.${createHmac('sha256', this.#secret).update(`${purpose}:${id}`).digest('base64url')}`;
  }

  #read(purpose: 'hold' | 'manage', token: string): string | undefined {
    const id = token.slice(0, Math.max(0, token.indexOf('.')));
    if (id === '') return undefined;
    const given = Buffer.from(token);
    const expected = Buffer.from(this.#sign(purpose, id));
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : undefined;
  }
}
