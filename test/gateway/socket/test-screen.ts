// One end of a Socket.IO connection, for tests: a real client that remembers everything it was told.
import { setTimeout as wait } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Person } from '../../../src/access/principal.ts';
import { TokenKeys } from '../../../src/access/token-keys.ts';
import { readAccessToken, signAccessToken } from '../../../src/accounts/access-tokens.ts';
import { instant } from '../../../src/model/instant.ts';
import { timeNow } from '../../support/clock.ts';
import { type Json, TEST_SECRET } from '../../support/test-server.ts';

/** What the test server signs with. */
export const TEST_KEYS = new TokenKeys(TEST_SECRET);
const PATIENCE_MILLISECONDS = 20_000;

export type Transport = 'websocket' | 'polling';
export type Told = { readonly name: string; readonly body: Json };

export class TestScreen {
  readonly socket: Socket;
  readonly told: Told[] = [];
  readonly #listeners = new Set<() => void>();

  private constructor(url: string, token: string | undefined, extraHeaders: Readonly<Record<string, string>>, transports: readonly Transport[]) {
    const auth = token === undefined ? {} : { token };
    this.socket = io(url, { transports: [...transports], forceNew: true, reconnection: false, auth, extraHeaders });
    this.socket.onAny((name, body) => {
      this.told.push({ name, body });
      for (const listener of this.#listeners) listener();
    });
  }

  /** It tries the transports in their order, and goes over to a later one as soon as it can. */
  static async open(
    url: string,
    token?: string,
    headers: Readonly<Record<string, string>> = {},
    transports: readonly Transport[] = ['websocket'],
  ): Promise<TestScreen> {
    const screen = new TestScreen(url, token, headers, transports);
    await new Promise<void>((resolve, reject) => {
      screen.socket.once('connect', resolve);
      screen.socket.once('connect_error', reject);
    });
    return screen;
  }

  /** Sends one message and waits for its answer. */
  ask(name: string, body: unknown): Promise<Json> {
    return this.socket.timeout(PATIENCE_MILLISECONDS).emitWithAck(name, body);
  }

  /** Waits until the server has told this, now or before. */
  async hears(name: string, matches: (body: Json) => boolean = () => true, patience = PATIENCE_MILLISECONDS): Promise<Json> {
    const late = AbortSignal.timeout(patience);
    const find = () => this.told.find((told) => told.name === name && matches(told.body));
    while (find() === undefined) {
      if (late.aborted) throw new Error(`never heard ${name}; heard ${JSON.stringify(this.told.slice(-5)).slice(0, 1_000)}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#listeners.delete(wake);
          resolve();
        };
        this.#listeners.add(wake);
        late.addEventListener('abort', wake, { once: true });
      });
    }
    return find()?.body;
  }

  async ended(): Promise<void> {
    if (!this.socket.connected) return;
    await Promise.race([
      new Promise<void>((resolve) => this.socket.once('disconnect', () => resolve())),
      wait(PATIENCE_MILLISECONDS).then(() => Promise.reject(new Error('still connected'))),
    ]);
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** The TCP connection under a client, to stop reading from it. */
export function wireOf(screen: TestScreen): { pause(): void; resume(): void } {
  return (screen.socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void; resume(): void } } }).ws._socket;
}

/** A token like this one, with some of it different. */
export function tokenLike(token: string, changes: Partial<Person>): string {
  const principal = readAccessToken(token, TEST_KEYS);
  if (principal === undefined) throw new Error('not a token of the test server');
  return signAccessToken({ ...principal, ...changes }, instant(timeNow()), TEST_KEYS);
}
