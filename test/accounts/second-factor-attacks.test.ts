import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { before, test } from 'node:test';
import { NOWHERE, type User } from '../../src/accounts/account.ts';
import { CODE_STEP } from '../../src/accounts/one-time-codes.ts';
import { BrokenSeal } from '../../src/accounts/sealed-secrets.ts';
import { turnOn } from '../../src/accounts/second-factors.ts';
import { beginSession } from '../../src/accounts/sessions.ts';
import { instant, MINUTE, SECOND } from '../../src/model/instant.ts';
import { accountStore } from '../../src/persistence/accounts/account-store.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { expectTokens, openAccountScene, SCENE_PASSWORD } from './account-scene.ts';
import { shownCode } from './authenticator.ts';
import { type FactorScene, openFactorScene, waitOf } from './second-factor-scene.ts';
import { asUser } from './user-scene.ts';

const CHOSEN = 'violet tractor umbrella';

onUsualDatabase('second factors under attack', (place) => {
  let scene: FactorScene;
  before(async () => {
    scene = await openFactorScene(place.database);
  });

  test('cannot be found out without the password, whatever code comes with it, and no code is used up by that', async () => {
    const [{ user, secret, codes }, plain] = [await scene.owner(), await scene.newUser()];
    for (const code of [undefined, '123456', 'ABCD-EFGH-IJKL-MNOP', 'nonsense', scene.now(secret), codes[0]])
      for (const whom of [user, plain, { ...plain, email: 'nobody@example.org' }]) {
        await scene.forgetFailures();
        assert.equal(await scene.login(whom, { code, password: 'wrong' }), 'wrong-credentials');
      }
    expectTokens(await scene.login(user, { code: scene.now(secret) }));
    expectTokens(await scene.login(user, { code: codes[0] }));
    expectTokens(await scene.login(plain, { code: '123456' }));
  });

  test('of somebody who is disabled are not asked for, whatever code comes with the password', async () => {
    const [{ user, secret, codes }, other] = [await scene.owner(), await scene.newUser()];
    assert.equal((await scene.accounts.users.change(user.id, { disabled: true }, asUser(other))).outcome, 'saved');
    for (const code of [undefined, '123456', scene.now(secret), codes[0]]) assert.equal(await scene.login(user, { code }), 'wrong-credentials');
  });

  test('make somebody wait who knows the password and guesses codes, and the password alone does not end it', async () => {
    const { user, secret } = await scene.owner();
    const guess = () => scene.login(user, { code: scene.wrong(secret) });
    for (let count = 0; count < 6; count += 1) {
      assert.equal(await guess(), 'wrong-credentials');
      if (count < 5) assert.equal(await scene.login(user), 'second-factor-required');
    }
    assert.deepEqual(await guess(), { lockedForSeconds: 1 });
    assert.deepEqual(await scene.login(user, { code: scene.now(secret) }), { lockedForSeconds: 1 });
    scene.clock.now += SECOND;
    expectTokens(await scene.login(user, { code: scene.now(secret) }));
    assert.equal(await guess(), 'wrong-credentials');
  });

  test('count a used code like a wrong one', async () => {
    const { user, secret } = await scene.owner();
    const code = scene.now(secret);
    expectTokens(await scene.login(user, { code }));
    for (let count = 0; count < 6; count += 1) assert.equal(await scene.login(user, { code }), 'wrong-credentials');
    assert.deepEqual(await scene.login(user, { code }), { lockedForSeconds: 1 });
  });

  test('count wrong codes for the address, too', async () => {
    const from = { device: 'curl', address: '192.0.2.77' };
    const owners = [await scene.owner(), await scene.owner(), await scene.owner(), await scene.owner(), await scene.owner()];
    await scene.forgetFailures();
    let guesses = 0;
    for (const { user, secret } of owners)
      for (let count = 0; count < 5; count += 1) guesses += waitOf(await scene.login(user, { code: scene.wrong(secret), from })) === 0 ? 1 : 0;
    assert.equal(guesses, 21);
  });

  test('let nobody guess codes for nothing who can end the wait of the account otherwise: it is a quarter of an hour in the end', async () => {
    const { user, principal, secret } = await scene.owner();
    let longest = 0;
    for (let guesses = 0; guesses < 17; ) {
      const from = { device: 'curl', address: `10.9.0.${guesses}` };
      assert.equal(await scene.accounts.changePassword(principal, SCENE_PASSWORD, CHOSEN, from), 'changed');
      assert.equal(await scene.accounts.changePassword(principal, CHOSEN, SCENE_PASSWORD, from), 'changed');
      const wait = waitOf(await scene.login(user, { code: scene.wrong(secret), from }));
      longest = Math.max(longest, wait);
      scene.clock.now += wait * SECOND;
      if (wait === 0) guesses += 1;
    }
    assert.equal(longest, (15 * MINUTE) / SECOND);
  });

  test('that were only asked for are no failure, so that many behind one address can log in', async () => {
    const { user, secret } = await scene.owner();
    for (let count = 0; count < 40; count += 1) assert.equal(await scene.login(user), 'second-factor-required');
    expectTokens(await scene.login(user, { code: scene.now(secret) }));
  });

  test('that were only asked for forgive no wrong password', async () => {
    const { user } = await scene.owner();
    for (let count = 0; count < 6; count += 1) {
      assert.equal(await scene.login(user, { password: 'wrong' }), 'wrong-credentials');
      if (count < 5) assert.equal(await scene.login(user), 'second-factor-required');
    }
    assert.deepEqual(await scene.login(user, { password: 'wrong' }), { lockedForSeconds: 1 });
  });

  test('let no session begin without a code, whatever a login has seen before', async () => {
    const { user } = await scene.owner();
    const at = { createdAt: instant(scene.clock.now), expiresAt: instant(scene.clock.now + MINUTE) };
    const token = { id: randomUUIDv7(), family: randomUUIDv7(), tokenHash: 'none', ...at };
    const store = accountStore(place.database);
    const { user: looked } = await store.credentialsOf(user.email, at.createdAt);
    assert.ok(looked);
    const begin = store.changing((transaction) => beginSession(transaction, token, NOWHERE, { looked, proof: null }));
    assert.equal(await begin, 'not-proven');
    assert.deepEqual(await place.database.sql('select id from refresh_token where id = $1', [token.id]), []);
  });

  test('take no proof of a factor, and finish no set-up, that another has taken the place of', async () => {
    const store = accountStore(place.database);
    const { user, principal } = await scene.owner();
    const { factor: old } = await store.credentialsOf(user.email, instant(scene.clock.now));
    assert.equal((await scene.accounts.users.removeSecondFactor(user.id, asUser(await scene.newUser()))).outcome, 'saved');
    const { secret } = await scene.begin(principal);
    const at = instant(scene.clock.now);
    const replaced = { id: randomUUIDv7(), userId: user.id, secret: old?.secret ?? assert.fail(), expiresAt: instant(at + MINUTE) };
    const finish = { setup: replaced, step: 1, codeHashes: [], keptSession: '' };
    assert.equal(await store.changing((transaction) => turnOn(transaction, finish, at)), undefined);
    await scene.confirm(principal, scene.now(secret));
    const proof = { kind: 'step', factorId: old?.id ?? assert.fail(), step: Number.MAX_SAFE_INTEGER, resealed: null } as const;
    assert.equal(await store.changing((transaction) => transaction.spend(user.id, proof)), false);
  });

  test('make guesses wait at a set-up, and at what wants password and code', async () => {
    const { principal } = await scene.logIn(await scene.newUser());
    const { secret } = await scene.begin(principal);
    for (let count = 0; count < 6; count += 1) assert.equal(await scene.factors.confirm(principal, scene.wrong(secret)), 'wrong-code');
    assert.deepEqual(await scene.factors.confirm(principal, scene.now(secret)), { lockedForSeconds: 1 });
    const owner = await scene.owner();
    const remove = (code: string) => scene.factors.remove(owner.principal, { password: SCENE_PASSWORD, code }, NOWHERE);
    for (let count = 0; count < 6; count += 1) assert.equal(await remove(scene.wrong(owner.secret)), 'wrong-code');
    assert.deepEqual(await remove(scene.now(owner.secret)), { lockedForSeconds: 1 });
    await scene.forgetFailures();
    const begin = (password: string) => scene.factors.begin(principal, password, 'Salt & Pine', NOWHERE);
    for (let count = 0; count < 6; count += 1) assert.equal(await begin('wrong'), 'wrong-password');
    assert.deepEqual(await begin(SCENE_PASSWORD), { lockedForSeconds: 1 });
  });

  test('count a wrong code like a wrong password, and forgive failures for the two together only', async () => {
    const { user, principal, secret, codes } = await scene.owner();
    const remove = (code: string) => scene.factors.remove(principal, { password: SCENE_PASSWORD, code }, NOWHERE);
    for (let count = 0; count < 6; count += 1) assert.equal(await remove(scene.wrong(secret)), 'wrong-code');
    assert.deepEqual(await scene.login(user), { lockedForSeconds: 1 });
    scene.clock.now += SECOND;
    const renew = (code = '') => scene.factors.renewRecoveryCodes(principal, { password: SCENE_PASSWORD, code }, NOWHERE);
    assert.ok(Array.isArray(await renew(codes[0])));
    assert.equal(await scene.login(user), 'second-factor-required');
  });

  test('begin with the right password as often as one likes: that is no failure', async () => {
    const { principal } = await scene.logIn(await scene.newUser());
    for (let count = 0; count < 7; count += 1) await scene.begin(principal);
  });

  test('are kept so that the database alone is of no use', async () => {
    const { user, secret, codes } = await scene.owner();
    const { secret: unfinished } = await scene.begin((await scene.logIn(await scene.newUser())).principal);
    const tables = ['second_factor', 'second_factor_setup', 'recovery_code', 'notification', 'failed_login'];
    const rows = await Promise.all(tables.map((table) => place.database.sql(`select t::text from ${table} t`)));
    const text = rows.flat(2).join('\n');
    assert.ok(text.includes(user.id));
    for (const each of [secret, unfinished, ...codes, ...codes.map((code) => code.replaceAll('-', ''))]) assert.ok(!text.includes(each));
  });

  test('outlive a new server secret as long as the old one is listed, and are sealed again when they are used', async () => {
    const { user, secret, codes } = await scene.owner();
    const next = { jwtSecret: 'n'.repeat(32) };
    const both = await openAccountScene(place.database, { ...next, otherJwtSecrets: ['s'.repeat(32)] });
    const without = await openAccountScene(place.database, next);
    for (const { clock } of [both, without]) clock.now = scene.clock.now;
    const loginAt = ({ accounts, clock }: typeof both, code = shownCode(secret, clock.now)) => accounts.login(user.email, SCENE_PASSWORD, NOWHERE, code);
    const keyOf = async () => (await place.database.sql('select key_id from second_factor where user_id = $1', [user.id]))[0]?.[0];
    await assert.rejects(loginAt(without), BrokenSeal);
    expectTokens(await loginAt(without, codes[0]));
    const old = await keyOf();
    expectTokens(await loginAt(both));
    assert.notEqual(await keyOf(), old);
    without.clock.now += 2 * CODE_STEP;
    expectTokens(await loginAt(without));
    await assert.rejects(loginAt(scene), BrokenSeal);
  });

  test('that an earlier version has sealed are read', async () => {
    const id = '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d';
    const [secret, sealed] = ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', 'yx2a9EfNI7CZbo6zSSMfwClbeTFLXEWrFBfjenrxUpIMp8sWcobpA-CDyewnfC8-7tUElCK8YJ2u8CNX'];
    const user = await scene.accounts.create({ id, email: `${id}@example.org`, name: 'Ada', role: 'customer' }, SCENE_PASSWORD);
    assert.ok(user !== 'email-taken');
    await place.database.sql('insert into second_factor (user_id, id, key_id, sealed_secret, last_step, turned_on_at) values ($1, $1, $2, $3, 0, 0)', [
      id,
      'j9amp49YV9c',
      sealed,
    ]);
    expectTokens(await scene.login(user, { code: scene.now(secret) }));
  });

  test('that cannot be read let nobody in and are not taken for none', async () => {
    const [{ user, principal, secret }, stranger] = [await scene.owner(), await scene.owner()];
    const change = (columns: string) => place.database.sql(`update second_factor set ${columns} where user_id = $1`, [user.id]);
    const kept = async ({ id }: User) => (await place.database.sql('select key_id, sealed_secret from second_factor where user_id = $1', [id]))[0] ?? [];
    const [keyId, whole] = await kept(user);
    const [, ofStranger] = await kept(stranger.user);
    for (const columns of [`sealed_secret = 'x' || sealed_secret`, `sealed_secret = ''`, `sealed_secret = '${ofStranger}'`, `key_id = 'another'`]) {
      await change(columns);
      await scene.forgetFailures();
      for (const code of [scene.now(secret), scene.now(stranger.secret), '123456']) await assert.rejects(scene.login(user, { code }), BrokenSeal, columns);
      assert.equal(await scene.login(user), 'second-factor-required');
      assert.deepEqual(await scene.factors.status(principal), { isOn: true, recoveryCodesLeft: 10 });
      await assert.rejects(scene.factors.remove(principal, { password: SCENE_PASSWORD, code: scene.now(secret) }, NOWHERE), BrokenSeal);
      await change(`sealed_secret = '${whole}', key_id = '${keyId}'`);
    }
    await scene.forgetFailures();
    expectTokens(await scene.login(user, { code: scene.now(secret) }));
  });
});
