import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoardModel, claimText } from '../../../bench/traffic/board-model.ts';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import type { Json } from '../../support/test-server.ts';
import { newKey, openSmallShop } from './small-shop.ts';
import { TestScreen, type Transport, wireOf } from './test-screen.ts';

const WATCHES = 50;
/** Together some tens of megabytes for fifty watches: more than the kernel takes for a reader that does not read. */
const CLAIMS = 160;
/** On a busy machine the answers that nobody reads take a while to make. */
const PATIENCE_MILLISECONDS = 60_000;
const LONG_NOTES = 'n'.repeat(1_900);

test('who reads too slowly loses changes, is told so once for each watch, and is right again after asking', async () => {
  await using shop = await openSmallShop();
  const [ana] = shop.staff;
  const slow = await TestScreen.open(shop.url, shop.owner);
  const question = (watchId: string, since?: object): Json => ({ watchId, from: dateIn(0), to: dateIn(30), staffIds: [ana?.id], ...(since && { since }) });
  const models = new Map<string, BoardModel>();
  for (let number = 0; number < WATCHES; number += 1) {
    const model = new BoardModel();
    model.takeSnapshot(await slow.ask('watch-board', question(`board ${number}`)));
    models.set(`board ${number}`, model);
  }
  slow.socket.on('board-changed', (change) => models.get(change.watchId)?.change(change));

  const worker = await TestScreen.open(shop.url, shop.owner);
  wireOf(slow).pause();
  for (let number = 0; number < CLAIMS; number += 1) {
    const booked = await worker.ask('book', {
      key: newKey(),
      serviceId: shop.haircut,
      startsAt: shop.nextStart(),
      staffId: ana?.id,
      customer: { name: 'Ada', email: 'ada@example.org' },
      notes: LONG_NOTES,
    });
    assert.ok(booked.ok, JSON.stringify(booked));
  }
  wireOf(slow).resume();

  await slow.hears('resync');
  await slow.ask('unwatch', { watchId: 'none' });
  const resyncs = slow.told.filter(({ name }) => name === 'resync').map(({ body }) => body.watchId);
  assert.equal(new Set(resyncs).size, resyncs.length);
  assert.ok(resyncs.length > 0 && resyncs.every((watchId) => models.has(watchId)));

  const fresh = await shop.ask('GET', `/v1/calendars/${ana?.calendarId}`, { token: shop.owner });
  const expected = fresh.body.claims.map(claimText).sort();
  for (const [watchId, model] of models) {
    if (resyncs.includes(watchId)) {
      const had = model.revisions[ana?.calendarId ?? ''] ?? 0;
      assert.ok(had < fresh.body.revision);
      const answer = await slow.ask('watch-board', question(watchId, { era: model.era, revisions: model.revisions }));
      assert.deepEqual(
        answer.calendars.map((entry: Json) => [entry.base, entry.revision]),
        [[had, fresh.body.revision]],
      );
      assert.equal(model.takeSnapshot(answer), undefined);
    }
    assert.deepEqual([...(model.columns.get(ana?.calendarId ?? '')?.claims.values() ?? [])].map(claimText).sort(), expected, watchId);
  }
  slow.close();
  worker.close();
});

const WAYS: readonly (readonly Transport[])[] = [['websocket'], ['polling', 'websocket']];
for (const transports of WAYS)
  test(`who asks and never reads is cut off before it costs much, having come by ${transports.join(' and then ')}`, async () => {
    await using shop = await openSmallShop({ RATE_LIMIT_SCALE: '100000' });
    const greedy = await TestScreen.open(shop.url, shop.owner, {}, transports);
    await eventually(async () => greedy.socket.io.engine.transport.name === 'websocket');
    wireOf(greedy).pause();
    // A month of free times of three people is a hundred kilobytes.
    const asking = setInterval(() => {
      for (let number = 0; number < 10; number += 1)
        greedy.socket.emit('watch-slots', { watchId: `w${number}`, serviceId: shop.haircut, from: dateIn(0), to: dateIn(62) }, () => undefined);
    }, 20);
    try {
      const isGone = async () => /^slotkeeper_screens 0$/m.test(await (await fetch(`${shop.url}/metrics`)).text());
      await eventually(isGone, PATIENCE_MILLISECONDS);
    } finally {
      clearInterval(asking);
    }
    // The goodbye comes after everything that has not been read: who hears it was waited for.
    wireOf(greedy).resume();
    await greedy.ended();
    assert.ok(!greedy.told.some(({ name }) => name === 'session-ended'));
  });
