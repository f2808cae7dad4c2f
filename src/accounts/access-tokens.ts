// Access tokens: JSON Web Tokens (RFC 7519) signed with HS256. Nothing but HS256 is ever accepted, whatever a header says.
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Person } from '../access/principal.ts';
import type { TokenKeys } from '../access/token-keys.ts';
import { type Instant, instant, SECOND } from '../model/instant.ts';
import { ROLES, type Role } from '../model/roles.ts';

/** Of tokens that a node of version 0.1.0 has signed, with the secret itself. While nodes are upgraded one by one they may still come, for a quarter of an hour after the last of them. */
const HEADER_WITHOUT_KEY_ID = encode({ alg: 'HS256', typ: 'JWT' });
/** Our own tokens are about 500 characters; nothing longer is worth an HMAC. */
const LONGEST_TOKEN = 4_096;

type Claims = {
  readonly sub: string;
  readonly sid: string;
  readonly role: Role;
  readonly name: string;
  readonly email: string;
  readonly staffId: string | null;
  readonly customerId: string | null;
  readonly locationId: string | null;
  readonly iat: number;
  readonly exp: number;
  /** When the password or a code was given for this token (OpenID Connect Core, section 2; used as in RFC 9470). */
  readonly auth_time?: number;
};

export function signAccessToken(person: Person, issuedAt: Instant, { current }: TokenKeys): string {
  const { userId, sessionId, expiresAt, provenAt, ...rest } = person;
  const times = {
    iat: Math.floor(issuedAt / SECOND),
    exp: Math.floor(expiresAt / SECOND),
    ...(provenAt !== undefined && { auth_time: Math.floor(provenAt / SECOND) }),
  };
  const claims: Claims = { sub: userId, sid: sessionId, ...rest, ...times };
  const body = `${current.accessHeader}.${encode(claims)}`;
  return `${body}.${signatureOf(body, current.accessKey)}`;
}

/** The one of our keys that a token is signed with; `undefined` if it is none of them. */
export function keyOfAccessToken(token: string, keys: TokenKeys): KeyObject | undefined {
  if (token.length > LONGEST_TOKEN) return undefined;
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const isSignedWith = (key: KeyObject) => isSame(signature, signatureOf(`${header}.${payload}`, key));
  if (header === HEADER_WITHOUT_KEY_ID) return keys.all.map(({ rawKey }) => rawKey).find(isSignedWith);
  const key = keys.accessKeyOf(header);
  return key !== undefined && isSignedWith(key) ? key : undefined;
}

/** Who a token speaks for; `undefined` for one that we did not sign, or signed before `since`. Whether it has expired is the caller's question. */
export function readAccessToken(token: string, keys: TokenKeys, since = instant(0)): Person | undefined {
  if (keyOfAccessToken(token, keys) === undefined) return undefined;
  // Signed by us, so it has the shape that we gave it; a role may have gone since.
  const [, payload = ''] = token.split('.');
  const {
    sub,
    sid,
    role,
    name,
    email,
    staffId,
    customerId,
    locationId,
    iat,
    exp,
    auth_time: provenAt,
  } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
  if (!ROLES.includes(role) || iat < Math.floor(since / SECOND)) return undefined;
  const times = { expiresAt: instant(exp * SECOND), ...(provenAt !== undefined && { provenAt: instant(provenAt * SECOND) }) };
  return { userId: sub, sessionId: sid, role, name, email, staffId, customerId, locationId, ...times };
}

/** The text is compared, not the bytes it decodes to: of a token there is one spelling only. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signatureOf(body: string, key: KeyObject): string {
  return createHmac('sha256', key).update(body).digest('base64url');
}
