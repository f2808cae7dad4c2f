// How people talk to a node over sockets: one connection to each node for guests and one for the desk, which all of them share.
import { io, type Socket } from 'socket.io-client';
import type { Acknowledgement, ScreenToServer, ServerToScreen } from '../../src/protocol/socket.ts';
import type { Answer, Asked, AttemptLine } from '../history/lines.ts';

type Wire = Socket<ServerToScreen, ScreenToServer>;

export class SocketWires implements Disposable {
  readonly #wires = new Map<string, Wire>();
  /** The server has said that it will close: new requests go to another node. */
  readonly #ending = new Set<Wire>();
  readonly #urls: readonly string[];
  readonly #deskToken: () => string;

  constructor(urls: readonly string[], deskToken: () => string) {
    this.#urls = urls;
    this.#deskToken = deskToken;
  }

  /** Sends a write once. Without a connection nothing is asked: nobody waits for one. */
  async ask(node: number, as: AttemptLine['as'], { operation, body, ...ids }: Asked, patienceMs: number): Promise<Answer> {
    const wire = this.#wireTo(node, as);
    if (!wire.connected || this.#ending.has(wire)) return { type: 'unreached', why: 'no connection' };
    try {
      // Which body goes with which message is decided where claims are made; a wrong one is refused and shows in the report.
      const message = { ...ids, ...body } as never;
      const answer: Acknowledgement<object> = await wire.timeout(patienceMs).emitWithAck(operation, message);
      return answer.ok ? { type: 'ok', body: answer } : { type: 'problem', problem: answer.problem };
    } catch (failure) {
      const why = failure instanceof Error ? failure.message : String(failure);
      return { type: 'lost', why, isGivenUp: why === 'operation has timed out' };
    }
  }

  [Symbol.dispose](): void {
    for (const wire of this.#wires.values()) wire.disconnect();
  }

  #wireTo(node: number, as: AttemptLine['as']): Wire {
    const name = `${node} ${as}`;
    const found = this.#wires.get(name);
    if (found !== undefined) return found;
    const url = this.#urls[node];
    if (url === undefined) throw new RangeError(`there is no node ${node}`);
    const wire: Wire = io(url, {
      transports: ['websocket'],
      auth: (give) => give(as === 'desk' ? { token: this.#deskToken() } : {}),
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 1_000,
    });
    wire.on('session-ended', () => this.#ending.add(wire));
    wire.on('connect', () => this.#ending.delete(wire));
    // The client does not come back by itself when the server hung up.
    wire.on('disconnect', (reason) => {
      if (reason === 'io server disconnect') wire.connect();
    });
    this.#wires.set(name, wire);
    return wire;
  }
}
