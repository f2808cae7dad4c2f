import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { before, test } from 'node:test';
import type { Whereabouts } from '../../src/accounts/account.ts';
import type { NoLogin, Tokens } from '../../src/accounts/accounts.ts';
import { HOUR, MINUTE, SECOND } from '../../src/model/instant.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { type AccountScene, expectTokens, openAccountScene, SCENE_PASSWORD } from './account-scene.ts';

const CHOSEN = 'violet tractor umbrella';
/** One line, on which every visit has another address. */
const HOME = { device: 'Firefox on Linux', address: '2001:db8:77:1::1' };
const HOME_AGAIN = { ...HOME, address: '2001:db8:77:1::2' };
let addresses = 0;
/** Somewhere nobody has been before. */
function elsewhere(): Whereabouts {
  addresses += 1;
  return { device: 'curl', address: `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}` };
}
const lockedFor = (answer: Tokens | NoLogin) => (typeof answer === 'object' && 'lockedForSeconds' in answer ? answer.lockedForSeconds : 0);

onUsualDatabase('failed logins', (place) => {
  let scene: AccountScene;
  before(async () => {
    scene = await openAccountScene(place.database);
  });
  const guess = (email: string, from = elsewhere()) => scene.accounts.login(email, 'wrong', from);
  /** Until the account makes others wait for the longest time. */
  async function attack(email: string, from: () => Whereabouts = elsewhere): Promise<void> {
    for (let failures = 0; failures < 12; failures += 1) {
      const wait = lockedFor(await guess(email, from()));
      if (wait > 0) {
        scene.clock.now += wait * SECOND;
        failures -= 1;
      }
    }
  }

  test('of one account count together, whatever addresses they come from, and end by themselves', async () => {
    const { email } = await scene.newUser();
    for (let count = 0; count < 6; count += 1) assert.equal(await guess(email), 'wrong-credentials');
    assert.deepEqual(await guess(email), { lockedForSeconds: 1 });
    scene.clock.now += 1; // what is left of a second is said as a second
    assert.deepEqual(await scene.accounts.login(email, SCENE_PASSWORD, elsewhere()), { lockedForSeconds: 1 });
    scene.clock.now += SECOND - 1;
    expectTokens(await scene.accounts.login(email, SCENE_PASSWORD, elsewhere()));
    assert.equal(await guess(email), 'wrong-credentials');
  });

  test('lock nobody out for more than a minute, however long somebody tries', async () => {
    const { email } = await scene.newUser();
    await attack(email);
    for (let count = 0; count < 20; count += 1) assert.ok(lockedFor(await guess(email)) <= 60);
    scene.clock.now += MINUTE;
    expectTokens(await scene.accounts.login(email, SCENE_PASSWORD, elsewhere()));
  });

  test('of strangers do not hold up somebody at an address they have logged in from, and there guesses are counted, too', async () => {
    const user = await scene.newUser();
    await scene.logIn(user, HOME);
    await attack(user.email);
    assert.ok(lockedFor(await scene.accounts.login(user.email, SCENE_PASSWORD, elsewhere())) > 30);
    expectTokens(await scene.accounts.login(user.email, SCENE_PASSWORD, HOME_AGAIN));
    await attack(user.email, () => HOME);
    assert.ok(lockedFor(await scene.accounts.login(user.email, SCENE_PASSWORD, HOME)) > 30);
  });

  test('of others, at the same address or elsewhere, do not hold up a login with what an earlier one has left on the device', async () => {
    const user = await scene.newUser();
    const { tokens } = await scene.logIn(user, elsewhere());
    const withTicket = (ticket = tokens.deviceToken ?? '', from = elsewhere()) => ({ ...from, deviceTickets: ['of.nobody.x.y', ticket] });
    await attack(user.email);
    assert.ok(lockedFor(await scene.accounts.login(user.email, SCENE_PASSWORD, elsewhere())) > 30);
    const again = expectTokens(await scene.accounts.login(user.email, SCENE_PASSWORD, withTicket()));
    assert.equal(again.deviceToken?.split('.')[1], tokens.deviceToken?.split('.')[1], 'the device is the same');
    const shared = elsewhere();
    for (let count = 0; count < 25; count += 1) await guess(`${randomUUIDv7()}@example.org`, shared);
    assert.ok(lockedFor(await scene.accounts.login(user.email, SCENE_PASSWORD, shared)) > 0);
    expectTokens(await scene.accounts.login(user.email, SCENE_PASSWORD, withTicket(again.deviceToken, shared)));
  });

  test('with a ticket count for its device, and make nobody else wait', async () => {
    const user = await scene.newUser();
    const { tokens } = await scene.logIn(user, elsewhere());
    const from = { ...elsewhere(), deviceTickets: [tokens.deviceToken ?? ''] };
    for (let count = 0; count < 6; count += 1) assert.equal(await guess(user.email, from), 'wrong-credentials');
    assert.deepEqual(await guess(user.email, { ...from, ...elsewhere() }), { lockedForSeconds: 1 });
    expectTokens(await scene.accounts.login(user.email, SCENE_PASSWORD, elsewhere()));
  });

  test('count as ever with a ticket that is changed, of somebody else, or half a year old', async () => {
    const [user, other] = [await scene.newUser(), await scene.newUser()];
    const ticketOf = async (one: typeof user) => (await scene.logIn(one, elsewhere())).tokens.deviceToken ?? '';
    const [good, others] = [await ticketOf(user), await ticketOf(other)];
    const [, device = '', seconds = '', signed = ''] = good.split('.');
    const bad = [
      others,
      `${user.id}.${device}.${seconds}.`,
      `${user.id}.another.${seconds}.${signed}`,
      `${good}.x`,
      `${user.id}.${device}.zzzzzz.${signed}`,
      '',
      '...',
    ];
    await attack(user.email);
    for (const ticket of bad)
      assert.ok(lockedFor(await scene.accounts.login(user.email, SCENE_PASSWORD, { ...elsewhere(), deviceTickets: [ticket] })) > 0, ticket);
    scene.clock.now += 181 * 24 * HOUR;
    await attack(user.email);
    assert.ok(lockedFor(await scene.accounts.login(user.email, SCENE_PASSWORD, { ...elsewhere(), deviceTickets: [good] })) > 0);
  });

  test('of a site count together, whichever of its networks they come from', async () => {
    const locked = [];
    for (let network = 0; network < 45; network += 1)
      locked.push(lockedFor(await guess(`${randomUUIDv7()}@example.org`, { device: 'curl', address: `2001:db8:70:${network.toString(16)}00::1` })));
    assert.deepEqual(locked.slice(0, 41), Array(41).fill(0));
    assert.ok(locked.slice(41).every((seconds) => seconds > 0));
  });

  test('of a guesser count together also from where the guesser has an account and logs in', async () => {
    const [user, guesser] = [await scene.newUser(), await scene.newUser()];
    const places = Array.from({ length: 7 }, elsewhere);
    for (const from of places) await scene.logIn(guesser, from);
    for (const from of places.slice(0, 6)) assert.equal(await guess(user.email, from), 'wrong-credentials');
    assert.deepEqual(await guess(user.email, places[6]), { lockedForSeconds: 1 });
  });

  test('of an address without an account make wait as others do', async () => {
    const nobody = `${randomUUIDv7()}@example.org`;
    const { email } = await scene.newUser();
    for (let count = 0; count < 8; count += 1) assert.deepEqual(await guess(nobody), await guess(email));
    assert.equal(lockedFor(await guess(nobody)), lockedFor(await guess(email)));
    assert.ok(lockedFor(await guess(nobody)) > 0);
  });

  test('from one address count together, whatever accounts they try, and a success in between does not wipe them out', async () => {
    const from = elsewhere();
    const own = await scene.newUser();
    let waits = 0;
    for (let count = 0; count < 25; count += 1) {
      waits += Math.sign(lockedFor(await guess(`${randomUUIDv7()}@example.org`, from)));
      await scene.accounts.login(own.email, SCENE_PASSWORD, from);
    }
    assert.ok(waits >= 3, `${waits}`);
    expectTokens(await scene.accounts.login(own.email, SCENE_PASSWORD, elsewhere()));
  });

  test('of one line count together, whichever of its addresses they come from', async () => {
    const line = (host: number): Whereabouts => ({ device: 'curl', address: `2001:db8:7:${scene.clock.now % 10_000}::${host.toString(16)}` });
    const locked = [];
    for (let host = 1; host <= 25; host += 1) locked.push(lockedFor(await guess(`${randomUUIDv7()}@example.org`, line(host))));
    assert.deepEqual(locked.slice(0, 21), Array(21).fill(0));
    assert.ok(locked.slice(21).every((seconds) => seconds > 0));
  });

  test('of one account count together, however its address is spelled', async () => {
    const { email } = await scene.newUser();
    const [name = '', host = ''] = email.split('@');
    const wide = [...name].map((mail) => (/[a-z0-9]/.test(mail) ? String.fromCodePoint((mail.codePointAt(0) ?? 0) + 0xfee0) : mail)).join('');
    const spellings = [email.toUpperCase(), ` ${email}`, `${email}\t`, `${name}@${host.replace('e', 'E')}`, `${wide}@${host}`, `${name}＠${host}`];
    for (const spelling of spellings) assert.equal(await guess(spelling), 'wrong-credentials', spelling);
    for (const spelling of [email, ...spellings]) assert.deepEqual(await guess(spelling), { lockedForSeconds: 1 }, spelling);
  });

  test('that are under way at once are not free', async () => {
    const { email } = await scene.newUser();
    const answers = await Promise.all(Array.from({ length: 30 }, () => guess(email)));
    assert.equal(answers.filter((answer) => answer === 'wrong-credentials').length, 6);
  });

  test('do not count where too many came at once to be looked at', async () => {
    const { email } = await scene.newUser();
    const from = elsewhere();
    const answers = await Promise.all(Array.from({ length: 30 }, () => guess(email, from)));
    assert.deepEqual([...Map.groupBy(answers, String)].map(([answer, all]) => [answer, all.length]).toSorted(), [
      ['overloaded', 26],
      ['wrong-credentials', 4],
    ]);
    expectTokens(await scene.accounts.login(email, SCENE_PASSWORD, elsewhere()));
  });

  test('do not count either where a password was to be changed, or a second factor set up or removed, and too many came at once', async () => {
    const [from, password, code] = [elsewhere(), 'wrong', '123456'];
    const { accounts } = scene;
    const { principal } = await scene.logIn(await scene.newUser(), from);
    const ways: readonly (() => Promise<unknown>)[] = [
      () => accounts.changePassword(principal, password, CHOSEN, from),
      () => accounts.secondFactors.begin(principal, password, 'Salt & Pine', from),
      () => accounts.secondFactors.remove(principal, { password, code }, from),
    ];
    for (const ask of ways) {
      await place.database.sql('delete from failed_login');
      const answers = await Promise.all(Array.from({ length: 6 }, ask));
      assert.deepEqual(answers.toSorted(), [...Array(2).fill('overloaded'), ...Array(4).fill('wrong-password')]);
    }
  });

  test('are the same on every node', async () => {
    const other = await openAccountScene(place.database);
    other.clock.now = scene.clock.now;
    const { email } = await scene.newUser();
    for (let count = 0; count < 3; count += 1)
      for (const node of [scene, other]) assert.equal(await node.accounts.login(email, 'wrong', elsewhere()), 'wrong-credentials');
    for (const node of [scene, other]) assert.ok(lockedFor(await node.accounts.login(email, 'wrong', elsewhere())) > 0);
  });

  test('are forgotten with a new password by link, and in time', async () => {
    const [one, other] = [await scene.newUser(), await scene.newUser()];
    for (const { email } of [other, one]) await attack(email);
    assert.ok(lockedFor(await guess(one.email)) > 30);
    await scene.accounts.passwordResets.forgot(one.email);
    const [mail] = (await scene.accounts.mails(1, null)).items;
    assert.equal(await scene.accounts.passwordResets.reset(mail?.secret?.token ?? '', CHOSEN), 'reset');
    expectTokens(await scene.accounts.login(one.email, CHOSEN, elsewhere()));
    scene.clock.now += 3 * HOUR;
    for (let count = 0; count < 6; count += 1) assert.equal(await guess(other.email), 'wrong-credentials');
  });

  test('cannot be forgotten by registering the address and logging in as that', async () => {
    const { email } = await scene.newUser();
    await scene.accounts.registrations.register({ email, name: 'Mallory', password: CHOSEN });
    for (let count = 0; count < 6; count += 1) await scene.accounts.login(email, count % 2 === 0 ? 'wrong' : CHOSEN, elsewhere());
    assert.ok(lockedFor(await guess(email)) > 0);
  });

  test('with a stolen session count as well: the old password cannot be guessed by changing it', async () => {
    const { principal } = await scene.logIn(await scene.newUser(), elsewhere());
    for (let count = 0; count < 6; count += 1) assert.equal(await scene.accounts.changePassword(principal, 'wrong', CHOSEN, elsewhere()), 'wrong-password');
    assert.deepEqual(await scene.accounts.changePassword(principal, SCENE_PASSWORD, CHOSEN, elsewhere()), { lockedForSeconds: 1 });
  });
});
