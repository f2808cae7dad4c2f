// What a stolen access token of an owner can do, at default settings: the thief has the token and nothing else.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isProblem } from '../gateway/is-problem.ts';
import { openTestServer, TEST_OWNER, TEST_PASSWORD, type TestServer } from '../support/test-server.ts';

const SECOND_OWNER = 'second@example.org';

describe('a stolen access token of an owner', () => {
  let server: TestServer;
  /** Renewed, as the tokens of a page are. */
  let stolen: string;
  let otherId: string;
  before(async () => {
    server = await openTestServer({ isDemo: false, settings: { RATE_LIMIT_SCALE: '1' } });
    const other = await server.server.context.accounts.create({ email: SECOND_OWNER, name: 'Olga', role: 'owner' }, TEST_PASSWORD);
    assert.ok(other !== 'email-taken');
    otherId = other.id;
    const { refreshToken } = (await server.ask('POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } })).body;
    stolen = (await server.ask('POST', '/v1/auth/refresh', { body: { refreshToken } })).body.accessToken;
  });
  after(() => server[Symbol.asyncDispose]());

  const ask = (method: string, path: string, body?: object, token = stolen) => server.ask(method, path, { token, ...(body !== undefined && { body }) });
  const post = (path: string, body: object, token?: string) => ask('POST', path, body, token);
  const key = { name: 'Website', scopes: ['catalog:read'] };
  const newOwner = { email: 'thief@example.org', name: 'Thief', role: 'owner' };
  const stepUp = async () => (await post('/v1/auth/step-up', { password: TEST_PASSWORD })).body.accessToken as string;

  test('makes no API key and no owner, and touches no other owner', async () => {
    const desk = await post('/v1/users', { email: 'desk@example.org', name: 'Dora', role: 'front-desk' });
    assert.equal(desk.status, 201, desk.text);
    const tries = [
      await post('/v1/api-keys', key),
      await post('/v1/users', newOwner),
      await ask('PATCH', `/v1/users/${desk.body.id}`, { role: 'owner' }),
      await ask('PATCH', `/v1/users/${otherId}`, { role: 'manager' }),
      await ask('PATCH', `/v1/users/${otherId}`, { disabled: true }),
      await ask('DELETE', `/v1/users/${otherId}`),
      await post(`/v1/users/${desk.body.id}/second-factor/remove`, {}),
    ];
    for (const said of tries) isProblem(said, 'step-up-required');
    assert.deepEqual((await ask('GET', '/v1/api-keys')).body.items, []);
    assert.equal((await ask('GET', `/v1/users/${otherId}`)).body.role, 'owner');
    const renamed = await ask('PATCH', `/v1/users/${desk.body.id}`, { name: 'Dora Klein' });
    assert.equal(renamed.status, 200, 'the everyday goes on');
  });

  test('reads no link that opens an owner’s account, so a forgotten password is no way round', async () => {
    for (const email of [TEST_OWNER, SECOND_OWNER, 'desk@example.org'])
      assert.ok((await server.ask('POST', '/v1/auth/password/forgot', { body: { email } })).status < 300, email);
    const resets = async (token: string) => {
      const { items } = (await ask('GET', '/v1/account-emails', undefined, token)).body;
      const wanted = items.filter(({ topic }: { topic: string }) => topic === 'password-reset');
      return Object.fromEntries(wanted.map(({ to, link, linkNeedsStepUp }: never) => [to, [link !== undefined, linkNeedsStepUp]]));
    };
    assert.deepEqual(await resets(stolen), {
      [TEST_OWNER]: [false, true],
      [SECOND_OWNER]: [false, true],
      'desk@example.org': [true, undefined],
    });
    assert.deepEqual(await resets(await stepUp()), {
      [TEST_OWNER]: [true, undefined],
      [SECOND_OWNER]: [true, undefined],
      'desk@example.org': [true, undefined],
    });
  });

  test('is not made any stronger when its owner gives the password, whose new token then may', async () => {
    isProblem(await post('/v1/auth/step-up', { password: 'a guess at a password' }), 'forbidden');
    for (const body of [{}, { password: TEST_PASSWORD, code: '123456' }]) isProblem(await post('/v1/auth/step-up', body), 'invalid-request');
    isProblem(await server.ask('POST', '/v1/auth/step-up', { body: { password: TEST_PASSWORD } }), 'unauthenticated');
    const said = await post('/v1/auth/step-up', { password: TEST_PASSWORD });
    assert.deepEqual([said.status, said.body.provenForSeconds], [200, 300], said.text);
    isProblem(await post('/v1/api-keys', key), 'step-up-required');
    const made = await post('/v1/api-keys', key, said.body.accessToken);
    assert.equal(made.status, 201, made.text);
    isProblem(await post('/v1/auth/step-up', { password: TEST_PASSWORD }, made.body.key), 'forbidden');
    const audit = (await ask('GET', '/v1/audit?action=session.proven')).body.items;
    assert.ok(audit.length > 0, JSON.stringify(audit));
  });

  test('a login of the last five minutes is enough', async () => {
    const token = await server.login(SECOND_OWNER);
    assert.equal((await post('/v1/users', newOwner, token)).status, 201);
  });
});
