// The clients that Socket.IO's Redis adapter works with. It has the manners of an ioredis client in mind, calls it and never looks what came of it:
// with a plain client, every message while Redis is away would be a rejection that nobody handles, and that ends the process.
import { EventEmitter } from 'node:events';
import type { Log } from '../../actors/ports.ts';
import { Subscriber } from './subscriber.ts';
import { WatchedConnection } from './watched-connection.ts';

/** For sending. What Redis does not take is lost, and logged. */
export class AdapterPublisher extends EventEmitter implements Disposable {
  readonly #connection: WatchedConnection;
  readonly #log: Log;

  constructor(url: string, log: Log) {
    super();
    this.#log = log;
    this.#connection = new WatchedConnection({ url, name: 'adapter-publisher', log });
  }

  publish(channel: string, message: string | Buffer): void {
    this.#connection.client
      .publish(channel, message)
      .catch((failure: Error) => this.#log.warn({ reason: failure.message }, 'a message to other nodes may be lost'));
  }

  /** The adapter asks in this way how many nodes there are. */
  send_command(name: string, words: readonly string[], answer: (failure: unknown, reply?: unknown) => void): void {
    this.#connection.client.call(name, [...words]).then((reply) => answer(null, reply), answer);
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

/** For listening. Whatever it was asked for it is subscribed to again after every outage. */
export class AdapterSubscriber extends EventEmitter implements Disposable {
  readonly #subscriber: Subscriber;

  constructor(url: string, log: Log) {
    super();
    this.#subscriber = new Subscriber({ url, name: 'adapter-subscriber', log });
    const { client } = this.#subscriber.connection;
    for (const event of ['messageBuffer', 'pmessageBuffer'] as const) client.on(event, (...words: unknown[]) => this.emit(event, ...words));
  }

  subscribe(channels: readonly string[]): void {
    this.#add('channel', channels);
  }

  unsubscribe(channels: readonly string[]): void {
    this.#subscriber.unsubscribe('channel', channels);
  }

  psubscribe(pattern: string): void {
    this.#add('pattern', [pattern]);
  }

  punsubscribe(pattern: string): void {
    this.#subscriber.unsubscribe('pattern', [pattern]);
  }

  [Symbol.dispose](): void {
    this.#subscriber.connection.close();
  }

  #add(kind: 'channel' | 'pattern', names: readonly string[]): void {
    // Rejects while Redis is away, and is made good with the next connection.
    this.#subscriber.subscribe(kind, names).catch(() => undefined);
  }
}
