import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'socket.io';

/**
 * The TCP connections under WebSockets, so that they can be cut. A polite end waits until the other side has read everything and said goodbye too,
 * half a minute if need be; who does not read never does, and would hold the server open all that time.
 */
export class Wires implements Disposable {
  readonly #server: HttpServer;
  readonly #path: string;
  readonly #open = new Set<Duplex>();
  /** Of those who came by polling first, by the id of their connection. */
  readonly #upgraded = new Map<string, Duplex>();
  readonly #onUpgrade = (request: IncomingMessage, wire: Duplex): void => {
    // Whoever sends something that is no address gets no WebSocket either.
    const address = URL.parse(request.url ?? '/', 'http://localhost');
    if (!address?.pathname.startsWith(this.#path)) return;
    const id = address.searchParams.get('sid');
    if (id !== null) this.#upgraded.set(id, wire);
    this.#open.add(wire);
    wire.once('close', () => {
      this.#open.delete(wire);
      if (id !== null) this.#upgraded.delete(id);
    });
  };

  constructor(server: HttpServer, path: string) {
    this.#server = server;
    this.#path = path;
    server.on('upgrade', this.#onUpgrade);
  }

  get size(): number {
    return this.#open.size;
  }

  /** Cuts one connection; what waits to be sent is gone. */
  cut(connection: Socket['conn']): void {
    // biome-ignore lint/complexity/useLiteralKeys: the type hides what the protocol tells everybody
    const wire = this.#upgraded.get(connection['id']) ?? connection.request.socket;
    wire.destroy();
  }

  cutAll(): void {
    for (const wire of this.#open) wire.destroy();
  }

  [Symbol.dispose](): void {
    this.#server.off('upgrade', this.#onUpgrade);
  }
}
