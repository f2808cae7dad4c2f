import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { before, test } from 'node:test';
import { NOWHERE } from '../../src/accounts/account.ts';
import { type AccountEmail, newEmail } from '../../src/accounts/account-emails.ts';
import { RESET_LIFE } from '../../src/accounts/password-resets.ts';
import { VERIFICATION_LIFE } from '../../src/accounts/registrations.ts';
import { instant } from '../../src/model/instant.ts';
import { accountStore } from '../../src/persistence/accounts/account-store.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { type AccountScene, askBehind, expectTokens, openAccountScene, SCENE_PASSWORD } from './account-scene.ts';

const CHOSEN = 'violet tractor umbrella';
const OTHER = 'marble teapot avalanche';

onUsualDatabase('registration', (place) => {
  let scene: AccountScene;
  before(async () => {
    scene = await openAccountScene(place.database);
  });
  const newAddress = () => `${randomUUIDv7()}@example.org`;
  const register = (email: string, password = CHOSEN) => scene.accounts.registrations.register({ email, name: 'Grace', password });
  const verify = (token: string) => scene.accounts.registrations.verify(token);
  async function emailsTo(email: string): Promise<readonly AccountEmail[]> {
    return (await scene.accounts.mails(200, null)).items.filter((mail) => mail.email === email);
  }
  async function lastTokenTo(email: string): Promise<string> {
    return (await emailsTo(email))[0]?.secret?.token ?? assert.fail('no e-mail has a token');
  }

  test('makes the person who opens the link a customer, with the appointments of their address', async () => {
    const email = newAddress();
    assert.equal(await register(email), 'told-by-email');
    assert.equal(await verify(await lastTokenTo(email)), 'verified');
    const { user } = expectTokens(await scene.accounts.login(email, CHOSEN));
    assert.deepEqual([user.email, user.name, user.role, user.staffId], [email, 'Grace', 'customer', null]);
    assert.deepEqual(await place.database.sql('select id, name from customer where email = $1', [email]), [[user.customerId, 'Grace']]);
  });

  test('writes in the language of the browser, later in that of the account, which is the one of the last login', async () => {
    const email = newAddress();
    const localesOf = async () => (await emailsTo(email)).map(({ locale }) => locale);
    await scene.accounts.registrations.register({ email, name: 'Grace', password: CHOSEN }, { ...NOWHERE, locale: 'pt' });
    await verify(await lastTokenTo(email));
    await scene.accounts.passwordResets.forgot(email, { locale: 'de' });
    assert.deepEqual(await localesOf(), ['pt', 'pt']);
    expectTokens(await scene.accounts.login(email, CHOSEN, { ...NOWHERE, locale: 'fr' }));
    expectTokens(await scene.accounts.login(email, CHOSEN));
    await scene.accounts.passwordResets.forgot(email);
    assert.deepEqual(await localesOf(), ['fr', 'pt', 'pt']);
    const stranger = newAddress();
    await scene.accounts.passwordResets.forgot(stranger, { locale: 'es' });
    assert.deepEqual(
      (await emailsTo(stranger)).map(({ locale }) => locale),
      ['es'],
    );
  });

  test('is worth nothing before that, and says so only to a caller with its password', async () => {
    const email = newAddress();
    await register(email);
    assert.equal(await scene.accounts.login(email, CHOSEN), 'email-not-verified');
    assert.equal(await scene.accounts.login(email, OTHER), 'wrong-credentials');
    assert.equal(await scene.accounts.login(newAddress(), CHOSEN), 'wrong-credentials');
  });

  test('of an address that has an account looks the same from outside, and changes nothing', async () => {
    const { email } = await scene.newUser();
    assert.equal(await register(email), 'told-by-email');
    assert.deepEqual(
      (await emailsTo(email)).map(({ topic, secret }) => [topic, secret]),
      [['already-registered', null]],
    );
    assert.equal(await scene.accounts.login(email, CHOSEN), 'email-not-verified');
    expectTokens(await scene.accounts.login(email, SCENE_PASSWORD));
  });

  test('a link is good once, until it expires, and until there is a newer one', async () => {
    const email = newAddress();
    await register(email, CHOSEN);
    const replaced = await lastTokenTo(email);
    await register(email, OTHER);
    assert.equal(await verify(replaced), 'link-not-valid');
    const token = await lastTokenTo(email);
    assert.notEqual(token, replaced);
    assert.equal(await verify(token), 'verified');
    assert.equal(await verify(token), 'link-not-valid');
    assert.equal(await scene.accounts.login(email, CHOSEN), 'wrong-credentials');
    expectTokens(await scene.accounts.login(email, OTHER));
    const late = newAddress();
    await register(late);
    const lateToken = await lastTokenTo(late);
    scene.clock.now += VERIFICATION_LIFE;
    assert.equal(await verify(lateToken), 'link-not-valid');
    assert.equal(await scene.accounts.login(late, CHOSEN), 'wrong-credentials');
    assert.equal((await emailsTo(late))[0]?.secret, null);
  });

  test('a password that comes with a link has to be the one that was chosen, and a wrong one does not use the link up', async () => {
    const email = newAddress();
    await register(email, OTHER);
    const token = await lastTokenTo(email);
    const verifyWith = (password: string) => scene.accounts.registrations.verify(token, undefined, password);
    assert.equal(await verifyWith(CHOSEN), 'wrong-password');
    assert.equal(await scene.accounts.login(email, OTHER), 'email-not-verified');
    assert.equal(await verifyWith(OTHER), 'verified');
    assert.equal(await verifyWith(OTHER), 'link-not-valid');
    expectTokens(await scene.accounts.login(email, OTHER));
    const late = newAddress();
    await register(late);
    const lateToken = await lastTokenTo(late);
    scene.clock.now += VERIFICATION_LIFE;
    assert.equal(await scene.accounts.registrations.verify(lateToken, undefined, CHOSEN), 'link-not-valid');
  });

  test('a link verifies its own address and no other', async () => {
    const [mine, theirs] = [newAddress(), newAddress()];
    await register(theirs, OTHER);
    await register(mine, CHOSEN);
    assert.equal(await verify(await lastTokenTo(mine)), 'verified');
    assert.equal(await scene.accounts.login(theirs, OTHER), 'email-not-verified');
  });

  test('opened twice at once, or beside an account that is made in the same moment, it makes one account', async () => {
    const email = newAddress();
    await register(email);
    const token = await lastTokenTo(email);
    const answers = await Promise.all([verify(token), verify(token), verify(token)]);
    assert.deepEqual(answers.sort(), ['link-not-valid', 'link-not-valid', 'verified']);
    const taken = newAddress();
    await register(taken);
    await scene.accounts.create({ email: taken, name: 'Dora', role: 'front-desk' }, SCENE_PASSWORD);
    assert.equal(await verify(await lastTokenTo(taken)), 'link-not-valid');
    assert.equal(expectTokens(await scene.accounts.login(taken, SCENE_PASSWORD)).user.role, 'front-desk');
  });

  test('a password that would be tried first is refused', async () => {
    const email = newAddress();
    for (const password of ['password123', email, 'grace1234567']) assert.equal(await register(email, password), 'guessable');
    assert.deepEqual(await emailsTo(email), []);
  });

  test('a forgotten password is replaced by its link, once, and every session ends', async () => {
    const user = await scene.newUser();
    const { tokens } = await scene.logIn(user);
    await scene.accounts.passwordResets.forgot(user.email);
    const token = await lastTokenTo(user.email);
    assert.equal(await scene.accounts.passwordResets.reset(token, 'password123'), 'guessable');
    const heard: string[] = [];
    const stop = scene.accounts.onSessionEnded((id) => heard.push(id));
    const answers = await Promise.all([CHOSEN, OTHER].map((password) => scene.accounts.passwordResets.reset(token, password)));
    stop();
    assert.deepEqual(answers.toSorted(), ['link-not-valid', 'reset']);
    assert.equal(heard.length, 1);
    assert.equal(scene.accounts.verify(tokens.accessToken), undefined);
    assert.equal(await scene.accounts.refresh(tokens.refreshToken), 'wrong-credentials');
    assert.equal(await scene.accounts.passwordResets.reset(token, OTHER), 'link-not-valid');
    expectTokens(await scene.accounts.login(user.email, answers[0] === 'reset' ? CHOSEN : OTHER));
    assert.equal(await scene.accounts.login(user.email, SCENE_PASSWORD), 'wrong-credentials');
    assert.deepEqual(
      (await emailsTo(user.email)).map(({ topic }) => topic),
      ['password-changed', 'password-reset'],
    );
  });

  test('a link that sets a password expires in an hour, gives way to a newer one, and is of no use as another kind of link', async () => {
    const user = await scene.newUser();
    await scene.accounts.passwordResets.forgot(user.email);
    const replaced = await lastTokenTo(user.email);
    await scene.accounts.passwordResets.forgot(user.email);
    const token = await lastTokenTo(user.email);
    assert.equal(await scene.accounts.passwordResets.reset(replaced, CHOSEN), 'link-not-valid');
    assert.equal(await verify(token), 'link-not-valid');
    scene.clock.now += RESET_LIFE;
    assert.equal(await scene.accounts.passwordResets.reset(token, CHOSEN), 'link-not-valid');
    expectTokens(await scene.accounts.login(user.email, SCENE_PASSWORD));
  });

  test('of two who open a link in the same moment one sets the password', async () => {
    const user = await scene.newUser();
    await scene.accounts.passwordResets.forgot(user.email);
    const token = await lastTokenTo(user.email);
    const reset = (password: string) => () => scene.accounts.passwordResets.reset(token, password);
    const answers = await askBehind(place, user, 'last_seen_at = 1', [CHOSEN, OTHER].map(reset));
    assert.deepEqual(answers.toSorted(), ['link-not-valid', 'reset']);
  });

  test('a link sets no password of an account that a node of an older version has disabled since', async () => {
    const user = await scene.newUser();
    await scene.accounts.passwordResets.forgot(user.email);
    const token = await lastTokenTo(user.email);
    await place.database.sql('update user_account set disabled_at = 1 where id = $1', [user.id]);
    assert.equal(await scene.accounts.passwordResets.reset(token, CHOSEN), 'link-not-valid');
  });

  test('a password that was never there is not forgotten: only the e-mail says so', async () => {
    const email = newAddress();
    await scene.accounts.passwordResets.forgot(email);
    assert.deepEqual(
      (await emailsTo(email)).map(({ topic, secret }) => [topic, secret]),
      [['password-reset-without-account', null]],
    );
    // The same work: a link that nobody is told is kept as well.
    assert.deepEqual(await place.database.sql('select email from password_reset where email = $1', [email]), [[email]]);
  });

  test('the relay is told of each e-mail once it is committed', async () => {
    const seen: Promise<unknown>[] = [];
    const waiting = () => place.database.sql(`select topic from notification where delivery = 'waiting' order by id`);
    const store = accountStore(place.database, { isMailed: true, onWritten: () => void seen.push(waiting()) });
    const told = () => newEmail('password-changed', newAddress(), instant(scene.clock.now));
    await store.changing((transaction) => transaction.keepEmail(told()));
    await store.changing((transaction) => transaction.isEmailTaken(newAddress()));
    await store.changeUsers((transaction) => transaction.keepEmail(told()));
    assert.deepEqual(await Promise.all(seen), [[['password-changed']], [['password-changed'], ['password-changed']]]);
  });

  test('e-mails come newest first, a page at a time', async () => {
    const email = newAddress();
    for (let count = 0; count < 3; count += 1) await register(email);
    const all = await scene.accounts.mails(200, null);
    const paged: AccountEmail[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof scene.accounts.mails>> = await scene.accounts.mails(2, cursor);
      paged.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.ok(paged.length > 5 && all.nextCursor === null);
    assert.deepEqual(paged, all.items);
    assert.deepEqual(
      paged.map(({ id }) => id),
      paged
        .map(({ id }) => id)
        .toSorted()
        .reverse(),
    );
  });

  test('of tokens only hashes are kept, but for the e-mail itself', async () => {
    const email = newAddress();
    await register(email);
    const token = await lastTokenTo(email);
    const [[text] = []] = await place.database.sql(
      `select (select string_agg(r::text, ' ') from registration r) || (select string_agg(p::text, ' ') from password_reset p)`,
    );
    assert.ok(String(text).includes(email) && !String(text).includes(token) && !String(text).includes(CHOSEN));
  });
});
