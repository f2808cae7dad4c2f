import { type Bus, BusFailure, type BusListener } from '../../actors/bus.ts';
import type { Log } from '../../actors/ports.ts';
import { Subscriber } from './subscriber.ts';
import { WatchedConnection } from './watched-connection.ts';

/** A server that starts while Redis is away waits this long for it, and then goes on without. */
const FIRST_CONNECTION_LIMIT_MS = 2_000;

/**
 * The bus over Redis' PUBLISH and SUBSCRIBE. It has two connections, because what is published must not wait behind what is heard. It is up when
 * both answer and every subscription stands; when either is lost it is down until both are sound again.
 */
export class RedisBus implements Bus, Disposable {
  readonly #publisher: WatchedConnection;
  readonly #subscriber: Subscriber;
  #isUp = false;
  #listener: BusListener | undefined;
  #firstUp: (() => void) | undefined;

  private constructor(url: string, log: Log) {
    const look = { onSound: () => this.#look(), onLost: () => this.#look() };
    this.#publisher = new WatchedConnection({ url, name: 'bus-publisher', log }, look);
    this.#subscriber = new Subscriber({ url, name: 'bus-subscriber', log }, look);
    this.#subscriber.connection.client.on('message', (channel, text) => {
      // What was on its way when it was given up still arrives.
      if (this.#subscriber.isWanted('channel', channel)) this.#listener?.onMessage(channel, text);
    });
  }

  /** Waits a moment for the first connection. If that comes later, the listener hears of it by `onUp`. */
  static async open(url: string, log: Log): Promise<RedisBus> {
    const bus = new RedisBus(url, log);
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, FIRST_CONNECTION_LIMIT_MS);
      bus.#firstUp = () => {
        clearTimeout(late);
        resolve();
      };
    });
    return bus;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  async publish(channel: string, text: string): Promise<number> {
    if (!this.#publisher.isSound) throw new BusFailure('Redis is unreachable');
    try {
      return await this.#publisher.client.publish(channel, text);
    } catch (failure) {
      throw new BusFailure('it is unknown whether this was published', { cause: failure });
    }
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    try {
      await this.#subscriber.subscribe('channel', channels);
    } catch (failure) {
      throw new BusFailure('not subscribed yet', { cause: failure });
    }
  }

  unsubscribe(channels: readonly string[]): void {
    this.#subscriber.unsubscribe('channel', channels);
  }

  listen(listener: BusListener): void {
    this.#listener = listener;
  }

  /** Nobody hears anything from then on. */
  [Symbol.dispose](): void {
    this.#listener = undefined;
    this.#publisher.close();
    this.#subscriber.connection.close();
  }

  #look(): void {
    const isUp = this.#publisher.isSound && this.#subscriber.connection.isSound;
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    this.#firstUp?.();
    if (isUp) this.#listener?.onUp();
    else this.#listener?.onDown();
  }
}
