// Notes of a day: one text for a location and a date, written over the version that was read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Cast, type CastMember, openCast } from '../cast.ts';
import { isProblem } from '../is-problem.ts';

let cast: Cast;
before(async () => {
  cast = await openCast();
});
after(() => cast[Symbol.asyncDispose]());

const pathOf = (date: string) => `/v1/locations/${cast.berlin}/day-notes/${date}`;
const read = (date: string, who: CastMember = 'desk@example.org') => cast.ask('GET', pathOf(date), { token: cast.tokenOf[who] });
const write = (date: string, text: unknown, ifMatch?: string, who: CastMember = 'desk@example.org') =>
  cast.ask('PUT', pathOf(date), { body: { text }, token: cast.tokenOf[who], ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }) });

test('a day begins without a note; what is written is read by the desk there and the owner, and by no one else', async () => {
  const empty = await read('2031-03-01');
  assert.deepEqual([empty.body.text, empty.body.changedAt, empty.body.version, empty.headers.get('etag')], ['', null, 0, '"0"']);
  const written = await write('2031-03-01', 'Mia pays tomorrow.', '"0"');
  assert.deepEqual([written.status, written.body.text, written.body.version], [200, 'Mia pays tomorrow.', 1]);
  assert.equal((await read('2031-03-01', 'owner@example.org')).body.text, 'Mia pays tomorrow.');
  assert.equal((await read('2031-03-02')).body.text, '');
  for (const who of ['desk.newyork@example.org', 'ada@example.org', 'clara@example.org', 'a program for everything'] as const)
    isProblem(await read('2031-03-01', who), 'forbidden');
  isProblem(await write('2031-03-01', 'Not mine', undefined, 'desk.newyork@example.org'), 'forbidden');
});

test('of two who write over the same version one is told so, and the same text again is answered as the first time', async () => {
  const both = await Promise.all(['one', 'two'].map((text) => write('2031-03-03', text, '"0"')));
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412]);
  const [refused] = both.filter(({ status }) => status !== 200);
  isProblem(refused ?? assert.fail(), 'version-mismatch');
  assert.equal(refused?.body.currentVersion, '"1"');
  const { text } = (await read('2031-03-03')).body;
  const again = await write('2031-03-03', text, '"0"');
  assert.deepEqual([again.status, again.body.version], [200, 1]);
  assert.deepEqual((await write('2031-03-03', '', '"1"')).body.version, 2);
});

test('a text that is too long or cannot be kept, a date that does not exist and a location that is not there are named', async () => {
  isProblem(await write('2031-03-04', 'x'.repeat(2_001)), 'invalid-request', 'text');
  for (const unkept of ['a\u0000', 'a\u0007', '\ud800']) isProblem(await write('2031-03-04', unkept), 'invalid-request', 'text');
  assert.equal((await write('2031-03-04', 'x'.repeat(2_000))).status, 200);
  isProblem(await read('2031-02-30'), 'invalid-request', 'date');
  const nowhere = `/v1/locations/${crypto.randomUUID()}/day-notes/2031-03-01`;
  isProblem(await cast.ask('GET', nowhere, { token: cast.tokenOf['owner@example.org'] }), 'not-found');
});
