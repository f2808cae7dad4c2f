import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { before, test } from 'node:test';
import type { Visit } from '../../src/accounts/account.ts';
import { MINUTE } from '../../src/model/instant.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { type AccountScene, openAccountScene, SCENE_PASSWORD } from './account-scene.ts';
import { shownCode, wrongCode } from './authenticator.ts';

const CHOSEN = 'violet tractor umbrella';
let visits = 0;
/** Each from an address of its own, so that what was said of it is found again. */
function visit(): Visit & { readonly requestId: string } {
  visits += 1;
  return { device: 'Firefox on Linux', address: `10.1.${visits >> 8}.${visits & 255}`, requestId: `r-${visits}` };
}

onUsualDatabase('accounts in the audit trail', (place) => {
  let scene: AccountScene;
  before(async () => {
    scene = await openAccountScene(place.database);
  });
  async function entriesFrom({ address }: Visit): Promise<readonly object[]> {
    const columns = 'action, by_kind, by_id, by_name, by_role, subject_kind, subject_id, subject_name, before, after, request_id, at';
    const rows = await place.database.sql(`select ${columns} from audit_entry where address = $1 order by id`, [address]);
    const names = columns.split(', ');
    return rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index], value])));
  }
  const said = (from: Visit, more: object) => ({
    by_name: null,
    subject_name: null,
    before: null,
    after: null,
    request_id: from.requestId,
    at: scene.clock.now,
    ...more,
  });
  const ofCustomer = (from: Visit, id: string, more: object) => said(from, { by_kind: 'user', by_id: id, by_role: 'customer', ...more });
  const ofGuest = (from: Visit, more: object) => said(from, { by_kind: 'guest', by_id: null, by_role: null, ...more });

  test('a login, with its device, and its end, which is told once', async () => {
    const user = await scene.newUser();
    const [coming, going, again] = [visit(), visit(), visit()];
    const { tokens, principal } = await scene.logIn(user, coming);
    const subject = { subject_kind: 'session', subject_id: principal.sessionId };
    assert.deepEqual(await entriesFrom(coming), [ofCustomer(coming, user.id, { action: 'session.begun', ...subject, after: { device: 'Firefox on Linux' } })]);
    await scene.accounts.logout(tokens.refreshToken, going);
    await scene.accounts.logout(tokens.refreshToken, again);
    await scene.accounts.endSession(principal, again);
    await scene.accounts.logout('never seen', again);
    assert.deepEqual(await entriesFrom(going), [ofCustomer(going, user.id, { action: 'session.ended', ...subject })]);
    assert.deepEqual(await entriesFrom(again), []);
  });

  test('people who work here are named, and customers are not', async () => {
    const from = visit();
    const email = `${randomUUIDv7()}@example.org`;
    await scene.accounts.create({ email, name: 'Mo', role: 'manager' }, SCENE_PASSWORD, {
      by: { kind: 'system', id: null, name: null, role: null, address: from.address },
      requestId: null,
    });
    await scene.accounts.create({ email: `x${email}`, name: 'Clara', role: 'customer' }, SCENE_PASSWORD, {
      by: { kind: 'system', id: null, name: null, role: null, address: from.address },
      requestId: null,
    });
    const [manager, customer] = (await entriesFrom(from)) as { subject_name: string; after: object }[];
    const nowhere = { staffId: null, customerId: null, locationId: null };
    assert.deepEqual([manager?.subject_name, manager?.after], ['Mo', { email, role: 'manager', ...nowhere }]);
    const customerId = (customer?.after as { customerId?: unknown } | undefined)?.customerId;
    assert.match(String(customerId), /^[0-9a-f-]{36}$/);
    assert.deepEqual([customer?.subject_name, customer?.after], [null, { role: 'customer', ...nowhere, customerId }]);
  });

  test('an address that is taken adds nobody and says nothing', async () => {
    const user = await scene.newUser();
    const from = visit();
    const source = { by: { kind: 'guest', id: null, name: null, role: null, address: from.address }, requestId: null } as const;
    assert.equal(await scene.accounts.create({ email: user.email, name: 'Other', role: 'manager' }, SCENE_PASSWORD, source), 'email-taken');
    assert.deepEqual(await entriesFrom(from), []);
  });

  test('a session that its user ends from elsewhere, and all the others in one entry', async () => {
    const user = await scene.newUser();
    const [mine, lost] = [await scene.logIn(user), await scene.logIn(user), await scene.logIn(user), await scene.logIn(user)];
    const [one, others, none] = [visit(), visit(), visit()];
    assert.equal(await scene.accounts.endSessionById(mine.principal, lost.principal.sessionId, one), 'ended');
    assert.equal(await scene.accounts.endSessionById(mine.principal, lost.principal.sessionId, none), 'not-found');
    const ended = { action: 'session.ended', subject_kind: 'session', subject_id: lost.principal.sessionId };
    assert.deepEqual(await entriesFrom(one), [ofCustomer(one, user.id, ended)]);
    await scene.accounts.endOtherSessions(mine.principal, others);
    await scene.accounts.endOtherSessions(mine.principal, none);
    const all = { action: 'session.ended', subject_kind: 'user', subject_id: user.id, after: { sessionsEnded: 2 } };
    assert.deepEqual(await entriesFrom(others), [ofCustomer(others, user.id, all)]);
    assert.deepEqual(await entriesFrom(none), []);
  });

  test('a refresh token that is used twice is told once, and what is refreshed is not', async () => {
    const user = await scene.newUser();
    const { tokens, principal } = await scene.logIn(user);
    const [good, reuse, again] = [visit(), visit(), visit()];
    await scene.accounts.refresh(tokens.refreshToken, good);
    for (const from of [reuse, again]) assert.equal(await scene.accounts.refresh(tokens.refreshToken, from), 'wrong-credentials');
    assert.deepEqual(await entriesFrom(good), []);
    const detected = { action: 'session.reuse-detected', subject_kind: 'session', subject_id: principal.sessionId, after: { userId: user.id } };
    assert.deepEqual(await entriesFrom(reuse), [ofGuest(reuse, detected)]);
    assert.deepEqual(await entriesFrom(again), []);
  });

  test('a new password, chosen or by link, with how many sessions have ended', async () => {
    const user = await scene.newUser();
    const [mine] = [await scene.logIn(user), await scene.logIn(user)];
    const [wrong, change, reset] = [visit(), visit(), visit()];
    assert.equal(await scene.accounts.changePassword(mine.principal, 'wrong', CHOSEN, wrong), 'wrong-password');
    assert.equal(await scene.accounts.changePassword(mine.principal, SCENE_PASSWORD, CHOSEN, change), 'changed');
    const subject = { subject_kind: 'user', subject_id: user.id, after: { sessionsEnded: 1 } };
    assert.deepEqual(await entriesFrom(wrong), []);
    assert.deepEqual(await entriesFrom(change), [ofCustomer(change, user.id, { action: 'password.changed', ...subject })]);
    await scene.accounts.passwordResets.forgot(user.email);
    const [mail] = (await scene.accounts.mails(1, null)).items;
    const token = mail?.secret?.token ?? '';
    assert.equal(await scene.accounts.passwordResets.reset(token, 'marble teapot avalanche', reset), 'reset');
    assert.equal(await scene.accounts.passwordResets.reset(token, 'marble teapot avalanche', reset), 'link-not-valid');
    assert.deepEqual(await entriesFrom(reset), [ofGuest(reset, { action: 'password.reset', ...subject })]);
  });

  test('a second factor that is turned on, its recovery codes that are replaced, and its end', async () => {
    const user = await scene.newUser();
    const [{ principal }] = [await scene.logIn(user), await scene.logIn(user)];
    const [begun, wrong, added, renewed, removed] = [visit(), visit(), visit(), visit(), visit()];
    const { secondFactors } = scene.accounts;
    const setup = await secondFactors.begin(principal, SCENE_PASSWORD, 'Salt & Pine', begun);
    assert.ok(typeof setup !== 'string' && 'secret' in setup);
    assert.equal(await secondFactors.confirm(principal, wrongCode(setup.secret, scene.clock.now), wrong), 'wrong-code');
    const codes = await secondFactors.confirm(principal, shownCode(setup.secret, scene.clock.now), added);
    assert.ok(Array.isArray(codes));
    const fresh = await secondFactors.renewRecoveryCodes(principal, { password: SCENE_PASSWORD, code: codes[0] }, renewed);
    assert.ok(Array.isArray(fresh));
    assert.equal(await secondFactors.remove(principal, { password: SCENE_PASSWORD, code: codes[1] }, wrong), 'wrong-code');
    assert.equal(await secondFactors.remove(principal, { password: SCENE_PASSWORD, code: fresh[0] }, removed), 'removed');
    const subject = { subject_kind: 'user', subject_id: user.id };
    for (const [from, more] of [
      [added, { action: 'second-factor.added', after: { sessionsEnded: 1 } }],
      [renewed, { action: 'recovery-codes.replaced' }],
      [removed, { action: 'second-factor.removed' }],
    ] as const)
      assert.deepEqual(await entriesFrom(from), [ofCustomer(from, user.id, { ...subject, ...more })]);
    assert.deepEqual([await entriesFrom(begun), await entriesFrom(wrong)], [[], []]);
  });

  test('a registration, once its address is verified', async () => {
    const email = `${randomUUIDv7()}@example.org`;
    const from = visit();
    await scene.accounts.registrations.register({ email, name: 'Grace', password: CHOSEN });
    const token = (await scene.accounts.mails(1, null)).items[0]?.secret?.token ?? '';
    assert.equal(await scene.accounts.registrations.verify(token, from), 'verified');
    assert.equal(await scene.accounts.registrations.verify(token, from), 'link-not-valid');
    const [entry, ...more] = (await entriesFrom(from)) as { action: string; subject_name: string | null }[];
    assert.deepEqual([entry?.action, entry?.subject_name, more], ['user.registered', null, []]);
    assert.ok(!JSON.stringify(entry).includes(email) && !JSON.stringify(entry).includes('Grace'));
  });

  test('failed logins are told when they begin to make wait, and not one by one', async () => {
    const user = await scene.newUser();
    const nobody = `${randomUUIDv7()}@example.org`;
    for (const [email, subject] of [
      [user.email, { subject_kind: 'user', subject_id: user.id }],
      [nobody, { subject_kind: 'login' }],
    ] as const) {
      const attempts = Array.from({ length: 9 }, visit);
      for (const from of attempts) {
        await scene.accounts.login(email, 'wrong', from);
        scene.clock.now += MINUTE / 10;
      }
      const told = await Promise.all(attempts.map(entriesFrom));
      assert.deepEqual(
        told.map((entries) => entries.length),
        [0, 0, 0, 0, 0, 1, 0, 0, 0],
      );
      const [entry] = told.flat() as Record<string, unknown>[];
      assert.partialDeepStrictEqual(entry, { action: 'login.locked-out', by_kind: 'guest', subject_name: null, ...subject });
      assert.ok(!JSON.stringify(entry).includes(email));
    }
  });

  test('guesses of a code, of an old password and of what a second factor takes are told like those at the door', async () => {
    const user = await scene.newUser();
    const { principal } = await scene.logIn(user);
    const { secondFactors } = scene.accounts;
    const setup = await secondFactors.begin(principal, SCENE_PASSWORD, 'Salt & Pine', visit());
    assert.ok(typeof setup !== 'string' && 'secret' in setup);
    assert.ok(Array.isArray(await secondFactors.confirm(principal, shownCode(setup.secret, scene.clock.now))));
    const code = wrongCode(setup.secret, scene.clock.now);
    for (const guess of [
      (from: Visit) => scene.accounts.login(user.email, SCENE_PASSWORD, from, code),
      (from: Visit) => scene.accounts.changePassword(principal, 'wrong', CHOSEN, from),
      (from: Visit) => secondFactors.remove(principal, { password: 'wrong', code }, from),
    ]) {
      await place.database.sql('delete from failed_login');
      const attempts = Array.from({ length: 6 }, visit);
      for (const from of attempts) await guess(from);
      const told = await Promise.all(attempts.map(entriesFrom));
      assert.deepEqual(told.flat(), [ofGuest(attempts[5] ?? assert.fail(), { action: 'login.locked-out', subject_kind: 'user', subject_id: user.id })]);
    }
  });

  test('an address that tries many accounts is told once it has to wait', async () => {
    const from = visit();
    for (let tried = 0; tried < 30; tried += 1) await scene.accounts.login(`${randomUUIDv7()}@example.org`, 'wrong', from);
    assert.deepEqual(await entriesFrom(from), [ofGuest(from, { action: 'login.locked-out', subject_kind: 'address', subject_id: from.address })]);
  });

  test('the right password at the last moment locks nobody out', async () => {
    const user = await scene.newUser();
    const from = visit();
    for (let tried = 0; tried < 5; tried += 1) await scene.accounts.login(user.email, 'wrong', visit());
    await scene.logIn(user, from);
    assert.deepEqual(
      (await entriesFrom(from)).map((entry) => 'action' in entry && entry.action),
      ['session.begun'],
    );
  });

  test('the first owner is created by the server itself', async () => {
    const email = `${randomUUIDv7()}@example.org`;
    assert.equal(await scene.accounts.ensureOwner(email, SCENE_PASSWORD), 'made');
    assert.deepEqual(await place.database.sql(`select by_kind, address, subject_name, after ->> 'email' from audit_entry where after ->> 'role' = 'owner'`), [
      ['system', null, 'Owner', email],
    ]);
  });
});
