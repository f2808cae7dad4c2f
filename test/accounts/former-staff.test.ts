// What becomes of the account of somebody who is removed from the staff.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { CatalogKeeper } from '../../src/catalog/catalog-keeper.ts';
import { catalogStore } from '../../src/persistence/catalog/catalog-store.ts';
import { FormerStaff } from '../../src/persistence/migrations/from-0014-to-0026.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { request as catalogRequest, staffDraft } from '../catalog/drafts.ts';
import { type Business, openBusiness } from '../gateway/business.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { TEST_PASSWORD } from '../support/test-server.ts';
import { SCENE_PASSWORD } from './account-scene.ts';
import { asUser, openUserScene, refusal, saved, type UserScene } from './user-scene.ts';

test('removing a staff member ends their socket, tokens and password at once', async (t) => {
  const shop: Business = await openBusiness();
  t.after(() => shop[Symbol.asyncDispose]());
  const { owner } = shop.tokens;
  const login = await shop.ask('POST', '/v1/auth/login', { body: { email: 'ada@example.org', password: TEST_PASSWORD } });
  const { accessToken: token, refreshToken, user } = login.body;
  const screen = await TestScreen.open(shop.url, token);
  assert.equal((await shop.ask('GET', '/v1/me', { token })).status, 200);
  assert.equal((await shop.ask('DELETE', `/v1/staff/${shop.ada.id}`, { token: owner })).status, 204);

  assert.equal((await shop.ask('GET', '/v1/me', { token })).status, 401);
  assert.equal((await shop.ask('POST', '/v1/auth/refresh', { body: { refreshToken } })).status, 401);
  assert.equal((await screen.hears('session-ended')).reason, 'logged-out');
  await screen.ended();
  const again = await shop.ask('POST', '/v1/auth/login', { body: { email: 'ada@example.org', password: TEST_PASSWORD } });
  const stranger = await shop.ask('POST', '/v1/auth/login', { body: { email: 'nobody@example.org', password: TEST_PASSWORD } });
  assert.deepEqual([again.status, again.body.code, again.body.detail], [stranger.status, stranger.body.code, stranger.body.detail]);

  assert.equal((await shop.ask('GET', `/v1/users/${user.id}`, { token: owner })).body.state, 'disabled');
  const { items } = (await shop.ask('GET', `/v1/audit?subjectId=${user.id}&action=user.changed`, { token: owner })).body;
  assert.deepEqual(
    items.map(({ by, before: was, after: is }: { by: { role: string }; before: object; after: object }) => [by.role, was, is]),
    [['owner', { disabled: false }, { disabled: true }]],
  );
});

onUsualDatabase('the account of a former staff member', (place) => {
  let scene: UserScene;
  before(async () => {
    scene = await openUserScene(place.database);
  });
  const change = (id: string, changes: object) => scene.accounts.users.change(id, changes, asUser(scene.owner));

  test('comes back with another role only, and a link that was on its way to it is dead', async () => {
    const catalog = await CatalogKeeper.open(catalogStore(place.database));
    const member = staffDraft(scene.locationId);
    await catalog.addStaffMember(member, catalogRequest());
    const user = await scene.newColleague({ role: 'staff', staffId: member.id });
    await scene.accounts.passwordResets.forgot(user.email);
    const token = await scene.lastToken(user.email, 'password-reset');
    await catalog.archiveStaffMember(member.id, catalogRequest());
    assert.equal(await scene.accounts.passwordResets.reset(token, 'violet tractor umbrella'), 'link-not-valid');
    assert.deepEqual(refusal(await change(user.id, { disabled: false })), ['invalid-request', 'staffId']);
    saved(await change(user.id, { role: 'front-desk', disabled: false }));
    assert.equal(typeof (await scene.accounts.login(user.email, SCENE_PASSWORD)), 'object');
  });

  test('that was left from an earlier version is disabled by the upgrade, and no other is', async () => {
    const former = await scene.newColleague({ role: 'staff', staffId: scene.formerStaffId });
    const colleague = await scene.newColleague({ role: 'staff', staffId: scene.staffIds[0] });
    const migration = Object.create(FormerStaff.prototype) as FormerStaff;
    const statements: string[] = [];
    migration.addSql = (sql) => void statements.push(String(sql));
    migration.up();
    for (const statement of statements) await place.database.sql(statement);
    assert.equal(await scene.accounts.login(former.email, SCENE_PASSWORD), 'wrong-credentials');
    assert.equal(typeof (await scene.accounts.login(colleague.email, SCENE_PASSWORD)), 'object');
  });
});
