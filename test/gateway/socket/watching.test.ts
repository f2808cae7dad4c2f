import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BoardModel, claimText } from '../../../bench/traffic/board-model.ts';
import { SlotsModel } from '../../../bench/traffic/slots-model.ts';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import type { Json } from '../../support/test-server.ts';
import { ADA, newKey, openSmallShop, type SmallShop } from './small-shop.ts';
import { TestScreen, tokenLike } from './test-screen.ts';

let shop: SmallShop;
const open: TestScreen[] = [];

before(async () => {
  shop = await openSmallShop({ HOLD_SECONDS: '2' });
});
after(async () => {
  for (const screen of open) screen.close();
  await shop?.[Symbol.asyncDispose]();
});

async function openScreen(token?: string): Promise<TestScreen> {
  const screen = await TestScreen.open(shop.url, token);
  open.push(screen);
  return screen;
}

const wholeBoard = (watchId: string, since?: object): Json => ({ watchId, from: dateIn(0), to: dateIn(30), timeZone: 'Etc/UTC', ...(since && { since }) });
const haircuts = (watchId: string, staffIds?: string[]): Json => ({
  watchId,
  serviceId: shop.haircut,
  from: dateIn(1),
  to: dateIn(30),
  timeZone: 'Etc/UTC',
  ...(staffIds && { staffIds }),
});
const ana = () => shop.staff[0] ?? { id: '', calendarId: '' };

/** Takes the snapshot in the very moment it comes: a promise would come after the messages behind it. */
async function watchWith(screen: TestScreen, name: string, question: Json, model: BoardModel | SlotsModel): Promise<Json> {
  const { promise, resolve } = Promise.withResolvers<{ answer: Json; complaint: string | undefined }>();
  screen.socket.emit(name, question, (answer: Json) => resolve({ answer, complaint: answer.ok ? model.takeSnapshot(answer) : JSON.stringify(answer) }));
  const { answer, complaint } = await promise;
  assert.equal(complaint, undefined);
  return answer;
}

/** A board that applies what it hears and asks nothing again: it shows what the server alone is good for. */
async function openBoard(
  token: string,
  watchId = 'board',
  question: Json = wholeBoard(watchId),
): Promise<{ screen: TestScreen; model: BoardModel; outcomes: string[]; first: Json }> {
  const screen = await openScreen(token);
  const model = new BoardModel();
  const outcomes: string[] = [];
  screen.socket.on('board-changed', (change) => {
    if (change.watchId === watchId) outcomes.push(model.change(change));
  });
  const first = await watchWith(screen, 'watch-board', question, model);
  return { screen, model, outcomes, first };
}

/** The claims that a board shows and those that a fresh reading has, at the same revision. */
async function assertBoardIsRight(model: BoardModel): Promise<void> {
  for (const [calendarId, column] of model.columns) {
    await eventually(async () => (await shop.ask('GET', `/v1/calendars/${calendarId}`, { token: shop.owner })).body.revision === column.revision);
    const fresh = await shop.ask('GET', `/v1/calendars/${calendarId}`, { token: shop.owner });
    assert.deepEqual([...column.claims.values()].map(claimText).sort(), fresh.body.claims.map(claimText).sort());
  }
}

test('a hold appears on the board, leaves the slot list, and both see it run out', async () => {
  const board = await openBoard(shop.owner);
  const customer = await openScreen();
  const list = await customer.ask('watch-slots', haircuts('list', [ana().id]));
  const startsAt = shop.nextStart();
  assert.ok(list.calendars[0].slots.some((slot: string) => Date.parse(slot) === Date.parse(startsAt)));
  const hold = await shop.post('/v1/holds', { serviceId: shop.haircut, startsAt, staffId: ana().id });
  const placed = await board.screen.hears('board-changed', ({ events }) =>
    events.some((event: Json) => event.type === 'hold.placed' && event.holdId === hold.id),
  );
  assert.equal(placed.base + 1, placed.revision);
  const taken = await customer.hears('slots-changed', (change) => change.taken.some((start: string) => Date.parse(start) === Date.parse(startsAt)));
  assert.equal(taken.revision, placed.revision);
  await board.screen.hears('board-changed', ({ events }) => events.some((event: Json) => event.type === 'hold.expired' && event.holdId === hold.id));
  await customer.hears('slots-changed', (change) => change.freed.some((start: string) => Date.parse(start) === Date.parse(startsAt)));
});

test('a change is one message for each watch and calendar, and a list that does not change hears nothing of it', async () => {
  const customer = await openScreen();
  const far = { ...haircuts('far', [ana().id]), from: dateIn(100), to: dateIn(102) };
  await customer.ask('watch-slots', far);
  const board = await openBoard(shop.owner);
  await shop.post('/v1/appointments', { serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: ana().id, customer: ADA });
  await board.screen.hears('board-changed');
  await assertBoardIsRight(board.model);
  assert.deepEqual(board.outcomes, ['applied']);
  assert.equal(customer.told.filter(({ name, body }) => name === 'slots-changed' && body.taken.length + body.freed.length > 0).length, 0);
});

test('seats that are left are told for services that have several', async () => {
  const customer = await openScreen();
  const startsAt = shop.nextStart();
  const first = await customer.ask('watch-slots', { ...haircuts('course', [ana().id]), serviceId: shop.course });
  assert.equal(first.calendars[0].remaining.length, first.calendars[0].slots.length);
  await shop.post('/v1/appointments', { serviceId: shop.course, startsAt, staffId: ana().id, customer: ADA });
  const change = await customer.hears(
    'slots-changed',
    ({ watchId, remaining }) => watchId === 'course' && Object.keys(remaining ?? {}).some((start) => Date.parse(start) === Date.parse(startsAt)),
  );
  assert.deepEqual(Object.values(change.remaining), [3]);
  assert.ok(!change.taken.some((start: string) => Date.parse(start) === Date.parse(startsAt)));
});

test('with since, a screen gets only what it missed', async () => {
  const before = await openBoard(shop.owner);
  before.screen.close();
  const since = { era: before.model.era, revisions: before.model.revisions };
  const { id } = await shop.post('/v1/appointments', { serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: ana().id, customer: ADA });
  await shop.post(`/v1/appointments/${id}/cancel`, {});
  const screen = await openScreen(shop.owner);
  const answer = await screen.ask('watch-board', wholeBoard('again', since));
  const [entry, ...others] = answer.calendars;
  assert.deepEqual(others, []);
  assert.deepEqual(
    [entry.calendarId, entry.base, entry.revision, 'claims' in entry],
    [ana().calendarId, since.revisions[ana().calendarId], (since.revisions[ana().calendarId] ?? 0) + 2, false],
  );
  assert.deepEqual(
    entry.events.map((event: Json) => [event.type, event.appointmentId]),
    [
      ['appointment.booked', id],
      ['appointment.cancelled', id],
    ],
  );
  assert.equal(answer.unchanged.length, shop.staff.length - 1);
  assert.equal(before.model.takeSnapshot(answer), undefined);
  await assertBoardIsRight(before.model);
});

test('what a screen knows of another era, or of the future, is worth nothing', async () => {
  const { model, screen } = await openBoard(shop.owner);
  const foreign = await screen.ask('watch-board', wholeBoard('other era', { era: newKey(), revisions: model.revisions }));
  assert.ok(foreign.calendars.length === shop.staff.length && foreign.calendars.every((entry: Json) => 'claims' in entry));
  const future = Object.fromEntries(Object.entries(model.revisions).map(([calendarId, revision]) => [calendarId, revision + 1_000]));
  const ahead = await screen.ask('watch-board', wholeBoard('future', { era: model.era, revisions: future }));
  assert.ok(ahead.calendars.length === shop.staff.length && ahead.calendars.every((entry: Json) => 'claims' in entry));
});

test('a lost delta shows in the next beacon, and since repairs it', async () => {
  const { screen, model } = await openBoard(shop.owner);
  screen.socket.off('board-changed');
  await shop.post('/v1/appointments', { serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: ana().id, customer: ADA });
  const had = model.revisions[ana().calendarId] ?? 0;
  const beacon = await screen.hears('beacon', ({ revisions }) => revisions[ana().calendarId] > had);
  assert.equal(beacon.era, model.era);
  const answer = await screen.ask('watch-board', wholeBoard('board', { era: model.era, revisions: model.revisions }));
  assert.equal(answer.calendars[0].events.length, 1);
  assert.equal(model.takeSnapshot(answer), undefined);
  await assertBoardIsRight(model);
});

test('a beacon never tells of a revision that has not been sent', async () => {
  const board = await openBoard(shop.owner);
  const customer = await openScreen();
  const list = new SlotsModel();
  customer.socket.on('slots-changed', (change) => list.change(change));
  await watchWith(customer, 'watch-slots', haircuts('list'), list);
  const alarms: string[] = [];
  const compare = (model: BoardModel | SlotsModel) => (beacon: Json) => {
    for (const [calendarId, revision] of Object.entries(beacon.revisions)) if ((model.revisions[calendarId] ?? 0) < Number(revision)) alarms.push(calendarId);
  };
  board.screen.socket.on('beacon', compare(board.model));
  customer.socket.on('beacon', compare(list));
  const until = performance.now() + 6_000;
  const startsAt = shop.nextStart(); // the same again and again: a fast machine would come to the end of the days that are watched
  while (performance.now() < until) {
    const { id } = await shop.post('/v1/appointments', { serviceId: shop.course, startsAt, customer: ADA });
    await shop.post(`/v1/appointments/${id}/cancel`, {});
  }
  await board.screen.hears('beacon');
  assert.deepEqual(alarms, []);
});

test('screens that join while claims rain down miss nothing and get nothing twice', async () => {
  const worker = await openScreen(shop.owner);
  let isRaining = true;
  const rain = async () => {
    const starts = Array.from({ length: 10 }, () => shop.nextStart());
    for (let drop = 0; isRaining; drop += 1) {
      const booked = await worker.ask('book', { key: newKey(), serviceId: shop.haircut, startsAt: starts[drop % 10], staffId: ana().id, customer: ADA });
      await worker.ask('cancel', { key: newKey(), appointmentId: booked.id });
    }
  };
  const clouds = Promise.all([rain(), rain(), rain()]);
  const boards: Awaited<ReturnType<typeof openBoard>>[] = [];
  const lists: { model: SlotsModel; outcomes: string[] }[] = [];
  for (let round = 0; round < 15; round += 1) {
    boards.push(await openBoard(shop.owner));
    const screen = await openScreen();
    const model = new SlotsModel();
    const outcomes: string[] = [];
    screen.socket.on('slots-changed', (change) => outcomes.push(model.change(change)));
    await watchWith(screen, 'watch-slots', haircuts('list', [ana().id]), model);
    lists.push({ model, outcomes });
  }
  isRaining = false;
  await clouds;
  for (const { model, outcomes } of boards) {
    await assertBoardIsRight(model);
    assert.deepEqual([...new Set(outcomes)], outcomes.length === 0 ? [] : ['applied']);
  }
  const fresh = await shop.ask('GET', `/v1/slots?serviceId=${shop.haircut}&staffId=${ana().id}&from=${dateIn(1)}&to=${dateIn(30)}&timeZone=Etc/UTC`);
  const expected = fresh.body.slots.map((slot: Json) => Date.parse(slot.startsAt));
  for (const { model, outcomes } of lists) {
    await eventually(() => JSON.stringify([...(model.columns.get(ana().calendarId)?.starts ?? [])].sort()) === JSON.stringify(expected.toSorted()));
    assert.ok(outcomes.every((outcome) => outcome === 'applied'));
  }
});

test('customers are shown to the desk of their location and to the person they come to, and to nobody else', async () => {
  const book = () =>
    shop.post('/v1/appointments', { serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: ana().id, customer: ADA, notes: 'allergic' });
  const booked = await book();
  const readers = {
    desk: tokenLike(shop.owner, { role: 'front-desk', locationId: shop.locationId }),
    herself: tokenLike(shop.owner, { role: 'staff', staffId: ana().id }),
    deskElsewhere: tokenLike(shop.owner, { role: 'front-desk', locationId: shop.otherLocationId }),
    colleague: tokenLike(shop.owner, { role: 'staff', staffId: shop.staff[1]?.id ?? '' }),
  };
  const seen: Record<string, unknown[]> = {};
  for (const [who, token] of Object.entries(readers)) {
    const { first, screen, model } = await openBoard(token, 'board', { ...wholeBoard('board'), staffIds: [ana().id] });
    const claim = first.calendars[0].claims.find(({ id }: Json) => id === booked.id);
    const another = await book();
    const change = await screen.hears('board-changed', ({ events }) => events.some((event: Json) => event.appointmentId === another.id));
    const caughtUp = await screen.ask('watch-board', {
      ...wholeBoard('board'),
      staffIds: [ana().id],
      since: { era: model.era, revisions: { [ana().calendarId]: first.calendars[0].revision } },
    });
    const texts = [claim, change, caughtUp].map((told) => JSON.stringify(told));
    seen[who] = texts.map((text) => ['ada@example.org', 'allergic', booked.reference, 'Ada'].some((secret) => text.includes(secret)));
  }
  assert.deepEqual(seen, { desk: [true, true, true], herself: [true, true, true], deskElsewhere: [false, false, false], colleague: [false, false, false] });
  const customer = await openScreen(tokenLike(shop.owner, { role: 'customer' }));
  assert.equal((await customer.ask('watch-board', wholeBoard('board'))).problem.code, 'forbidden');
});

test('a desk gets its own location and a staff member the own column, unless they ask for more', async () => {
  const columnsOf = async (changes: Json, question: Json = {}) => {
    const screen = await openScreen(tokenLike(shop.owner, changes));
    const answer = await screen.ask('watch-board', { ...wholeBoard('board'), ...question });
    return answer.calendars.map(({ staffId }: Json) => staffId).sort();
  };
  const [anaId, benId, cleoId] = shop.staff.map(({ id }) => id);
  assert.deepEqual(await columnsOf({ role: 'front-desk', locationId: shop.locationId }), [anaId, benId].sort());
  assert.deepEqual(await columnsOf({ role: 'front-desk', locationId: shop.locationId }, { locationId: shop.otherLocationId }), [cleoId]);
  assert.deepEqual(await columnsOf({ role: 'staff', staffId: benId }), [benId]);
  assert.deepEqual(await columnsOf({ role: 'manager' }), [anaId, benId, cleoId].sort());
});

test('changed hours reach boards with the new windows, and slot lists as times that vanish', async () => {
  const board = await openBoard(shop.owner);
  const customer = await openScreen();
  await customer.ask('watch-slots', haircuts('list', [shop.staff[1]?.id ?? '']));
  const date = dateIn(29);
  const said = await shop.ask('PUT', `/v1/staff/${shop.staff[1]?.id}/date-overrides/${date}`, {
    token: shop.owner,
    body: { windows: [{ from: '10:00', to: '12:00' }] },
  });
  assert.ok(said.status < 300, JSON.stringify(said.body));
  const change = await board.screen.hears('board-changed', ({ events }) => events.some((event: Json) => event.type === 'hours.changed'));
  const windows = change.hours.windows.map(({ startsAt, endsAt }: Json) => `${Date.parse(startsAt)} ${Date.parse(endsAt)}`);
  assert.ok(windows.includes(`${Date.parse(`${date}T10:00:00Z`)} ${Date.parse(`${date}T12:00:00Z`)}`));
  const vanished = await customer.hears('slots-changed', ({ taken }) => taken.length > 0);
  assert.ok(vanished.taken.every((start: string) => start.startsWith(date)));
  assert.equal(vanished.taken.length, 48 - 4);
});

test('a watch of the same name takes the place of the one before, and unwatch ends it', async () => {
  const screen = await openScreen(shop.owner);
  const elsewhere = shop.staff[2];
  await screen.ask('watch-board', wholeBoard('board'));
  await screen.ask('watch-board', { ...wholeBoard('board'), staffIds: [elsewhere?.id] });
  await shop.post('/v1/appointments', { serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: ana().id, customer: ADA });
  await shop.post('/v1/appointments', { serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: elsewhere?.id, customer: ADA });
  await screen.hears('board-changed', ({ calendarId }) => calendarId === elsewhere?.calendarId);
  assert.deepEqual(await screen.ask('unwatch', { watchId: 'board' }), { ok: true });
  await shop.post('/v1/appointments', { serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: elsewhere?.id, customer: ADA });
  await screen.ask('unwatch', { watchId: 'board' });
  assert.deepEqual(screen.told.filter(({ name }) => name === 'board-changed').length, 1);
});

test('of two questions under one name only the later one is kept', async () => {
  const screen = await openScreen(shop.owner);
  const [first, second] = await Promise.all([
    screen.ask('watch-board', wholeBoard('board')),
    screen.ask('watch-board', { ...wholeBoard('board'), staffIds: [ana().id] }),
  ]);
  assert.deepEqual([first.ok, second.ok], [false, true]);
  assert.equal(first.problem.code, 'abandoned');
});

test('when the catalog changes what a question means, its screens are asked to watch again', async () => {
  const customer = await openScreen();
  await customer.ask('watch-slots', { ...haircuts('course'), serviceId: shop.course });
  await customer.ask('watch-slots', haircuts('haircut'));
  const said = await shop.ask('PATCH', `/v1/services/${shop.course}`, { token: shop.owner, body: { slotIntervalMinutes: 60 } });
  assert.ok(said.status < 300, JSON.stringify(said.body));
  await customer.hears('resync', ({ watchId }) => watchId === 'course');
  assert.ok(!customer.told.some(({ name, body }) => name === 'resync' && body.watchId === 'haircut'));
  const answer = await customer.ask('watch-slots', { ...haircuts('course'), serviceId: shop.course });
  // Sessions that have begun to fill stay on offer at their own start, so a few half hours are left.
  assert.ok(answer.calendars[0].slots.filter((slot: string) => slot.includes(':30:00')).length < answer.calendars[0].slots.length / 2);
});
