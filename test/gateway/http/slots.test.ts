import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { BusinessReply, ServiceReply } from '../../../src/protocol/catalog.ts';
import type { ExplainReply, SlotsReply } from '../../../src/protocol/slots.ts';
import { dateIn, everyDay } from '../../support/dates.ts';
import type { Said } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

const query = (fields: Readonly<Record<string, string | number | readonly string[]>>) => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) search.append(name, String(one));
  return search.toString();
};
const asked = (more: object = {}) => ({ serviceId: shop.haircut.id, from: dateIn(3), to: dateIn(4), ...more });
const slots = (more: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  shop.ask<SlotsReply>('GET', `/v1/slots?${query(asked(more))}`, { headers });

describe('slots', () => {
  test('one person’s day is every start between opening and closing', async () => {
    const { body } = await slots({ staffId: shop.ada.id });
    assert.equal(body.timeZone, 'Europe/Berlin');
    assert.equal(body.slots?.length, 16);
    assert.deepEqual(body.slots?.[0], { startsAt: berlinTime(3, '09:00'), endsAt: berlinTime(3, '09:30'), staffId: shop.ada.id, remaining: 1 });
    assert.deepEqual(
      body.calendars.map(({ calendarId, staffId }) => [calendarId, staffId]),
      [[shop.ada.calendarId, shop.ada.id]],
    );
  });
  test('nobody named is anyone who does it; a location narrows it; several may be named', async () => {
    const who = async (more: object) => new Set((await slots(more)).body.slots?.map(({ staffId }) => staffId));
    assert.deepEqual(await who({}), new Set([shop.ada.id, shop.bo.id, shop.cy.id]));
    assert.deepEqual(await who({ locationId: shop.newYork }), new Set([shop.cy.id]));
    assert.deepEqual(await who({ staffId: [shop.ada.id, shop.cy.id] }), new Set([shop.ada.id, shop.cy.id]));
  });
  test('an answer that would be too long ends with a whole day, and says where to go on', async () => {
    await using own = await openBusiness();
    const make = async (path: string, body: object) => (await own.ask('POST', path, { token: own.tokens.owner, body })).body;
    const slots = (fields: Parameters<typeof query>[0]) => own.ask<SlotsReply>('GET', `/v1/slots?${query(fields)}`);
    const location = await make('/v1/locations', { name: 'Around the clock', timeZone: 'Europe/Berlin', currency: 'EUR', weekly: everyDay('00:00', '24:00') });
    const quick = { name: 'A question', minutes: 5, slotIntervalMinutes: 5, leadTimeMinutes: 0, horizonDays: 100 };
    const service = await make('/v1/services', quick);
    for (const name of ['One', 'Two', 'Three']) await make('/v1/staff', { name, locationId: location.id, serviceIds: [service.id] });
    const whole = { serviceId: service.id, from: dateIn(3), to: dateIn(34) };
    const days = (await slots({ ...whole, grain: 'day' })).body.days ?? [];
    const seen: string[] = [];
    let from: string | null | undefined = whole.from;
    for (let page = 0; page < 5 && typeof from === 'string'; page += 1) {
      const { body, text }: Said<SlotsReply> = await slots({ ...whole, from });
      assert.ok((body.slots?.length ?? 0) <= 10_000 && text.length < 4_000_000, `${text.length} bytes`);
      seen.push(...(body.slots ?? []).map(({ staffId, startsAt }) => `${staffId} ${startsAt}`));
      from = body.nextFrom;
    }
    assert.equal(from, null);
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(seen.length, 3 * days.reduce((sum, { slots: count }) => sum + count, 0));
    assert.ok(seen.length > 10_000);
    // A day of eight people, every minute, is too long in itself: every start is there, with some of those who could take it.
    const every = await make('/v1/services', { ...quick, name: 'A word', minutes: 1, slotIntervalMinutes: 1 });
    for (const name of 'ABCDEFGH') await make('/v1/staff', { name, locationId: location.id, serviceIds: [every.id] });
    const ofDay = { serviceId: every.id, from: dateIn(3), to: dateIn(4) };
    const day = (await slots(ofDay)).body;
    const all = (await slots({ ...ofDay, grain: 'day' })).body.days?.[0]?.slots ?? 0;
    assert.ok(all > 10_000 / 8);
    assert.equal(new Set(day.slots?.map(({ startsAt }) => startsAt)).size, all);
    assert.equal((day.slots?.length ?? 0) + (day.omitted ?? 0), 8 * all);
    assert.ok((day.slots?.length ?? 0) <= 10_000);
    assert.equal(day.nextFrom, null);
    assert.equal((await slots({ ...ofDay, staffId: day.slots?.[0]?.staffId ?? '' })).body.omitted, 0);
  });
  test('two months of everybody are read in steps, and the event loop turns in between', async (t) => {
    const { scheduler } = shop.server.context;
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    const steps: { readonly turn: number; readonly calendars: number }[] = [];
    const read = scheduler.slots.bind(scheduler);
    t.mock.method(scheduler, 'slots', (queries: Parameters<typeof read>[0]) => {
      steps.push({ turn: turns, calendars: queries.length });
      return read(queries);
    });
    turn();
    const { status } = await slots({ from: dateIn(1), to: dateIn(62) });
    isOver = true;
    assert.equal(status, 200);
    assert.ok(steps.length > 1 && steps.every(({ calendars }) => calendars === 1), JSON.stringify(steps));
    assert.equal(new Set(steps.map((step) => step.turn)).size, steps.length, 'each in a turn of its own');
  });

  test('starts of several people come in order of time', async () => {
    const starts = (await slots()).body.slots?.map(({ startsAt }) => Date.parse(startsAt)) ?? [];
    assert.deepEqual(
      starts,
      starts.toSorted((one, other) => one - other),
    );
  });
  test('the viewer’s zone picks the days and writes the times, and never moves a start', async () => {
    const there = (await slots({ staffId: shop.ada.id, timeZone: 'Asia/Tokyo' })).body;
    const here = (await slots({ staffId: shop.ada.id, from: dateIn(2), to: dateIn(5) })).body.slots?.map(({ startsAt }) => Date.parse(startsAt));
    assert.ok(there.slots?.every(({ startsAt }) => startsAt.endsWith('+09:00') && startsAt.startsWith(dateIn(3)) && here?.includes(Date.parse(startsAt))));
  });
  test('by day there are counts, and a start that several offer counts once', async () => {
    const { body } = await slots({ staffId: [shop.ada.id, shop.bo.id], to: dateIn(5), grain: 'day' });
    assert.deepEqual(body.days, [
      { date: dateIn(3), slots: 16, morning: 6, afternoon: 10 },
      { date: dateIn(4), slots: 16, morning: 6, afternoon: 10 },
    ]);
    assert.equal(body.slots, undefined);
  });
  test('seats are asked for, and those that are left are told', async () => {
    const class_ = { serviceId: shop.yoga.id, staffId: shop.bo.id };
    const booked = await shop.ask('POST', '/v1/appointments', {
      body: { ...class_, startsAt: berlinTime(3, '09:00'), seats: 3, customer: { name: 'Di', email: 'di@example.org' } },
    });
    assert.equal(booked.status, 201);
    assert.equal((await slots(class_)).body.slots?.[0]?.remaining, 1);
    assert.notEqual((await slots({ ...class_, seats: 2 })).body.slots?.[0]?.startsAt, berlinTime(3, '09:00'));
    isProblem(await slots({ ...class_, seats: 9 }), 'invalid-request', 'seats');
  });
  test('an appointment that is being moved is not in its own way', async () => {
    const startsAt = berlinTime(6, '09:00');
    const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt, customer: { name: 'Di', email: 'di@example.org' } };
    const { id, manageToken = '' } = (await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body })).body;
    const range = { staffId: shop.ada.id, from: dateIn(6), to: dateIn(7) };
    assert.notEqual((await slots(range)).body.slots?.[0]?.startsAt, startsAt);
    assert.equal((await slots({ ...range, movingAppointmentId: id }, { 'manage-token': manageToken })).body.slots?.[0]?.startsAt, startsAt);
  });
});

describe('bad questions name the field', () => {
  const cases: readonly (readonly [string, object, ...string[]])[] = [
    ['no dates', { from: '', to: '' }, 'from', 'to'],
    ['a date that does not exist', { from: '2026-02-30' }, 'from'],
    ['more than 62 days', { to: dateIn(66) }, 'to'],
    ['a range that ends before it begins', { to: dateIn(1) }, 'to'],
    ['an unknown zone', { timeZone: 'Europe/Atlantis' }, 'timeZone'],
    ['a wrong id', { serviceId: 'haircut', staffId: 'ada' }, 'serviceId', 'staffId'],
    ['a wrong grain', { grain: 'week' }, 'grain'],
    ['half a seat', { seats: 0.5 }, 'seats'],
    ['two services', { serviceId: ['0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d', '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d'] }, 'serviceId'],
  ];
  for (const [name, fields, ...paths] of cases) test(name, async () => isProblem(await slots(fields), 'invalid-request', ...paths));
  test('one value where several may be sent is judged as one, and not for being no list', async () => {
    const { errors } = (await shop.ask('GET', `/v1/slots?serviceId=${shop.haircut.id}&from=${dateIn(3)}&to=${dateIn(4)}&staffId=ada`)).body;
    assert.deepEqual([errors[0].path, /list/.test(errors[0].message)], ['staffId', false], errors[0].message);
    const { errors: ofList } = (
      await shop.ask('GET', `/v1/slots?serviceId=${shop.haircut.id}&from=${dateIn(3)}&to=${dateIn(4)}&staffId=${shop.ada.id}&staffId=bo`)
    ).body;
    assert.equal(ofList[0].path, 'staffId.1');
  });
  test('ids of nothing', async () => {
    isProblem(await slots({ serviceId: crypto.randomUUID() }), 'not-found', 'serviceId');
    isProblem(await slots({ staffId: crypto.randomUUID() }), 'not-found', 'staffId');
    isProblem(await slots({ locationId: crypto.randomUUID() }), 'not-found', 'locationId');
    isProblem(await slots({ serviceId: shop.yoga.id, staffId: shop.ada.id }), 'invalid-request', 'staffId');
  });
});

describe('explaining', () => {
  const explain = (startsAt: string, ask: object = {}) =>
    shop.ask<ExplainReply>('GET', `/v1/slots/explain?serviceId=${shop.haircut.id}&staffId=${shop.ada.id}&startsAt=${encodeURIComponent(startsAt)}`, ask);
  test('every rule is told in its order, and the first that is broken is the one a claim is refused for', async () => {
    const { body } = await explain(berlinTime(4, '07:10'));
    assert.deepEqual(
      body.rules.map(({ rule }) => rule),
      ['slot-in-past', 'too-soon', 'too-far', 'outside-hours', 'slot-taken', 'off-grid', 'limit-reached'],
    );
    assert.deepEqual([body.bookable, body.rules.find(({ ok }) => !ok)?.rule], [false, 'outside-hours']);
    isProblem(
      await shop.ask('POST', '/v1/holds', { body: { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(4, '07:10') } }),
      'outside-hours',
    );
    assert.equal((await explain(berlinTime(4, '09:00'))).body.bookable, true);
  });
  test('a plus sign that was not encoded is understood', async () => {
    const { status } = await shop.ask('GET', `/v1/slots/explain?serviceId=${shop.haircut.id}&staffId=${shop.ada.id}&startsAt=${berlinTime(4, '09:00')}`);
    assert.equal(status, 200);
  });
  test('a start needs an offset, or a zone in which it exists', async () => {
    isProblem(await explain('2027-03-28T02:30:00'), 'invalid-request', 'startsAt');
    isProblem(
      await shop.ask(
        'GET',
        `/v1/slots/explain?${query({ serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: '2027-03-28T02:30', timeZone: 'Europe/Berlin' })}`,
      ),
      'nonexistent-local-time',
      'startsAt',
    );
  });
});

describe('the catalog', () => {
  type List = { items: { id: string; email?: string; bookable?: boolean; weekly?: unknown[]; hoursVersion?: number }[]; nextCursor: string | null };
  const list = async (path: string, token?: string) => (await shop.ask<List>('GET', path, { token })).body;
  test('everybody sees what is public, the desk how it is managed', async () => {
    const [stranger, desk] = [await list('/v1/staff'), await list('/v1/staff', shop.tokens.desk)];
    assert.deepEqual(Object.keys(stranger.items[0] ?? {}).sort(), ['calendarId', 'id', 'locationId', 'name', 'serviceIds']);
    assert.equal(desk.items[0]?.email, 'ada@example.org');
    assert.ok('weekly' in (desk.items[0] ?? {}));
    assert.equal((await list('/v1/locations')).items[0]?.hoursVersion, undefined);
    assert.equal((await list('/v1/locations', shop.tokens.desk)).items[0]?.weekly?.length, 7);
  });
  test('what is not on offer, and who cannot be booked, is seen by those who work here only', async () => {
    const token = shop.tokens.owner;
    const made = async (path: string, body: object) => (await shop.ask<{ id: string }>('POST', path, { token, body })).body.id;
    const serviceId = await made('/v1/services', { name: 'Not yet', minutes: 30, active: false });
    const staffId = await made('/v1/staff', { name: 'Dee', locationId: shop.newYork, bookable: false });
    const sees = async (path: string, id: string, asking: { token?: string }) => {
      const [all, one] = [await shop.ask<List>('GET', path, asking), await shop.ask('GET', `${path}/${id}`, asking)];
      return [all.body.items.some((item) => item.id === id), one.status];
    };
    for (const [who, expected] of [
      [undefined, [false, 404]] as const,
      [shop.tokens.customer, [false, 404]] as const,
      [shop.tokens.staff, [true, 200]] as const,
    ]) {
      const asking = who === undefined ? {} : { token: who };
      assert.deepEqual(await sees('/v1/services', serviceId, asking), expected);
      assert.deepEqual(await sees('/v1/staff', staffId, asking), expected);
    }
  });
  test('lists have pages', async () => {
    const first = await list('/v1/services?limit=2');
    const second = await list(`/v1/services?limit=2&cursor=${first.nextCursor}`);
    assert.deepEqual([first.items.length, second.items.length, second.nextCursor], [2, 1, null]);
    isProblem(await shop.ask('GET', '/v1/services?cursor=x'), 'invalid-request', 'cursor');
    isProblem(await shop.ask('GET', '/v1/services?limit=0'), 'invalid-request', 'limit');
    isProblem(await shop.ask('GET', '/v1/services?limit=many'), 'invalid-request', 'limit');
  });
  test('a service has its people and its version', async () => {
    const { body, headers } = await shop.ask<ServiceReply>('GET', `/v1/services/${shop.yoga.id}`);
    assert.deepEqual([body.staffIds, headers.get('etag')], [[shop.bo.id], `"${body.version}"`]);
    isProblem(await shop.ask('GET', `/v1/services/${crypto.randomUUID()}`), 'not-found');
  });
  test('the business says its name, how long a hold lives, and whether it is the demo', async () => {
    const { body } = await shop.ask<BusinessReply>('GET', '/v1/business');
    const { name } = shop.server.context.catalog.snapshot().business;
    assert.deepEqual(body, { name, holdSeconds: 300, era: shop.server.context.scheduler.era, guestProof: 'none', demo: false });
  });
});

describe('limits of a day, a week and a month', () => {
  const ask = (method: string, path: string, body?: unknown, headers = {}) => shop.ask(method, path, { token: shop.tokens.owner, body, headers });
  const soon = Temporal.PlainDate.from(dateIn(7));
  /** A Monday, of whose week all days are in one month. */
  const monday = [0, 1, 2].map((weeks) => soon.add({ days: ((8 - soon.dayOfWeek) % 7) + 7 * weeks })).find((day) => day.month === day.add({ days: 7 }).month);
  const on = (days: number, time: string) =>
    (monday ?? soon).add({ days }).toZonedDateTime({ timeZone: 'Europe/Berlin', plainTime: time }).toInstant().toString();
  const offered = async (serviceId: string, staffId: string, days: number) => {
    const [from, to] = [days, days + 1].map((more) => String((monday ?? soon).add({ days: more })));
    return (await ask('GET', `/v1/slots?serviceId=${serviceId}&staffId=${staffId}&from=${from}&to=${to}`)).body.slots.length > 0;
  };

  test('a service has them with each person and a person of all services; the refusal names the one that is reached, and the desk overrides it with a reason', async () => {
    const make = async (path: string, body: object) => (await ask('POST', path, body)).body;
    const cut = await make('/v1/services', { name: 'Cut', minutes: 30, horizonDays: 100, weeklyLimit: 2, monthlyLimit: 3 });
    const shave = await make('/v1/services', { name: 'Shave', minutes: 30, horizonDays: 100 });
    assert.deepEqual([cut.dailyLimit, cut.weeklyLimit, cut.monthlyLimit, shave.weeklyLimit], [null, 2, 3, null]);
    const hire = (name: string, more: object) => make('/v1/staff', { name, locationId: shop.berlin, serviceIds: [cut.id, shave.id], ...more });
    const [lea, max] = [await hire('Lea', { dailyLimit: 3 }), await hire('Max', {})];
    assert.deepEqual([lea.dailyLimit, lea.weeklyLimit, max.dailyLimit], [3, null, null]);
    const book = (serviceId: string, staffId: string, startsAt: string, more: object = {}) =>
      ask('POST', '/v1/appointments', { serviceId, staffId, startsAt, customer: { name: 'Kim' }, allowOverlap: true, ...more });
    const refused = async (said: Promise<Said>, detail: RegExp) => {
      isProblem(await said, 'limit-reached');
      assert.match((await said).body.detail, detail);
    };

    assert.equal((await book(cut.id, lea.id, on(0, '09:00'))).status, 201);
    const second = await book(cut.id, lea.id, on(3, '09:00'));
    assert.equal(second.status, 201);
    await refused(book(cut.id, lea.id, on(5, '09:00')), new RegExp(`^No more than 2 can be booked in the week of ${monday}`));
    assert.deepEqual([await offered(cut.id, lea.id, 5), await offered(cut.id, max.id, 5), await offered(shave.id, lea.id, 5)], [false, true, true]);
    const explained = await ask('GET', `/v1/slots/explain?serviceId=${cut.id}&staffId=${lea.id}&startsAt=${on(5, '09:00')}`);
    assert.match(explained.body.rules.find(({ ok }: { ok: boolean }) => !ok)?.detail, /^No more than 2 can be booked in the week of/);
    const moved = await ask('POST', `/v1/appointments/${second.body.id}/reschedule`, { startsAt: on(4, '10:00') });
    assert.equal(moved.status, 200, 'what is moved within the week does not count against itself');
    const over = await book(cut.id, lea.id, on(5, '09:00'), { override: { rules: ['limit-reached'], reason: 'A regular' } });
    assert.deepEqual([over.status, over.body.override?.rules], [201, ['limit-reached']], over.text);
    assert.equal(await offered(cut.id, lea.id, 7), false, 'three in the month by now');

    for (const time of ['11:00', '12:00']) assert.equal((await book(shave.id, lea.id, on(0, time))).status, 201);
    await refused(book(shave.id, lea.id, on(0, '14:00')), /^No more than 3 appointments of all services can be booked here on/);
    assert.equal(await offered(shave.id, lea.id, 0), false);
    const etag = (await ask('GET', `/v1/staff/${lea.id}`)).headers.get('etag') ?? '';
    const raised = await ask('PATCH', `/v1/staff/${lea.id}`, { dailyLimit: null, monthlyLimit: 50 }, { 'If-Match': etag });
    assert.deepEqual([raised.status, raised.body.dailyLimit, raised.body.monthlyLimit], [200, null, 50], raised.text);
    isProblem(await ask('PATCH', `/v1/staff/${lea.id}`, { dailyLimit: 1 }, { 'If-Match': etag }), 'version-mismatch');
    assert.equal((await book(shave.id, lea.id, on(0, '14:00'))).status, 201);
    for (const wrong of [0, 1.5, 10_001, '3']) isProblem(await ask('PATCH', `/v1/staff/${lea.id}`, { weeklyLimit: wrong }), 'invalid-request', 'weeklyLimit');
    assert.equal((await shop.ask('GET', `/v1/staff/${lea.id}`)).body.monthlyLimit, undefined, 'the public is not told');
  });
});
