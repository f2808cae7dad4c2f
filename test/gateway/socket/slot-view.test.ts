import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import type { CalendarSlots } from '../../../src/actors/scheduler.ts';
import { SharedMessage } from '../../../src/gateway/socket/packets.ts';
import { difference, SlotView, type SlotViewChange } from '../../../src/gateway/socket/slot-view.ts';
import { HOUR, instant, MINUTE } from '../../../src/model/instant.ts';

const NOON = Date.parse('2026-11-24T12:00:00Z');
const at = (minutes: number) => instant(NOON + minutes * MINUTE);
const slots = (revision: number, starts: readonly number[], remaining = starts.map(() => 1)): CalendarSlots => ({
  calendarId: 'calendar',
  staffId: 'staff',
  revision,
  startsAt: starts.map(at),
  remaining,
});

function openView(terms: { leadTimeMinutes?: number; horizonDays?: number | null } = {}): { view: SlotView; told: SlotViewChange[] } {
  const view = new SlotView('key', {
    calendarId: 'calendar',
    staffId: 'staff',
    terms: {
      serviceId: 'service',
      minutes: 30,
      slotIntervalMinutes: 30,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
      leadTimeMinutes: 0,
      horizonDays: null,
      capacity: 4,
      grid: 'fixed',
      dailyLimit: null,
      bufferRule: 'max',
      ...terms,
    },
    from: at(0),
    to: at(24 * 60),
    seats: 1,
    movingAppointmentId: null,
    timeZone: 'Etc/UTC',
  });
  const told: SlotViewChange[] = [];
  view.listeners.add((_view, change) => told.push(change));
  return { view, told };
}

test('a difference names what went, what came back, and where seats changed', () => {
  const change = difference(7, slots(8, [0, 30, 60, 90], [1, 4, 2, 1]), slots(9, [30, 60, 120], [4, 1, 3]));
  assert.deepEqual(change, {
    base: 7,
    revision: 9,
    taken: [at(0), at(90)],
    freed: [{ startsAt: at(120), remaining: 3 }],
    remaining: [{ startsAt: at(60), remaining: 1 }],
  });
});

test('two differences after each other are the difference of the ends', () => {
  const [first, second, third] = [slots(1, [0, 30, 90]), slots(2, [30, 60]), slots(3, [0, 60, 120])];
  const starts = new Set<number>(first.startsAt);
  for (const { taken, freed } of [difference(1, first, second), difference(2, second, third)]) {
    for (const start of taken) starts.delete(start);
    for (const { startsAt } of freed) starts.add(startsAt);
  }
  assert.deepEqual([...starts].sort(), [...third.startsAt].sort());
});

test('listeners hear of differences only, each built on the one before', () => {
  const { view, told } = openView();
  view.accept(slots(5, [0, 30]));
  view.accept(slots(6, [0, 30]));
  view.accept(slots(7, [30]));
  view.accept(slots(9, [0, 30]));
  assert.deepEqual(
    told.map(({ base, revision }) => [base, revision]),
    [
      [5, 7],
      [7, 9],
    ],
  );
});

test('an answer that was overtaken by a younger one is dropped', () => {
  const { view, told } = openView();
  view.accept(slots(8, [30]));
  view.accept(slots(7, [0, 30]));
  assert.deepEqual([view.slots?.revision, told], [8, []]);
});

test('a revision that changed nothing is confirmed once', () => {
  const { view, told } = openView();
  view.accept(slots(5, [0]));
  view.accept(slots(6, [0]));
  view.confirm();
  view.confirm();
  assert.deepEqual(told, [{ base: 5, revision: 6, taken: [], freed: [], remaining: [] }]);
});

test('what time alone has changed is told at the same revision', () => {
  const { view, told } = openView();
  view.accept(slots(5, [0, 30]));
  view.accept(slots(5, [30]));
  assert.deepEqual(told, [{ base: 5, revision: 5, taken: [at(0)], freed: [], remaining: [] }]);
});

test('a list is known to be steady only while nothing but its revision has moved', () => {
  const { view } = openView();
  view.accept(slots(5, [0, 30]));
  assert.equal(view.isSteady, false);
  view.accept(slots(6, [0, 30]));
  assert.equal(view.isSteady, true);
  view.accept(slots(6, [30]));
  assert.equal(view.isSteady, false);
});

test('a list is overdue once its first start comes nearer than the lead time, and not a moment before', () => {
  const { view } = openView({ leadTimeMinutes: 60 });
  view.accept(slots(5, [61, 90]));
  assert.deepEqual([view.isOverdue(at(1)), view.isOverdue(instant(at(1) + 1))], [false, true]);
});

test('a list with a horizon is overdue at every quarter of an hour, when a day may begin somewhere', () => {
  const { view } = openView({ horizonDays: 30 });
  view.accept(slots(5, [600]));
  assert.deepEqual(
    [0, 1, 14, 15, 45].map((minutes) => view.isOverdue(at(minutes))),
    [true, false, false, true, true],
  );
  assert.equal(openView().view.isOverdue(instant(NOON + HOUR)), false);
});

test('a message for many watches is one frame for all that have the same name, and is read as Socket.IO would write it', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const reader = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [, request] = (await once(server, 'connection')) as [WebSocket, IncomingMessage];
  for (const era of ['e', 'é'.repeat(100), 'é'.repeat(40_000)]) {
    const body = { era, calendarId: 'calendar', base: 1, revision: 2, taken: [], freed: [] };
    const message = new SharedMessage('slots-changed', body);
    const { text, options } = message.packetFor('mine "ü"');
    assert.deepEqual(JSON.parse(text.slice(1)), ['slots-changed', { watchId: 'mine "ü"', ...body }]);
    assert.equal(message.packetFor('mine "ü"').options, options);
    assert.notEqual(message.packetFor('w1').options, options);
    const read = once(reader, 'message');
    for (const bytes of options.wsPreEncodedFrame) request.socket.write(bytes);
    assert.equal(String((await read)[0]), `4${text}`);
  }
  reader.terminate();
  server.close();
});
