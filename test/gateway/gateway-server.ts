// A whole server on an embedded database of its own, with a small business in it that was made over REST.
import assert from 'node:assert/strict';
import { pino } from 'pino';
import type { z } from 'zod';
import { customerIdOf } from '../../src/accounts/customer-id.ts';
import { readConfig } from '../../src/config.ts';
import type { TokensReply } from '../../src/protocol/auth.ts';
import type { publicStaff, ServiceReply } from '../../src/protocol/catalog.ts';
import { PROBLEMS, type Problem, type ProblemCode } from '../../src/protocol/problems.ts';
import { openServer, type Server } from '../../src/server.ts';
import { freshPgliteDirectory } from '../support/pglite.ts';

/** `body` is what the test says it is; what it really is the test finds out. */
export type Answer<Body = unknown> = { readonly status: number; readonly headers: Headers; readonly body: Body; readonly text: string };
export type Ask = { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>>; readonly as?: string };
export type Call = <Body = Problem>(method: string, path: string, ask?: Ask) => Promise<Answer<Body>>;

export type Gateway = AsyncDisposable & {
  readonly url: string;
  readonly server: Server;
  readonly call: Call;
};

type StaffReply = z.output<typeof publicStaff>;

const OWNER = { email: 'owner@example.org', password: 'a-long-password' };
/** Everybody's. */
export const PASSWORD = OWNER.password;

/** `settings` are environment variables. */
export async function openGateway(settings: Readonly<Record<string, string>> = {}, webDirectory: string | null = null): Promise<Gateway> {
  await using opened = new AsyncDisposableStack();
  const { directory } = opened.use(await freshPgliteDirectory());
  const environment = {
    PORT: '0',
    DEMO: 'off',
    JWT_SECRET: 'a secret that only tests know, and long enough',
    OWNER_EMAIL: OWNER.email,
    OWNER_PASSWORD: OWNER.password,
    RATE_LIMIT_SCALE: '1000',
    ...settings,
  };
  const config = readConfig(environment, directory);
  assert.ok('port' in config, JSON.stringify(config));
  const server = opened.use(await openServer({ ...config, database: { kind: 'pglite', directory } }, { logger: pino({ level: 'fatal' }), webDirectory }));
  const parts = opened.move();
  return { url: server.url, server, call: callOf(server.url), [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

function callOf(url: string): Call {
  return async <Body>(method: string, path: string, { body, headers = {}, as }: Ask = {}): Promise<Answer<Body>> => {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(as !== undefined && { authorization: `Bearer ${as}` }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : {}) as Body };
  };
}

export async function logIn({ call }: Gateway, email: string = OWNER.email): Promise<string> {
  const { status, body } = await call<TokensReply>('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
  assert.equal(status, 200, JSON.stringify(body));
  return body.accessToken;
}

export type Business = {
  readonly tokens: Readonly<Record<'owner' | 'desk' | 'staff' | 'customer', string>>;
  readonly berlin: string;
  readonly newYork: string;
  /** Ada and Bo work in Berlin, Cy in New York; all do the haircut, Bo alone the class of four. */
  readonly ada: StaffReply;
  readonly bo: StaffReply;
  readonly cy: StaffReply;
  readonly haircut: ServiceReply;
  readonly yoga: ServiceReply;
  /** Needs approval; can be cancelled until two days before; only Ada. */
  readonly colour: ServiceReply;
};

const EVERY_DAY = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => ({ day, from: '09:00', to: '17:00' }));

/** Open every day from nine to five. */
export async function openBusiness(gateway: Gateway): Promise<Business> {
  const owner = await logIn(gateway);
  const make = async <Made extends { id: string }>(path: string, body: object): Promise<Made> => {
    const answer = await gateway.call<Made>('POST', path, { body, as: owner });
    assert.equal(answer.status, 201, `${path}: ${answer.text}`);
    return answer.body;
  };
  const berlin = await make('/v1/locations', { name: 'Berlin', timeZone: 'Europe/Berlin', currency: 'EUR', weekly: EVERY_DAY });
  const newYork = await make('/v1/locations', { name: 'New York', timeZone: 'America/New_York', currency: 'USD', weekly: EVERY_DAY });
  const service = { slotIntervalMinutes: 30, price: { amount: 4_000, currency: 'EUR' } };
  const haircut = await make<ServiceReply>('/v1/services', { ...service, name: 'Haircut', minutes: 30 });
  const yoga = await make<ServiceReply>('/v1/services', { ...service, name: 'Yoga', minutes: 60, capacity: 4 });
  const colour = await make<ServiceReply>('/v1/services', {
    ...service,
    name: 'Colour',
    minutes: 60,
    approval: 'manual',
    cancelUntilMinutes: 2 * 24 * 60,
    rescheduleUntilMinutes: 2 * 24 * 60,
  });
  const ada = await make<StaffReply>('/v1/staff', { name: 'Ada', email: 'ada@example.org', locationId: berlin.id, serviceIds: [haircut.id, colour.id] });
  const bo = await make<StaffReply>('/v1/staff', { name: 'Bo', locationId: berlin.id, serviceIds: [haircut.id, yoga.id] });
  const cy = await make<StaffReply>('/v1/staff', { name: 'Cy', locationId: newYork.id, serviceIds: [haircut.id] });
  const { accounts } = gateway.server.context;
  const people = [
    { email: 'desk@example.org', name: 'Dora', role: 'front-desk', locationId: berlin.id },
    { email: 'ada@example.org', name: 'Ada', role: 'staff', staffId: ada.id },
    { email: 'clara@example.org', name: 'Clara', role: 'customer', customerId: customerIdOf('clara@example.org') },
  ] as const;
  await accounts.createAll(people, PASSWORD);
  const [desk, staff, customer] = await Promise.all(people.map(({ email }) => logIn(gateway, email)));
  assert.ok(desk !== undefined && staff !== undefined && customer !== undefined);
  return { tokens: { owner, desk, staff, customer }, berlin: berlin.id, newYork: newYork.id, ada, bo, cy, haircut, yoga, colour };
}

const DAY_MS = 86_400_000;

/** A local date some days from now. */
export function dateIn(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

/** A wall-clock time in Berlin on a day some days from now, as an instant with offset. */
export function berlinTime(days: number, time: string): string {
  return Temporal.PlainDateTime.from(`${dateIn(days)}T${time}`)
    .toZonedDateTime('Europe/Berlin')
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });
}

/** Asserts a problem with its code, status and page, and that it names these fields and no others. */
export function isProblem({ status, body, headers, text }: Answer, code: ProblemCode, ...fields: readonly string[]): void {
  const problem = body as Problem;
  assert.equal(problem.code, code, text);
  assert.equal(status, PROBLEMS[code].status, text);
  assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8');
  assert.equal(problem.type, `/problems/${code}`);
  assert.equal(problem.status, status);
  assert.equal(problem.requestId, headers.get('x-request-id'));
  if (fields.length > 0) assert.deepEqual((problem.errors ?? []).map((error) => error.path).sort(), [...fields].sort(), text);
}
