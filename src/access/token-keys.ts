import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** 64 bits tell the handful of secrets of one installation apart, and say nothing about a secret of 32 bytes. */
const KEY_ID_BYTES = 8;
const KEY_BYTES = 32;
/** Another purpose gets another text, and so another key. */
const ACCESS_TOKEN_PURPOSE = 'slotkeeper access token';
const DEVICE_PURPOSE = 'slotkeeper device ticket';
const PROOF_PURPOSE = 'slotkeeper proof of a mailbox';
const SOURCE_PURPOSE = 'slotkeeper source of a guest';

/** What one secret opens. */
export type TokenKey = {
  /** `kid` of RFC 7515. It follows from the secret, so that all nodes call it the same and nothing has to be configured. */
  readonly id: string;
  /** The header of access tokens that are signed with it, as it stands in them. */
  readonly accessHeader: string;
  /** Derived by HKDF (RFC 5869). */
  readonly accessKey: KeyObject;
  /**
   * The secret itself: links to appointments are good for as long as those are ahead, so what they were signed with must not change. What is signed
   * with it begins with `hold:`, `manage:`, `unsubscribe:` or `plan:`, which no access token does.
   */
  readonly rawKey: KeyObject;
  /** Hashes the addresses that guests book from. */
  readonly sourceKey: KeyObject;
  /** Makes the codes that guests prove a mailbox with. */
  readonly proofKey: KeyObject;
  /** Signs what a login leaves on a device. */
  readonly deviceKey: KeyObject;
};

/** What tokens are signed with, and what older or newer ones may be signed with besides. */
export class TokenKeys {
  readonly current: TokenKey;
  /** The current one first. */
  readonly all: readonly TokenKey[];
  readonly #accessKeys: ReadonlyMap<string, KeyObject>;

  constructor(current: string, others: readonly string[] = []) {
    this.current = tokenKeyOf(current);
    this.all = [this.current, ...others.map(tokenKeyOf)];
    this.#accessKeys = new Map(this.all.map(({ accessHeader, accessKey }) => [accessHeader, accessKey]));
  }

  /** The key for a header, which has to be one of ours to the letter: nothing in it is interpreted, so nothing in it can mislead. */
  accessKeyOf(header: string): KeyObject | undefined {
    return this.#accessKeys.get(header);
  }
}

/** What a secret is called beside what it has signed or sealed. */
export function keyIdOf(secret: string): string {
  return createHash('sha256').update(secret).digest().subarray(0, KEY_ID_BYTES).toString('base64url');
}

function tokenKeyOf(secret: string): TokenKey {
  const id = keyIdOf(secret);
  return {
    id,
    accessHeader: Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: id })).toString('base64url'),
    accessKey: derivedKey(secret, ACCESS_TOKEN_PURPOSE),
    rawKey: createSecretKey(secret, 'utf8'),
    sourceKey: derivedKey(secret, SOURCE_PURPOSE),
    proofKey: derivedKey(secret, PROOF_PURPOSE),
    deviceKey: derivedKey(secret, DEVICE_PURPOSE),
  };
}

function derivedKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES)));
}
