import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { MAX_CALENDARS_PER_SOCKET, MAX_WATCHES_PER_SOCKET } from '../../../src/gateway/socket/limits.ts';
import { Screen, type Watch } from '../../../src/gateway/socket/screen.ts';
import { openBareSocket } from './bare-socket.ts';

let bare: Awaited<ReturnType<typeof openBareSocket>>;
let screen: Screen;
before(async () => {
  bare = await openBareSocket();
});
after(() => bare?.[Symbol.asyncDispose]());
beforeEach(() => {
  screen?.close();
  screen = new Screen(bare.socket, { principal: null, apiKey: null, address: '127.0.0.1' }, () => undefined);
});

type Opened = { readonly watch: Watch; readonly closed: () => boolean };

function watchOf(calendarCount: number): Opened {
  let isClosed = false;
  const close = () => {
    isClosed = true;
  };
  return { watch: { calendarCount, revisions: () => [], isOutdated: () => false, close }, closed: () => isClosed };
}

async function open(name: string, calendarCount = 1, opened: Promise<Opened> = Promise.resolve(watchOf(calendarCount))): Promise<string> {
  const answer = await screen.openWatch(name, calendarCount, () => opened);
  return typeof answer === 'string' ? answer : 'open';
}

test('a screen has so many watches, those that are being opened among them, and room again when one is given up', async () => {
  const { promise: later, resolve } = Promise.withResolvers<Opened>();
  const slow = open('slow', 1, later);
  for (let count = 1; count < MAX_WATCHES_PER_SOCKET; count += 1) assert.equal(await open(`w${count}`), 'open');
  assert.equal(await open('one more'), 'full');
  assert.equal(await open('w1'), 'open', 'in place of the one that has its name');
  resolve(watchOf(1));
  assert.equal(await slow, 'open');
  assert.equal(await open('one more'), 'full');
  screen.unwatch('w2');
  assert.equal(await open('one more'), 'open');
});

test('all watches of a screen have so many calendars together', async () => {
  const half = MAX_CALENDARS_PER_SOCKET / 2;
  const { promise: later, resolve } = Promise.withResolvers<Opened>();
  const slow = open('slow', half, later);
  assert.equal(await open('first', half + 1), 'full');
  assert.equal(await open('first', half), 'open');
  resolve(watchOf(half));
  assert.equal(await slow, 'open');
  assert.equal(await open('second', 1), 'full');
  assert.equal(await open('first', half - 1), 'open');
  assert.equal(await open('second', 1), 'open');
});

test('a watch that is opened too late is closed again: its name was given up, another has it, or the screen has gone', async () => {
  const ends: readonly (() => void)[] = [() => screen.unwatch('w'), () => void open('w'), () => screen.close()];
  for (const end of ends) {
    const { promise: later, resolve } = Promise.withResolvers<Opened>();
    const slow = open('w', 1, later);
    end();
    const watch = watchOf(1);
    resolve(watch);
    assert.deepEqual([await slow, watch.closed()], ['overtaken', true]);
  }
  assert.equal(await open('w'), 'overtaken', 'the screen has gone');
});

test('a screen that goes closes what it watches', async () => {
  const watch = watchOf(1);
  await open('w', 1, Promise.resolve(watch));
  screen.close();
  assert.deepEqual([watch.closed(), screen.watches.size], [true, 0]);
});
