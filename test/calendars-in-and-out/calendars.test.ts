// Feeds and external calendars, over REST, as calendar programs and their servers would see them.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import ICAL from 'ical.js';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { type Business, openBusiness } from '../gateway/business.ts';
import { isProblem } from '../gateway/is-problem.ts';
import { dateIn } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import type { Json } from '../support/test-server.ts';
import { calendarOf, event } from './calendars.ts';
import { openPublisher, type Publisher, publishes, whenExternal } from './practice.ts';

const log: string[] = [];
let shop: Business;
let publisher: Publisher;
/** The shop's; none where there is no PostgreSQL. */
let database: Database | undefined;
const opened = new AsyncDisposableStack();
before(async () => {
  publisher = opened.use(await openPublisher(publishes(calendarOf())));
  const place = POSTGRES_MISSING ? undefined : opened.use(await opened.use(await sharedPostgres()).fresh());
  const settings = { OUTSIDE_ALLOW: '127.0.0.1', ...(place && { DATABASE_URL: place.url }) };
  shop = opened.use(await openBusiness(settings, { log: { write: (line) => void log.push(line) } }));
  database = place && opened.use(await openDatabase({ kind: 'postgres', url: place.url }, { migrates: false }));
});
after(() => opened.disposeAsync());

/** As `refresh-external.ts` has it. */
const FEED_TIMEOUT_MS = 15_000;
const LONG_MS = 90_000;

const DAY = dateIn(5, 'Europe/Berlin');
/** A moment of that day in Berlin, which is never the day of a change of the clocks for long. */
const at = (time: string, date = DAY) => Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime('Europe/Berlin').toInstant().toString();
const utc = (time: string) => at(time).replaceAll(/[-:]|\.\d+/g, '');
const busy = (from: string, to: string, uid = 'one') => event(`DTSTART:${utc(from)}\nDTEND:${utc(to)}\nSUMMARY:Secret things`, uid);
const customer = { name: 'Robin Vale', email: 'robin@example.org', phone: '+4930123456' };
const ask = (method: string, path: string, more: Parameters<Business['ask']>[2] = {}) => shop.ask(method, path, { token: shop.tokens.owner, ...more });

async function book(time: string, body: object = {}): Promise<Json> {
  const said = await ask('POST', '/v1/appointments', {
    body: { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: at(time), customer, notes: 'a private note', ...body },
  });
  assert.equal(said.status, 201, said.text);
  return said.body;
}
async function startsOf(): Promise<readonly string[]> {
  const next = Temporal.PlainDate.from(DAY).add({ days: 1 });
  const said = await shop.ask('GET', `/v1/slots?serviceId=${shop.haircut.id}&staffId=${shop.ada.id}&from=${DAY}&to=${next}&timeZone=Europe/Berlin`);
  return said.body.slots.map(({ startsAt }: Json) => startsAt.slice(11, 16));
}
const eventsIn = (text: string) => new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');

describe('the feed of a staff member', () => {
  const path = () => `/v1/staff/${shop.ada.id}/calendar-feed`;
  const feedOf = async (body: object = {}): Promise<string> => new URL((await ask('POST', path(), { body, token: shop.tokens.staff })).body.url).pathname;

  test('has their appointments, with the customer’s name and nothing else of theirs; cancelled ones stay as cancelled', async () => {
    const feed = await feedOf();
    const kept = await book('09:00');
    const gone = await book('10:00');
    const before = await shop.ask('GET', feed);
    const sequence = (text: string, id: string) =>
      Number(
        eventsIn(text)
          .find((each) => String(each.getFirstPropertyValue('uid')).startsWith(id))
          ?.getFirstPropertyValue('sequence'),
      );
    assert.equal((await ask('POST', `/v1/appointments/${gone.id}/cancel`, { body: {} })).status, 200);
    const said = await shop.ask('GET', feed);
    assert.equal(said.status, 200);
    assert.match(said.headers.get('content-type') ?? '', /^text\/calendar/);
    assert.match(said.headers.get('cache-control') ?? '', /private/);
    const events = eventsIn(said.text);
    const of = (id: string) => events.find((each) => String(each.getFirstPropertyValue('uid')).startsWith(id)) ?? assert.fail(id);
    assert.equal(new ICAL.Event(of(kept.id)).startDate.toJSDate().getTime(), Date.parse(kept.startsAt));
    assert.equal(of(gone.id).getFirstPropertyValue('status'), 'CANCELLED');
    assert.ok(sequence(said.text, gone.id) > sequence(before.text, gone.id));
    assert.match(said.text, /Robin Vale/);
    assert.doesNotMatch(said.text, /robin@|\+4930|private note/);
    assert.doesNotMatch((await shop.ask('GET', await feedOf({ customerNames: false }))).text, /Robin/);
  });

  test('is not sent again to a reader who has it, until something changes', async () => {
    const feed = await feedOf();
    const first = await shop.ask('GET', feed);
    const etag = first.headers.get('etag') ?? '';
    assert.notEqual(etag, '');
    const again = await shop.ask('GET', feed, { headers: { 'If-None-Match': etag } });
    assert.deepEqual([again.status, again.text], [304, '']);
    await book('11:00');
    assert.equal((await shop.ask('GET', feed, { headers: { 'If-None-Match': etag } })).status, 200);
  });

  test('has an address that can be replaced and ended, and that is in no log and no metric', async () => {
    const one = await feedOf();
    const two = await feedOf();
    assert.equal((await shop.ask('GET', one)).status, 404);
    assert.equal((await shop.ask('GET', two)).status, 200);
    assert.equal((await shop.ask('GET', two.replace('.ics', ''))).status, 404);
    assert.equal((await ask('DELETE', path())).status, 204);
    assert.equal((await shop.ask('GET', two)).status, 404);
    const told = log.join('') + (await (await fetch(`${shop.url}/metrics`)).text());
    for (const feed of [one, two]) assert.ok(!told.includes(feed.slice('/v1/calendar-feeds/'.length, -4)));
    assert.match(told, /calendar-feeds\/\{secret\}\.ics/);
  });

  test('is their own business: not that of the desk, of another, or of an API key', async () => {
    for (const token of [shop.tokens.desk, shop.tokens.customer]) assert.equal((await ask('POST', path(), { body: {}, token })).status, 403);
    assert.equal((await ask('POST', `/v1/staff/${shop.bo.id}/calendar-feed`, { body: {}, token: shop.tokens.staff })).status, 403);
  });
});

describe('the file of an appointment', () => {
  test('is read with the manage token in a header, never in the address, and a later one replaces it', async () => {
    const startsAt = at('15:00');
    const made = (await shop.ask('POST', '/v1/appointments', { body: { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt, customer } })).body;
    const path = `/v1/appointments/${made.id}/calendar.ics`;
    const headers = { 'Manage-Token': made.manageToken };
    isProblem(await shop.ask('GET', path), 'unauthenticated');
    isProblem(await shop.ask('GET', `${path}?manageToken=${made.manageToken}`), 'invalid-request');
    const [first] = eventsIn((await shop.ask('GET', path, { headers })).text);
    assert.equal((await shop.ask('POST', `/v1/appointments/${made.id}/reschedule`, { body: { startsAt: at('15:30') }, headers })).status, 200);
    const [second] = eventsIn((await shop.ask('GET', path, { headers })).text);
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(first.getFirstPropertyValue('uid'), second.getFirstPropertyValue('uid'));
    assert.ok(Number(second.getFirstPropertyValue('sequence')) > Number(first.getFirstPropertyValue('sequence')));
    assert.equal(new ICAL.Event(second).startDate.toJSDate().getTime(), Date.parse(at('15:30')));
    assert.match(String(second.getFirstPropertyValue('summary')), /Haircut – Ada/);
  });
});

describe('an external calendar', () => {
  const base = () => `/v1/staff/${shop.ada.id}/external-calendars`;
  async function follow(isSo: (calendar: Json) => boolean, token = shop.tokens.staff): Promise<Json> {
    const said = await ask('POST', base(), { body: { url: `${publisher.url}/private-secret/basic.ics` }, token });
    assert.equal(said.status, 201, said.text);
    return whenExternal(shop, `${base()}/${said.body.id}`, shop.tokens.owner, isSo);
  }
  const leave = async (id: string) => assert.equal((await ask('DELETE', `${base()}/${id}`)).status, 204);

  test('takes the times it is busy, and gives them back when it is left', async () => {
    publisher.answer = publishes(calendarOf(busy('13:10', '13:40')));
    const followed = await follow(({ state }) => state === 'ok');
    assert.deepEqual([followed.busyTimes, followed.failure, followed.url], [1, null, `https://${new URL(publisher.url).host}/…`]);
    const starts = await startsOf();
    assert.ok(!starts.includes('13:00') && !starts.includes('13:30') && starts.includes('12:30') && starts.includes('14:00'), starts.join(' '));
    const refused = await ask('POST', '/v1/appointments', { body: { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: at('13:00'), customer } });
    isProblem(refused, 'slot-taken');
    assert.equal(refused.body.conflict.by, 'external');
    const why = await shop.ask('GET', `/v1/slots/explain?serviceId=${shop.haircut.id}&staffId=${shop.ada.id}&startsAt=${encodeURIComponent(at('13:00'))}`);
    assert.equal(why.body.rules.find(({ rule }: Json) => rule === 'slot-taken').ok, false);
    await leave(followed.id);
    assert.ok((await startsOf()).includes('13:00'));
    isProblem(await ask('GET', `${base()}/${followed.id}`), 'not-found');
  });

  test('that overlaps an appointment leaves it, and the desk reads the conflict; no title is told or logged', async () => {
    const booked = await book('16:00');
    publisher.answer = publishes(calendarOf(busy('16:15', '16:45')));
    const followed = await follow(({ state }) => state === 'ok');
    assert.deepEqual(
      followed.conflicts.map(({ appointmentId }: Json) => appointmentId),
      [booked.id],
    );
    const list = await ask('GET', base(), { token: shop.tokens.desk });
    assert.equal(list.body.items[0].conflicts[0].appointmentId, booked.id);
    assert.equal((await ask('GET', `/v1/appointments/${booked.id}`)).body.status, 'booked');
    let changes = '';
    // The log tells of a change once no transaction that began before it is open.
    await eventually(async () => {
      const { body, text } = await ask('GET', '/v1/changes?after=0&types=external.changed&limit=100');
      changes = text;
      return (
        body.changes
          .flatMap((change: Json) => change.events)
          .at(-1)
          ?.conflicts?.join() === booked.id
      );
    });
    const told = [changes, list.text, ...log].join('');
    assert.doesNotMatch(told, /Secret things|private-secret/);
    await leave(followed.id);
  });

  test('that fails keeps its last good state and says when and why', async () => {
    publisher.answer = publishes(calendarOf(busy('13:10', '13:40')));
    const followed = await follow(({ state }) => state === 'ok');
    await leave(followed.id);
    const wrong: readonly (readonly [why: string, answer: Publisher['answer']])[] = [
      ['answered-404', (_request, response) => void response.writeHead(404).end()],
      ['not-a-calendar', publishes('<!doctype html>')],
      ['too-frequent', publishes(calendarOf(event(`DTSTART:${utc('09:00')}\nDTEND:${utc('09:01')}\nRRULE:FREQ=SECONDLY`)))],
      ['too-large', publishes(calendarOf(`X-A:${'x'.repeat(1_200_000)}`))],
      ['too-large', (_request, response) => void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)))],
      ['too-many-redirects', (_request, response) => void response.writeHead(302, { Location: '/again' }).end()],
    ];
    for (const [why, answer] of wrong) {
      publisher.answer = answer;
      const failed = await follow(({ state }) => state === 'failed');
      assert.equal(failed.failure, why);
      assert.ok(failed.failedAt !== null && failed.lastOkAt === null, why);
      await leave(failed.id);
    }
  });

  test('that was read once keeps what it said then, whatever its server does afterwards: its times never open', {
    skip: POSTGRES_MISSING,
    timeout: 240_000,
  }, async () => {
    publisher.answer = publishes(calendarOf(busy('13:10', '13:40')));
    const followed = await follow(({ state }) => state === 'ok');
    const path = `${base()}/${followed.id}`;
    const again = async (answer: Publisher['answer'], isSo: (calendar: Json) => boolean) => {
      const before = publisher.asked.length;
      publisher.answer = answer;
      await database?.sql('update external_calendar set next_refresh_at = 0 where id = $1', [followed.id]);
      // A node looks every few seconds.
      await eventually(() => publisher.asked.length > before, LONG_MS);
      return { ended: eventually(async () => isSo((await ask('GET', path)).body), LONG_MS) };
    };
    const isTaken = async () => {
      const { state, lastOkAt, busyTimes } = (await ask('GET', path)).body;
      assert.deepEqual([state, lastOkAt, busyTimes], ['failed', followed.lastOkAt, 1]);
      assert.ok(!(await startsOf()).includes('13:00'));
      const refused = await ask('POST', '/v1/appointments', { body: { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: at('13:00'), customer } });
      assert.equal(refused.body.conflict?.by, 'external', refused.text);
    };
    const endless: Publisher['answer'] = (_request, response) => {
      const more = () => void (response.destroyed || (response.write('x'.repeat(64 * 1024)) ? setImmediate(more) : response.once('drain', more)));
      more();
    };
    await (await again(endless, ({ failure }) => failure === 'too-large')).ended;
    await isTaken();
    const dripping: Publisher['answer'] = (_request, response) => {
      const drops = setInterval(() => response.write('B'), 200);
      response.once('close', () => clearInterval(drops));
    };
    const slow = await again(dripping, ({ failure }) => failure === 'too-slow');
    const began = performance.now();
    await shop.login('desk@example.org');
    assert.ok(performance.now() - began < FEED_TIMEOUT_MS / 2, 'a login waited for the calendar');
    await slow.ended;
    await isTaken();
    await (await again(publishes(calendarOf(busy('15:00', '15:30'))), ({ state }) => state === 'ok')).ended;
    assert.ok((await startsOf()).includes('13:00'));
    await leave(followed.id);
  });

  test('that leads to this network or this machine is refused, in every spelling', async () => {
    const urls = [
      'http://example.org/x.ics',
      'https://10.0.0.1/x.ics',
      'https://169.254.169.254/latest',
      'https://[::1]/x',
      'https://167772161/x',
      'ftp://example.org/x',
      'https://u:p@example.org/x',
      'file:///etc/passwd',
      'x',
      'webcal://192.168.1.1/x',
    ];
    for (const url of urls) {
      const said = await ask('POST', base(), { body: { url }, token: shop.tokens.staff });
      isProblem(said, 'invalid-request', 'url');
    }
  });

  test('a repeat under the same key is the same; there are five at most; the desk and others may not', async () => {
    publisher.answer = publishes(calendarOf());
    const asking = { body: { url: `${publisher.url}/x.ics` }, token: shop.tokens.staff };
    const one = await ask('POST', base(), { ...asking, headers: { 'Idempotency-Key': 'external-calendar-once' } });
    const again = await ask('POST', base(), { ...asking, headers: { 'Idempotency-Key': 'external-calendar-once' } });
    assert.deepEqual([again.status, again.body.id, again.headers.get('idempotency-replayed')], [201, one.body.id, 'true']);
    for (let number = 2; number <= 5; number += 1) assert.equal((await ask('POST', base(), asking)).status, 201);
    isProblem(await ask('POST', base(), asking), 'limit-reached');
    for (const { id } of (await ask('GET', base())).body.items) await leave(id);
    assert.equal((await ask('POST', base(), { ...asking, token: shop.tokens.desk })).status, 403);
    assert.equal((await ask('POST', `/v1/staff/${shop.bo.id}/external-calendars`, asking)).status, 403);
  });

  test('a login is answered while twenty others never answer', async () => {
    const hanging: ServerResponse[] = [];
    publisher.answer = (_request, response) => void hanging.push(response);
    const staff = [shop.ada, shop.bo, shop.cy, ...(await moreStaff(1))];
    const paths = staff.flatMap(({ id }) => Array.from({ length: 5 }, () => `/v1/staff/${id}/external-calendars`));
    const adding = Promise.all(paths.map((path, number) => ask('POST', path, { body: { url: `${publisher.url}/${number}.ics` } })));
    await eventually(() => hanging.length > 0);
    await shop.login('desk@example.org');
    assert.ok(
      hanging.some((response) => !response.closed),
      'it was answered after those that hang',
    );
    publisher.answer = publishes(calendarOf());
    for (const response of hanging) response.end();
    assert.deepEqual(new Set((await adding).map(({ status }) => status)), new Set([201]));
  });

  async function moreStaff(count: number): Promise<readonly { readonly id: string }[]> {
    const made = Array.from({ length: count }, (_, number) =>
      ask('POST', '/v1/staff', { body: { name: `More ${number}`, locationId: shop.berlin, serviceIds: [shop.haircut.id] } }),
    );
    return (await Promise.all(made)).map(({ body }) => body);
  }
});
