// One version for a staff member and their hours: who has read either, and changes something, is told if it is another by now.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { dateIn, everyDay } from '../../support/dates.ts';
import { type Business, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

let shop: Business;
let path: string;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());
beforeEach(async () => {
  const { status, body, text } = await own('POST', '/v1/staff', { name: 'Vera', locationId: shop.berlin, serviceIds: [shop.haircut.id] });
  assert.equal(status, 201, text);
  path = `/v1/staff/${body.id}`;
});

const own = (method: string, at: string, body?: object, headers: Record<string, string> = {}) =>
  shop.ask(method, at, { token: shop.tokens.owner, ...(body && { body }), headers });
const tagOf = async (at = path) => (await own('GET', at)).headers.get('etag') ?? assert.fail(`${at} has no tag`);
const weekly = { weekly: everyDay('10:00', '16:00') };

test('hours and the staff member have one tag, which changes with either', async () => {
  const first = await tagOf();
  assert.equal(await tagOf(`${path}/hours`), first);
  const hours = await own('PUT', `${path}/hours`, weekly);
  const second = await tagOf();
  assert.notEqual(second, first);
  assert.equal(hours.headers.get('etag'), second);
  assert.equal(hours.body.version, Number(JSON.parse(second)));
  await own('PATCH', path, { name: 'Vera V.' });
  const third = await tagOf(`${path}/hours`);
  assert.equal(new Set([first, second, third]).size, 3);
});

test('a read with the tag of before hears of changed hours', async () => {
  const tag = await tagOf();
  assert.equal((await own('GET', path, undefined, { 'if-none-match': tag })).status, 304);
  await own('PUT', `${path}/date-overrides/${dateIn(5)}`, { windows: [] });
  assert.equal((await own('GET', path, undefined, { 'if-none-match': tag })).status, 200);
  assert.equal((await own('GET', `${path}/hours`, undefined, { 'if-none-match': tag })).status, 200);
});

test('every change of hours is refused under a tag of before, and says the present one', async () => {
  const stale = await tagOf();
  await own('PUT', `${path}/hours`, weekly);
  const now = await tagOf();
  const off = await own('POST', `${path}/time-off`, { startsAt: `${dateIn(8)}T10:00:00Z`, endsAt: `${dateIn(8)}T12:00:00Z` });
  const [before, present] = [now, await tagOf()];
  assert.notEqual(before, present);
  const changes = [
    ['PUT', `${path}/hours`, { weekly: everyDay('11:00', '12:00') }],
    ['DELETE', `${path}/hours`, undefined],
    ['PUT', `${path}/date-overrides/${dateIn(5)}`, { windows: [] }],
    ['DELETE', `${path}/date-overrides/${dateIn(5)}`, undefined],
    ['POST', `${path}/time-off`, { startsAt: `${dateIn(9)}T10:00:00Z`, endsAt: `${dateIn(9)}T12:00:00Z` }],
    ['DELETE', `${path}/time-off/${off.body.id}`, undefined],
    ['PATCH', path, { name: 'Nobody' }],
    ['DELETE', path, undefined],
  ] as const;
  for (const [method, at, body] of changes) {
    for (const tag of [stale, before, `W/${present}`, '"none"']) {
      const refused = await own(method, at, body, { 'if-match': tag });
      isProblem(refused, 'version-mismatch');
      assert.equal(refused.body.currentVersion, present, `${method} ${at}`);
    }
    isProblem(await own(method, at, body, { 'if-match': 'junk' }), 'version-mismatch');
  }
  assert.equal(await tagOf(), present);
  for (const [method, at, body] of changes) {
    const done = await own(method, at, body, { 'if-match': `"0", ${await tagOf()}` });
    assert.ok(done.status < 300, `${method} ${at}: ${done.text}`);
  }
});

test('a repeat under its key is answered as before, whatever the version is by now', async () => {
  const headers = { 'if-match': await tagOf(), 'idempotency-key': crypto.randomUUID() };
  const first = await own('PUT', `${path}/hours`, weekly, headers);
  assert.equal(first.status, 200, first.text);
  const again = await own('PUT', `${path}/hours`, weekly, headers);
  assert.deepEqual([again.status, again.body.weekly], [200, first.body.weekly]);
  const refusing = { 'if-match': '"999"', 'idempotency-key': crypto.randomUUID() };
  const refused = await own('PUT', `${path}/hours`, weekly, refusing);
  isProblem(refused, 'version-mismatch');
  await own('PUT', `${path}/date-overrides/${dateIn(6)}`, { windows: [] });
  const repeated = await own('PUT', `${path}/hours`, weekly, refusing);
  assert.equal(repeated.body.currentVersion, refused.body.currentVersion);
});

test('of several who change the hours they have read, one wins', async () => {
  const tag = await tagOf();
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, number) => own('PUT', `${path}/hours`, { weekly: everyDay(`0${number}:00`, '16:00') }, { 'if-match': tag })),
  );
  assert.equal(all.filter(({ status }) => status === 200).length, 1);
  assert.equal(all.filter(({ status }) => status === 412).length, 7);
});
