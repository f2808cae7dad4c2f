// A whole server on a free port, with a database of its own, and a small client for its REST side.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { DatabaseConfig } from '../../src/persistence/database/open-database.ts';
import type { TokensReply } from '../../src/protocol/auth.ts';
import { openServer, type Server, type ServerParts } from '../../src/server.ts';
import { type Config, readConfig } from '../../src/settings/config.ts';
import { clockAheadMs } from './clock.ts';
import { dateIn } from './dates.ts';
import { freshPgliteDirectory } from './pglite.ts';
import { isShared, ownPostgres, sharedPostgres } from './shared-postgres.ts';

export const TEST_PASSWORD = 'a password for tests';
/** What tokens are signed with, for tests that need one of their own. */
export const TEST_SECRET = 's'.repeat(32);
/** log2 of the rounds of bcrypt in tests: the least that it takes. The cost in production would be a third of all the work of the tests. */
export const TEST_BCRYPT_COST = 4;
export const TEST_OWNER = 'owner@example.org';
/** In which the demo's days begin: another day has another demo. */
const DEMO_ZONE = 'Europe/Lisbon';

/** What came over the wire: read freely, every assertion says what it expects. */
export type Json = ReturnType<typeof JSON.parse>;
/** `body` is parsed JSON, and what the test says it is; null where something else came, which is in `text`. */
export type Said<Body = Json> = { readonly status: number; readonly headers: Headers; readonly body: Body; readonly text: string };
export type Asking = { readonly body?: unknown; readonly token?: string | undefined; readonly headers?: Readonly<Record<string, string>> };
export type TestServer = AsyncDisposable & {
  readonly url: string;
  readonly server: Server;
  ask<Body = Json>(method: string, path: string, asking?: Asking): Promise<Said<Body>>;
  /** An access token. */
  login(email: string, password?: string): Promise<string>;
};
export type Settings = Readonly<Record<string, string>>;
type Opening = {
  /** With the demo business, all with TEST_PASSWORD; otherwise empty, with one owner. */
  readonly isDemo: boolean;
  /** Environment variables. With DATABASE_URL that database is used. */
  readonly settings?: Settings;
  /** An embedded database also where the run has a PostgreSQL. */
  readonly isEmbedded?: boolean;
  /** A PostgreSQL of its own, with a demo that is seeded now, for a test that reads from the log what it has just written. */
  readonly isAlone?: boolean;
  readonly webDirectory?: string | null;
  /** Where it matters how long a password takes. */
  readonly bcryptCost?: number;
  readonly limits?: ServerParts['limits'];
  /** Where the log goes; nowhere, if left out. */
  readonly logger?: Logger;
};

export async function openTestServer(opening: Opening): Promise<TestServer> {
  const { isDemo, settings = {}, isEmbedded = !isShared(), webDirectory = null, limits = {}, logger = pino({ level: 'silent' }) } = opening;
  const { bcryptCost = TEST_BCRYPT_COST, isAlone = false } = opening;
  await using stack = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'slotkeeper-server-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const database = settings.DATABASE_URL === undefined ? await freshDatabase(stack, { isDemo, isEmbedded, isAlone }) : null;
  const read = configOf(directory, isDemo, settings);
  const server = stack.use(await openServer({ ...read, ...(database && { database }) }, { logger, webDirectory, limits, bcryptCost }));
  const parts = stack.move();
  const ask = <Body>(method: string, path: string, asking?: Asking) => askOver<Body>(server.url, method, path, asking);
  const login = async (email: string, password = TEST_PASSWORD): Promise<string> => {
    const said = await ask<TokensReply>('POST', '/v1/auth/login', { body: { email, password } });
    if (said.status !== 200) throw new Error(`${email} could not log in: ${said.text}`);
    return said.body.accessToken;
  };
  return { url: server.url, server, ask, login, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** What the server reads from its environment. Throws where that is no configuration. */
function configOf(directory: string, isDemo: boolean, settings: Settings): Config {
  const who = isDemo ? { DEMO: 'on', DEMO_PASSWORD: TEST_PASSWORD } : { OWNER_EMAIL: TEST_OWNER, OWNER_PASSWORD: TEST_PASSWORD };
  const read = readConfig(
    { PORT: '0', DATA_DIR: directory, JWT_SECRET: TEST_SECRET, RATE_LIMIT_SCALE: '1000', LOG_LEVEL: 'silent', ...who, ...settings },
    directory,
  );
  if (!('database' in read)) throw new Error(JSON.stringify(read));
  return read;
}

/** Of the run's PostgreSQL a copy, which has the demo in it already where it is asked for: a run seeds it once a day. */
async function freshDatabase(
  stack: AsyncDisposableStack,
  { isDemo, isEmbedded, isAlone }: Required<Pick<Opening, 'isDemo' | 'isEmbedded' | 'isAlone'>>,
): Promise<DatabaseConfig> {
  if (isEmbedded) return { kind: 'pglite', directory: stack.use(await freshPgliteDirectory()).directory };
  if (isAlone) return { kind: 'postgres', url: stack.use(await stack.use(await ownPostgres()).fresh()).url };
  const shared = stack.use(await sharedPostgres());
  // A file that begins at another moment goes back to it: what another file has seeded there would be in its future.
  const filling = isDemo && clockAheadMs === 0 ? { name: `demo_${dateIn(0, DEMO_ZONE).replaceAll('-', '_')}`, fill: seedDemoInto } : undefined;
  return { kind: 'postgres', url: stack.use(await shared.fresh(filling)).url };
}

async function seedDemoInto(url: string): Promise<void> {
  await using _ = await openTestServer({ isDemo: true, settings: { DATABASE_URL: url } });
}

export async function askOver<Body = Json>(url: string, method: string, path: string, { body, token, headers }: Asking = {}): Promise<Said<Body>> {
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
}

export type Make = <Made = Json>(path: string, body: object) => Promise<Made>;

/** POSTs in somebody's name what has to succeed. */
export function makerOf({ ask }: TestServer, token: string): Make {
  return async <Made>(path: string, body: object) => {
    const said = await ask<Made>('POST', path, { body, token });
    if (said.status >= 300) throw new Error(`${path}: ${said.text}`);
    return said.body;
  };
}
