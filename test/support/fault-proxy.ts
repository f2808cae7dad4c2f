// A TCP proxy between a node and its database or Redis that breaks the connection in the ways networks do.
//
//   pass             everything goes through
//   cut              both directions end now, for both sides; new connections are refused until `pass`
//   black hole       connections are accepted and what arrives is swallowed; nobody is told anything
//   swallow replies  requests reach the server, its answers are swallowed
//   hold back        what the client sends is kept; `releaseLate` cuts the client off and delivers it to the server afterwards
//   slow             the server's answers arrive late, all by the same time
//   stop reading     the server's answers are not fetched, as by a client that reads slowly; `pass` fetches them
//
// `counts` says what really happened, so that a test can prove that its fault fired.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export type FaultCounts = {
  connections: number;
  /** Connections that the proxy ended. */
  cut: number;
  /** Connections that were closed at once because of `cut`. */
  refused: number;
  /** Bytes from the client that never reached the server. */
  requestBytesSwallowed: number;
  /** Bytes from the server that never reached the client. */
  replyBytesSwallowed: number;
  /** Bytes from the client that are or were held back. */
  requestBytesHeld: number;
  /** Bytes that reached the server after their client had been cut off. */
  requestBytesDeliveredLate: number;
  /** Bytes from the server that were given on late. */
  replyBytesSlowed: number;
  /** Bytes from the server that had arrived and lay unread when reading went on; more may have waited behind them. */
  replyBytesLeftUnread: number;
};
type Mode = 'pass' | 'cut' | 'black-hole' | 'swallow-replies' | 'hold-back' | 'slow' | 'stop-reading';
/** Always a Buffer, as no encoding is set; the types do not know. */
type Chunk = Buffer | string;
type Pair = { readonly client: Socket; readonly server: Socket; readonly held: Chunk[] };

export type Target = { readonly host: string; readonly port: number };

/** A target that is a function is asked at every connection, as a balancer would. `port` 0: any that is free. */
export async function startFaultProxy(target: Target | (() => Target), port = 0): Promise<FaultProxy> {
  const proxy = new FaultProxy(target);
  await proxy.listen(port);
  return proxy;
}

export class FaultProxy implements AsyncDisposable {
  readonly counts: FaultCounts = {
    connections: 0,
    cut: 0,
    refused: 0,
    requestBytesSwallowed: 0,
    replyBytesSwallowed: 0,
    requestBytesHeld: 0,
    requestBytesDeliveredLate: 0,
    replyBytesSlowed: 0,
    replyBytesLeftUnread: 0,
  };
  readonly #target: () => Target;
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  /** Servers of clients that were cut off, while they still work on what came late. */
  readonly #late = new Set<Socket>();
  #mode: Mode = 'pass';
  #delayMs = 0;
  #port = 0;

  constructor(target: Target | (() => Target)) {
    this.#target = typeof target === 'function' ? target : () => target;
    this.#listener = createServer((client) => this.#accept(client));
  }

  async listen(port: number): Promise<void> {
    this.#listener.listen(port, '127.0.0.1');
    await once(this.#listener, 'listening');
    const address = this.#listener.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  get port(): number {
    return this.#port;
  }

  /** The same URL through this proxy. */
  urlThrough(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.#port);
    return through.href;
  }

  /** From now on everything goes through. What was swallowed stays lost; what was held back or left unread is delivered. */
  pass(): void {
    this.#mode = 'pass';
    this.counts.replyBytesLeftUnread += this.unreadBytes;
    for (const { server, held } of this.#pairs) {
      for (const chunk of held.splice(0)) server.write(chunk);
      server.resume();
    }
  }

  cut(): void {
    this.#mode = 'cut';
    for (const pair of this.#pairs) this.#end(pair);
  }

  /** Ends the connections there are now; new ones go through. */
  cutOnce(): void {
    this.cut();
    this.#mode = 'pass';
  }

  blackHole(): void {
    this.#mode = 'black-hole';
  }

  swallowReplies(): void {
    this.#mode = 'swallow-replies';
  }

  slow(delayMs: number): void {
    this.#mode = 'slow';
    this.#delayMs = delayMs;
  }

  holdBack(): void {
    this.#mode = 'hold-back';
  }

  /** What has arrived from the server and nobody has fetched yet. */
  get unreadBytes(): number {
    let bytes = 0;
    for (const { server } of this.#pairs) if (server.isPaused()) bytes += server.readableLength;
    return bytes;
  }

  stopReading(): void {
    this.#mode = 'stop-reading';
    for (const { server } of this.#pairs) server.pause();
  }

  /** Ends `hold-back`: clients are cut off now, and what they had sent reaches the server `delayMs` later. Resolves when it has been delivered. New connections pass. */
  async releaseLate(delayMs: number): Promise<void> {
    this.#mode = 'pass';
    const deliveries: Promise<void>[] = [];
    for (const pair of this.#pairs) {
      const held = pair.held.splice(0);
      this.#pairs.delete(pair);
      this.counts.cut += 1;
      if (held.length > 0) deliveries.push(this.#deliverLate(pair.server, held, delayMs));
      else pair.server.destroy();
      pair.client.resetAndDestroy();
    }
    await Promise.all(deliveries);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
    for (const server of this.#late) server.destroy();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#mode === 'cut') {
      this.counts.refused += 1;
      client.resetAndDestroy();
      return;
    }
    this.counts.connections += 1;
    const { host, port } = this.#target();
    const server = connect(port, host).setNoDelay(true);
    server.on('error', () => undefined);
    client.setNoDelay(true);
    const pair: Pair = { client, server, held: [] };
    this.#pairs.add(pair);
    client.on('data', (chunk) => this.#fromClient(pair, chunk));
    server.on('data', (chunk) => this.#fromServer(pair, chunk));
    if (this.#mode === 'stop-reading') server.pause();
    client.on('close', () => this.#closed(pair, server));
    server.on('close', () => this.#closed(pair, client));
  }

  #fromClient({ server, held }: Pair, chunk: Chunk): void {
    if (this.#mode === 'black-hole') {
      this.counts.requestBytesSwallowed += chunk.length;
    } else if (this.#mode === 'hold-back') {
      this.counts.requestBytesHeld += chunk.length;
      held.push(chunk);
    } else {
      server.write(chunk);
    }
  }

  #fromServer(pair: Pair, chunk: Chunk): void {
    if (this.#mode === 'black-hole' || this.#mode === 'swallow-replies' || !this.#pairs.has(pair)) this.counts.replyBytesSwallowed += chunk.length;
    else if (this.#mode === 'slow') {
      this.counts.replyBytesSlowed += chunk.length;
      setTimeout(() => pair.client.writable && pair.client.write(chunk), this.#delayMs);
    } else pair.client.write(chunk);
  }

  /** One side has gone: the other hears of it, unless the network is silent. */
  #closed(pair: Pair, other: Socket): void {
    if (this.#mode === 'black-hole' || !this.#pairs.delete(pair)) return;
    other.destroy();
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    this.counts.cut += 1;
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  }

  async #deliverLate(server: Socket, held: readonly Chunk[], delayMs: number): Promise<void> {
    this.#late.add(server);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (server.destroyed) return;
    for (const chunk of held) {
      server.write(chunk);
      this.counts.requestBytesDeliveredLate += chunk.length;
    }
    await new Promise<void>((resolve) => server.end(resolve));
    this.#late.delete(server);
  }
}
