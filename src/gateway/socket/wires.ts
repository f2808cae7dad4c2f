import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'socket.io';

type Connection = Socket['conn'];
/** A TCP connection that has become a WebSocket, or wants to. `request.websocket` is Engine.IO's, once it has taken the request. */
type Upgrade = { readonly request: IncomingMessage & { readonly websocket?: unknown }; readonly wire: Duplex; readonly deadline: NodeJS.Timeout };

/** What carries one connection of Engine.IO, for those who have to know how much of it is unread and how to end it. */
export type Line = {
  /** Bytes that were handed over and that the other side has not taken from us. */
  readonly unreadBytes: number;
  /** Nothing more is taken in from a WebSocket; what was sent can still be read. */
  stopReading(): void;
  goOnReading(): void;
  /** Ends it without waiting for the other side; what waits to be sent is gone. */
  cut(): void;
};

/**
 * The TCP connections under Engine.IO: of a WebSocket one, of long polling those of the requests that are under way. A polite end waits until the other side has
 * read everything and said goodbye too, half a minute if need be; a client that does not read never does, and would hold the server open all that time.
 */
export class Wires implements Disposable {
  readonly #server: HttpServer;
  readonly #path: string;
  /** Of the path, without its slash. */
  readonly #name: string;
  readonly #timeoutMs: number;
  readonly #onPoll: (connectionId: string) => void;
  readonly #upgrades = new Set<Upgrade>();
  /** By the id of the connection, all that carries it: it may be polling and on its way to a WebSocket at once. */
  readonly #byConnection = new Map<string, Map<Duplex, number>>();
  readonly #onUpgrade = (request: IncomingMessage, wire: Duplex): void => this.#upgrading(request, wire);
  readonly #onRequest = (request: IncomingMessage, response: ServerResponse): void => this.#polling(request, response);

  /**
   * Put it on the server after Socket.IO, which puts itself in front of all who listen. An upgrade that leads to no screen within `timeoutMs` is
   * cut. `onPoll` hears of every request of a connection that polls.
   */
  constructor(server: HttpServer, path: string, timeoutMs: number, onPoll: (connectionId: string) => void) {
    this.#server = server;
    this.#path = path;
    this.#name = path.slice(1);
    this.#timeoutMs = timeoutMs;
    this.#onPoll = onPoll;
    server.prependListener('upgrade', this.#onUpgrade);
    server.prependListener('request', this.#onRequest);
  }

  /** WebSockets, and those that want to become one. */
  get size(): number {
    return this.#upgrades.size;
  }

  lineOf(connection: Connection): Line {
    const id = idOf(connection);
    const byConnection = this.#byConnection;
    const wires = () => [...(byConnection.get(id)?.keys() ?? [])];
    return {
      // Looked at several times for every message.
      get unreadBytes() {
        let bytes = 0;
        for (const wire of byConnection.get(id)?.keys() ?? []) bytes += wire.writableLength;
        return bytes;
      },
      stopReading: () => {
        if (connection.transport.name === 'websocket') for (const wire of wires()) wire.pause();
      },
      goOnReading: () => {
        if (connection.transport.name === 'websocket') for (const wire of wires()) wire.resume();
      },
      cut: () => {
        for (const wire of wires()) wire.destroy();
      },
    };
  }

  /** A connection that began as a WebSocket: the address of its request did not name it yet. */
  adopt(connection: Connection): void {
    if (connection.transport.name === 'websocket') this.#carry(idOf(connection), connection.request.socket);
  }

  /** The WebSocket that carries this connection now may stay for as long as the connection does. */
  keep(connection: Connection): void {
    // biome-ignore lint/complexity/useLiteralKeys: the transport hides what the request under it shows
    const websocket = (connection.transport as unknown as { readonly socket?: unknown })['socket'];
    for (const { request, deadline } of this.#upgrades) if (websocket !== undefined && request.websocket === websocket) clearTimeout(deadline);
  }

  cutAll(): void {
    for (const { wire } of this.#upgrades) wire.destroy();
  }

  [Symbol.dispose](): void {
    this.#server.off('upgrade', this.#onUpgrade);
    this.#server.off('request', this.#onRequest);
    for (const { deadline } of this.#upgrades) clearTimeout(deadline);
  }

  #upgrading(request: IncomingMessage, wire: Duplex): void {
    const id = this.#connectionAskedFor(request);
    if (id === undefined) return;
    const upgrade = { request, wire, deadline: setTimeout(() => wire.destroy(), this.#timeoutMs) };
    this.#upgrades.add(upgrade);
    const letGo = id === null ? undefined : this.#carry(id, wire);
    wire.once('close', () => {
      clearTimeout(upgrade.deadline);
      this.#upgrades.delete(upgrade);
      letGo?.();
    });
  }

  #polling(request: IncomingMessage, response: ServerResponse): void {
    const id = this.#connectionAskedFor(request);
    if (id === undefined || id === null) return;
    this.#onPoll(id);
    response.once('close', this.#carry(id, request.socket));
  }

  /** `undefined`: this is not for Socket.IO; null: for a new connection. What is no address gets no WebSocket either. */
  #connectionAskedFor(request: IncomingMessage): string | null | undefined {
    // Every request of the server comes by here, and nearly none is for Socket.IO: however an address is spelled, its path has this name in it.
    if (request.url?.includes(this.#name) === false) return undefined;
    const address = URL.parse(request.url ?? '/', 'http://localhost');
    return address?.pathname.startsWith(this.#path) ? address.searchParams.get('sid') : undefined;
  }

  /** Until the returned function is called, or the wire is closed. */
  #carry(id: string, wire: Duplex): () => void {
    const wires = this.#byConnection.get(id) ?? new Map<Duplex, number>();
    wires.set(wire, (wires.get(wire) ?? 0) + 1);
    this.#byConnection.set(id, wires);
    let isCarried = true;
    const letGo = () => {
      if (!isCarried) return;
      isCarried = false;
      wire.off('close', letGo);
      const left = (wires.get(wire) ?? 1) - 1;
      if (left > 0) wires.set(wire, left);
      else wires.delete(wire);
      if (wires.size === 0 && this.#byConnection.get(id) === wires) this.#byConnection.delete(id);
    };
    wire.once('close', letGo);
    return letGo;
  }
}

/** Its name in the addresses of its requests. */
export function idOf(connection: Connection): string {
  // biome-ignore lint/complexity/useLiteralKeys: the type hides what the protocol tells everybody
  return connection['id'];
}
