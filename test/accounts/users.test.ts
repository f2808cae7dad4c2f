import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { before, test } from 'node:test';
import { NOWHERE } from '../../src/accounts/account.ts';
import { ACCESS_TOKEN_LIFE } from '../../src/accounts/accounts.ts';
import { beginSession } from '../../src/accounts/sessions.ts';
import { stateOf } from '../../src/accounts/stored-accounts.ts';
import { MOST_WORKERS, type UserChanges, type UserDraft } from '../../src/accounts/user-changes.ts';
import { INVITATION_LIFE } from '../../src/accounts/users.ts';
import { instant, MINUTE } from '../../src/model/instant.ts';
import type { Role } from '../../src/model/roles.ts';
import { accountStore } from '../../src/persistence/accounts/account-store.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { keyOf } from '../catalog/drafts.ts';
import { expectTokens, openAccountScene, SCENE_PASSWORD } from './account-scene.ts';
import { asUser, openUserScene, refusal, saved, type UserScene, userDraft } from './user-scene.ts';

const CHOSEN = 'violet tractor umbrella';
const OTHER = 'marble teapot avalanche';

onUsualDatabase('the accounts of others', (place) => {
  let scene: UserScene;
  before(async () => {
    scene = await openUserScene(place.database);
  });
  const users = () => scene.accounts.users;
  const add = (draft: UserDraft = userDraft()) => users().add(draft, asUser(scene.owner));
  const change = (id: string, changes: UserChanges) => users().change(id, changes, asUser(scene.owner));
  const remove = (id: string) => users().remove(id, asUser(scene.owner));
  const stateNow = async (id: string) => {
    const user = await users().byId(id);
    return user && stateOf(user);
  };
  const reset = (token: string, password = CHOSEN) => scene.accounts.passwordResets.reset(token, password);
  const actionsOn = (id: string) => place.database.sql('select action, before, after, by_id from audit_entry where subject_id = $1 order by id', [id]);

  test('a person who is added cannot log in before the link of their e-mail has set a password', async () => {
    const { id, email } = saved(await add());
    assert.equal(await stateNow(id), 'invited');
    assert.deepEqual(await scene.topicsTo(email), ['invitation']);
    for (const password of ['', 'nobody has this password', SCENE_PASSWORD]) assert.equal(await scene.accounts.login(email, password), 'wrong-credentials');
    const token = await scene.lastToken(email, 'invitation');
    assert.equal(await reset(token, 'password123'), 'guessable');
    assert.equal(await reset(token), 'reset');
    assert.equal(await reset(token, OTHER), 'link-not-valid');
    assert.deepEqual([await stateNow(id), (await users().byId(id))?.lastSeenAt], ['active', null]);
    scene.clock.now += MINUTE;
    expectTokens(await scene.accounts.login(email, CHOSEN));
    assert.equal((await users().byId(id))?.lastSeenAt, scene.clock.now);
  });

  test('an invitation is good for a week, and until there is another', async () => {
    const [{ email: late }, { id, email }] = [saved(await add()), saved(await add())];
    const lateToken = await scene.lastToken(late, 'invitation');
    const replaced = await scene.lastToken(email, 'invitation');
    scene.clock.now += INVITATION_LIFE - 1;
    saved(await users().invite(id, asUser(scene.owner)));
    scene.clock.now += 1;
    assert.equal(await reset(lateToken), 'link-not-valid');
    assert.equal(await reset(replaced), 'link-not-valid');
    assert.equal(await reset(await scene.lastToken(email, 'invitation')), 'reset');
  });

  test('resetting the password of an invited account sends another link; using either ends both', async () => {
    const { email } = saved(await add());
    await scene.accounts.passwordResets.forgot(email);
    const [invitation, forgotten] = [await scene.lastToken(email, 'invitation'), await scene.lastToken(email, 'password-reset')];
    assert.equal(await reset(invitation), 'reset');
    assert.equal(await reset(forgotten, OTHER), 'link-not-valid');
    expectTokens(await scene.accounts.login(email, CHOSEN));
  });

  test('a user with a password, or a disabled one, is not invited again', async () => {
    const active = await scene.newColleague();
    assert.deepEqual(refusal(await users().invite(active.id, asUser(scene.owner))), ['wrong-status']);
    const { id, email } = saved(await add());
    const token = await scene.lastToken(email, 'invitation');
    saved(await change(id, { disabled: true }));
    assert.equal(await reset(token), 'link-not-valid');
    assert.deepEqual(refusal(await users().invite(id, asUser(scene.owner))), ['wrong-status']);
    saved(await change(id, { disabled: false }));
    assert.deepEqual([await stateNow(id), await reset(token)], ['invited', 'link-not-valid']);
    assert.deepEqual(refusal(await users().invite(randomUUIDv7(), asUser(scene.owner))), ['not-found']);
  });

  test('what does not go with the role, or does not exist, is said of its field', async () => {
    const { locationId, formerStaffId, closedLocationId } = scene;
    const [staffId, nowhere] = [scene.staffIds[0], randomUUIDv7()];
    const tried: readonly [Partial<UserDraft>, readonly string[]][] = [
      [{ role: 'staff' }, ['staffId']],
      [{ role: 'staff', staffId: nowhere, locationId }, ['staffId', 'locationId']],
      [{ role: 'staff', staffId: formerStaffId }, ['staffId']],
      [{ role: 'front-desk', staffId }, ['staffId']],
      [{ role: 'manager', locationId: nowhere }, ['locationId']],
      [{ role: 'front-desk', locationId: closedLocationId }, ['locationId']],
      [{ role: 'owner', locationId }, ['locationId']],
    ];
    for (const [draft, fields] of tried) assert.deepEqual(refusal(await add(userDraft(draft))), ['invalid-request', ...fields], JSON.stringify(draft));
    const { id } = await scene.newColleague();
    for (const [{ role, ...changes }, fields] of tried)
      assert.deepEqual(refusal(await change(id, { ...changes, ...(role && { role }) })), ['invalid-request', ...fields], JSON.stringify(changes));
  });

  test('an address, an id and a staff member have one account, also when two are added at once', async () => {
    const [staffId] = scene.staffIds;
    const first = userDraft({ role: 'staff', staffId });
    const [one, two] = await Promise.all([add(first), add({ ...first, id: randomUUIDv7() })]);
    assert.deepEqual([refusal(one), refusal(two)].sort(), [['email-taken', 'email'], ['saved']]);
    const { id } = saved(one.outcome === 'saved' ? one : two);
    assert.deepEqual(refusal(await add(userDraft({ role: 'staff', staffId }))), ['id-in-use', 'staffId']);
    assert.deepEqual(refusal(await add(userDraft({ id }))), ['id-in-use', 'id']);
    const colleague = await scene.newColleague();
    assert.deepEqual(refusal(await change(colleague.id, { role: 'staff', staffId })), ['id-in-use', 'staffId']);
    saved(await remove(id));
    saved(await change(colleague.id, { role: 'staff', staffId }));
    saved(await remove(colleague.id));
  });

  test('an address that a customer verifies in the same moment has one account', async () => {
    const draft = userDraft();
    await scene.accounts.registrations.register({ email: draft.email, name: 'Dora', password: OTHER });
    const token = await scene.lastToken(draft.email, 'email-verification');
    const [added, verified] = await Promise.all([add(draft), scene.accounts.registrations.verify(token)]);
    assert.deepEqual([refusal(added), verified].flat().sort(), verified === 'verified' ? ['email', 'email-taken', 'verified'] : ['link-not-valid', 'saved']);
  });

  test('another role, calendar or location ends every session; another name ends none, and nothing at all changes nothing', async () => {
    const [user, stranger] = [await scene.newColleague(), await scene.newColleague()];
    const bystander = await scene.logIn(stranger);
    const [firstStaffId, staffId] = scene.staffIds;
    const changes: readonly UserChanges[] = [{ locationId: scene.locationId }, { role: 'manager' }, { role: 'staff', staffId: firstStaffId }, { staffId }];
    for (const step of changes) {
      const sessions = [await scene.logIn(user), await scene.logIn(user)];
      saved(await change(user.id, step));
      for (const { tokens } of sessions)
        assert.deepEqual([scene.accounts.verify(tokens.accessToken), await scene.accounts.refresh(tokens.refreshToken)], [undefined, 'wrong-credentials']);
    }
    const { tokens, principal } = await scene.logIn(user);
    assert.deepEqual([principal.role, principal.staffId, principal.locationId], ['staff', staffId, null]);
    const before = await users().byId(user.id);
    assert.equal(saved(await change(user.id, { name: 'Theodora' })).version, 6);
    assert.equal(saved(await change(user.id, { name: 'Theodora', disabled: false, role: 'staff' })).version, 6);
    assert.deepEqual(await users().byId(user.id), { ...before, name: 'Theodora', version: 6 });
    assert.equal(expectTokens(await scene.accounts.refresh(tokens.refreshToken)).user.name, 'Theodora');
    assert.ok(scene.accounts.verify(bystander.tokens.accessToken));
    saved(await remove(user.id));
  });

  test('with another role goes the calendar or the location that only the old one had', async () => {
    const [one, other] = [await scene.newColleague({ role: 'staff', staffId: scene.staffIds[0] }), await scene.newColleague({ locationId: scene.locationId })];
    assert.equal(saved(await change(one.id, { role: 'front-desk' })).staffId, null);
    assert.equal(saved(await change(other.id, { role: 'owner' })).locationId, null);
    for (const { id } of [one, other]) saved(await remove(id));
  });

  test('who is disabled cannot log in, refresh or set a password, and can again when they are enabled', async () => {
    const user = await scene.newColleague();
    const { tokens } = await scene.logIn(user);
    await scene.accounts.passwordResets.forgot(user.email);
    const token = await scene.lastToken(user.email, 'password-reset');
    saved(await change(user.id, { disabled: true }));
    assert.equal(await stateNow(user.id), 'disabled');
    assert.equal(scene.accounts.verify(tokens.accessToken), undefined);
    assert.equal(await scene.accounts.login(user.email, SCENE_PASSWORD), 'wrong-credentials');
    assert.equal(await scene.accounts.refresh(tokens.refreshToken), 'wrong-credentials');
    assert.equal(await reset(token), 'link-not-valid');
    await scene.accounts.passwordResets.forgot(user.email);
    assert.equal((await scene.topicsTo(user.email))[0], 'password-reset-without-account');
    await scene.accounts.registrations.register({ email: user.email, name: 'Dora', password: OTHER });
    assert.equal((await scene.topicsTo(user.email))[0], 'already-registered');
    saved(await change(user.id, { disabled: false }));
    assert.equal(await reset(token), 'link-not-valid');
    assert.equal((await scene.logIn(user)).principal.userId, user.id);
  });

  test('a session that a node of an older version lets a disabled account begin ends when it is refreshed', async () => {
    const user = await scene.newColleague();
    const { tokens } = await scene.logIn(user);
    await place.database.sql('update user_account set disabled_at = 1 where id = $1', [user.id]);
    assert.equal(await scene.accounts.refresh(tokens.refreshToken), 'wrong-credentials');
    assert.equal(scene.accounts.verify(tokens.accessToken), undefined);
    await place.database.sql('update user_account set disabled_at = null where id = $1', [user.id]);
    assert.equal(await scene.accounts.refresh(tokens.refreshToken), 'wrong-credentials');
  });

  test('a user who set a password on a node of an older version is active after the next login', async () => {
    const user = await scene.newColleague();
    await place.database.sql('update user_account set invited_at = 1 where id = $1', [user.id]);
    assert.equal(await stateNow(user.id), 'invited');
    await scene.logIn(user);
    assert.equal(await stateNow(user.id), 'active');
  });

  test('a login that has begun before somebody is changed, disabled or removed makes no session', async () => {
    const store = accountStore(place.database);
    const deeds = [(id: string) => change(id, { role: 'manager' }), (id: string) => change(id, { disabled: true }), remove];
    for (const deed of deeds) {
      const { id, email } = await scene.newColleague();
      const at = instant(scene.clock.now);
      const { user } = await store.credentialsOf(email, at);
      assert.ok(user);
      const begin = () => {
        const token = { id: randomUUIDv7(), family: randomUUIDv7(), tokenHash: randomUUIDv7(), createdAt: at, expiresAt: instant(at + MINUTE) };
        return store.changing((transaction) => beginSession(transaction, token, NOWHERE, { looked: user, proof: null }));
      };
      assert.equal(await begin(), 'begun');
      saved(await deed(id));
      assert.equal(await begin(), 'changed');
      assert.deepEqual(await scene.accounts.sessions(id), []);
    }
  });

  test('a user changed or disabled during the password check is not let in, and then logs in with the new role', async () => {
    const user = await scene.newColleague();
    const { locationId } = scene;
    assert.equal(await scene.logInAround(user, async () => saved(await change(user.id, { locationId }))), 'wrong-credentials');
    assert.equal((await scene.logIn(user)).principal.locationId, locationId);
    assert.equal(await scene.logInAround(user, async () => saved(await change(user.id, { disabled: true }))), 'wrong-credentials');
    assert.equal(await scene.accounts.login(user.email, SCENE_PASSWORD), 'wrong-credentials');
  });

  test('every change is in the audit trail with what it changed, and nothing that was refused', async () => {
    const { id, email } = saved(await add(userDraft({ locationId: scene.locationId })));
    saved(await users().invite(id, asUser(scene.owner)));
    saved(await change(id, { role: 'manager', name: 'Dorothy' }));
    saved(await change(id, { name: 'Dorothy' }));
    assert.deepEqual(refusal(await change(id, { role: 'staff' })), ['invalid-request', 'staffId']);
    saved(await remove(id));
    const bound = { staffId: null, locationId: scene.locationId, disabled: false };
    assert.deepEqual(await actionsOn(id), [
      ['user.added', null, { email, role: 'front-desk', staffId: null, customerId: null, locationId: scene.locationId }, scene.owner.id],
      ['user.invited', null, { email }, scene.owner.id],
      ['user.changed', { name: 'Dora', role: 'front-desk' }, { name: 'Dorothy', role: 'manager' }, scene.owner.id],
      ['user.removed', { name: 'Dorothy', role: 'manager', ...bound }, null, scene.owner.id],
    ]);
  });

  test('of a customer whose name is changed the trail says that it was, and neither the old name nor the new one', async () => {
    const { id } = await scene.newUser();
    saved(await change(id, { name: 'Clara New' }));
    saved(await change(id, { name: 'Clara New' }));
    saved(await change(id, { name: 'Clara Newer', disabled: true }));
    const told = (await actionsOn(id)).filter(([action]) => action === 'user.changed');
    assert.deepEqual(told, [
      ['user.changed', {}, { changedFields: ['name'] }, scene.owner.id],
      ['user.changed', { disabled: false }, { disabled: true, changedFields: ['name'] }, scene.owner.id],
    ]);
  });

  test('a repeat announces the ended sessions again: the first node may have died before it did', async () => {
    const elsewhere = await openAccountScene(place.database);
    for (const ask of [asUser(scene.owner, { key: keyOf(randomUUIDv7()) }), asUser(scene.owner)]) {
      const colleague = await scene.newColleague();
      const { accessToken } = expectTokens(await scene.accounts.login(colleague.email, SCENE_PASSWORD));
      await users().change(colleague.id, { disabled: true }, ask);
      elsewhere.clock.now = scene.clock.now + ACCESS_TOKEN_LIFE - 1;
      assert.ok(elsewhere.accounts.verify(accessToken)); // has not heard of it
      await elsewhere.accounts.users.change(colleague.id, { disabled: true }, ask);
      assert.equal(elsewhere.accounts.verify(accessToken), undefined);
    }
  });

  test('what is asked twice under one key is done once, and an old version changes nothing', async () => {
    const draft = userDraft();
    const once = asUser(scene.owner, { key: keyOf(draft.id) });
    const first = await users().add(draft, once);
    const again = await users().add({ ...draft, id: randomUUIDv7() }, once);
    assert.deepEqual([first.outcome, again.outcome], ['saved', 'replayed']);
    assert.deepEqual(await scene.topicsTo(draft.email), ['invitation']);
    const other = asUser(scene.owner, { key: keyOf(draft.id, 'another') });
    assert.deepEqual(refusal(await users().remove(draft.id, other)), ['idempotency-key-reused']);
    saved(await users().change(draft.id, { name: 'Dorothy' }, asUser(scene.owner, { expectedVersions: [1] })));
    for (const late of [
      users().change(draft.id, { name: 'D' }, asUser(scene.owner, { expectedVersions: [1] })),
      users().remove(draft.id, asUser(scene.owner, { expectedVersions: [1] })),
    ])
      assert.deepEqual(refusal(await late), ['version-mismatch']);
  });

  test('a list has pages, by id, of roles and of those bound to a location', async () => {
    const bound = [];
    for (let count = 0; count < 3; count += 1) bound.push(saved(await add(userDraft({ role: 'manager', locationId: scene.locationId }))).id);
    const seen: string[] = [];
    let cursor: string | null = null;
    const roles: readonly Role[] = ['manager', 'staff'];
    do {
      const page = await users().list({ roles, locationId: scene.locationId }, 2, cursor);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(seen, [...bound].sort());
    assert.deepEqual((await users().list({ roles: ['customer'], locationId: scene.locationId }, 2, null)).items, []);
  });

  test('so many people who work here have an account and no more; customers are not counted', async () => {
    const [[there] = []] = await place.database.sql(`select count(*) from user_account where role <> 'customer' and removed_at is null`);
    await place.database.sql(
      `insert into user_account select (jsonb_populate_record(u, jsonb_build_object('id', md5(n::text)::uuid, 'email', n || '@many.example.org'))).*
        from user_account u, generate_series(1, $2::int) n where u.id = $1`,
      [scene.owner.id, MOST_WORKERS - Number(there)],
    );
    assert.deepEqual(refusal(await add()), ['limit-reached']);
    await place.database.sql(`update user_account set role = 'customer' where email = '1@many.example.org'`);
    saved(await add());
    await place.database.sql(`delete from user_account where email like '%@many.example.org'`);
  });
});
