// Accounts on a database of their own, with a clock that the test moves.
import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { type AccountSettings, Accounts, type NoLogin, type Tokens } from '../../src/accounts/accounts.ts';
import type { Principal, User, Whereabouts } from '../../src/accounts/principal.ts';
import { instant } from '../../src/model/instant.ts';
import { accountStore } from '../../src/persistence/account-store.ts';
import type { Database } from '../../src/persistence/database.ts';

export const SCENE_PASSWORD = 'correct horse battery';
/** The lowest cost there is: how long a guess takes is not what is tested. */
export const CHEAP = 4;
const SECRET = 's'.repeat(32);
export type SceneSecrets = Pick<AccountSettings, 'jwtSecret' | 'otherJwtSecrets'>;

export type AccountScene = {
  readonly accounts: Accounts;
  readonly clock: { now: number };
  newUser(): Promise<User>;
  logIn(user: User, from?: Whereabouts): Promise<LoggedIn>;
};
export type LoggedIn = { readonly tokens: Tokens; readonly principal: Principal };

export async function openAccountScene(database: Database, secrets: SceneSecrets = { jwtSecret: SECRET }): Promise<AccountScene> {
  const clock = { now: Date.UTC(2026, 10, 24, 9) };
  const accounts = await Accounts.open(accountStore(database), { ...secrets, bcryptCost: CHEAP, now: () => instant(clock.now) });
  return {
    accounts,
    clock,
    async newUser() {
      const made = await accounts.create({ email: `${randomUUIDv7()}@example.org`, name: 'Ada', role: 'customer' }, SCENE_PASSWORD);
      assert.ok(made !== 'email-taken');
      return made;
    },
    async logIn({ email }, from) {
      const tokens = expectTokens(await accounts.login(email, SCENE_PASSWORD, from));
      const principal = accounts.verify(tokens.accessToken);
      assert.ok(principal);
      return { tokens, principal };
    },
  };
}

export function expectTokens(answer: Tokens | NoLogin): Tokens {
  if (typeof answer === 'string' || 'lockedForSeconds' in answer)
    throw new assert.AssertionError({ message: `expected tokens, not ${JSON.stringify(answer)}` });
  return answer;
}
