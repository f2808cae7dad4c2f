import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { before, test } from 'node:test';
import { MOST_KEYS, type NewKey, USUAL_KEY_LIFE } from '../../src/accounts/api-keys.ts';
import type { ApiKey } from '../../src/accounts/stored-accounts.ts';
import { SYSTEM } from '../../src/audit/audit-entry.ts';
import { DAY, instant, MINUTE, SECOND } from '../../src/model/instant.ts';
import type { KeyScope } from '../../src/model/roles.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { type AccountScene, openAccountScene } from './account-scene.ts';

const SCOPES: readonly KeyScope[] = ['appointments:read', 'calendars:read'];

onUsualDatabase('API keys', (place) => {
  let scene: AccountScene;
  /** Another node on the same database. */
  let elsewhere: AccountScene;
  before(async () => {
    scene = await openAccountScene(place.database);
    elsewhere = await openAccountScene(place.database);
  });
  const add = async (asked: Partial<NewKey> = {}): Promise<{ apiKey: ApiKey; key: string }> => {
    const made = await scene.accounts.apiKeys.add({ name: 'Website', scopes: SCOPES, locationId: null, ...asked }, SYSTEM);
    assert.ok(typeof made === 'object');
    return made;
  };
  const verify = (key: string) => scene.accounts.apiKeys.verify(key);

  test('a key speaks for a program with its scopes, at its location, until it expires', async () => {
    const locationId = randomUUIDv7();
    const { apiKey, key } = await add({ locationId });
    assert.match(key, /^slk_[\w-]{43}$/);
    assert.equal(apiKey.prefix, key.slice(0, 12));
    const principal = await verify(key);
    const identity = { userId: apiKey.id, sessionId: apiKey.id, email: '', staffId: null, customerId: null, locationId };
    assert.deepEqual(principal, { ...identity, role: 'integration', name: 'Website', scopes: SCOPES, expiresAt: scene.clock.now + USUAL_KEY_LIFE });
    assert.deepEqual(await elsewhere.accounts.apiKeys.verify(key), principal);
  });

  test('the key itself is kept nowhere', async () => {
    const { apiKey, key } = await add();
    const [row] = await place.database.sql('select row_to_json(k)::text from api_key k where id = $1', [apiKey.id]);
    const [trail] = await place.database.sql(`select string_agg(row_to_json(e)::text, '') from audit_entry e where subject_id = $1`, [apiKey.id]);
    assert.ok(String(row?.[0]).includes(apiKey.prefix) && String(trail?.[0]).includes(apiKey.prefix));
    assert.ok(!`${row}${trail}`.includes(key.slice(12)));
  });

  test('what is not a key, and what is nearly one, is nobody', async () => {
    const { key } = await add();
    for (const other of [`${key}A`, key.slice(0, -1), key.toUpperCase(), 'slk_', `slk_${'A'.repeat(43)}`, `slk_${'x'.repeat(10_000)}`])
      assert.equal(await verify(other), undefined, other.slice(0, 60));
  });

  test('one that has expired is nobody, also while it is remembered', async () => {
    const startedAt = scene.clock.now;
    const { key } = await add({ expiresAt: instant(startedAt + 10 * SECOND) });
    const lasting = await add({ expiresAt: null });
    assert.ok(await verify(key));
    scene.clock.now = startedAt + 10 * SECOND;
    assert.equal(await verify(key), undefined);
    scene.clock.now = startedAt + 10_000 * DAY;
    assert.ok(await verify(lasting.key));
    scene.clock.now = startedAt;
  });

  test('one that is removed is nobody at once, and elsewhere once that is heard or after a minute', async () => {
    const { apiKey, key } = await add();
    const ended: string[] = [];
    const stop = scene.accounts.onSessionEnded((sessionId) => ended.push(sessionId));
    assert.ok((await verify(key)) && (await elsewhere.accounts.apiKeys.verify(key)));
    assert.equal(await scene.accounts.apiKeys.remove(apiKey.id, SYSTEM), 'removed');
    assert.deepEqual([await verify(key), ended], [undefined, [apiKey.id]]);
    assert.ok(await elsewhere.accounts.apiKeys.verify(key)); // has not heard of it
    elsewhere.clock.now += MINUTE;
    assert.equal(await elsewhere.accounts.apiKeys.verify(key), undefined);
    // Told again: the answer that should have told of it may have been lost.
    assert.equal(await scene.accounts.apiKeys.remove(apiKey.id, SYSTEM), 'not-found');
    assert.deepEqual(ended, [apiKey.id, apiKey.id]);
    stop();
  });

  test('has no scope that only a newer version knows', async () => {
    const { apiKey, key } = await add();
    await place.database.sql(`update api_key set scopes = scopes || '["moon:read"]' where id = $1`, [apiKey.id]);
    assert.deepEqual([(await verify(key))?.scopes, (await scene.accounts.apiKeys.find(apiKey.id))?.scopes], [SCOPES, SCOPES]);
  });

  test('is listed with when it was last used, to the minute', async () => {
    const { apiKey, key } = await add();
    const listed = async () => (await scene.accounts.apiKeys.list()).find(({ id }) => id === apiKey.id);
    assert.deepEqual(await listed(), { ...apiKey, lastUsedAt: null });
    const firstUse = scene.clock.now;
    await verify(key);
    scene.clock.now += 30 * SECOND;
    await verify(key);
    assert.equal((await listed())?.lastUsedAt, firstUse);
    scene.clock.now += MINUTE;
    await verify(key);
    assert.equal((await listed())?.lastUsedAt, scene.clock.now);
  });

  test('an id of the caller’s own is taken once', async () => {
    const id = randomUUIDv7();
    await add({ id });
    assert.equal(await scene.accounts.apiKeys.add({ id, name: 'Website', scopes: SCOPES, locationId: null }, SYSTEM), 'id-in-use');
  });

  test('making and removing one is in the audit trail, with its terms', async () => {
    const { apiKey } = await add({ name: 'Till' });
    await scene.accounts.apiKeys.remove(apiKey.id, SYSTEM);
    const rows = await place.database.sql('select action, subject_name, before, after from audit_entry where subject_id = $1 order by id', [apiKey.id]);
    const terms = { name: 'Till', prefix: apiKey.prefix, scopes: SCOPES, locationId: null, expiresAt: new Date(apiKey.expiresAt ?? 0).toISOString() };
    assert.deepEqual(rows, [
      ['api-key.added', 'Till', null, terms],
      ['api-key.removed', 'Till', terms, null],
    ]);
  });

  test('there are so many and no more, however many are made at once', async () => {
    const room = 3;
    const missing = MOST_KEYS - room - (await scene.accounts.apiKeys.list()).length;
    await place.database.sql(
      `insert into api_key (id, name, prefix, key_hash, scopes, created_at) select gen_random_uuid(), 'old', 'slk_', n::text, '[]', 0 from generate_series(1, $1::int) n`,
      [missing],
    );
    const made = await Promise.all(
      Array.from({ length: room + 5 }, () => scene.accounts.apiKeys.add({ name: 'One of many', scopes: SCOPES, locationId: null }, SYSTEM)),
    );
    assert.equal(made.filter((answer) => answer === 'too-many').length, 5);
    assert.equal((await scene.accounts.apiKeys.list()).length, MOST_KEYS);
  });
});
