import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { REDIS_MISSING, startRedis, type TestRedis } from '../../support/redis.ts';
import { askOver, TEST_OWNER, TEST_PASSWORD } from '../../support/test-server.ts';
import { TestScreen } from '../socket/test-screen.ts';
import { openTwoGateways, type Secrets, type TestGateway } from '../two-gateways.ts';

const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];
const unchanged: Secrets = { jwtSecret: OLD, otherJwtSecrets: [] };
const told: Secrets = { jwtSecret: OLD, otherJwtSecrets: [NEW] };
const switched: Secrets = { jwtSecret: NEW, otherJwtSecrets: [OLD] };
const finished: Secrets = { jwtSecret: NEW, otherJwtSecrets: [] };

describe('a secret is changed on one node after the other', { skip: REDIS_MISSING }, () => {
  let redis: TestRedis;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis?.[Symbol.asyncDispose]());

  const pair = (one: Secrets, other: Secrets) => openTwoGateways([redis.url, redis.url], [one, other]);
  const logIn = async ({ url }: TestGateway): Promise<string> => {
    const said = await askOver(url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } });
    assert.equal(said.status, 200, said.text);
    return said.body.accessToken;
  };
  const accepts = async ({ url }: TestGateway, token: string): Promise<boolean> => {
    const overRest = (await askOver(url, 'GET', '/v1/me', { token })).status === 200;
    const overSocket = await TestScreen.open(url, token).then(
      (screen) => screen.close() === undefined,
      () => false,
    );
    assert.equal(overRest, overSocket, 'REST and sockets judge alike');
    return overRest;
  };

  for (const [what, one, other] of [
    ['told of the new one', unchanged, told],
    ['switched to it', told, switched],
    ['that has forgotten the old one when nobody signs with it any more', switched, finished],
  ] as const) {
    const isLast = other === finished;
    test(`beside a node ${what} nobody is sent away`, async () => {
      await using gateways = await pair(one, other);
      const [ofOne, ofOther] = [await logIn(gateways.one), await logIn(gateways.other)];
      for (const gateway of [gateways.one, gateways.other]) for (const token of [ofOne, ofOther]) assert.ok(await accepts(gateway, token));
      const [id, guest] = [randomUUIDv7(), isLast ? gateways.other : gateways.one];
      const link = guest.context.tokens.manageToken(id);
      for (const gateway of [gateways.one, gateways.other]) assert.equal(gateway.context.tokens.appointmentOf(link)?.id, id);
    });
  }

  test('a node that is switched before the others are told of the new secret gives tokens that they refuse', async () => {
    await using gateways = await pair(unchanged, switched);
    assert.ok(!(await accepts(gateways.one, await logIn(gateways.other))));
    assert.ok(await accepts(gateways.other, await logIn(gateways.one)));
  });

  test('a session goes on over the change by its refresh token, which no secret signs', async () => {
    await using gateways = await pair(unchanged, finished);
    const { body } = await askOver(gateways.one.url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } });
    assert.ok(!(await accepts(gateways.other, body.accessToken)));
    const renewed = await askOver(gateways.other.url, 'POST', '/v1/auth/refresh', { body: { refreshToken: body.refreshToken } });
    assert.ok(await accepts(gateways.other, renewed.body.accessToken));
  });
});
