// The small business of `business.ts` with everybody in it whose rights differ: staff and a front desk in each location, managers of all and of one, two customers, and programs.
import assert from 'node:assert/strict';
import { signAccessToken } from '../../src/accounts/access-tokens.ts';
import type { User } from '../../src/accounts/account.ts';
import { ACCESS_TOKEN_LIFE } from '../../src/accounts/accounts.ts';
import { instant } from '../../src/model/instant.ts';
import { KEY_SCOPES, type KeyScope } from '../../src/model/roles.ts';
import { timeNow } from '../support/clock.ts';
import { type Json, makerOf, type Settings, TEST_OWNER, TEST_PASSWORD } from '../support/test-server.ts';
import { type Business, type BusinessOptions, openBusiness } from './business.ts';
import { TEST_KEYS, tokenLike } from './socket/test-screen.ts';

export const CAST = [
  'owner@example.org',
  'manager@example.org',
  'manager.berlin@example.org',
  'desk@example.org',
  'desk.newyork@example.org',
  'ada@example.org',
  'bo@example.org',
  'cy@example.org',
  'clara@example.org',
  'dan@example.org',
] as const;
/** Programs, by what they may do and where. */
const PROGRAMS = {
  'a program for everything': { scopes: KEY_SCOPES, isBound: false },
  'a program for everything in Berlin': { scopes: KEY_SCOPES, isBound: true },
  'a program for hardly anything': { scopes: ['catalog:read'], isBound: false },
} as const satisfies Record<string, { readonly scopes: readonly KeyScope[]; readonly isBound: boolean }>;
type Program = keyof typeof PROGRAMS;

export type CastMember = (typeof CAST)[number] | Program;

export type Cast = Business & {
  /** A room in Berlin and one in New York, by location. */
  readonly rooms: ReadonlyMap<string, Json>;
  /** An access token of everybody, by e-mail address, and the keys of programs. Owner, desk, Ada, Clara and Dan have really logged in. */
  readonly tokenOf: Readonly<Record<CastMember, string>>;
};

/** As a login would give it, for a session that nobody has written down: that takes a fifth of a second less. */
function tokenFor({ id: userId, ...user }: User): string {
  const now = instant(timeNow());
  return signAccessToken({ userId, ...user, sessionId: crypto.randomUUID(), expiresAt: instant(now + ACCESS_TOKEN_LIFE) }, now, TEST_KEYS);
}

export async function openCast(settings: Settings = {}, options: BusinessOptions = {}): Promise<Cast> {
  await using opened = new AsyncDisposableStack();
  const shop = opened.use(await openBusiness(settings, options));
  const people = [
    { email: 'manager@example.org', name: 'Mia', role: 'manager' },
    { email: 'manager.berlin@example.org', name: 'Max', role: 'manager', locationId: shop.berlin },
    { email: 'desk.newyork@example.org', name: 'Nell', role: 'front-desk', locationId: shop.newYork },
    { email: 'bo@example.org', name: 'Bo', role: 'staff', staffId: shop.bo.id },
    { email: 'cy@example.org', name: 'Cy', role: 'staff', staffId: shop.cy.id },
    { email: 'dan@example.org', name: 'Dan', role: 'customer' },
  ] as const;
  const made = await shop.server.context.accounts.createAll(people, TEST_PASSWORD);
  const { owner, desk, staff, customer } = shop.tokens;
  const known = { [TEST_OWNER]: owner, 'desk@example.org': desk, 'ada@example.org': staff, 'clara@example.org': customer };
  const signed = made.map((user) => (user === 'email-taken' ? assert.fail(user) : [user.email, tokenFor(user)]));
  const tokens: Readonly<Record<string, string>> = { ...known, ...Object.fromEntries(signed), 'dan@example.org': await shop.login('dan@example.org') };
  assert.deepEqual(Object.keys(tokens).sort(), [...CAST].sort());
  const make = makerOf(shop, owner);
  const places = [shop.berlin, shop.newYork];
  const rooms = new Map(await Promise.all(places.map(async (locationId) => [locationId, await make('/v1/resources', { name: 'Room', locationId })] as const)));
  const keys = Object.entries(PROGRAMS).map(async ([name, { scopes, isBound }]) => {
    const { key } = await make('/v1/api-keys', { name, scopes, locationId: isBound ? shop.berlin : null });
    return [name, key] as const;
  });
  const programs = Object.fromEntries(await Promise.all(keys));
  const parts = opened.move();
  // Every key was just seen to be there.
  return { ...shop, rooms, tokenOf: { ...tokens, ...programs } as Cast['tokenOf'], [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** A token for a session of its own: routes that end the sessions of somebody leave it alone. */
export function tokenApart(cast: Cast, member: CastMember): string {
  const token = cast.tokenOf[member];
  return member in PROGRAMS ? token : tokenLike(token, { sessionId: crypto.randomUUID() });
}
