// Under many claims through two nodes, a follower of the business hears every revision of every calendar once, in order.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BusinessChangesReply, ChangesReply } from '../../src/protocol/calendars.ts';
import { startServer } from '../faults/demo-process.ts';
import { dateIn } from '../support/dates.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';

const PEOPLE = 16;
const CLAIMS_EACH = 20;
const SMALL_PAGE = 7;

describe('two nodes', { skip: POSTGRES_MISSING || REDIS_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  const urls: string[] = [];
  let token: string;
  before(async () => {
    const postgres = stack.use(await startPostgres({ fsync: false }));
    const redis = stack.use(await startRedis());
    const url = await postgres.createDatabase();
    for (let node = 0; node < 2; node += 1) {
      const server = await startServer({ kind: 'postgres', url }, { REDIS_URL: redis.url, DRAIN_SECONDS: '0' });
      stack.defer(async () => void (await server.end('SIGTERM')));
      urls.push(server.url);
    }
    const said = await askOver(urlOf(0), 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } });
    token = said.body.accessToken;
  });
  after(() => stack.disposeAsync());

  function urlOf(person: number): string {
    return urls[person % urls.length] ?? assert.fail('there is no server');
  }
  async function read<Body>(url: string, path: string): Promise<Body> {
    const said = await askOver<Body>(url, 'GET', path, { token });
    assert.equal(said.status, 200, said.text);
    return said.body;
  }

  /** Holds that are taken and let go again, each person in an order of their own. */
  async function claimAndRelease(person: number, slots: readonly object[]): Promise<void> {
    for (let turn = 0; turn < CLAIMS_EACH; turn += 1) {
      const body = slots[(person * 7 + turn * 11) % slots.length];
      const held = await askOver(urlOf(person + turn), 'POST', '/v1/holds', { body });
      if (held.status !== 201) continue;
      await askOver(urlOf(person), 'DELETE', `/v1/holds/${held.body.id}`, { headers: { 'hold-token': held.body.token } });
    }
  }

  /** Follows from the oldest change on until it has come past everything there was when `isOver` became true. */
  async function follow(url: string, isOver: () => boolean): Promise<BusinessChangesReply['changes']> {
    const told: BusinessChangesReply['changes'] = [];
    for (let next = '0', wasOver = false; ; ) {
      const over = isOver();
      const reply = await read<BusinessChangesReply>(url, `/v1/changes?after=${next}&limit=${SMALL_PAGE}&wait=1`);
      told.push(...reply.changes);
      next = reply.nextAfter;
      if (reply.changes.length === 0 && wasOver) return told;
      wasOver = over;
    }
  }

  test('while claims rain down through both, each tells every revision of every calendar once, in its order', { timeout: 300_000 }, async () => {
    const services = (await read<Json>(urlOf(0), '/v1/services')).items;
    const service = services.find((offered: Json) => offered.capacity === 1);
    const query = new URLSearchParams({ serviceId: service.id, from: dateIn(2), to: dateIn(9), timeZone: 'UTC' });
    const slots = (await read<Json>(urlOf(0), `/v1/slots?${query}`)).slots.map(({ startsAt, staffId }: Json) => ({ serviceId: service.id, staffId, startsAt }));
    let isOver = false;
    const followers = [follow(urlOf(0), () => isOver), follow(urlOf(1), () => isOver)];
    await Promise.all(Array.from({ length: PEOPLE }, (_, person) => claimAndRelease(person, slots)));
    isOver = true;
    const [one = [], other = []] = await Promise.all(followers);
    assert.deepEqual(
      one.map(({ cursor }) => cursor),
      other.map(({ cursor }) => cursor),
      'both nodes tell them in one order',
    );
    const byCalendar = Map.groupBy(one, ({ calendarId }) => calendarId);
    let claims = 0;
    for (const { calendarId } of (await read<Json>(urlOf(0), '/v1/staff')).items) {
      const told = byCalendar.get(calendarId) ?? [];
      const own = await read<ChangesReply>(urlOf(1), `/v1/calendars/${calendarId}/changes?after=0&limit=1000`);
      assert.ok(own.changes.length < 1_000);
      assert.deepEqual(
        told.map(({ revision, events }) => ({ revision, events })),
        own.changes.map(({ revision, events }) => ({ revision, events })),
      );
      claims += told.filter(({ events }) => events.some(({ type }) => type === 'hold.placed')).length;
    }
    assert.ok(claims > PEOPLE * 5, `${claims} holds`);
  });
});
