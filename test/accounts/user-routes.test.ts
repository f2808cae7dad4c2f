import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { ManagedUserReply } from '../../src/protocol/users.ts';
import { type Business, openBusiness } from '../gateway/business.ts';
import { isProblem } from '../gateway/is-problem.ts';
import { TEST_OWNER, TEST_PASSWORD } from '../support/test-server.ts';

const CHOSEN = 'violet tractor umbrella';

describe('who may log in, over REST', () => {
  let shop: Business;
  before(async () => {
    shop = await openBusiness();
  });
  after(() => shop[Symbol.asyncDispose]());

  const ask = (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
    shop.ask(method, `/v1/users${path}`, { token: shop.tokens.owner, headers, ...(body !== undefined && { body }) });
  const newcomer = (more: object = {}) => ({ email: `${randomUUIDv7()}@example.org`, name: 'Dora', role: 'front-desk', ...more });
  async function add(more: object = {}): Promise<ManagedUserReply> {
    const said = await ask('POST', '', newcomer(more));
    assert.equal(said.status, 201, said.text);
    return said.body;
  }
  const lastEmail = async () => (await shop.ask('GET', '/v1/account-emails', { token: shop.tokens.owner })).body.items[0];
  const idOf = async (email: string) => (await ask('GET', '?limit=200')).body.items.find((user: ManagedUserReply) => user.email === email).id;

  test('a front desk is invited, sets a password and works at its location, until the owner sends it elsewhere', async () => {
    const said = await ask('POST', '', newcomer({ locationId: shop.berlin }));
    const { id, email, createdAt } = said.body;
    assert.deepEqual([said.status, said.headers.get('etag')], [201, '"1"']);
    const shown = {
      id,
      email,
      name: 'Dora',
      role: 'front-desk',
      staffId: null,
      locationId: shop.berlin,
      state: 'invited',
      createdAt,
      lastSeenAt: null,
      version: 1,
    };
    assert.deepEqual(said.body, shown);
    const mail = await lastEmail();
    assert.deepEqual([mail.topic, mail.to], ['invitation', email]);
    const [, token] = mail.link.split(`${shop.url}/account#invitation=`);
    isProblem(await shop.ask('POST', '/v1/auth/login', { body: { email, password: CHOSEN } }), 'unauthenticated');
    assert.equal((await shop.ask('POST', '/v1/auth/password/reset', { body: { token, password: CHOSEN } })).status, 204);
    const desk = await shop.login(email, CHOSEN);
    const block = (staffId: string, day: string) =>
      shop.ask('POST', `/v1/staff/${staffId}/blocks`, { token: desk, body: { startsAt: `2030-01-${day}T10:00:00Z`, endsAt: `2030-01-${day}T11:00:00Z` } });
    assert.equal((await block(shop.ada.id, '07')).status, 201);
    isProblem(await block(shop.cy.id, '08'), 'forbidden');

    const read = await ask('GET', `/${id}`);
    assert.deepEqual([read.headers.get('etag'), read.body.state, typeof read.body.lastSeenAt], ['"1"', 'active', 'string']);
    isProblem(await ask('PATCH', `/${id}`, { locationId: shop.newYork }, { 'if-match': '"7"' }), 'version-mismatch');
    const moved = await ask('PATCH', `/${id}`, { locationId: shop.newYork }, { 'if-match': '"1"' });
    assert.deepEqual([moved.status, moved.headers.get('etag'), moved.body], [200, '"2"', { ...read.body, locationId: shop.newYork, version: 2 }]);
    isProblem(await shop.ask('GET', '/v1/me', { token: desk }), 'unauthenticated');
    assert.equal((await shop.ask('GET', '/v1/me', { token: await shop.login(email, CHOSEN) })).body.locationId, shop.newYork);
    assert.equal((await ask('DELETE', `/${id}`, undefined, { 'if-match': '"2"' })).status, 204);
    isProblem(await ask('GET', `/${id}`), 'not-found');
  });

  test('a second invitation replaces the first; a user with a password needs none', async () => {
    const { id, email } = await add();
    const tokenOf = ({ link }: { link: string }) => link.split('=')[1];
    const first = tokenOf(await lastEmail());
    assert.equal((await ask('POST', `/${id}/invite`)).status, 204);
    const second = tokenOf(await lastEmail());
    isProblem(await shop.ask('POST', '/v1/auth/password/reset', { body: { token: first, password: CHOSEN } }), 'link-not-valid');
    assert.equal((await shop.ask('POST', '/v1/auth/password/reset', { body: { token: second, password: CHOSEN } })).status, 204);
    isProblem(await ask('POST', `/${id}/invite`), 'wrong-status');
    await shop.login(email, CHOSEN);
  });

  test('what is wrong is said of its field', async () => {
    isProblem(await ask('POST', '', {}), 'invalid-request', 'email', 'name', 'role');
    isProblem(await ask('POST', '', newcomer({ email: 'dora', role: 'customer' })), 'invalid-request', 'email', 'role');
    isProblem(await ask('POST', '', newcomer({ role: 'staff' })), 'invalid-request', 'staffId');
    isProblem(await ask('POST', '', newcomer({ role: 'staff', staffId: 'ada', locationId: 1 })), 'invalid-request', 'locationId', 'staffId');
    isProblem(await ask('POST', '', newcomer({ locationId: randomUUIDv7() })), 'invalid-request', 'locationId');
    isProblem(await ask('POST', '', newcomer({ email: TEST_OWNER.toUpperCase() })), 'email-taken', 'email');
    isProblem(await ask('POST', '', newcomer({ role: 'staff', staffId: shop.ada.id })), 'id-in-use', 'staffId');
    const { id } = await add();
    isProblem(await ask('POST', '', newcomer({ id })), 'id-in-use', 'id');
    isProblem(await ask('PATCH', `/${id}`, { role: 'customer', disabled: 'yes', name: '' }), 'invalid-request', 'disabled', 'name', 'role');
    isProblem(await ask('PATCH', `/${id}`, { role: 'staff' }), 'invalid-request', 'staffId');
    isProblem(await ask('GET', '?role=boss&limit=0&cursor=x&locationId=y'), 'invalid-request', 'cursor', 'limit', 'locationId', 'role');
    for (const unknown of [randomUUIDv7(), 'nonsense']) {
      isProblem(await ask('GET', `/${unknown}`), 'not-found');
      isProblem(await ask('PATCH', `/${unknown}`, { name: 'D' }), 'not-found');
      isProblem(await ask('DELETE', `/${unknown}`), 'not-found');
      isProblem(await ask('POST', `/${unknown}/invite`), 'not-found');
    }
  });

  test('an owner does not take their own rights away', async () => {
    const me = await idOf(TEST_OWNER);
    isProblem(await ask('PATCH', `/${me}`, { role: 'manager' }), 'forbidden', 'role');
    isProblem(await ask('PATCH', `/${me}`, { disabled: true }), 'forbidden', 'disabled');
    isProblem(await ask('DELETE', `/${me}`), 'forbidden', 'id');
    assert.equal((await ask('GET', `/${me}`)).body.state, 'active');
  });

  test('it is for owners alone', async () => {
    const id = await idOf('desk@example.org');
    await shop.server.context.accounts.create({ email: 'manager@example.org', name: 'Marco', role: 'manager' }, TEST_PASSWORD);
    const manager = await shop.login('manager@example.org');
    for (const token of [undefined, shop.tokens.customer, shop.tokens.staff, shop.tokens.desk, manager]) {
      const code = token === undefined ? 'unauthenticated' : 'forbidden';
      for (const [method, path, body] of [
        ['GET', ''],
        ['GET', `/${id}`],
        ['POST', '', newcomer()],
        ['POST', `/${id}/invite`],
        ['PATCH', `/${id}`, { role: 'owner' }],
        ['DELETE', `/${id}`],
      ] as const)
        isProblem(await shop.ask(method, `/v1/users${path}`, { token, body }), code);
    }
    assert.equal((await ask('GET', `/${id}`)).body.role, 'front-desk');
  });

  test('a repeat under the same key answers the same and does nothing', async () => {
    const key = { 'idempotency-key': randomUUIDv7() };
    const body = newcomer();
    const [first, again] = [await ask('POST', '', body, key), await ask('POST', '', body, key)];
    assert.deepEqual([first.status, again.status, again.headers.get('idempotency-replayed')], [201, 201, 'true']);
    assert.deepEqual(again.body, first.body);
    isProblem(await ask('POST', '', newcomer(), key), 'idempotency-key-reused');
    isProblem(await ask('POST', '', body), 'email-taken', 'email');
    const mails = (await shop.ask('GET', '/v1/account-emails', { token: shop.tokens.owner })).body.items;
    assert.equal(mails.filter(({ to }: { to: string }) => to === body.email).length, 1);
  });

  test('a list has pages, names customers only when asked for them, and keeps to a location', async () => {
    const seen: ManagedUserReply[] = [];
    let cursor = '';
    do {
      const { items, nextCursor } = (await ask('GET', `?limit=2${cursor}`)).body;
      assert.ok(items.length <= 2);
      seen.push(...items);
      cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
    } while (cursor !== '');
    assert.deepEqual(seen, (await ask('GET', '?limit=200')).body.items);
    assert.deepEqual(
      seen.map(({ id }) => id),
      seen.map(({ id }) => id).sort(),
    );
    assert.ok(['owner', 'staff', 'front-desk'].every((role) => seen.some((user) => user.role === role)));
    const emails = async (query: string) => (await ask('GET', query)).body.items.map((user: ManagedUserReply) => user.email);
    assert.deepEqual(await emails('?role=customer'), ['clara@example.org']);
    assert.deepEqual(await emails('?role=staff'), ['ada@example.org']);
    assert.deepEqual(await emails(`?role=front-desk&locationId=${shop.berlin}`), ['desk@example.org']);
  });

  test('who is disabled is answered like a stranger', async () => {
    const id = await idOf('desk@example.org');
    assert.equal((await ask('PATCH', `/${id}`, { disabled: true })).body.state, 'disabled');
    const login = (email: string) => shop.ask('POST', '/v1/auth/login', { body: { email, password: TEST_PASSWORD } });
    const facts = ({ status, body: { requestId: _, ...body } }: Awaited<ReturnType<typeof login>>) => ({ status, body });
    assert.deepEqual(facts(await login('desk@example.org')), facts(await login('stranger@example.org')));
    const forgot = await shop.ask('POST', '/v1/auth/password/forgot', { body: { email: 'desk@example.org' } });
    assert.deepEqual([forgot.status, (await lastEmail()).topic], [202, 'password-reset-without-account']);
    isProblem(await shop.ask('GET', '/v1/me', { token: shop.tokens.desk }), 'unauthenticated');
  });
});
