import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { before, test } from 'node:test';
import type { Principal } from '../../src/access/principal.ts';
import { MOST_SESSIONS_LISTED, REFRESH_TOKEN_LIFE } from '../../src/accounts/accounts.ts';
import { HOUR } from '../../src/model/instant.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { type AccountScene, askBehind, expectTokens, openAccountScene, SCENE_PASSWORD } from './account-scene.ts';

const PHONE = { device: 'Safari on an iPhone', address: '203.0.113.5' };
const LAPTOP = { device: 'Firefox on Linux', address: '198.51.100.7' };
const CHOSEN = 'violet tractor umbrella';

onUsualDatabase('sessions', (place) => {
  let scene: AccountScene;
  before(async () => {
    scene = await openAccountScene(place.database);
  });
  const isOver = async (principal: Principal, refreshToken: string, accessToken: string) =>
    scene.accounts.verify(accessToken) === undefined &&
    (await scene.accounts.refresh(refreshToken)) === 'wrong-credentials' &&
    (await scene.accounts.sessions(principal.userId)).every(({ id }) => id !== principal.sessionId);

  test('are listed with device, address and last use, the one used last first', async () => {
    const user = await scene.newUser();
    const startedAt = scene.clock.now;
    const phone = await scene.logIn(user, PHONE);
    scene.clock.now += HOUR;
    const laptop = await scene.logIn(user, LAPTOP);
    await scene.logIn(await scene.newUser(), PHONE);
    const phoneRow = { id: phone.principal.sessionId, ...PHONE, createdAt: startedAt, lastUsedAt: startedAt };
    const laptopRow = { id: laptop.principal.sessionId, ...LAPTOP, createdAt: startedAt + HOUR, lastUsedAt: startedAt + HOUR };
    assert.deepEqual(await scene.accounts.sessions(user.id), [laptopRow, phoneRow]);
    scene.clock.now += HOUR;
    expectTokens(await scene.accounts.refresh(phone.tokens.refreshToken, { ...PHONE, address: '2001:db8::1' }));
    assert.deepEqual(await scene.accounts.sessions(user.id), [{ ...phoneRow, address: '2001:db8::1', lastUsedAt: startedAt + 2 * HOUR }, laptopRow]);
  });

  test('that have ended or run out are not listed', async () => {
    const user = await scene.newUser();
    const [loggedOut, reused, old] = [await scene.logIn(user), await scene.logIn(user), await scene.logIn(user)];
    await scene.accounts.logout(loggedOut.tokens.refreshToken);
    await scene.accounts.refresh(reused.tokens.refreshToken);
    await scene.accounts.refresh(reused.tokens.refreshToken);
    assert.deepEqual(
      (await scene.accounts.sessions(user.id)).map(({ id }) => id),
      [old.principal.sessionId],
    );
    scene.clock.now += REFRESH_TOKEN_LIFE;
    assert.deepEqual(await scene.accounts.sessions(user.id), []);
  });

  test('are listed up to a limit, those that were used last', async () => {
    const user = await scene.newUser();
    await place.database.sql(
      `insert into login_session (id, user_id, device, address, created_at, last_used_at) select gen_random_uuid(), $1, '', '', 0, $2::int8 - n from generate_series(1, $3::int) n`,
      [user.id, scene.clock.now, MOST_SESSIONS_LISTED],
    );
    const { principal } = await scene.logIn(user);
    const listed = await scene.accounts.sessions(user.id);
    assert.deepEqual([listed.length, listed[0]?.id, listed.at(-1)?.lastUsedAt], [200, principal.sessionId, scene.clock.now - 199]);
  });

  test('end one by one, and nobody can end somebody else’s or tell whether there is one', async () => {
    const [user, stranger] = [await scene.newUser(), await scene.newUser()];
    const [mine, lost, theirs] = [await scene.logIn(user), await scene.logIn(user), await scene.logIn(stranger)];
    for (const id of [theirs.principal.sessionId, randomUUIDv7()]) assert.equal(await scene.accounts.endSessionById(mine.principal, id), 'not-found');
    assert.equal(await scene.accounts.endSessionById(mine.principal, lost.principal.sessionId), 'ended');
    assert.equal(await scene.accounts.endSessionById(mine.principal, lost.principal.sessionId), 'not-found');
    assert.ok(await isOver(lost.principal, lost.tokens.refreshToken, lost.tokens.accessToken));
    assert.ok(scene.accounts.verify(mine.tokens.accessToken) && scene.accounts.verify(theirs.tokens.accessToken));
    expectTokens(await scene.accounts.refresh(theirs.tokens.refreshToken));
  });

  test('end all at once but for the one that asks, and others hear of each', async () => {
    const [user, stranger] = [await scene.newUser(), await scene.newUser()];
    await scene.logIn(user);
    scene.clock.now += REFRESH_TOKEN_LIFE; // that one is over by itself
    const [mine, ...others] = [await scene.logIn(user), await scene.logIn(user), await scene.logIn(user)];
    const theirs = await scene.logIn(stranger);
    assert.ok(mine);
    const heard: string[] = [];
    const stop = scene.accounts.onSessionEnded((id) => heard.push(id));
    await scene.accounts.endOtherSessions(mine.principal);
    stop();
    assert.deepEqual(heard.sort(), others.map(({ principal }) => principal.sessionId).sort());
    for (const { principal, tokens } of others) assert.ok(await isOver(principal, tokens.refreshToken, tokens.accessToken));
    for (const { tokens } of [mine, theirs]) expectTokens(await scene.accounts.refresh(tokens.refreshToken));
  });

  test('do not begin for somebody who is being disabled in the same moment', async () => {
    const user = await scene.newUser();
    const login = () => scene.accounts.login(user.email, SCENE_PASSWORD);
    assert.deepEqual(await askBehind(place, user, 'disabled_at = 1', [login]), ['wrong-credentials']);
    assert.deepEqual(await scene.accounts.sessions(user.id), []);
  });

  test('are over where two show one refresh token in the same moment, of whom one is answered', async () => {
    const user = await scene.newUser();
    const { tokens } = await scene.logIn(user);
    const refresh = () => scene.accounts.refresh(tokens.refreshToken);
    const answers = await askBehind(place, user, 'last_seen_at = 1', [refresh, refresh]);
    assert.deepEqual(answers.map((answer) => answer === 'wrong-credentials').toSorted(), [false, true]);
    assert.deepEqual(await scene.accounts.sessions(user.id), []);
  });

  test('that an older node has begun are listed once they are used here', async () => {
    const user = await scene.newUser();
    const { tokens, principal } = await scene.logIn(user);
    await place.database.sql('delete from login_session where id = $1', [principal.sessionId]);
    assert.deepEqual(await scene.accounts.sessions(user.id), []);
    expectTokens(await scene.accounts.refresh(tokens.refreshToken, LAPTOP));
    const [session] = await scene.accounts.sessions(user.id);
    assert.deepEqual([session?.id, session?.device], [principal.sessionId, LAPTOP.device]);
  });

  test('a new password needs the old one, and ends every other session', async () => {
    const user = await scene.newUser();
    const [mine, other] = [await scene.logIn(user), await scene.logIn(user)];
    assert.equal(await scene.accounts.changePassword(mine.principal, 'wrong', CHOSEN), 'wrong-password');
    for (const weak of ['password123', user.email, 'qwertyuiop'])
      assert.equal(await scene.accounts.changePassword(mine.principal, SCENE_PASSWORD, weak), 'guessable');
    assert.ok(scene.accounts.verify(other.tokens.accessToken));
    assert.equal(await scene.accounts.changePassword(mine.principal, SCENE_PASSWORD, CHOSEN), 'changed');
    assert.ok(await isOver(other.principal, other.tokens.refreshToken, other.tokens.accessToken));
    assert.ok(scene.accounts.verify(mine.tokens.accessToken));
    expectTokens(await scene.accounts.refresh(mine.tokens.refreshToken));
    assert.equal(await scene.accounts.login(user.email, SCENE_PASSWORD), 'wrong-credentials');
    expectTokens(await scene.accounts.login(user.email, CHOSEN));
  });

  test('a link that was sent before a new password sets no other one', async () => {
    const user = await scene.newUser();
    const { principal } = await scene.logIn(user);
    await scene.accounts.passwordResets.forgot(user.email);
    const [mail] = (await scene.accounts.mails(1, null)).items;
    const token = mail?.secret?.token ?? assert.fail('the e-mail has no token');
    assert.equal(await scene.accounts.changePassword(principal, 'wrong', CHOSEN), 'wrong-password');
    assert.equal(await scene.accounts.passwordResets.reset(token, 'password123'), 'guessable'); // so it is still good
    assert.equal(await scene.accounts.changePassword(principal, SCENE_PASSWORD, CHOSEN), 'changed');
    assert.equal(await scene.accounts.passwordResets.reset(token, 'marble teapot avalanche'), 'link-not-valid');
    expectTokens(await scene.accounts.login(user.email, CHOSEN));
  });

  test('of two who change a password at once one wins, and the other is told that theirs is old', async () => {
    const user = await scene.newUser();
    const [one, other] = [await scene.logIn(user), await scene.logIn(user)];
    const answers = await Promise.all(
      [one, other].map(({ principal }, index) => scene.accounts.changePassword(principal, SCENE_PASSWORD, `${CHOSEN} ${index}`)),
    );
    assert.deepEqual(answers.sort(), ['changed', 'wrong-password']);
  });
});
