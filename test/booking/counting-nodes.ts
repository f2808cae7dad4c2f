// Several nodes that count together in one Redis, and what becomes of it while that is away or says nothing.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach } from 'node:test';
import { RedisCounters } from '../../src/integrations/redis/redis-counters.ts';
import { eventually } from '../support/eventually.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What nodes share. The namespace is a fresh one for each test, so that the counters are. */
type Shared = { readonly counters: RedisCounters; readonly namespace: string };
type Node<Counting> = Counting & { readonly counters: RedisCounters };

/** To be called in a `describe`. `countWith` makes what counts on one node. */
export function countingNodes<Counting extends object>(countWith: (shared: Shared) => Counting) {
  const stack = new AsyncDisposableStack();
  let redis: TestRedis;
  let namespace: string;
  before(async () => {
    redis = stack.use(await startRedis());
  });
  after(() => stack.disposeAsync());
  beforeEach(() => {
    namespace = randomUUID();
  });

  async function openAt(url: string, space: string): Promise<Node<Counting>> {
    const counters = stack.use(new RedisCounters(url, quiet));
    await eventually(() => counters.isReady);
    return { ...countWith({ counters, namespace: space }), counters };
  }

  return {
    open: (space = namespace) => openAt(redis.url, space),
    namespace: () => namespace,

    /** Afterwards there is a new Redis, which knows nothing, and all nodes are connected to it. */
    async withoutRedis(nodes: readonly Node<Counting>[], meanwhile: () => Promise<void>): Promise<void> {
      await redis.kill();
      try {
        await meanwhile();
      } finally {
        await redis.restart();
      }
      await eventually(() => nodes.every(({ counters }) => counters.isReady));
    },

    /** Every answer of Redis is late, but comes; afterwards the node trusts it again. */
    async whileSlow(delayMs: number, meanwhile: (node: Node<Counting>) => Promise<void>): Promise<void> {
      const proxy = stack.use(await startFaultProxy({ host: '127.0.0.1', port: redis.port }));
      const node = await openAt(proxy.urlThrough(redis.url), namespace);
      proxy.slow(delayMs);
      await meanwhile(node);
      assert.deepEqual([proxy.counts.replyBytesSlowed > 0, proxy.counts.connections], [true, 1]);
      proxy.pass();
      await eventually(() => node.counters.isReady);
    },

    /** Once for each way in which a Redis says nothing; in between the node is connected again. */
    async inEachSilence(meanwhile: (node: Node<Counting>, way: number) => Promise<void>): Promise<void> {
      const proxy = stack.use(await startFaultProxy({ host: '127.0.0.1', port: redis.port }));
      const node = await openAt(proxy.urlThrough(redis.url), namespace);
      for (const [way, silence] of [() => proxy.blackHole(), () => proxy.swallowReplies(), () => proxy.cut()].entries()) {
        silence();
        await meanwhile(node, way);
        proxy.pass();
        await eventually(() => node.counters.isReady);
      }
      assert.ok(proxy.counts.requestBytesSwallowed > 0 && proxy.counts.replyBytesSwallowed > 0 && proxy.counts.cut > 0);
    },
  };
}
