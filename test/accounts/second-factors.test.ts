import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { User } from '../../src/accounts/account.ts';
import { NOWHERE } from '../../src/accounts/account.ts';
import { CODE_STEP } from '../../src/accounts/one-time-codes.ts';
import { SETUP_LIFE } from '../../src/accounts/second-factors.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { expectTokens, openAccountScene, SCENE_PASSWORD } from './account-scene.ts';
import { type FactorScene, openFactorScene } from './second-factor-scene.ts';
import { asUser } from './user-scene.ts';

const CHOSEN = 'violet tractor umbrella';
const OTHER = 'marble teapot avalanche';

onUsualDatabase('second factors', (place) => {
  let scene: FactorScene;
  before(async () => {
    scene = await openFactorScene(place.database);
  });

  test('are off until a code of the app was shown, and from then on the password is not enough', async () => {
    const user = await scene.newUser();
    const { principal } = await scene.logIn(user);
    assert.deepEqual(await scene.factors.status(principal), { isOn: false, recoveryCodesLeft: 0 });
    const { secret, uri } = await scene.begin(principal);
    assert.ok(uri.startsWith('otpauth://totp/') && uri.includes(secret));
    assert.equal(expectTokens(await scene.login(user)).user.secondFactor, false);
    assert.equal(await scene.factors.confirm(principal, scene.wrong(secret)), 'wrong-code');
    assert.equal((await scene.confirm(principal, scene.now(secret))).length, 10);
    assert.deepEqual(await scene.factors.status(principal), { isOn: true, recoveryCodesLeft: 10 });
    assert.equal(await scene.login(user), 'second-factor-required');
    assert.equal((await scene.accounts.user(user.id))?.secondFactor, true);
    scene.clock.now += CODE_STEP;
    const tokens = expectTokens(await scene.login(user, { code: scene.now(secret) }));
    assert.equal(tokens.user.secondFactor, true);
    assert.equal(expectTokens(await scene.accounts.refresh(tokens.refreshToken)).user.secondFactor, true);
    assert.deepEqual(Object.keys(scene.accounts.verify(tokens.accessToken) ?? {}).sort(), Object.keys(principal).sort());
  });

  test('end every other session when they are turned on, and tell their owner', async () => {
    const user = await scene.newUser();
    const [mine, other] = [await scene.logIn(user), await scene.logIn(user)];
    const { secret } = await scene.begin(mine.principal);
    assert.ok(scene.accounts.verify(other.tokens.accessToken));
    const heard: string[] = [];
    const stop = scene.accounts.onSessionEnded((id) => heard.push(id));
    await scene.confirm(mine.principal, scene.now(secret));
    stop();
    assert.deepEqual(heard, [other.principal.sessionId]);
    assert.equal(await scene.accounts.refresh(other.tokens.refreshToken), 'wrong-credentials');
    expectTokens(await scene.accounts.refresh(mine.tokens.refreshToken));
    assert.deepEqual(await scene.lastEmail(), { topic: 'second-factor-on', email: user.email, token: undefined });
  });

  test('are set up with the password, and one that is on is not replaced', async () => {
    const { user, principal, secret } = await scene.owner();
    assert.equal(await scene.factors.begin(principal, 'wrong', 'Salt & Pine', NOWHERE), 'wrong-password');
    assert.equal(await scene.factors.begin(principal, SCENE_PASSWORD, 'Salt & Pine', NOWHERE), 'is-on');
    assert.equal(await scene.factors.confirm(principal, scene.now(secret)), 'nothing-begun');
    expectTokens(await scene.login(user, { code: scene.now(secret) }));
  });

  test('that nobody finished setting up end after fifteen minutes, and a new one replaces them', async () => {
    const user = await scene.newUser();
    const { principal } = await scene.logIn(user);
    assert.equal(await scene.factors.confirm(principal, '123456'), 'nothing-begun');
    const replaced = await scene.begin(principal);
    const { secret } = await scene.begin(principal);
    assert.notEqual(replaced.secret, secret);
    assert.equal(await scene.factors.confirm(principal, scene.now(replaced.secret)), 'wrong-code');
    scene.clock.now += SETUP_LIFE;
    assert.equal(await scene.factors.confirm(principal, scene.now(secret)), 'nothing-begun');
    expectTokens(await scene.login(user));
    const late = await scene.begin(principal);
    scene.clock.now += SETUP_LIFE - 1;
    await scene.confirm(principal, scene.now(late.secret));
  });

  test('that are confirmed several times at once are turned on once', async () => {
    const { principal } = await scene.logIn(await scene.newUser());
    const { secret } = await scene.begin(principal);
    const answers = await Promise.all([1, 2, 3].map(() => scene.factors.confirm(principal, scene.now(secret))));
    assert.equal(answers.filter(Array.isArray).length, 1, JSON.stringify(answers));
    assert.equal((await scene.factors.status(principal)).recoveryCodesLeft, 10);
  });

  test('take a code once: not again in its step, not the one before it, and not the one that turned it on', async () => {
    const user = await scene.newUser();
    const { principal } = await scene.logIn(user);
    const { secret } = await scene.begin(principal);
    const login = (steps = 0) => scene.login(user, { code: scene.now(secret, steps) });
    await scene.confirm(principal, scene.now(secret));
    assert.equal(await login(), 'wrong-credentials');
    scene.clock.now += 2 * CODE_STEP;
    expectTokens(await login());
    assert.equal(await login(), 'wrong-credentials');
    assert.equal(await login(-1), 'wrong-credentials');
    expectTokens(await login(1));
    scene.clock.now += CODE_STEP;
    assert.equal(await login(), 'wrong-credentials');
  });

  test('take codes of a clock that is one step off either way, and of none that is further off', async () => {
    for (const steps of [-1, 1]) {
      const { user, secret } = await scene.owner();
      expectTokens(await scene.login(user, { code: scene.now(secret, steps) }));
    }
    for (const steps of [-2, 2]) {
      const { user, secret } = await scene.owner();
      assert.equal(await scene.login(user, { code: scene.now(secret, steps) }), 'wrong-credentials');
    }
  });

  test('let in exactly one of several who show one code at once, on whichever node', async () => {
    const other = await openAccountScene(place.database);
    for (let round = 0; round < 4; round += 1) {
      const { user, secret, codes } = await scene.owner();
      other.clock.now = scene.clock.now;
      for (const code of [scene.now(secret), codes[0]]) {
        await scene.forgetFailures();
        const answers = await Promise.all([scene, other, scene, other].map(({ accounts }) => accounts.login(user.email, SCENE_PASSWORD, NOWHERE, code)));
        assert.deepEqual(answers.map((answer) => (typeof answer === 'string' ? answer : 'in')).sort(), ['in', ...Array(3).fill('wrong-credentials')]);
      }
      assert.equal((await scene.rowsOf('recovery_code', user)).length, 9);
    }
  });

  test('let somebody in with a recovery code, once for each, however it is spaced', async () => {
    const { user, principal, codes } = await scene.owner();
    const [first = '', second = '', third = ''] = codes;
    expectTokens(await scene.login(user, { code: first }));
    assert.equal(await scene.login(user, { code: first }), 'wrong-credentials');
    expectTokens(await scene.login(user, { code: ` ${second.toLowerCase().replaceAll('-', '  ')} ` }));
    expectTokens(await scene.login(user, { code: third.replaceAll('-', '') }));
    assert.deepEqual(await scene.factors.status(principal), { isOn: true, recoveryCodesLeft: 7 });
    const stranger = await scene.owner();
    assert.equal(await scene.login(user, { code: stranger.codes[5] }), 'wrong-credentials');
  });

  test('give new recovery codes for password and code, and the old ones are void', async () => {
    const { user, principal, secret, codes } = await scene.owner();
    const renew = (password: string, code: string) => scene.factors.renewRecoveryCodes(principal, { password, code }, NOWHERE);
    assert.equal(await renew('wrong', scene.now(secret)), 'wrong-password');
    assert.equal(await renew(SCENE_PASSWORD, scene.wrong(secret)), 'wrong-code');
    const fresh = await renew(SCENE_PASSWORD, scene.now(secret));
    assert.ok(Array.isArray(fresh) && fresh.length === 10, JSON.stringify(fresh));
    assert.equal(await renew(SCENE_PASSWORD, scene.now(secret)), 'wrong-code');
    assert.equal(await scene.login(user, { code: codes[0] }), 'wrong-credentials');
    expectTokens(await scene.login(user, { code: fresh[0] }));
    assert.equal((await scene.factors.status(principal)).recoveryCodesLeft, 9);
  });

  test('are removed by password and code together, of app or paper, and the owner is told', async () => {
    const { user, principal, secret, codes } = await scene.owner();
    const remove = (password: string, code: string) => scene.factors.remove(principal, { password, code }, NOWHERE);
    assert.equal(await remove('wrong', scene.now(secret)), 'wrong-password');
    assert.equal(await remove(SCENE_PASSWORD, scene.wrong(secret)), 'wrong-code');
    assert.equal(await remove(SCENE_PASSWORD, 'ABCD-EFGH-IJKL-MNOP'), 'wrong-code');
    assert.equal(await scene.login(user), 'second-factor-required');
    assert.equal(await remove(SCENE_PASSWORD, codes[3] ?? ''), 'removed');
    assert.equal(await remove(SCENE_PASSWORD, codes[4] ?? ''), 'is-off');
    assert.deepEqual(await scene.lastEmail(), { topic: 'second-factor-off', email: user.email, token: undefined });
    assert.equal(expectTokens(await scene.login(user)).user.secondFactor, false);
    for (const table of ['second_factor', 'recovery_code', 'second_factor_setup']) assert.deepEqual(await scene.rowsOf(table, user), []);
  });

  test('are taken off by somebody with the right to it, and can be set up again', async () => {
    const { user, principal, secret, codes } = await scene.owner();
    const take = async (by: User) => (await scene.accounts.users.removeSecondFactor(user.id, asUser(by))).outcome;
    const other = await scene.newUser();
    assert.deepEqual([await take(user), await take(other), await take(other)], ['refused', 'saved', 'refused']);
    const [entry] = await place.database.sql(`select action from audit_entry where subject_id = $1 order by id desc limit 1`, [user.id]);
    assert.deepEqual(entry, ['user.second-factor-removed']);
    expectTokens(await scene.login(user));
    assert.deepEqual(await scene.lastEmail(), { topic: 'second-factor-off', email: user.email, token: undefined });
    const again = await scene.begin(principal);
    await scene.confirm(principal, scene.now(again.secret));
    scene.clock.now += 2 * CODE_STEP;
    assert.equal(await scene.login(user, { code: scene.now(secret) }), 'wrong-credentials');
    assert.equal(await scene.login(user, { code: codes[0] }), 'wrong-credentials');
    expectTokens(await scene.login(user, { code: scene.now(again.secret) }));
  });

  test('that somebody is still setting up are not taken off by that', async () => {
    const [user, other] = [await scene.newUser(), await scene.newUser()];
    const { principal } = await scene.logIn(user);
    const { secret } = await scene.begin(principal);
    assert.equal((await scene.accounts.users.removeSecondFactor(user.id, asUser(other))).outcome, 'refused');
    await scene.confirm(principal, scene.now(secret));
  });

  test('stay with a new password, by link or by the old one', async () => {
    const { user, principal, secret } = await scene.owner();
    assert.equal(await scene.accounts.changePassword(principal, SCENE_PASSWORD, CHOSEN), 'changed');
    assert.equal(await scene.login(user, { password: CHOSEN }), 'second-factor-required');
    await scene.accounts.passwordResets.forgot(user.email);
    assert.equal(await scene.accounts.passwordResets.reset((await scene.lastEmail()).token ?? '', OTHER), 'reset');
    assert.equal(await scene.login(user, { password: OTHER }), 'second-factor-required');
    expectTokens(await scene.login(user, { password: OTHER, code: scene.now(secret) }));
  });

  test('that are turned on while a password is looked at are asked for all the same', async () => {
    const user = await scene.newUser();
    const { principal } = await scene.logIn(user);
    const { secret } = await scene.begin(principal);
    assert.equal(await scene.logInAround(user, () => scene.confirm(principal, scene.now(secret))), 'second-factor-required');
  });

  test('that are turned on while many log in leave no session that began without them', async () => {
    const user = await scene.newUser();
    const { principal } = await scene.logIn(user);
    const { secret } = await scene.begin(principal);
    await scene.forgetFailures();
    const logins = Array.from({ length: 4 }, () => scene.login(user));
    await scene.confirm(principal, scene.now(secret));
    // Sessions from before have ended, and later logins are asked for a code.
    for (const answer of await Promise.all(logins)) {
      if (answer === 'second-factor-required') continue;
      assert.equal(await scene.accounts.refresh(expectTokens(answer).refreshToken), 'wrong-credentials');
    }
    assert.deepEqual(
      (await scene.accounts.sessions(user.id)).map(({ id }) => id),
      [principal.sessionId],
    );
  });
});
