import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { ACCESS_TOKEN_LIFE, Accounts, REFRESH_TOKEN_LIFE, type Tokens } from '../../src/accounts/accounts.ts';
import { instant } from '../../src/model/instant.ts';
import { accountStore } from '../../src/persistence/accounts/account-store.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openFresh, USUAL_ENGINES } from '../persistence/engines.ts';
import { expectTokens } from './account-scene.ts';
import { asUser, saved, userDraft } from './user-scene.ts';

const PASSWORD = 'correct horse battery';
/** The lowest cost there is: how long a guess takes is not what is tested here. */
const CHEAP = 4;

for (const engine of USUAL_ENGINES) {
  describe(`accounts on ${engine.name}`, { skip: engine.skip }, () => {
    let database: Database;
    let accounts: Accounts;
    let close: () => Promise<void>;
    let clock = Date.UTC(2026, 10, 24, 9);
    before(async () => {
      ({ database, close } = await openFresh(engine));
      accounts = await Accounts.open(accountStore(database), { jwtSecret: 's'.repeat(32), bcryptCost: CHEAP, now: () => instant(clock) });
    });
    after(() => close());

    async function newUser() {
      const email = `${randomUUIDv7()}@example.org`;
      const user = await accounts.create({ email, name: 'Ada', role: 'front-desk', locationId: randomUUIDv7() }, PASSWORD);
      if (user === 'email-taken') throw new Error('the e-mail is taken');
      return user;
    }

    async function loggedIn(): Promise<Tokens> {
      return expectTokens(await accounts.login((await newUser()).email, PASSWORD));
    }

    test('a login returns tokens that name the user', async () => {
      const user = await newUser();
      const tokens = expectTokens(await accounts.login(user.email, PASSWORD));
      const account = { ...user, secondFactor: false };
      assert.deepEqual([tokens.user, tokens.expiresInSeconds], [account, 900]);
      const principal = accounts.verify(tokens.accessToken);
      const { id, ...rest } = user;
      assert.deepEqual(principal, { userId: id, ...rest, sessionId: principal?.sessionId, expiresAt: clock + ACCESS_TOKEN_LIFE, provenAt: clock });
      assert.deepEqual(await accounts.user(user.id), account);
    });

    test('an e-mail is the same in any case, and with space around it', async () => {
      const user = await newUser();
      expectTokens(await accounts.login(`  ${user.email.toUpperCase()} `, PASSWORD));
      assert.equal(await accounts.create({ email: user.email.toUpperCase(), name: 'Other', role: 'customer' }, PASSWORD), 'email-taken');
    });

    test('an unknown e-mail and a wrong password are told apart by nothing', async () => {
      const user = await newUser();
      assert.equal(await accounts.login(user.email, 'wrong'), 'wrong-credentials');
      assert.equal(await accounts.login('nobody@example.org', PASSWORD), 'wrong-credentials');
      assert.equal(await accounts.login('nobody@example.org', 'nobody has this password'), 'wrong-credentials');
    });

    test('a wrong password is the same work for an account, an invited one, an address that waits to be verified and one that nobody has', async () => {
      // Dear enough to stand out from everything else that a login does.
      const dear = await Accounts.open(accountStore(database), { jwtSecret: 's'.repeat(32), bcryptCost: 9, now: () => instant(clock) });
      const [known, registered] = [`${randomUUIDv7()}@example.org`, `${randomUUIDv7()}@example.org`];
      const ada = await dear.create({ email: known, name: 'Ada', role: 'customer' }, PASSWORD);
      assert.ok(ada !== 'email-taken');
      const invited = userDraft();
      saved(await dear.users.add(invited, asUser(ada)));
      assert.equal(await dear.registrations.register({ email: registered, name: 'Ada', password: PASSWORD }), 'told-by-email');
      const work = new Map<string, number>();
      for (let round = 0; round < 4; round += 1)
        for (const email of [known, invited.email, registered, 'nobody@example.org']) {
          await database.sql('delete from failed_login');
          const before = process.cpuUsage();
          assert.equal(await dear.login(email, 'wrong'), 'wrong-credentials');
          const { user } = process.cpuUsage(before);
          work.set(email, Math.min(work.get(email) ?? Number.POSITIVE_INFINITY, user));
        }
      // One comparison less would be half of it.
      assert.ok(Math.min(...work.values()) > 0.75 * Math.max(...work.values()), JSON.stringify([...work]));
    });

    test('a password of more than 72 bytes is refused, not cut short', async () => {
      const longest = 'ä'.repeat(36);
      const email = `${randomUUIDv7()}@example.org`;
      await assert.rejects(accounts.create({ email, name: 'Ada', role: 'customer' }, `${longest}a`), RangeError);
      await accounts.create({ email, name: 'Ada', role: 'customer' }, longest);
      expectTokens(await accounts.login(email, longest));
      assert.equal(await accounts.login(email, `${longest}a`), 'wrong-credentials');
    });

    test('an access token ends after fifteen minutes', async () => {
      const { accessToken } = await loggedIn();
      clock += ACCESS_TOKEN_LIFE - 1;
      assert.ok(accounts.verify(accessToken));
      clock += 1;
      assert.equal(accounts.verify(accessToken), undefined);
    });

    test('a refresh token is good for the next pair, which says the same', async () => {
      const first = await loggedIn();
      const second = expectTokens(await accounts.refresh(first.refreshToken));
      assert.deepEqual(second.user, first.user);
      assert.notEqual(second.refreshToken, first.refreshToken);
      expectTokens(await accounts.refresh(second.refreshToken));
    });

    test('using a refresh token twice ends the session for everybody', async () => {
      const first = await loggedIn();
      const second = expectTokens(await accounts.refresh(first.refreshToken));
      assert.equal(await accounts.refresh(first.refreshToken), 'wrong-credentials');
      assert.equal(await accounts.refresh(second.refreshToken), 'wrong-credentials');
      assert.equal(accounts.verify(second.accessToken), undefined);
    });

    test('of two uses of a refresh token at once one wins, and the session is over', async () => {
      const { refreshToken } = await loggedIn();
      const answers = await Promise.all([accounts.refresh(refreshToken), accounts.refresh(refreshToken)]);
      const [won, ...others] = answers.filter((answer) => answer !== 'wrong-credentials');
      assert.equal(others.length, 0);
      assert.equal(await accounts.refresh(expectTokens(won ?? 'wrong-credentials').refreshToken), 'wrong-credentials');
    });

    test('a stolen token that is shown while the next one is used ends the session all the same', async () => {
      for (let round = 0; round < 10; round += 1) {
        const first = await loggedIn();
        const second = expectTokens(await accounts.refresh(first.refreshToken));
        const [third] = await Promise.all([accounts.refresh(second.refreshToken), accounts.refresh(first.refreshToken)]);
        if (third !== 'wrong-credentials') assert.equal(await accounts.refresh(third.refreshToken), 'wrong-credentials');
      }
    });

    test('one session of a user ends without the other', async () => {
      const { email } = await newUser();
      const phone = expectTokens(await accounts.login(email, PASSWORD));
      const laptop = expectTokens(await accounts.login(email, PASSWORD));
      await accounts.logout(phone.refreshToken);
      assert.deepEqual([accounts.verify(phone.accessToken), await accounts.refresh(phone.refreshToken)], [undefined, 'wrong-credentials']);
      const principal = accounts.verify(laptop.accessToken);
      assert.ok(principal);
      await accounts.endSession(principal);
      assert.deepEqual([accounts.verify(laptop.accessToken), await accounts.refresh(laptop.refreshToken)], [undefined, 'wrong-credentials']);
    });

    test('who asks hears of every session that ends here, however it ends, and of none that ended elsewhere', async () => {
      const heard: string[] = [];
      const stop = accounts.onSessionEnded((sessionId) => heard.push(sessionId));
      const sessions = [await loggedIn(), await loggedIn(), await loggedIn(), await loggedIn(), await loggedIn()] as const;
      const [loggedOut, ended, reused, elsewhere, later] = sessions.map(({ accessToken, refreshToken }) => {
        const principal = accounts.verify(accessToken);
        assert.ok(principal);
        return { accessToken, refreshToken, principal };
      });
      assert.ok(loggedOut && ended && reused && elsewhere && later);
      await accounts.logout(loggedOut.refreshToken);
      await accounts.endSession(ended.principal);
      await accounts.refresh(reused.refreshToken);
      await accounts.refresh(reused.refreshToken);
      accounts.sessionEnded(elsewhere.principal.sessionId);
      assert.equal(accounts.verify(elsewhere.accessToken), undefined);
      assert.deepEqual(heard, [loggedOut.principal.sessionId, ended.principal.sessionId, reused.principal.sessionId]);
      stop();
      await accounts.logout(later.refreshToken);
      assert.equal(heard.length, 3);
    });

    test('a refresh token that is unknown or too old is no use', async () => {
      assert.equal(await accounts.refresh('never seen'), 'wrong-credentials');
      await accounts.logout('never seen');
      const { refreshToken } = await loggedIn();
      clock += REFRESH_TOKEN_LIFE;
      assert.equal(await accounts.refresh(refreshToken), 'wrong-credentials');
    });

    test('neither passwords nor refresh tokens are in the database', async () => {
      const { refreshToken } = await loggedIn();
      const rows = await database.sql('select u::text from user_account u union all select t::text from refresh_token t');
      const text = rows.map(([row]) => String(row)).join('\n');
      assert.ok(text.includes('$2b$04$'));
      assert.ok(!text.includes(refreshToken) && !text.includes(PASSWORD));
    });

    test('the first owner is created once, and it is said why another is not', async () => {
      const customer = await accounts.create({ email: 'customer@example.org', name: 'Ada', role: 'customer' }, PASSWORD);
      assert.notEqual(customer, 'email-taken');
      assert.equal(await accounts.ensureOwner('customer@example.org', PASSWORD), 'email-taken');
      for (const weak of ['password123', 'owner@example.org', 'OWNER2026!']) assert.equal(await accounts.ensureOwner('owner@example.org', weak), 'guessable');
      assert.equal(await accounts.ensureOwner('owner@example.org', PASSWORD), 'made');
      assert.equal(await accounts.ensureOwner('Owner@Example.org', PASSWORD), 'is-owner');
      assert.equal(await accounts.ensureOwner('another@example.org', 'password123'), 'has-owner');
      assert.equal(expectTokens(await accounts.login('owner@example.org', PASSWORD)).user.role, 'owner');
    });
  });
}
