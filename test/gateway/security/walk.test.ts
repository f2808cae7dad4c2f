// Every route and every message, with everybody: what each may do is what the table in `permissions.ts` says.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { STANDINGS } from '../../../src/access/permissions.ts';
import { readAccessToken } from '../../../src/accounts/access-tokens.ts';
import type { Route } from '../../../src/gateway/http/route.ts';
import { ROUTES } from '../../../src/gateway/http/routes.ts';
import { MESSAGES } from '../../../src/gateway/socket/messages.ts';
import { instant } from '../../../src/model/instant.ts';
import type { Problem } from '../../../src/protocol/problems.ts';
import { type ScreenMessage, screenMessages } from '../../../src/protocol/socket.ts';
import type { Said } from '../../support/test-server.ts';
import { CAST, type Cast, openCast } from '../cast.ts';
import { isProblem } from '../is-problem.ts';
import { TEST_KEYS, TestScreen } from '../socket/test-screen.ts';
import { badTokensOf } from './bad-tokens.ts';
import { MESSAGE_SAMPLES } from './message-samples.ts';
import { type Asked, ROUTE_SAMPLES } from './route-samples.ts';
import { type Step, stepsOf, WALKERS, type Walker, walkersOf } from './walkers.ts';

let cast: Cast;
before(async () => {
  cast = await openCast();
});
after(() => cast?.[Symbol.asyncDispose]());

const nameOf = (route: Route) => `${route.method} ${route.path}`;
/** What ends or removes something comes last, so that the others still find it. */
const ORDERED = ROUTES.toSorted((one, other) => Number(one.method === 'delete') - Number(other.method === 'delete'));
const PUBLIC = ['/v1/auth/login', '/v1/auth/refresh', '/v1/auth/register', '/v1/auth/email/verify', '/v1/auth/password/forgot', '/v1/auth/password/reset'];

/** What a message is answered before anything of it is done, or instead of it. */
const UNHEARD = ['internal', 'invalid-request', 'overloaded', 'rate-limited'];

/** Where one gets a token, an API key says nothing, as any other token. */
const atTheDoor = (walker: Walker, { path }: Route): Walker => (PUBLIC.includes(path) ? { ...walker, standing: 'guest' } : walker);

/** Everything that a refused request might have changed. */
async function stateOf(): Promise<string> {
  const { scheduler, catalog, accounts } = cast.server.context;
  const { business, locations, services, staff, resources } = catalog.snapshotWithArchived();
  const now = scheduler.now();
  const calendars = await scheduler.views(
    [...staff.values(), ...resources.values()].map(({ calendarId }) => calendarId),
    now,
    instant(now + 1),
  );
  const users = CAST.flatMap((member) => readAccessToken(cast.tokenOf[member], TEST_KEYS)?.userId ?? []);
  const sessions = await Promise.all(users.map((userId) => accounts.sessions(userId)));
  const booked = await cast.ask('GET', '/v1/appointments?limit=200', { token: cast.tokenOf['owner@example.org'] });
  const mails = await accounts.mails(200, null);
  const revisions = calendars.map(({ calendarId, revision }) => [calendarId, revision]);
  const parts = [
    business,
    ...locations.values(),
    ...services.values(),
    ...staff.values(),
    ...resources.values(),
    revisions,
    sessions.map(({ length }) => length),
  ];
  return JSON.stringify([...parts, booked.body.items, mails.items.length]);
}

function send(route: Route, asked: Asked, token: string | undefined): Promise<Said<Problem>> {
  const { params = {}, query, body, headers = {} } = asked;
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
  return cast.ask(route.method.toUpperCase(), path + search, { token: asked.token ?? token, headers, ...(body && { body }) });
}

function judge(said: Said<Problem>, { verdict }: Step, beyond: 'not-found' | undefined, where: string): void {
  const told = `${where}: ${said.status} ${said.text}`;
  if (verdict === 'let-through') assert.ok(said.status !== 401 && said.status !== 403 && said.status !== 429 && said.status < 500, told);
  else if (verdict === 'refused' && beyond !== undefined) isProblem(said, beyond);
  else if (verdict === 'refused') assert.ok(['unauthenticated', 'forbidden', 'hold-not-yours'].includes(said.body?.code), told);
  else assert.equal(said.body?.code, verdict, told);
}

test('every standing walks, and every route and message has a sample', () => {
  assert.deepEqual([...new Set(WALKERS.map(({ standing }) => standing))].sort(), [...STANDINGS].sort());
  assert.deepEqual(Object.keys(ROUTE_SAMPLES).sort(), ROUTES.map(nameOf).sort());
  assert.deepEqual(Object.keys(MESSAGE_SAMPLES).sort(), [...MESSAGES.keys()].sort());
  assert.deepEqual(Object.keys(screenMessages).sort(), [...MESSAGES.keys()].sort());
});

/** A test for each walker. Each gets new data, because an earlier walker may have ended it. */
function everyWalker(walk: (walker: Walker) => Promise<void>): () => readonly Walker[] {
  let walkers: readonly Walker[] = [];
  before(async () => {
    walkers = await walkersOf(cast);
  });
  for (const { name } of WALKERS)
    test(`lets ${name} do what the table says, and nothing beyond it`, () => walk(walkers.find((one) => one.name === name) ?? assert.fail(name)));
  return () => walkers;
}

describe('every route', () => {
  const walkers = everyWalker(async (walker) => {
    await walkRoutes(walker, (verdict) => verdict !== 'let-through');
    await walkRoutes(walker, (verdict) => verdict === 'let-through');
  });

  async function walkRoutes(walker: Walker, isWanted: (verdict: Step['verdict']) => boolean): Promise<void> {
    const before = await stateOf();
    let hasRefused = false;
    for (const route of ORDERED) {
      const sample = ROUTE_SAMPLES[nameOf(route)] ?? assert.fail(nameOf(route));
      for (const step of stepsOf(atTheDoor(walker, route), route.action, sample.belongs ?? 'somewhere').filter(({ verdict }) => isWanted(verdict))) {
        hasRefused ||= step.verdict !== 'let-through';
        const asked = await sample.ask({ cast, walker, subject: step.subject, shows: step.shows });
        judge(await send(route, asked, walker.token), step, sample.beyond, `${nameOf(route)} by ${walker.name}`);
      }
    }
    if (hasRefused) assert.equal(await stateOf(), before, 'what was refused has changed something');
  }

  test('refuses a caller without any right before the body is read', async () => {
    for (const walker of walkers())
      for (const route of ROUTES.filter(
        ({ schemas, action, path }) =>
          schemas.body !== undefined &&
          !PUBLIC.includes(path) &&
          stepsOf(walker, action, 'somewhere')[0]?.verdict === (walker.token ? 'forbidden' : 'unauthenticated'),
      )) {
        const params = Object.fromEntries([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, crypto.randomUUID()]));
        const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
        const code = walker.token === undefined ? 'unauthenticated' : 'forbidden';
        const bodies = [{ body: '{"not JSON' }, { body: '"x"', headers: { 'content-type': 'text/plain' } }, { body: { padding: 'x'.repeat(70_000) } }];
        for (const asking of bodies) isProblem(await cast.ask(route.method.toUpperCase(), path, { ...asking, token: walker.token }), code);
      }
  });
});

describe('a token that is not good', () => {
  let tokens: Readonly<Record<string, string>>;
  before(async () => {
    tokens = await badTokensOf(cast, 'owner@example.org');
  });
  const addressOf = (route: Route) => route.path.replaceAll(/\{\w+\}/g, () => crypto.randomUUID());

  test('is refused by every route, also where a guest is let through', async () => {
    const before = await stateOf();
    for (const [kind, token] of Object.entries(tokens))
      for (const route of ROUTES.filter(({ path }) => !PUBLIC.includes(path))) {
        const said = await cast.ask(route.method.toUpperCase(), addressOf(route), { token, ...(route.schemas.body && { body: {} }) });
        assert.equal(said.status, 401, `${nameOf(route)} with a token ${kind}: ${said.text}`);
        isProblem(said, 'unauthenticated');
      }
    assert.equal(await stateOf(), before);
  });

  test('says nothing where one gets a token or an account', async () => {
    for (const path of PUBLIC) {
      const without = await cast.ask('POST', path, { body: {} });
      for (const token of Object.values(tokens)) {
        const said = await cast.ask('POST', path, { body: {}, token });
        assert.deepEqual([said.status, said.body.code, said.body.detail], [without.status, without.body.code, without.body.detail], path);
      }
    }
  });

  test('opens no socket', async () => {
    for (const [kind, token] of Object.entries(tokens)) {
      const refusal = await TestScreen.open(cast.url, token).then(
        () => assert.fail(`a token ${kind} opened a socket`),
        (failure: { data?: { problem: Problem } }) => failure.data,
      );
      assert.equal(refusal?.problem.code, 'unauthenticated', kind);
    }
  });
});

describe('every message', () => {
  const walkers = everyWalker(async (walker) => {
    const screen = await TestScreen.open(cast.url, walker.token);
    const before = await stateOf();
    await walkMessages(screen, walker, (verdict) => verdict !== 'let-through');
    assert.equal(await stateOf(), before, 'what was refused has changed something');
    await walkMessages(screen, walker, (verdict) => verdict === 'let-through');
    screen.close();
  });

  async function walkMessages(screen: TestScreen, walker: Walker, isWanted: (verdict: Step['verdict']) => boolean): Promise<void> {
    for (const [name, { action }] of MESSAGES) {
      const sample = MESSAGE_SAMPLES[name as ScreenMessage];
      for (const step of stepsOf(walker, action, sample.belongs ?? 'somewhere').filter(({ verdict }) => isWanted(verdict))) {
        const answer = await screen.ask(name, sample.ask(step.subject, step.shows, walker.token));
        const told = `${name} by ${walker.name}: ${JSON.stringify(answer)}`;
        const code: string | undefined = answer.ok ? undefined : answer.problem.code;
        const isRefusal = ['unauthenticated', 'forbidden', 'hold-not-yours'].includes(code ?? '');
        if (step.verdict === 'let-through') assert.ok(!isRefusal && !UNHEARD.includes(code ?? ''), told);
        else if (step.verdict === 'refused') assert.ok(isRefusal, told);
        else assert.equal(code, step.verdict, told);
      }
    }
  }

  test('refuses a caller without any right before its body is read', async () => {
    for (const walker of walkers()) {
      const screen = await TestScreen.open(cast.url, walker.token);
      const verdict = walker.token === undefined ? 'unauthenticated' : 'forbidden';
      for (const [name, { action }] of MESSAGES) {
        if (stepsOf(walker, action, 'somewhere')[0]?.verdict !== verdict) continue;
        for (const body of [{}, [], 'text', null, { key: 7 }]) assert.equal((await screen.ask(name, body)).problem?.code, verdict, name);
      }
      screen.close();
    }
  });
});
