import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Person } from '../../../src/access/principal.ts';
import { socketBudget } from '../../../src/gateway/socket/limits.ts';
import { Screen, type ScreenParts, type Watch, type WatchSize } from '../../../src/gateway/socket/screen.ts';
import { instant } from '../../../src/model/instant.ts';
import { bareParts, openBareSocket } from './bare-socket.ts';

let bare: Awaited<ReturnType<typeof openBareSocket>>;
let screen: Screen;
let parts: ScreenParts;
before(async () => {
  bare = await openBareSocket();
});
after(() => bare?.[Symbol.asyncDispose]());
beforeEach(() => {
  screen?.close();
  parts = bareParts();
  screen = new Screen(bare.socket, { principal: null, apiKey: null, address: '127.0.0.1' }, parts);
});

type Opened = { readonly watch: Watch; readonly closed: () => boolean };

function aWatch(): Opened {
  let isClosed = false;
  const close = () => {
    isClosed = true;
  };
  return { watch: { revisions: () => [], isOutdated: () => false, close }, closed: () => isClosed };
}

async function open(name: string, size: Partial<WatchSize> = {}, opened: Promise<Opened> = Promise.resolve(aWatch())): Promise<string> {
  const whole = { calendars: 1, calendarDays: 1, ...size };
  const answer = await screen.openWatch(
    name,
    whole,
    () => (screen.hasRoomFor(whole) ? undefined : ('full' as const)),
    () => opened,
  );
  return typeof answer === 'string' ? answer : 'open';
}

test('a screen has so many watches, those that are being opened among them, and room again when one is given up', async () => {
  const { promise: later, resolve } = Promise.withResolvers<Opened>();
  const slow = open('slow', {}, later);
  for (let count = 1; count < screen.budget.watches; count += 1) assert.equal(await open(`w${count}`), 'open');
  assert.equal(await open('one more'), 'full');
  assert.equal(await open('w1'), 'open', 'in place of the one that has its name');
  resolve(aWatch());
  assert.equal(await slow, 'open');
  assert.equal(await open('one more'), 'full');
  screen.unwatch('w2');
  assert.equal(await open('one more'), 'open');
});

for (const what of ['calendars', 'calendarDays'] as const)
  test(`all watches of a screen have so many ${what} together`, async () => {
    const half = screen.budget[what] / 2;
    const { promise: later, resolve } = Promise.withResolvers<Opened>();
    const slow = open('slow', { [what]: half }, later);
    assert.equal(await open('first', { [what]: half + 1 }), 'full');
    assert.equal(await open('first', { [what]: half }), 'open');
    resolve(aWatch());
    assert.equal(await slow, 'open');
    assert.equal(await open('second', { [what]: 1 }), 'full');
    assert.equal(await open('first', { [what]: half - 1 }), 'open');
    assert.equal(await open('second', { [what]: 1 }), 'open');
  });

test('a watch counts for its address from its beginning until it is given up, however it ends', async () => {
  const watched = () => parts.watched.of(screen.source);
  const { promise: later, resolve } = Promise.withResolvers<Opened>();
  const slow = open('slow', { calendarDays: 5 }, later);
  assert.equal(watched(), 5);
  await open('w', { calendarDays: 7 });
  assert.equal(watched(), 12);
  await open('w', { calendarDays: 1 });
  assert.equal(watched(), 6);
  screen.unwatch('slow');
  resolve(aWatch());
  assert.deepEqual([await slow, watched()], ['overtaken', 1]);
  const failing = Promise.reject(new Error('the database is away'));
  await assert.rejects(open('fails', { calendarDays: 9 }, failing));
  assert.equal(watched(), 1);
  screen.close();
  assert.deepEqual([watched(), parts.watched.total], [0, 0]);
});

const WORKER: Person = {
  userId: 'u',
  name: 'Ada',
  email: 'ada@example.org',
  staffId: null,
  customerId: null,
  locationId: null,
  sessionId: 's',
  expiresAt: instant(0),
  role: 'front-desk',
};

test('who works for the business may have more than guests and customers', () => {
  const visitor = socketBudget(null, 1);
  const worker = socketBudget(WORKER, 1);
  assert.deepEqual(socketBudget({ ...WORKER, role: 'customer' }, 1), visitor);
  for (const what of Object.keys(visitor) as (keyof typeof visitor)[]) assert.ok(worker[what] > visitor[what], what);
});

test('a watch that is opened too late is closed again: its name was given up, another has it, or the screen has gone', async () => {
  const ends: readonly (() => void)[] = [() => screen.unwatch('w'), () => void open('w'), () => screen.close()];
  for (const end of ends) {
    const { promise: later, resolve } = Promise.withResolvers<Opened>();
    const slow = open('w', {}, later);
    end();
    const watch = aWatch();
    resolve(watch);
    assert.deepEqual([await slow, watch.closed()], ['overtaken', true]);
  }
  assert.equal(await open('w'), 'overtaken', 'the screen has gone');
});

test('a screen that goes closes what it watches', async () => {
  const watch = aWatch();
  await open('w', {}, Promise.resolve(watch));
  screen.close();
  assert.deepEqual([watch.closed(), screen.watches.length], [true, 0]);
});
