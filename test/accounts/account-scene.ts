// Accounts on a database of their own, with a clock that the test moves.
import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import type { Principal } from '../../src/access/principal.ts';
import type { User, Whereabouts } from '../../src/accounts/account.ts';
import { type AccountSettings, Accounts, type NoLogin, type Tokens } from '../../src/accounts/accounts.ts';
import { AT_ONCE, inTurn } from '../../src/accounts/password-queue.ts';
import { instant } from '../../src/model/instant.ts';
import { accountStore } from '../../src/persistence/accounts/account-store.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import type { Place } from '../actors/on-each-database.ts';
import { eventually } from '../support/eventually.ts';

export const SCENE_PASSWORD = 'correct horse battery';
/** The lowest cost there is: how long a guess takes is not what is tested. */
const CHEAP = 4;
const SECRET = 's'.repeat(32);
export type SceneSecrets = Pick<AccountSettings, 'jwtSecret' | 'otherJwtSecrets'>;

export type AccountScene = {
  readonly accounts: Accounts;
  readonly clock: { now: number };
  newUser(): Promise<User>;
  logIn(user: User, from?: Whereabouts): Promise<LoggedIn>;
  /** The answer to a login with the right password that has looked at the account before the deed, and goes on after it. The deed can have no password looked at. */
  logInAround(user: User, deed: () => Promise<unknown>): Promise<Tokens | NoLogin>;
};
type LoggedIn = { readonly tokens: Tokens; readonly principal: Principal };

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
    async logInAround({ email }, deed) {
      await database.sql('delete from failed_login');
      const turns = Promise.withResolvers<void>();
      for (let turn = 0; turn < AT_ONCE; turn += 1) void inTurn(() => turns.promise);
      try {
        const login = accounts.login(email, SCENE_PASSWORD);
        // An attempt is counted once the account has been looked at, and before the password waits for its turn.
        await eventually(async () => (await database.sql('select subject from failed_login')).length > 0);
        await deed();
        turns.resolve();
        return await login;
      } finally {
        turns.resolve();
      }
    },
  };
}

export function expectTokens(answer: Tokens | NoLogin): Tokens {
  if (typeof answer === 'string' || 'lockedForSeconds' in answer)
    throw new assert.AssertionError({ message: `expected tokens, not ${JSON.stringify(answer)}` });
  return answer;
}

/** The answers to what waits for the row of a user that is just being changed: it is let go once all of them wait. On PGlite they wait for the one connection. */
export async function askBehind<Answer>(
  { database, kind }: Place,
  { id }: User,
  change: string,
  asks: readonly (() => Promise<Answer>)[],
): Promise<readonly Answer[]> {
  const [isHeld, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = database.transaction(async (em) => {
    await em.execute(`update user_account set ${change} where id = ?`, [id]);
    isHeld.resolve();
    await mayCommit.promise;
  });
  await isHeld.promise;
  const answers = asks.map((ask) => ask());
  const areWaiting = async () => (await database.sql('select pid from pg_locks where not granted')).length >= asks.length;
  try {
    if (kind === 'PostgreSQL') await eventually(areWaiting);
  } finally {
    mayCommit.resolve();
  }
  await holding;
  return Promise.all(answers);
}
