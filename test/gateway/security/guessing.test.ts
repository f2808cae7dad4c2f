// A caller who knows or guesses another person's id: what they are told, what they can change, and whether they see customer data.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ROUTES } from '../../../src/gateway/http/routes.ts';
import { MESSAGES } from '../../../src/gateway/socket/messages.ts';
import type { ScreenMessage } from '../../../src/protocol/socket.ts';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import type { Asking } from '../../support/test-server.ts';
import { berlinTime } from '../business.ts';
import { type Cast, type CastMember, openCast } from '../cast.ts';
import { isProblem } from '../is-problem.ts';
import { TestScreen } from '../socket/test-screen.ts';
import { leaks, type Marked, makeMarked, markedCustomer, marksOf } from './marked.ts';
import { MESSAGE_SAMPLES } from './message-samples.ts';
import { ROUTE_SAMPLES } from './route-samples.ts';
import { reachOfWalker, stepsOf, WALKERS, type Walker, walkersOf } from './walkers.ts';

const logged: string[] = [];
let cast: Cast;
/** By a guest with Ada in Berlin, by Dan with Bo in Berlin, by the desk of New York with Cy there. */
let adas: Marked;
let bos: Marked;
let cys: Marked;
let walkers: readonly Walker[];

before(async () => {
  cast = await openCast({}, { log: { write: (line) => void logged.push(line) } });
  adas = await makeMarked(cast, 'ada', { by: null, with: cast.ada });
  bos = await makeMarked(cast, 'bo', { by: 'dan@example.org', with: cast.bo });
  cys = await makeMarked(cast, 'cy', { by: 'desk.newyork@example.org', with: cast.cy });
  walkers = await walkersOf(cast);
});
after(() => cast?.[Symbol.asyncDispose]());

const by = (account: CastMember, asking: Asking = {}): Asking => ({ ...asking, token: cast.tokenOf[account] });
const OWNER = 'owner@example.org';

/** Those for whom there is a customer that they may not know anything of. */
const WITH_STRANGERS = WALKERS.filter((facts) => reachOfWalker(facts, 'see-customers') === null || facts.standing === 'staff' || facts.isBound === true);

/** Whom a walker may not know anything of. */
function strangersOf(walker: Walker): readonly Marked[] {
  const everybody = [adas, bos, cys];
  if (reachOfWalker(walker, 'see-customers') === null) return everybody;
  switch (walker.standing) {
    case 'staff':
      return everybody.filter(({ staffId }) => staffId !== walker.near.staffId);
    default:
      return walker.isBound === true ? everybody.filter(({ locationId }) => locationId !== walker.near.locationId) : [];
  }
}

describe('of a customer who is not theirs', () => {
  for (const { name } of WITH_STRANGERS)
    test(`${name} hears nothing from any route or message`, async () => {
      const walker = walkers.find((one) => one.name === name) ?? assert.fail(name);
      const strangers = strangersOf(walker);
      const marks = strangers.flatMap((stranger) => stranger.marks);
      const texts = [...(await askEverything(walker, strangers)), ...(await sendEverything(walker, strangers))];
      assert.ok(texts.length > 100, 'hardly anything was asked');
      assert.deepEqual(
        texts.flatMap((text) => leaks(text, marks)),
        [],
      );
    });

  async function askEverything(walker: Walker, strangers: readonly Marked[]): Promise<string[]> {
    const texts: string[] = [];
    for (const route of ROUTES)
      for (const subject of strangers) {
        // Shown something of one's own, and nothing at all.
        for (const shows of [walker.mine, null]) {
          const {
            params = {},
            query,
            body,
            headers = {},
            token = walker.token,
          } = (await ROUTE_SAMPLES[`${route.method} ${route.path}`]?.ask({ cast, walker, subject, shows })) ?? {};
          const path = route.path.replaceAll(/\{(\w+)\}/g, (_, param: string) => encodeURIComponent(params[param] ?? ''));
          const asking = { token, headers, ...(body && { body }) };
          for (const search of new Set(['', ...(query ? [`?${new URLSearchParams(query)}`] : [])]))
            texts.push((await cast.ask(route.method.toUpperCase(), path + search, asking)).text);
        }
      }
    return texts;
  }

  async function sendEverything(walker: Walker, strangers: readonly Marked[]): Promise<string[]> {
    const screen = await TestScreen.open(cast.url, walker.token);
    const texts: string[] = [];
    for (const [name] of MESSAGES)
      for (const subject of strangers)
        for (const shows of [walker.mine, null])
          texts.push(JSON.stringify(await screen.ask(name, MESSAGE_SAMPLES[name as ScreenMessage].ask(subject, shows, walker.token))));
    screen.close();
    return [...texts, JSON.stringify(screen.told)];
  }

  test('a refusal says the same whatever the thing is', async () => {
    let compared = 0;
    for (const walker of walkers)
      for (const route of ROUTES) {
        const sample = ROUTE_SAMPLES[`${route.method} ${route.path}`] ?? assert.fail();
        const refusals = new Set<string>();
        for (const step of stepsOf(walker, route.action, sample.belongs ?? 'somewhere')) {
          if (step.verdict !== 'refused' || step.shows !== null) continue;
          const { params = {}, query = {}, body, headers = {} } = await sample.ask({ cast, walker, subject: step.subject, shows: null });
          const path = route.path.replaceAll(/\{(\w+)\}/g, (_, param: string) => params[param] ?? '');
          const said = await cast.ask(route.method.toUpperCase(), `${path}?${new URLSearchParams(query)}`, {
            token: walker.token,
            headers,
            ...(body && { body }),
          });
          if (said.status < 400) continue; // a list, which has nothing in it that is not theirs
          const { requestId: _, errors = [], ...rest } = said.body;
          compared += 1;
          refusals.add(JSON.stringify(rest));
          assert.deepEqual(
            Object.keys(rest).filter((key) => !['type', 'title', 'status', 'code', 'detail'].includes(key)),
            [],
            said.text,
          );
          // A parameter is named, as it was given; of what it stands for nothing is said.
          assert.ok(
            (errors as readonly { path: string }[]).every((error) => error.path in query),
            said.text,
          );
        }
        assert.ok(refusals.size <= 1, [...refusals].join('\n'));
      }
    assert.ok(compared > 100, `hardly anything was refused: ${compared}`);
  });

  test('nothing is in a list, whatever is asked for', async () => {
    const filters = [
      {},
      { customerId: bos.customerId },
      { staffId: cast.bo.id },
      { staffId: cast.cy.id },
      { locationId: cast.berlin },
      { locationId: cast.newYork },
      { serviceId: cast.haircut.id },
      { status: 'booked' },
      { from: dateIn(0), to: dateIn(300) },
      { locationId: cast.newYork, staffId: cast.cy.id, customerId: cys.customerId },
    ];
    const first = await cast.ask('GET', '/v1/appointments?limit=1', by(OWNER));
    for (const walker of walkers) {
      const marks = strangersOf(walker).flatMap((stranger) => stranger.marks);
      for (const filter of [...filters, { cursor: String(first.body.nextCursor) }]) {
        const said = await cast.ask('GET', `/v1/appointments?${new URLSearchParams({ limit: '200', ...filter })}`, { token: walker.token });
        assert.deepEqual(leaks(said.text, marks), [], walker.name);
        if (said.status !== 200) assert.ok([401, 403].includes(said.status), said.text);
        else
          for (const { id } of said.body.items)
            assert.ok(
              strangersOf(walker).every((stranger) => stranger.appointmentId !== id),
              `${walker.name}: ${id}`,
            );
      }
    }
  });

  test('nothing is pushed, whatever happens to them', async () => {
    const watching = await Promise.all(
      walkers.map(async (walker) => ({ walker, screen: await TestScreen.open(cast.url, walker.token), marks: marksOf('pushed') })),
    );
    const range = { from: dateIn(1), to: dateIn(60) };
    for (const { screen, walker } of watching) {
      for (const staff of [cast.ada, cast.bo, cast.cy]) {
        const board = await screen.ask('watch-board', { watchId: `board ${staff.id}`, ...range, staffIds: [staff.id] });
        assert.equal(board.ok, canWatch(walker, staff.locationId), JSON.stringify(board).slice(0, 300));
        assert.ok((await screen.ask('watch-slots', { watchId: `slots ${staff.id}`, ...range, serviceId: cast.haircut.id, staffIds: [staff.id] })).ok);
      }
    }
    const { customer, more } = markedCustomer('pushed');
    const start = { serviceId: cast.haircut.id, staffId: cast.cy.id, startsAt: berlinTime(50, '15:00') };
    const made = await cast.ask('POST', '/v1/appointments', by('desk.newyork@example.org', { body: { ...start, customer, ...more } }));
    assert.equal(made.status, 201, made.text);
    const path = `/v1/appointments/${made.body.id}`;
    assert.equal((await cast.ask('POST', `${path}/reschedule`, by('desk.newyork@example.org', { body: { startsAt: berlinTime(50, '16:00') } }))).status, 200);
    assert.equal((await cast.ask('POST', `${path}/cancel`, by('desk.newyork@example.org', { body: { reason: 'reason-quagga-pushed' } }))).status, 200);
    for (const { screen, walker, marks } of watching) {
      const watches = canWatch(walker, cast.newYork);
      await eventually(() => JSON.stringify(screen.told).includes(watches ? '"appointment.cancelled"' : '"freed"'));
      const maySee = watches && walker.standing !== 'staff' && (walker.isBound !== true || walker.near.locationId === cast.newYork);
      const found = leaks(JSON.stringify(screen.told), [...marks, made.body.reference]);
      if (maySee) assert.ok(found.length > 1, `${walker.name} may see the customer, and does not`);
      else assert.deepEqual(found, [], walker.name);
      const since = await screen.ask('watch-board', {
        watchId: 'again',
        ...range,
        staffIds: [cast.cy.id],
        since: { era: eraOf(screen), revisions: { [cast.cy.calendarId]: 1 } },
      });
      if (!maySee) assert.deepEqual(leaks(JSON.stringify(since), [...marks, made.body.reference]), [], walker.name);
      screen.close();
    }
  });

  test('nothing is in the log', () => {
    cast.server.context.logger.info('the log is read');
    assert.ok(logged.some((line) => line.includes('the log is read')));
    const marks = [...['ada', 'bo', 'cy', 'pushed'].flatMap(marksOf), adas.reference, adas.manageToken, adas.holdToken, cast.tokenOf[OWNER]];
    assert.deepEqual(
      logged.flatMap((line) => leaks(line, marks)),
      [],
    );
  });
});

function canWatch(walker: Walker, locationId: string): boolean {
  const reach = reachOfWalker(walker, 'see-busy-times');
  return reach === 'all' || (reach === 'location' && (walker.isBound !== true || walker.near.locationId === locationId));
}

function eraOf(screen: TestScreen): string {
  return screen.told.find(({ body }) => body?.era !== undefined)?.body.era ?? 'none';
}

describe('a token of a guest', () => {
  test('reveals nothing but what it names', async () => {
    const headers = { 'Manage-Token': adas.manageToken };
    assert.equal((await cast.ask('GET', `/v1/appointments/${adas.appointmentId}`, { headers })).status, 200);
    for (const { appointmentId } of [bos, cys])
      for (const path of ['', '/history']) isProblem(await cast.ask('GET', `/v1/appointments/${appointmentId}${path}`, { headers }), 'forbidden');
    for (const path of ['/v1/appointments', '/v1/me', `/v1/calendars/${cast.ada.calendarId}`, '/v1/settings', `/v1/staff/${cast.ada.id}/hours`])
      isProblem(await cast.ask('GET', path, { headers }), 'unauthenticated');
    isProblem(await cast.ask('GET', `/v1/holds/${adas.holdId}`, { headers }), 'hold-not-yours');
  });

  test('is for one purpose: none opens another door', async () => {
    const wrongly = { 'Hold-Token': adas.manageToken, 'Manage-Token': adas.holdToken };
    isProblem(await cast.ask('GET', `/v1/appointments/${adas.appointmentId}`, { headers: wrongly }), 'forbidden');
    isProblem(await cast.ask('GET', `/v1/holds/${adas.holdId}`, { headers: wrongly }), 'hold-not-yours');
    for (const token of [adas.manageToken, adas.holdToken]) isProblem(await cast.ask('GET', '/v1/me', { token }), 'unauthenticated');
  });

  test('the history of an appointment has nothing of another in it', async () => {
    const { body } = await cast.ask('GET', `/v1/appointments/${adas.appointmentId}/history`, { headers: { 'Manage-Token': adas.manageToken } });
    const ids = body.items.flatMap(({ events }: { events: { appointmentId: string }[] }) => events.map(({ appointmentId }) => appointmentId));
    assert.deepEqual([...new Set(ids)], [adas.appointmentId]);
  });
});
