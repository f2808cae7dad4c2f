// A whole server on a free port, with a database of its own, and a small client for its REST side.
import { pino } from 'pino';
import { type Config, readConfig } from '../../src/config.ts';
import { openServer, type Server } from '../../src/server.ts';
import { freshPgliteDirectory } from './pglite.ts';

export const TEST_PASSWORD = 'a password for tests';
/** What tokens are signed with, for tests that need one of their own. */
export const TEST_SECRET = 's'.repeat(32);
export const TEST_OWNER = 'owner@example.org';

/** What came over the wire: read freely, every assertion says what it expects. */
export type Json = ReturnType<typeof JSON.parse>;
/** `body` is parsed; null where there is none. */
export type Said = { readonly status: number; readonly headers: Headers; readonly body: Json };
export type Asking = { readonly body?: unknown; readonly token?: string | undefined; readonly headers?: Readonly<Record<string, string>> };
export type TestServer = AsyncDisposable & {
  readonly server: Server;
  ask(method: string, path: string, asking?: Asking): Promise<Said>;
  /** An access token. */
  login(email: string, password?: string): Promise<string>;
};

/** `isDemo`: with the demo business, all with TEST_PASSWORD; otherwise empty, with one owner. `settings` are environment variables. */
export async function openTestServer({
  isDemo,
  settings = {},
}: {
  readonly isDemo: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<TestServer> {
  const stack = new AsyncDisposableStack();
  const place = stack.use(await freshPgliteDirectory());
  const who = isDemo ? { DEMO: 'on', DEMO_PASSWORD: TEST_PASSWORD } : { OWNER_EMAIL: TEST_OWNER, OWNER_PASSWORD: TEST_PASSWORD };
  const read = readConfig(
    { PORT: '0', DATA_DIR: place.directory, JWT_SECRET: TEST_SECRET, RATE_LIMIT_SCALE: '1000', LOG_LEVEL: 'silent', ...who, ...settings },
    place.directory,
  );
  if (!('database' in read)) throw new Error(JSON.stringify(read));
  const config: Config = { ...read, database: { kind: 'pglite', directory: place.directory } };
  const server = stack.use(await openServer(config, { logger: pino({ level: 'silent' }), webDirectory: null }));
  const ask = (method: string, path: string, asking: Asking = {}) => askOver(server.url, method, path, asking);
  const login = async (email: string, password = TEST_PASSWORD): Promise<string> => {
    const said = await ask('POST', '/v1/auth/login', { body: { email, password } });
    if (said.status !== 200) throw new Error(`${email} could not log in: ${JSON.stringify(said.body)}`);
    return said.body.accessToken;
  };
  return { server, ask, login, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function askOver(url: string, method: string, path: string, { body, token, headers }: Asking): Promise<Said> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}
