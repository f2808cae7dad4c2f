import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { ACCESS_TOKEN_LIFE } from '../../../src/accounts/accounts.ts';
import { TokenVerifier } from '../../../src/gateway/security/token-verifier.ts';
import { type AccountScene, openAccountScene } from '../../accounts/account-scene.ts';
import { openFresh, USUAL_ENGINES } from '../../persistence/engines.ts';

describe('the verifier of access tokens', () => {
  let close: () => Promise<void>;
  let scene: AccountScene;
  before(async () => {
    const fresh = await openFresh(USUAL_ENGINES[0] ?? assert.fail('no database'));
    close = fresh.close;
    scene = await openAccountScene(fresh.database);
  });
  after(() => close());
  const newLogin = async () => scene.logIn(await scene.newUser());

  test('says the same for a token that it remembers and for one that it does not', async () => {
    const verifier = new TokenVerifier(scene.accounts);
    const { tokens, principal } = await newLogin();
    for (const size of [1, 1]) {
      assert.deepEqual(await verifier.verify(tokens.accessToken), principal);
      assert.equal(verifier.size, size);
    }
  });

  test('remembers so many and no more: the oldest is checked afresh', async () => {
    const verifier = new TokenVerifier(scene.accounts, 2);
    const logins = [await newLogin(), await newLogin(), await newLogin()];
    for (const round of [1, 2])
      for (const { tokens, principal } of logins) {
        assert.deepEqual(await verifier.verify(tokens.accessToken), principal, `round ${round}`);
        assert.ok(verifier.size <= 2);
      }
  });

  test('remembers nothing that is not good', async () => {
    const verifier = new TokenVerifier(scene.accounts);
    const { tokens } = await newLogin();
    const [header = '', payload = '', signature = ''] = tokens.accessToken.split('.');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const guesses = [
      '',
      'nonsense',
      'x'.repeat(100_000),
      `${header}.${payload}.`,
      `${header}.${payload}.${'A'.repeat(signature.length)}`,
      `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      `${encode({ alg: 'none', typ: 'JWT', kid })}.${payload}.`,
      `${encode({ alg: 'HS256', typ: 'JWT', kid: 'somebody' })}.${payload}.${signature}`,
      `${encode({ alg: 'HS256', typ: 'JWT', kid: 7 })}.${payload}.${signature}`,
      `${encode({ alg: 'HS256', typ: 'JWT', kid: [kid] })}.${payload}.${signature}`,
      `${encode({ alg: 'HS512', typ: 'JWT', kid })}.${payload}.${createHmac('sha512', 's'.repeat(32)).update(`${header}.${payload}`).digest('base64url')}`,
    ];
    for (const guess of guesses) assert.equal(await verifier.verify(guess), undefined, guess.slice(0, 100));
    assert.equal(verifier.size, 0);
  });

  test('refuses what it remembers from the moment its session ends', async () => {
    const verifier = new TokenVerifier(scene.accounts);
    const { tokens, principal } = await newLogin();
    assert.ok(await verifier.verify(tokens.accessToken));
    await scene.accounts.endSession(principal);
    assert.equal(await verifier.verify(tokens.accessToken), undefined);
    assert.equal(verifier.size, 0);
  });

  test('goes by the time of the accounts, whatever the clock of this machine says', async () => {
    const verifier = new TokenVerifier(scene.accounts);
    const startedAt = scene.clock.now;
    // By this machine's own clock the token has expired long ago.
    scene.clock.now = Date.UTC(2000, 0, 1);
    const { tokens } = await newLogin();
    assert.ok(await verifier.verify(tokens.accessToken));
    scene.clock.now += ACCESS_TOKEN_LIFE - 1;
    assert.ok(await verifier.verify(tokens.accessToken));
    scene.clock.now += 1;
    assert.equal(await verifier.verify(tokens.accessToken), undefined);
    scene.clock.now = startedAt;
  });
});
