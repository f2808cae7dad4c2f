import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { User } from '../../src/accounts/account.ts';
import { stateOf } from '../../src/accounts/stored-accounts.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { asUser, openUserScene, refusal, saved, type UserScene, userDraft } from './user-scene.ts';

onUsualDatabase('owners', (place) => {
  let scene: UserScene;
  before(async () => {
    scene = await openUserScene(place.database);
    await scene.newOwner();
  });
  const users = () => scene.accounts.users;

  test('nobody changes their own role, disables or removes themselves; their name they may', async () => {
    const me = asUser(scene.owner);
    const { id } = scene.owner;
    assert.deepEqual(refusal(await users().change(id, { role: 'manager' }, me)), ['forbidden', 'role']);
    assert.deepEqual(refusal(await users().change(id, { disabled: true }, me)), ['forbidden', 'disabled']);
    assert.deepEqual(refusal(await users().remove(id, me)), ['forbidden', 'id']);
    assert.equal(saved(await users().change(id, { name: 'Olga the First' }, me)).name, 'Olga the First');
  });

  test('of two owners who take each other’s rights at once one is left, whatever they do', async () => {
    const owners = async () => (await users().list({ roles: ['owner'] }, 200, null)).items.filter((user) => stateOf(user) === 'active');
    const [survivor] = await owners();
    assert.ok(survivor);
    for (const { id } of (await owners()).slice(1)) saved(await users().change(id, { disabled: true }, asUser(survivor)));
    // One who has not answered an invitation yet lets nobody in.
    saved(await users().add(userDraft({ role: 'owner' }), asUser(survivor)));
    let last: User = survivor;
    for (const deed of ['demote', 'disable', 'remove', 'demote', 'disable', 'remove'] as const) {
      const rivals = [last, await scene.newOwner()] as const;
      const takeRights = (by: User, { id }: User) => {
        if (deed === 'remove') return users().remove(id, asUser(by));
        return users().change(id, deed === 'demote' ? { role: 'manager' } : { disabled: true }, asUser(by));
      };
      const answers = await Promise.all([takeRights(rivals[0], rivals[1]), takeRights(rivals[1], rivals[0])]);
      assert.deepEqual(answers.map(refusal).sort(), [['saved'], ['wrong-status']], deed);
      last = answers[0].outcome === 'saved' ? rivals[0] : rivals[1];
      assert.deepEqual(
        (await owners()).map(({ id }) => id),
        [last.id],
      );
    }
    assert.deepEqual(refusal(await users().remove(last.id, asUser(await scene.newColleague()))), ['wrong-status']);
  });
});
