// A bare TCP connection to a server, for what no HTTP client would send.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from '../../support/eventually.ts';
import type { Json } from '../../support/test-server.ts';

export type Answer = { readonly status: number; readonly headers: ReadonlyMap<string, string>; readonly body: string };

export class RawConnection {
  readonly socket: Socket;
  #text = '';
  #isOver = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.#text += bytes.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.#isOver = true;
    });
  }

  /** `from`: the address that it comes from, one of this machine's. */
  static async open(url: string, from = '127.0.0.1'): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const connection = new RawConnection(connect({ port: Number(port), host: hostname, localAddress: from }));
    await once(connection.socket, 'connect');
    return connection;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Everything that has come so far. */
  get text(): string {
    return this.#text;
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  async over(): Promise<void> {
    await eventually(() => this.#isOver);
  }

  /** The answers that have come, once there are so many. */
  async answers(count: number): Promise<readonly Answer[]> {
    await eventually(() => answersIn(this.#text).length >= count || this.#isOver);
    return answersIn(this.#text);
  }

  /** The one answer, after which the connection is over. */
  async lastWords(): Promise<Answer & { readonly problem: Json }> {
    await this.over();
    const [answer, ...others] = answersIn(this.#text);
    if (answer === undefined || others.length > 0) throw new Error(`not one answer: ${JSON.stringify(this.#text.slice(0, 500))}`);
    const isProblem = answer.headers.get('content-type') === 'application/problem+json; charset=utf-8';
    return { ...answer, problem: isProblem ? JSON.parse(answer.body) : undefined };
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Whole answers with a `Content-Length`, one behind the other. */
function answersIn(text: string): readonly Answer[] {
  const answers: Answer[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return answers;
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const length = Number(headers.get('content-length') ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return answers;
    answers.push({ status: Number(first.split(' ')[1]), headers, body });
    rest = rest.slice(end + 4 + length);
  }
}
