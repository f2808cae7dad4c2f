// Access tokens: JSON Web Tokens (RFC 7519) signed with HS256. Nothing but HS256 is ever accepted, whatever a header says.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Instant, instant, SECOND } from '../model/instant.ts';
import { ROLES, type Role } from '../model/roles.ts';
import type { Person } from './principal.ts';

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });
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
};

export function signAccessToken(person: Person, issuedAt: Instant, secret: string): string {
  const { userId, sessionId, expiresAt, ...rest } = person;
  const claims: Claims = { sub: userId, sid: sessionId, ...rest, iat: Math.floor(issuedAt / SECOND), exp: Math.floor(expiresAt / SECOND) };
  const body = `${HEADER}.${encode(claims)}`;
  return `${body}.${signatureOf(body, secret)}`;
}

/** Who a token speaks for; `undefined` for one that we did not sign. Whether it has expired is the caller's question. */
export function readAccessToken(token: string, secret: string): Person | undefined {
  if (token.length > LONGEST_TOKEN) return undefined;
  const [header, payload, signature, ...rest] = token.split('.');
  if (header !== HEADER || payload === undefined || signature === undefined || rest.length > 0) return undefined;
  // The text is compared, not the bytes it decodes to: of a token there is one spelling only.
  const given = Buffer.from(signature);
  const expected = Buffer.from(signatureOf(`${header}.${payload}`, secret));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  // Signed by us, so it has the shape that we gave it; a role may have gone since.
  const { sub, sid, role, name, email, staffId, customerId, locationId, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
  if (!ROLES.includes(role)) return undefined;
  return { userId: sub, sessionId: sid, role, name, email, staffId, customerId, locationId, expiresAt: instant(exp * SECOND) };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signatureOf(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64url');
}
