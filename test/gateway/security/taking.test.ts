// A caller who uses another person's id, key or hold: it has no effect, and does not reveal whose it is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Asking, Said } from '../../support/test-server.ts';
import { berlinTime } from '../business.ts';
import { type Cast, type CastMember, openCast } from '../cast.ts';
import { isProblem } from '../is-problem.ts';
import { TestScreen } from '../socket/test-screen.ts';
import { leaks, type Marked, makeMarked, markedCustomer, marksOf } from './marked.ts';
import { makeSubject } from './subjects.ts';
import { reachOfWalker, type Walker, walkersOf } from './walkers.ts';

let cast: Cast;
/** By a guest with Ada in Berlin, by Dan with Bo in Berlin, by the desk of New York with Cy there. */
let adas: Marked;
let bos: Marked;
let cys: Marked;
/** Those who may book at all. */
let walkers: readonly Walker[];

before(async () => {
  // What a proxy says is believed, so that guests can come from several addresses.
  cast = await openCast({ TRUSTED_PROXIES: '1' });
  adas = await makeMarked(cast, 'ada', { by: null, with: cast.ada });
  bos = await makeMarked(cast, 'bo', { by: 'dan@example.org', with: cast.bo });
  cys = await makeMarked(cast, 'cy', { by: 'desk.newyork@example.org', with: cast.cy });
  walkers = (await walkersOf(cast)).filter((walker) => reachOfWalker(walker, 'book') !== null);
});
after(() => cast?.[Symbol.asyncDispose]());

const by = (account: CastMember, asking: Asking = {}): Asking => ({ ...asking, token: cast.tokenOf[account] });
const OWNER = 'owner@example.org';

describe('a hold of somebody else', () => {
  test('cannot be booked, renewed or let go, with no token, another, or one that was made up', async () => {
    const { mine } = walkers.find(({ standing }) => standing === 'guest') ?? assert.fail();
    const made = `${bos.holdId}.${'A'.repeat(43)}`;
    const tries = walkers.flatMap(({ token }) => [{}, { 'Hold-Token': mine.holdToken }, { 'Hold-Token': made }].map((headers) => ({ token, headers })));
    for (const { token, headers } of tries) {
      const customer = { name: 'Eve', email: 'eve@example.org' };
      isProblem(await cast.ask('POST', '/v1/appointments', { token, headers, body: { holdId: bos.holdId, customer } }), 'hold-not-yours');
      isProblem(await cast.ask('POST', `/v1/holds/${bos.holdId}/renew`, { token, headers }), 'hold-not-yours');
      isProblem(await cast.ask('DELETE', `/v1/holds/${bos.holdId}`, { token, headers }), 'hold-not-yours');
    }
    assert.equal((await cast.ask('GET', `/v1/holds/${bos.holdId}`, by('dan@example.org'))).status, 200);
  });
});

describe('an idempotency key of somebody else', () => {
  const fresh = async (mark: string, asking: (body: object) => Asking) => {
    const subject = await makeSubject(cast, { with: cast.bo, by: null });
    const { customer } = markedCustomer(mark);
    const body = { serviceId: subject.serviceId, staffId: cast.bo.id, startsAt: subject.freeAt, customer, allowOverlap: true };
    const first = await cast.ask('POST', '/v1/appointments', asking(body));
    assert.equal(first.status, 201, first.text);
    return { first, body };
  };
  const isOwnAnswer = (said: Said) => {
    isProblem(said, 'slot-taken');
    assert.equal(said.headers.get('idempotency-replayed'), null);
  };

  test('of a user gives nobody else the stored answer', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const { first, body } = await fresh('key', (asked) => by('dan@example.org', { body: asked, headers }));
    for (const walker of walkers) isOwnAnswer(await cast.ask('POST', '/v1/appointments', { token: walker.token, body, headers }));
    for (const walker of walkers) {
      const screen = await TestScreen.open(cast.url, walker.token);
      const answer = await screen.ask('book', { ...body, key: headers['idempotency-key'] });
      assert.equal(answer.problem?.code, 'slot-taken');
      screen.close();
    }
    const again = await cast.ask('POST', '/v1/appointments', by('dan@example.org', { body, headers }));
    assert.equal(again.text, first.text);
  });

  test('of a guest gives no user the stored answer, and a short one nobody at another address', async () => {
    for (const key of [crypto.randomUUID(), '1']) {
      const from = (address: string) => ({ 'idempotency-key': key, 'x-forwarded-for': address });
      const { first, body } = await fresh('guest-key', (asked) => ({ body: asked, headers: from('10.0.0.1') }));
      for (const { token } of walkers.filter(({ account }) => account !== null))
        isOwnAnswer(await cast.ask('POST', '/v1/appointments', { token, body, headers: from('10.0.0.1') }));
      if (key === '1') isOwnAnswer(await cast.ask('POST', '/v1/appointments', { body, headers: from('10.0.0.2') }));
      assert.equal((await cast.ask('POST', '/v1/appointments', { body, headers: from('10.0.0.1') })).text, first.text);
    }
  });

  test('cannot be abandoned, and says nothing', async () => {
    const key = crypto.randomUUID();
    const { first, body } = await fresh('abandon', (asked) => by('dan@example.org', { body: asked, headers: { 'idempotency-key': key } }));
    for (const { token } of walkers) assert.deepEqual((await cast.ask('POST', `/v1/requests/${key}/abandon`, { token })).body, { outcome: 'abandoned' });
    assert.equal((await cast.ask('POST', '/v1/appointments', by('dan@example.org', { body, headers: { 'idempotency-key': key } }))).text, first.text);
    const early = { 'idempotency-key': crypto.randomUUID() };
    for (const { token } of walkers) await cast.ask('POST', `/v1/requests/${early['idempotency-key']}/abandon`, { token });
    const { freeAt } = await makeSubject(cast, { with: cast.bo, by: null });
    const late = await cast.ask('POST', '/v1/appointments', by('dan@example.org', { body: { ...body, startsAt: freeAt }, headers: early }));
    assert.equal(late.status, 201, late.text);
  });

  test('of a guest shows no customer to another caller who knows it', async () => {
    const key = crypto.randomUUID();
    await fresh('known', (asked) => ({ body: asked, headers: { 'idempotency-key': key, 'x-forwarded-for': '10.0.0.1' } }));
    const told = await cast.ask('POST', `/v1/requests/${key}/abandon`, { headers: { 'x-forwarded-for': '10.0.0.2' } });
    assert.deepEqual([told.body.outcome, told.body.event.type], ['done', 'appointment.booked']);
    assert.deepEqual(leaks(told.text, marksOf('known')), []);
  });

  test('of a change of the catalog gives no other manager the stored answer', async () => {
    const asking = { body: { name: 'Massage', minutes: 30 }, headers: { 'idempotency-key': crypto.randomUUID() } };
    const first = await cast.ask('POST', '/v1/services', by(OWNER, asking));
    const other = await cast.ask('POST', '/v1/services', by('manager@example.org', asking));
    assert.deepEqual([first.status, other.status, other.headers.get('idempotency-replayed')], [201, 201, null]);
    assert.notEqual(first.body.id, other.body.id);
  });
});

describe('an id that is taken', () => {
  test('cannot be made one’s own, and tells nothing', async () => {
    const subject = await makeSubject(cast, { with: cast.ada, by: null });
    const claim = { serviceId: subject.serviceId, staffId: cast.ada.id, startsAt: subject.freeAt };
    const customer = { name: 'Eve', email: 'eve@example.org' };
    for (const { appointmentId, holdId, marks } of [bos, cys]) {
      const tries = [
        await cast.ask('POST', '/v1/appointments', by('clara@example.org', { body: { ...claim, customer, id: appointmentId } })),
        await cast.ask('POST', '/v1/holds', by('clara@example.org', { body: { ...claim, id: holdId } })),
      ];
      for (const said of tries) {
        isProblem(said, 'id-in-use');
        assert.deepEqual(leaks(said.text, marks), []);
      }
    }
  });

  test('nor that of a calendar, a person or a place, by a manager of one location', async () => {
    const manager = 'manager.berlin@example.org';
    const member = { name: 'Eve', locationId: cast.berlin };
    isProblem(await cast.ask('POST', '/v1/staff', by(manager, { body: { ...member, calendarId: cast.cy.calendarId } })), 'id-in-use');
    isProblem(await cast.ask('POST', '/v1/staff', by(manager, { body: { ...member, id: cast.cy.id } })), 'id-in-use');
    const other = await cast.ask('GET', `/v1/staff/${cast.cy.id}`, by(OWNER));
    assert.deepEqual([other.body.name, other.body.locationId, other.body.calendarId], ['Cy', cast.newYork, cast.cy.calendarId]);
  });
});

describe('people of one location', () => {
  const berliners = ['ada@example.org', 'bo@example.org', 'desk@example.org', 'manager.berlin@example.org'] as const;
  const revisionOf = async (calendarId: string) => (await cast.ask('GET', `/v1/calendars/${calendarId}`, by(OWNER))).body.revision;

  test('cannot take away blocks and time off of another, by way of their own', async () => {
    const days = { startsAt: '2031-01-01T10:00:00Z', endsAt: '2031-01-01T11:00:00Z' };
    const block = await cast.ask('POST', `/v1/staff/${cast.cy.id}/blocks`, by(OWNER, { body: days }));
    const off = await cast.ask('POST', `/v1/staff/${cast.cy.id}/time-off`, by(OWNER, { body: days }));
    const revision = await revisionOf(cast.cy.calendarId);
    for (const account of berliners)
      for (const staffId of [cast.ada.id, cast.cy.id]) {
        assert.ok((await cast.ask('DELETE', `/v1/staff/${staffId}/blocks/${block.body.id}`, by(account))).status >= 400, account);
        assert.ok((await cast.ask('DELETE', `/v1/staff/${staffId}/time-off/${off.body.id}`, by(account))).status >= 400, account);
        const taken = await cast.ask('PATCH', `/v1/staff/${staffId}/blocks/${block.body.id}`, by(account, { body: { ...days, staffId: cast.ada.id } }));
        assert.ok(taken.status >= 400, account);
      }
    const own = await cast.ask('POST', `/v1/staff/${cast.ada.id}/blocks`, by(OWNER, { body: days }));
    for (const account of berliners) {
      const given = await cast.ask('PATCH', `/v1/staff/${cast.ada.id}/blocks/${own.body.id}`, by(account, { body: { ...days, staffId: cast.cy.id } }));
      assert.ok(given.status >= 400, `${account} gives a block to another location`);
    }
    assert.equal(await revisionOf(cast.cy.calendarId), revision);
  });

  test('cannot move their appointment past the rules of another, nor a colleague to another or one from there', async () => {
    const revision = await revisionOf(cast.cy.calendarId);
    const override = { rules: ['outside-hours'], reason: 'because' };
    const body = { staffId: cast.cy.id, startsAt: berlinTime(30, '03:00'), override };
    isProblem(await cast.ask('POST', `/v1/appointments/${adas.appointmentId}/reschedule`, by('desk@example.org', { body })), 'forbidden');
    const manager = 'manager.berlin@example.org';
    isProblem(await cast.ask('PATCH', `/v1/staff/${cast.ada.id}`, by(manager, { body: { locationId: cast.newYork } })), 'forbidden');
    isProblem(await cast.ask('PATCH', `/v1/staff/${cast.cy.id}`, by(manager, { body: { locationId: cast.berlin } })), 'forbidden');
    assert.equal(await revisionOf(cast.cy.calendarId), revision);
  });
});

describe('a program of one location', () => {
  const program = 'a program for everything in Berlin';
  test('moves no appointment to another', async () => {
    const { appointmentId } = await makeSubject(cast, { with: cast.ada, by: null });
    const move = (staffId: string, account: CastMember) => {
      const body = { staffId, startsAt: berlinTime(31, '15:00') };
      return cast.ask('POST', `/v1/appointments/${appointmentId}/reschedule?dryRun=true`, by(account, { body }));
    };
    isProblem(await move(cast.cy.id, program), 'forbidden');
    assert.equal((await move(cast.bo.id, program)).status, 200);
    assert.equal((await move(cast.cy.id, 'a program for everything')).status, 200);
  });
  test('books no hold of another, not even with its token', async () => {
    const { holdId, holdToken } = await makeSubject(cast, { with: cast.cy, by: null });
    const asking = { body: { holdId, customer: { name: 'Eve', email: 'eve@example.org' } }, headers: { 'Hold-Token': holdToken } };
    isProblem(await cast.ask('POST', '/v1/appointments', by(program, asking)), 'forbidden');
    assert.equal((await cast.ask('POST', '/v1/appointments', by('a program for everything', asking))).status, 201);
  });
});

describe('a session of somebody else', () => {
  test('is not listed, and cannot be ended', async () => {
    const { body } = await cast.ask('GET', '/v1/auth/sessions', by('dan@example.org'));
    const ids: string[] = body.items.map(({ id }: { id: string }) => id);
    assert.ok(ids.length > 0);
    for (const account of ['clara@example.org', 'owner@example.org', 'manager@example.org'] as const) {
      const listed = await cast.ask('GET', '/v1/auth/sessions', by(account));
      assert.deepEqual(leaks(listed.text, ids), []);
      for (const id of ids) isProblem(await cast.ask('DELETE', `/v1/auth/sessions/${id}`, by(account)), 'not-found');
    }
    assert.equal((await cast.ask('GET', '/v1/me', by('dan@example.org'))).status, 200);
  });
});
