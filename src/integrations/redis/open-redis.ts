import type { Bus } from '../../actors/bus.ts';
import type { Log } from '../../actors/ports.ts';
import { AdapterPublisher, AdapterSubscriber } from './adapter-clients.ts';
import { RedisBus } from './redis-bus.ts';
import { RedisCounters } from './redis-counters.ts';

/** What a node has of Redis: each with connections of its own, so that a burst of one does not delay the others. */
export type RedisParts = Disposable & {
  readonly bus: Bus;
  readonly counters: RedisCounters;
  readonly adapter: { readonly publisher: AdapterPublisher; readonly subscriber: AdapterSubscriber };
};

/** Opens also when Redis is away, after two seconds; it is used as soon as it is there. */
export async function openRedis(url: string, log: Log): Promise<RedisParts> {
  using opened = new DisposableStack();
  const counters = opened.use(new RedisCounters(url, log));
  const adapter = { publisher: opened.use(new AdapterPublisher(url, log)), subscriber: opened.use(new AdapterSubscriber(url, log)) };
  const bus = opened.use(await RedisBus.open(url, log));
  const parts = opened.move();
  return { bus, counters, adapter, [Symbol.dispose]: () => parts.dispose() };
}
