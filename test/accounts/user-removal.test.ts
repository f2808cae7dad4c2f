import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { UserChanges, UserDraft } from '../../src/accounts/user-changes.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { expectTokens, SCENE_PASSWORD } from './account-scene.ts';
import { openFactorScene } from './second-factor-scene.ts';
import { asUser, openUserScene, refusal, saved, type UserScene, userDraft } from './user-scene.ts';

const CHOSEN = 'violet tractor umbrella';

onUsualDatabase('the removal of an account', (place) => {
  let scene: UserScene;
  before(async () => {
    scene = await openUserScene(place.database);
  });
  const users = () => scene.accounts.users;
  const add = (draft: Partial<UserDraft> = {}) => users().add(userDraft(draft), asUser(scene.owner));
  const change = (id: string, changes: UserChanges) => users().change(id, changes, asUser(scene.owner));
  const remove = (id: string) => users().remove(id, asUser(scene.owner));
  const reset = (token: string) => scene.accounts.passwordResets.reset(token, CHOSEN);

  test('frees the address, and leaves an id that nobody gets again', async () => {
    const user = await scene.newColleague();
    const { tokens } = await scene.logIn(user);
    saved(await remove(user.id));
    assert.deepEqual([await users().byId(user.id), await scene.accounts.user(user.id)], [undefined, undefined]);
    assert.equal(scene.accounts.verify(tokens.accessToken), undefined);
    assert.equal(await scene.accounts.login(user.email, SCENE_PASSWORD), 'wrong-credentials');
    assert.equal(await scene.accounts.refresh(tokens.refreshToken), 'wrong-credentials');
    for (const again of [remove(user.id), change(user.id, {}), users().invite(user.id, asUser(scene.owner))])
      assert.deepEqual(refusal(await again), ['not-found']);
    assert.deepEqual(refusal(await add({ id: user.id })), ['id-in-use', 'id']);
    assert.notEqual(saved(await add({ email: user.email })).id, user.id);
    const [[kept] = []] = await place.database.sql('select row_to_json(u) from user_account u where id = $1', [user.id]);
    assert.doesNotMatch(JSON.stringify(kept), /Dora|example\.org|\$2/);
  });

  test('of a customer, who can be disabled as well, leaves them a customer', async () => {
    const customer = await scene.newUser();
    assert.deepEqual(refusal(await change(customer.id, { role: 'manager' })), ['invalid-request', 'role']);
    saved(await change(customer.id, { name: 'Clara', disabled: true }));
    saved(await remove(customer.id));
    assert.deepEqual(await place.database.sql('select action, before, after from audit_entry where subject_id = $1 order by id desc limit 2', [customer.id]), [
      ['user.removed', { role: 'customer', staffId: null, locationId: null, disabled: true }, null],
      ['user.changed', { disabled: false }, { disabled: true, changedFields: ['name'] }],
    ]);
  });

  test('ends links that set a password: they work for no later account with the address', async () => {
    const { id, email } = saved(await add());
    await scene.accounts.passwordResets.forgot(email);
    const tokens = [await scene.lastToken(email, 'invitation'), await scene.lastToken(email, 'password-reset')];
    saved(await remove(id));
    saved(await add({ email }));
    for (const token of tokens) assert.equal(await reset(token), 'link-not-valid');
  });

  test('is not undone by the link that has made the account', async () => {
    const { email } = userDraft();
    await scene.accounts.registrations.register({ email, name: 'Grace', password: CHOSEN });
    const token = await scene.lastToken(email, 'email-verification');
    assert.equal(await scene.accounts.registrations.verify(token), 'verified');
    saved(await remove(expectTokens(await scene.accounts.login(email, CHOSEN)).user.id));
    assert.equal(await scene.accounts.registrations.verify(token), 'link-not-valid');
    assert.equal(await scene.accounts.login(email, CHOSEN), 'wrong-credentials');
  });

  test('takes the second factor along, also one that nobody has finished setting up', async () => {
    const factors = await openFactorScene(place.database);
    factors.clock.now = scene.clock.now;
    const { user } = await factors.owner();
    const beginner = await factors.newUser();
    await factors.begin((await factors.logIn(beginner)).principal);
    for (const { id } of [user, beginner]) saved(await remove(id));
    for (const table of ['second_factor', 'recovery_code', 'second_factor_setup'])
      for (const each of [user, beginner]) assert.deepEqual(await factors.rowsOf(table, each), [], table);
  });

  test('leaves nothing of them in the list', async () => {
    const [gone, there] = [await scene.newColleague(), await scene.newColleague()];
    saved(await remove(gone.id));
    const { items } = await users().list({ roles: ['front-desk'] }, 200, null);
    assert.deepEqual(
      [gone, there].map(({ id }) => items.some((item) => item.id === id)),
      [false, true],
    );
  });
});
