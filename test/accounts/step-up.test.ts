import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Principal } from '../../src/access/principal.ts';
import { NOWHERE } from '../../src/accounts/account.ts';
import { PROOF_LIFE } from '../../src/accounts/accounts.ts';
import { SECOND } from '../../src/model/instant.ts';
import { openFresh, USUAL_ENGINES } from '../persistence/engines.ts';
import { expectTokens, SCENE_PASSWORD } from './account-scene.ts';
import { type FactorScene, openFactorScene } from './second-factor-scene.ts';

for (const kind of USUAL_ENGINES) {
  describe(`a token that takes more than a login of long ago, on ${kind.name}`, { skip: kind.skip }, () => {
    let scene: FactorScene;
    let close: () => Promise<void>;
    before(async () => {
      const fresh = await openFresh(kind);
      close = fresh.close;
      scene = await openFactorScene(fresh.database);
    });
    after(() => close());

    const isProven = (token: string) => scene.accounts.isProven(scene.accounts.verify(token) ?? assert.fail());
    const proven = async (principal: Principal, shown: { readonly password: string } | { readonly code: string }) => {
      const made = await scene.accounts.stepUp(principal, shown, NOWHERE);
      return typeof made === 'string' || 'lockedForSeconds' in made ? made : isProven(made.accessToken);
    };

    test('a login proves its own token for five minutes, and a renewal proves nothing', async () => {
      const { tokens } = await scene.logIn(await scene.newUser());
      assert.equal(isProven(tokens.accessToken), true);
      const renewed = expectTokens((await scene.accounts.refresh(tokens.refreshToken)) as never);
      assert.equal(isProven(renewed.accessToken), false);
      scene.clock.now += PROOF_LIFE - SECOND;
      assert.equal(isProven(tokens.accessToken), true);
      scene.clock.now += SECOND;
      assert.equal(isProven(tokens.accessToken), false);
    });

    test('the password proves a new token, and no other one of the session', async () => {
      const { tokens, principal } = await scene.logIn(await scene.newUser());
      scene.clock.now += PROOF_LIFE;
      assert.equal(await proven(principal, { password: 'wrong' }), 'wrong-password');
      assert.equal(await proven(principal, { code: '123456' }), 'is-off');
      assert.equal(await proven(principal, { password: SCENE_PASSWORD }), true);
      assert.equal(isProven(tokens.accessToken), false);
    });

    test('guesses of the password wait like those at a login', async () => {
      const { principal } = await scene.logIn(await scene.newUser());
      await scene.forgetFailures();
      const answers: unknown[] = [];
      for (let count = 0; count < 7; count += 1) answers.push(await proven(principal, { password: 'wrong' }));
      assert.ok(typeof answers.at(-1) === 'object', JSON.stringify(answers));
      await scene.forgetFailures();
    });

    test('with a second factor it takes a code, which is good once, and the password is not enough', async () => {
      const { principal, secret } = await scene.owner();
      assert.equal(await proven(principal, { password: SCENE_PASSWORD }), 'second-factor-required');
      assert.equal(await proven(principal, { code: scene.wrong(secret) }), 'wrong-code');
      const code = scene.now(secret);
      assert.equal(await proven(principal, { code }), true);
      assert.equal(await proven(principal, { code }), 'wrong-code');
      await scene.forgetFailures();
    });

    test('a session that has ended is not proven, also where this process has not heard of its end', async () => {
      const { tokens, principal } = await scene.logIn(await scene.newUser());
      await scene.accounts.logout(tokens.refreshToken);
      assert.equal(await proven(principal, { password: SCENE_PASSWORD }), 'session-over');
    });

    test('no API key is ever proven', () => {
      const identity = { userId: randomUUIDv7(), sessionId: randomUUIDv7(), name: '', email: '', staffId: null, customerId: null, locationId: null };
      const times = { expiresAt: scene.clock.now + PROOF_LIFE, provenAt: scene.clock.now } as never as Pick<Principal, 'expiresAt' | 'provenAt'>;
      assert.equal(scene.accounts.isProven({ ...identity, ...times, role: 'integration', scopes: [] } as Principal), false);
    });
  });
}
