// Somebody with a second factor, on a database of their own.
import assert from 'node:assert/strict';
import type { Principal } from '../../src/access/principal.ts';
import { NOWHERE, type User, type Whereabouts } from '../../src/accounts/account.ts';
import type { NoLogin, Tokens } from '../../src/accounts/accounts.ts';
import { CODE_STEP } from '../../src/accounts/one-time-codes.ts';
import type { SecondFactors } from '../../src/accounts/second-factors.ts';
import type { Database, SqlRow } from '../../src/persistence/database/database.ts';
import { type AccountScene, openAccountScene, SCENE_PASSWORD } from './account-scene.ts';
import { shownCode, wrongCode } from './authenticator.ts';

type Owner = { readonly user: User; readonly principal: Principal; readonly secret: string; readonly codes: readonly string[] };
type Typed = { readonly code?: string | undefined; readonly password?: string; readonly from?: Whereabouts };

export type FactorScene = AccountScene & {
  readonly factors: SecondFactors;
  login(user: User, typed?: Typed): Promise<Tokens | NoLogin>;
  /** What an app shows now, or so many steps from now. */
  now(secret: string, steps?: number): string;
  /** What an app does not show. */
  wrong(secret: string): string;
  begin(principal: Principal): Promise<{ readonly secret: string; readonly uri: string }>;
  confirm(principal: Principal, code: string): Promise<readonly string[]>;
  /** Has a second factor and has used no code in the present step or next to it; nothing that failed before is counted any more. */
  owner(): Promise<Owner>;
  rowsOf(table: string, user: User): Promise<readonly SqlRow[]>;
  lastEmail(): Promise<{ readonly topic: string; readonly email: string; readonly token: string | undefined }>;
  /** Everybody is at NOWHERE, so what is counted of that address would otherwise be counted of all. */
  forgetFailures(): Promise<unknown>;
};

export async function openFactorScene(database: Database): Promise<FactorScene> {
  const scene = await openAccountScene(database);
  const { accounts, clock } = scene;
  const factors = accounts.secondFactors;
  const now = (secret: string, steps = 0) => shownCode(secret, clock.now, steps);
  const forgetFailures = () => database.sql('delete from failed_login');
  const begin = async (principal: Principal) => {
    const made = await factors.begin(principal, SCENE_PASSWORD, 'Salt & Pine', NOWHERE);
    if (typeof made === 'string' || 'lockedForSeconds' in made) assert.fail(JSON.stringify(made));
    return made;
  };
  const confirm = async (principal: Principal, code: string) => {
    const codes = await factors.confirm(principal, code);
    if (typeof codes === 'string' || 'lockedForSeconds' in codes) assert.fail(JSON.stringify(codes));
    return codes;
  };
  return {
    ...scene,
    factors,
    login: ({ email }, { code, password = SCENE_PASSWORD, from = NOWHERE } = {}) => accounts.login(email, password, from, code),
    now,
    wrong: (secret) => wrongCode(secret, clock.now),
    begin,
    confirm,
    async owner() {
      await forgetFailures();
      const user = await scene.newUser();
      const { principal } = await scene.logIn(user);
      const { secret } = await begin(principal);
      const codes = await confirm(principal, now(secret));
      clock.now += 3 * CODE_STEP;
      return { user, principal, secret, codes };
    },
    rowsOf: (table, { id }) => database.sql(`select * from ${table} where user_id = $1`, [id]),
    async lastEmail() {
      const [mail] = (await accounts.mails(1, null)).items;
      return mail === undefined ? assert.fail('there is no e-mail') : { topic: mail.topic, email: mail.email, token: mail.secret?.token };
    },
    forgetFailures,
  };
}

/** Seconds; 0: nobody has to wait. */
export function waitOf(answer: object | string): number {
  return typeof answer === 'object' && 'lockedForSeconds' in answer ? Number(answer.lockedForSeconds) : 0;
}
