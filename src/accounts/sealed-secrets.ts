// Secrets that must be read again are stored encrypted: the database alone is not enough to use them.
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { keyIdOf } from '../access/token-keys.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** What NIST SP 800-38D recommends for GCM. Chosen by chance, it is good for 2^32 seals under one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `sealed` is nonce, tag and ciphertext, in base64url. */
export type Sealed = { readonly keyId: string; readonly sealed: string };

/** What was sealed cannot be read: it has been changed, belongs to somebody else, or its key is none of ours any more. */
export class BrokenSeal extends Error {
  override readonly name = 'BrokenSeal';
}

/** Seals under a key that follows from the first of its secrets, and opens what was sealed under any of them: so a secret can be replaced. */
export class SecretSeal {
  readonly #current: string;
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** Another purpose gets other keys from the same secrets. Throws RangeError if there is no secret. */
  constructor(secrets: readonly string[], purpose: string) {
    const [current] = secrets;
    if (current === undefined) throw new RangeError('without a secret there is no key');
    this.#current = keyIdOf(current);
    this.#keys = new Map(secrets.map((secret) => [keyIdOf(secret), keyOf(secret, purpose)]));
  }

  /** Opens for the same owner only, so that one person's secret is of no use in the place of another's. */
  seal(secret: string, owner: string): Sealed {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key(this.#current), nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(owner));
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return { keyId: this.#current, sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url') };
  }

  /** Throws BrokenSeal: what cannot be read is a failure, and never the same as nothing. */
  open({ keyId, sealed }: Sealed, owner: string): string {
    const key = this.#key(keyId);
    const bytes = Buffer.from(sealed, 'base64url');
    const [nonce, tag, text] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES), bytes.subarray(NONCE_BYTES + TAG_BYTES)];
    try {
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(owner)).setAuthTag(tag);
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new BrokenSeal(`what was sealed for ${owner} has been changed`, { cause });
    }
  }

  /** Whether it was sealed under the first of the secrets. If not, it is worth sealing again. */
  isCurrent({ keyId }: Sealed): boolean {
    return keyId === this.#current;
  }

  #key(id: string): KeyObject {
    const key = this.#keys.get(id);
    if (key === undefined) throw new BrokenSeal(`the key ${id} follows from none of the secrets that are set`);
    return key;
  }
}

/** `reseal`: the same under the first of the secrets; null where it is so already, or cannot be read. */
type SecretBox = {
  seal(secret: string, owner: string): Sealed;
  open(sealed: Sealed, owner: string): string | null;
  reseal(sealed: Sealed, owner: string): Sealed | null;
};

/** A `SecretSeal` of which `open` gives null for what cannot be read. */
export function secretBox(secrets: readonly string[], purpose: string): SecretBox {
  const seal = new SecretSeal(secrets, purpose);
  const open = (sealed: Sealed, owner: string): string | null => {
    try {
      return seal.open(sealed, owner);
    } catch (failure) {
      if (failure instanceof BrokenSeal) return null;
      throw failure;
    }
  };
  return {
    seal: (secret, owner) => seal.seal(secret, owner),
    open,
    reseal(sealed, owner) {
      const secret = seal.isCurrent(sealed) ? null : open(sealed, owner);
      return secret === null ? null : seal.seal(secret, owner);
    },
  };
}

/** `reseal`: as of a `SecretBox`. */
type TextSeal = { seal(text: string): string; open(sealed: string): string | undefined; reseal(sealed: string): string | null };

/**
 * Seals texts for those who have one of the secrets, all under one purpose. `open` gives undefined for what none of them has sealed so.
 */
export function textSeal(secrets: readonly string[], purpose: string): TextSeal {
  const box = secretBox(secrets, purpose);
  const written = ({ keyId, sealed }: Sealed) => `${keyId}.${sealed}`;
  const read = (text: string): Sealed => {
    const [keyId = '', sealed = ''] = text.split('.');
    return { keyId, sealed };
  };
  return {
    seal: (text) => written(box.seal(text, purpose)),
    open: (text) => box.open(read(text), purpose) ?? undefined,
    reseal(text) {
      const resealed = box.reseal(read(text), purpose);
      return resealed === null ? null : written(resealed);
    },
  };
}

/** HKDF (RFC 5869): what is known of this key says nothing about what else is made from the secret. */
function keyOf(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES)));
}
