import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BusFailure, type BusListener } from '../../src/actors/bus.ts';
import { RedisBus } from '../../src/integrations/redis/redis-bus.ts';
import { eventually } from '../support/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { freePort } from '../support/free-port.ts';
import { REDIS_MISSING, startRedis, type TestRedis } from '../support/redis.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** A silent connection is noticed within one and a half seconds, and otherwise never; the rest is for a busy machine. */
const NOTICED_WITHIN_MS = 8_000;
/** A publish is answered within half a second, yes or no; the rest is for a busy machine. */
const ANSWERED_WITHIN_MS = 3_000;

/** Longer than a connection may be silent, and than a ping may take. */
const BUSY_MS = 600;

/** Everything it was told, in order. */
class Ear implements BusListener {
  readonly heard: string[] = [];
  onMessage(channel: string, text: string): void {
    this.heard.push(`${channel}: ${text}`);
  }
  onUp(): void {
    this.heard.push('up');
  }
  onDown(): void {
    this.heard.push('down');
  }
  count(said: string): number {
    return this.heard.filter((heard) => heard === said).length;
  }
}

async function openBus(stack: AsyncDisposableStack, url: string): Promise<{ bus: RedisBus; ear: Ear }> {
  const bus = stack.use(await RedisBus.open(url, quiet));
  const ear = new Ear();
  bus.listen(ear);
  return { bus, ear };
}

/** Milliseconds until it was answered, and how. */
async function timed(work: () => Promise<unknown>): Promise<{ took: number; failure: unknown }> {
  const startedAt = performance.now();
  const failure = await work().then(
    () => undefined,
    (error: unknown) => error,
  );
  return { took: performance.now() - startedAt, failure };
}

describe('the bus over Redis', { skip: REDIS_MISSING }, () => {
  let redis: TestRedis;
  let proxy: FaultProxy;
  let stack: AsyncDisposableStack;
  /** `bus` reaches Redis through the proxy, `other` directly. */
  let bus: RedisBus;
  let ear: Ear;
  let other: RedisBus;
  let otherEar: Ear;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    proxy = stack.use(await startFaultProxy({ host: '127.0.0.1', port: redis.port }));
    ({ bus, ear } = await openBus(stack, proxy.urlThrough(redis.url)));
    ({ bus: other, ear: otherEar } = await openBus(stack, redis.url));
  });
  afterEach(() => stack.disposeAsync());

  test('who is subscribed hears it, in order, and the publisher is told how many do', async () => {
    assert.deepEqual([bus.isUp, other.isUp], [true, true]);
    assert.equal(await bus.publish('nobody', 'x'), 0);
    await bus.subscribe(['a', 'b']);
    await other.subscribe(['a']);
    assert.deepEqual([await bus.publish('a', '1'), await other.publish('b', 'ä ✂'), await bus.publish('a', '2')], [2, 1, 2]);
    await eventually(() => ear.heard.length === 3 && otherEar.heard.length === 2);
    assert.deepEqual(
      [ear.heard, otherEar.heard],
      [
        ['a: 1', 'b: ä ✂', 'a: 2'],
        ['a: 1', 'a: 2'],
      ],
    );
  });

  test('what was given up is heard no more', async () => {
    await bus.subscribe(['a', 'b']);
    bus.unsubscribe(['a']);
    bus.unsubscribe([]);
    await bus.subscribe([]);
    await eventually(async () => (await other.publish('a', '1')) === 0);
    assert.equal(await other.publish('b', '2'), 1);
    await eventually(() => ear.heard.length > 0);
    assert.deepEqual(ear.heard, ['b: 2']);
  });

  test('a lost connection comes back by itself, with its subscriptions, and says so', async () => {
    await bus.subscribe(['a']);
    proxy.cut();
    await eventually(() => !bus.isUp);
    const { took, failure } = await timed(() => bus.publish('a', 'while it was away'));
    assert.ok(failure instanceof BusFailure && took < ANSWERED_WITHIN_MS);
    await assert.rejects(bus.subscribe(['b']), BusFailure);
    bus.unsubscribe(['never']);
    assert.ok(proxy.counts.cut > 0);
    proxy.pass();
    await eventually(() => bus.isUp);
    assert.deepEqual([await other.publish('a', '1'), await other.publish('b', '2')], [1, 1]);
    await eventually(() => ear.heard.length === 4);
    assert.deepEqual(ear.heard, ['down', 'up', 'a: 1', 'b: 2']);
  });

  test('what is given up while it is away stays given up', async () => {
    await bus.subscribe(['a', 'b']);
    proxy.cut();
    await eventually(() => !bus.isUp);
    bus.unsubscribe(['a']);
    proxy.pass();
    await eventually(() => bus.isUp);
    assert.deepEqual([await other.publish('a', '1'), await other.publish('b', '2')], [0, 1]);
  });

  test('an open connection that does not answer counts as lost', async () => {
    await bus.subscribe(['a']);
    for (const silence of ['black-hole', 'swallow-replies'] as const) {
      const startedAt = performance.now();
      if (silence === 'black-hole') proxy.blackHole();
      else proxy.swallowReplies();
      const { took, failure } = await timed(() => bus.publish('a', silence));
      assert.ok(failure instanceof BusFailure && took < ANSWERED_WITHIN_MS, `${took} ms`);
      await eventually(() => !bus.isUp);
      assert.ok(performance.now() - startedAt < NOTICED_WITHIN_MS, `noticed after ${performance.now() - startedAt} ms`);
      assert.ok(proxy.counts.replyBytesSwallowed + proxy.counts.requestBytesSwallowed > 0);
      proxy.pass();
      await eventually(() => bus.isUp);
    }
    await other.publish('a', 'heard again');
    await eventually(() => ear.heard.includes('a: heard again'));
    assert.equal(ear.count('up'), 2);
  });

  test('a process that was too busy to look does not take Redis for lost', async () => {
    for (let round = 0; round < 4; round += 1) {
      await nextTurn();
      const until = performance.now() + BUSY_MS;
      while (performance.now() < until);
    }
    // The one without the proxy, which is in this process and was just as busy.
    await other.subscribe(['a']);
    assert.equal(await other.publish('a', '1'), 1);
    await eventually(() => otherEar.heard.length > 0);
    assert.deepEqual(otherEar.heard, ['a: 1']);
  });

  test('a Redis that hangs counts as lost, and is found again', async () => {
    await bus.subscribe(['a']);
    const startedAt = performance.now();
    redis.freeze();
    try {
      await eventually(() => !bus.isUp);
      assert.ok(performance.now() - startedAt < NOTICED_WITHIN_MS);
    } finally {
      redis.thaw();
    }
    await eventually(() => bus.isUp && other.isUp);
    await eventually(async () => (await other.publish('a', 'x')) >= 1);
  });

  test('nothing is sent twice, nor late, whatever becomes of its answer', async () => {
    await other.subscribe(['a']);
    proxy.swallowReplies();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => timed(() => bus.publish('a', `${number}`))));
    assert.ok(answers.every(({ failure }) => failure instanceof BusFailure));
    proxy.cut();
    await eventually(() => !bus.isUp);
    await assert.rejects(bus.publish('a', 'while it was away'), BusFailure);
    proxy.pass();
    await eventually(() => bus.isUp);
    assert.equal(await bus.publish('a', 'last'), 1);
    await eventually(() => otherEar.heard.includes('a: last'));
    assert.deepEqual(otherEar.heard, [...Array.from({ length: 20 }, (_, number) => `a: ${number}`), 'a: last']);
  });

  test('a Redis that was killed and has come back empty is as good as before', async () => {
    await bus.subscribe(['a']);
    await redis.kill();
    try {
      await eventually(() => !bus.isUp && !other.isUp);
    } finally {
      await redis.restart();
    }
    await eventually(() => bus.isUp && other.isUp);
    assert.equal(await other.publish('a', '1'), 1);
    await eventually(() => ear.heard.includes('a: 1'));
    assert.deepEqual(ear.heard, ['down', 'up', 'a: 1']);
  });

  test('a thousand subscriptions stand again before it is up', async () => {
    const channels = Array.from({ length: 1_000 }, (_, number) => `channel-${number}`);
    await bus.subscribe(channels);
    const counts: Promise<number[]>[] = [];
    bus.listen({ onMessage: () => undefined, onDown: () => undefined, onUp: () => void counts.push(countAll()) });
    const countAll = () => Promise.all(channels.map((channel) => other.publish(channel, 'x')));
    for (let round = 1; round <= 3; round += 1) {
      proxy.cutOnce();
      await eventually(() => counts.length === round);
      assert.ok((await counts.at(-1))?.every((count) => count >= 1));
    }
  });

  test('subscribing and giving up through many lost connections ends with what is wanted', async () => {
    const wanted = new Set<string>();
    for (let round = 0; round < 60; round += 1) {
      const channel = `channel-${round % 20}`;
      if (wanted.delete(channel)) bus.unsubscribe([channel]);
      else {
        wanted.add(channel);
        bus.subscribe([channel]).catch((failure: unknown) => assert.ok(failure instanceof BusFailure));
      }
      if (round % 7 === 0) proxy.cutOnce();
      if (round % 5 === 0) await eventually(() => bus.isUp);
    }
    const countOf = (channel: string) => other.publish(channel, 'x');
    await eventually(async () => {
      const counts = await Promise.all(Array.from({ length: 20 }, (_, number) => countOf(`channel-${number}`)));
      return bus.isUp && counts.every((count, number) => count === (wanted.has(`channel-${number}`) ? 1 : 0));
    });
  });

  test('it opens without Redis, and is up as soon as there is one', async () => {
    const port = await freePort();
    const late = stack.use(await RedisBus.open(`redis://127.0.0.1:${port}`, quiet));
    const lateEar = new Ear();
    late.listen(lateEar);
    assert.equal(late.isUp, false);
    await assert.rejects(late.subscribe(['a']), BusFailure);
    await assert.rejects(late.publish('a', 'x'), BusFailure);
    // Whatever answers on that port from now on.
    const proxied = stack.use(await startFaultProxy({ host: '127.0.0.1', port: redis.port }, port));
    await eventually(() => late.isUp);
    assert.equal(await other.publish('a', '1'), 1);
    await eventually(() => lateEar.heard.length === 2);
    assert.deepEqual(lateEar.heard, ['up', 'a: 1']);
    assert.ok(proxied.counts.connections >= 2);
  });

  test('closing leaves nothing open, in whatever state it is', async () => {
    const openHandles = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'TCPConnectWrap').length;
    await stack.disposeAsync();
    await eventually(() => openHandles() === 0);
    stack = new AsyncDisposableStack();
    const through = stack.use(await startFaultProxy({ host: '127.0.0.1', port: redis.port }));
    const url = through.urlThrough(redis.url);
    const states: (() => void | Promise<void>)[] = [
      () => undefined,
      () => through.blackHole(),
      () => through.cut(),
      () => {
        const { refused } = through.counts;
        through.cut();
        return eventually(() => through.counts.refused > refused + 2);
      },
    ];
    for (const enter of states) {
      through.pass();
      const closing = stack.use(await RedisBus.open(url, quiet));
      await closing.subscribe(['a']);
      await enter();
      const underWay = timed(() => closing.publish('a', 'x'));
      closing[Symbol.dispose]();
      await underWay;
      await assert.rejects(closing.publish('a', 'x'), BusFailure);
      assert.equal(closing.isUp, false);
    }
    await stack.disposeAsync();
    await eventually(() => openHandles() === 0);
    stack = new AsyncDisposableStack();
  });
});
