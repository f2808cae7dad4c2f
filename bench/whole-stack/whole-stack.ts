// The whole server, from the packet to the answer, against the barest server that sends as many bytes: how much of a core each operation takes.
import { setTimeout as wait } from 'node:timers/promises';
import { everyDay } from '../../test/support/dates.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { askOver, type Json, TEST_OWNER, TEST_PASSWORD, TEST_SECRET } from '../../test/support/test-server.ts';
import { median, type Section } from '../measure.ts';
import { type Claims, type Job, type LoadProcess, startLoad } from './load.ts';
import { HAS_TASKSET, leaveServerCore } from './one-core.ts';
import { type MeasuredServer, startMeasured } from './servers.ts';

const ROUNDS = 5;
const ROUND_MS = 2_000;
const CONNECTIONS = 200;
const STAFF = 50;
/** Of them, those whose week is read. */
const READ_STAFF = 4;
const HALF_HOUR = 1_800_000;
const DAYS = 365;
const SCREENS = 1_000;
const CHANGES_A_ROUND = 10;
const CHANGE_WITHIN_MS = 10_000;

/** Microseconds of processor time of the server for each operation, operations a second, and milliseconds until the last screen has heard. */
type Score = { readonly cpu: number; readonly perSecond?: number; readonly milliseconds?: number };
const CLAIMS = `Each wins a free half hour of one of ${STAFF} people, over ${CONNECTIONS} connections.`;

type Contender = { readonly name: string; round(): Promise<Score> };
type Subject = { readonly title: string; readonly about: string; readonly goal: string; readonly contenders: readonly Contender[] };

type Measure = (opened: AsyncDisposableStack, shop: Shop) => Promise<Subject>;

/** Each with a server and a database of its own. */
export const WHOLE_STACK: Readonly<Record<string, () => Promise<Section>>> = {
  'whole-stack-sockets': () => measure(socketClaims),
  'whole-stack-rest': () => measure(restClaims),
  'whole-stack-slots': () => measure(slotReads),
  'whole-stack-fan-out': () => measure(fanOut),
};

async function measure(open: Measure): Promise<Section> {
  await using opened = new AsyncDisposableStack();
  opened.use(leaveServerCore());
  const subject = await open(opened, await openShop(opened));
  const where = HAS_TASKSET
    ? 'The server that is measured has a core to itself (taskset); those who ask and PostgreSQL have the other.'
    : 'There is no taskset here: the server that is measured shares all cores with those who ask and PostgreSQL.';
  return {
    title: `Whole stack: ${subject.title}`,
    notes: [
      `${where} ${ROUNDS} rounds of ${ROUND_MS / 1_000} s, taking turns. Processor time is of the server’s process, all its threads; what a core gets done in a second depends on what else runs on it.`,
      `${subject.about} Goal: ${subject.goal}.`,
    ],
    table: await compareAll(subject),
  };
}

async function compareAll({ contenders }: Subject): Promise<string> {
  const scores = new Map(contenders.map(({ name }) => [name, [] as Score[]]));
  for (const { round } of contenders) await round();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [turn] of contenders.entries()) {
      const contender = contenders[(round + turn) % contenders.length];
      if (contender !== undefined) scores.get(contender.name)?.push(await contender.round());
    }
    process.stderr.write('.');
  }
  const bare = [...scores.values()].at(-1) ?? [];
  const middle = (all: readonly Score[], pick: (score: Score) => number | undefined) => median(all.map((score) => pick(score) ?? Number.NaN));
  const rows = [...scores].map(([name, all]) => {
    const cpus = all.map(({ cpu }) => cpu);
    const [ours, theirs] = [median(cpus), middle(bare, ({ cpu }) => cpu)];
    const [speed, speedOfBare] = [middle(all, ({ perSecond }) => perSecond), middle(bare, ({ perSecond }) => perSecond)];
    const last = middle(all, ({ milliseconds }) => milliseconds);
    const rate = Number.isNaN(speed) ? `last after ${last.toFixed(1)} ms` : Math.round(speed).toLocaleString('en');
    const share = all === bare ? '' : (theirs / ours).toFixed(2);
    const shareOfSpeed = all === bare || Number.isNaN(speed) ? '' : (speed / speedOfBare).toFixed(2);
    return `| ${name} | ${micro(ours)} | ${micro(Math.min(...cpus))} – ${micro(Math.max(...cpus))} | ${share} | ${rate} | ${shareOfSpeed} |`;
  });
  return ['| | µs of processor each, median | spread | ratio | a second, median | ratio |', '|---|--:|--:|--:|--:|--:|', ...rows].join('\n');
}

function micro(value: number): string {
  return Math.round(value).toLocaleString('en');
}

type Shop = {
  readonly server: MeasuredServer;
  readonly claims: Claims;
  /** Numbers of claims that nobody has made yet. */
  nextClaims: number;
  readonly weekPath: string;
  readonly watch: object;
};

async function openShop(opened: AsyncDisposableStack): Promise<Shop> {
  const postgres = opened.use(await startPostgres());
  const server = opened.use(
    await startMeasured('slotkeeper', {
      PORT: '0',
      DATABASE_URL: await postgres.createDatabase(),
      JWT_SECRET: TEST_SECRET,
      OWNER_EMAIL: TEST_OWNER,
      OWNER_PASSWORD: TEST_PASSWORD,
      RATE_LIMIT_SCALE: '1000000',
      HOLD_SECONDS: '3600',
    }),
  );
  const { url } = server;
  const login = await askOver(url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } });
  const make = async (path: string, body: object): Promise<string> => {
    const said = await askOver<Json>(url, 'POST', path, { body, token: login.body.accessToken });
    if (said.status !== 201) throw new Error(`${path}: ${said.text}`);
    return said.body.id;
  };
  const service = { minutes: 30, slotIntervalMinutes: 30, leadTimeMinutes: 0, horizonDays: DAYS, price: { amount: 4_500, currency: 'EUR' } };
  const haircut = await make('/v1/services', { name: 'Haircut', ...service });
  const colour = await make('/v1/services', { name: 'Colour', ...service });
  const always = await make('/v1/locations', { name: 'Here', timeZone: 'Europe/Berlin', currency: 'EUR', weekly: everyDay('00:00', '24:00') });
  const byDay = await make('/v1/locations', { name: 'There', timeZone: 'Europe/Berlin', currency: 'EUR', weekly: everyDay('09:00', '17:00') });
  const staffIds: string[] = [];
  for (let number = 0; number < STAFF; number += 1)
    staffIds.push(await make('/v1/staff', { name: `Person ${number}`, locationId: always, serviceIds: [haircut] }));
  const readIds: string[] = [];
  for (let number = 0; number < READ_STAFF; number += 1)
    readIds.push(await make('/v1/staff', { name: `Reader ${number}`, locationId: byDay, serviceIds: [colour] }));
  const today = Temporal.Now.plainDateISO('UTC');
  const firstStart = Date.parse(`${today.add({ days: 10 })}T00:00:00Z`);
  const week = { from: `${today.add({ days: 2 })}`, to: `${today.add({ days: 9 })}` };
  return {
    server,
    claims: { serviceId: haircut, staffIds, firstStart, stepMilliseconds: HALF_HOUR },
    nextClaims: 0,
    weekPath: `/v1/slots?${new URLSearchParams({ serviceId: colour, ...week })}`,
    watch: { watchId: 'w', serviceId: haircut, staffIds: staffIds.slice(0, 1), from: `${today.add({ days: 10 })}`, to: `${today.add({ days: 17 })}` },
  };
}

async function openLoad(opened: AsyncDisposableStack, job: Job): Promise<LoadProcess> {
  const load = opened.use(await startLoad());
  await load.open(job);
  return load;
}

/** Asks as fast as it is answered. Returns the last answer as well, which tells how long the bare server's has to be. */
async function runRound(server: MeasuredServer, load: LoadProcess, numbers: { nextClaims: number }): Promise<Score & { readonly sample: string }> {
  const [before, startedAt] = [await server.cpu(), performance.now()];
  const { operations, next, sample } = await load.run(ROUND_MS, numbers.nextClaims, 1);
  const [after, seconds] = [await server.cpu(), (performance.now() - startedAt) / 1_000];
  numbers.nextClaims = next;
  return { cpu: (after - before) / operations, perSecond: operations / seconds, sample };
}

/** `numbers`: of the claims that the load makes. */
function ours(name: string, server: MeasuredServer, load: LoadProcess, numbers: { nextClaims: number }): Contender {
  return { name, round: () => runRound(server, load, numbers) };
}

async function bare(opened: AsyncDisposableStack, name: string, kind: Parameters<typeof startMeasured>[0], jobOf: (url: string) => Job, text: string) {
  const server = opened.use(await startMeasured(kind));
  await server.answerWith(text);
  return ours(name, server, await openLoad(opened, jobOf(server.url)), { nextClaims: 0 });
}

async function socketClaims(opened: AsyncDisposableStack, shop: Shop): Promise<Subject> {
  const jobOf = (url: string, claims: Claims | null): Job => ({ type: 'socket-claims', url, connections: CONNECTIONS, claims });
  const load = await openLoad(opened, jobOf(shop.server.url, shop.claims));
  const { sample } = await runRound(shop.server, load, shop);
  return {
    title: 'claims over sockets',
    about: CLAIMS,
    goal: '0.35 of the echo',
    contenders: [
      ours('Slotkeeper, place-hold', shop.server, load, shop),
      await bare(opened, 'a Socket.IO echo, an ack of the same size', 'socket-echo', (url) => jobOf(url, null), sample),
    ],
  };
}

async function restClaims(opened: AsyncDisposableStack, shop: Shop): Promise<Subject> {
  const jobOf = (url: string, claims: Claims | null): Job => ({ type: 'rest-claims', url, connections: CONNECTIONS, claims });
  const load = await openLoad(opened, jobOf(shop.server.url, shop.claims));
  const { sample } = await runRound(shop.server, load, shop);
  return {
    title: 'claims over REST',
    about: CLAIMS,
    goal: '0.25 of node:http',
    contenders: [
      ours('Slotkeeper, POST /v1/holds', shop.server, load, shop),
      await bare(opened, 'node:http, a constant of the same size', 'http-constant', (url) => jobOf(url, null), sample),
    ],
  };
}

async function slotReads(opened: AsyncDisposableStack, shop: Shop): Promise<Subject> {
  const jobOf = (url: string): Job => ({ type: 'reads', url, connections: CONNECTIONS, path: shop.weekPath });
  const load = await openLoad(opened, jobOf(shop.server.url));
  const { sample } = await runRound(shop.server, load, { nextClaims: 0 });
  return {
    title: 'a week of slots',
    about: `Free half hours of ${READ_STAFF} people from 09:00 to 17:00, ${Math.round(sample.length / 1_000)} kB, over ${CONNECTIONS} connections.`,
    goal: '0.5 of the Express constant',
    contenders: [
      ours('Slotkeeper, GET /v1/slots', shop.server, load, { nextClaims: 0 }),
      await bare(opened, 'Express, a constant of the same size', 'express-constant', jobOf, sample),
    ],
  };
}

/** A claim on the calendar that everybody watches; what the claim itself takes is not counted. */
async function fanOut(opened: AsyncDisposableStack, shop: Shop): Promise<Subject> {
  const [person = ''] = shop.claims.staffIds;
  const ofOne: Claims = { ...shop.claims, staffIds: [person] };
  const { server } = shop;
  const screens = await openLoad(opened, { type: 'listeners', url: server.url, connections: SCREENS, watch: shop.watch });
  const claimant = await openLoad(opened, { type: 'rest-claims', url: server.url, connections: 1, claims: ofOne });
  const bareServer = opened.use(await startMeasured('bare-ws'));
  const bareScreens = await openLoad(opened, { type: 'listeners', url: bareServer.url, connections: SCREENS, watch: null });
  await bareServer.answerWith(JSON.stringify({ filler: 'x'.repeat(250) }));
  let nextClaim = 0;
  const claim = async () => {
    ({ next: nextClaim } = await claimant.run(0, nextClaim, 1));
  };
  return {
    title: `one change to ${SCREENS.toLocaleString('en')} screens`,
    about: 'A claim on the calendar that all of them watch; the claim is counted with it.',
    goal: '1.5 times bare ws at most, which is 0.67 of it',
    contenders: [
      { name: 'Slotkeeper, slots-changed', round: () => changes(server, screens, claim) },
      { name: 'bare ws', round: () => changes(bareServer, bareScreens, () => bareServer.fanOut()) },
    ],
  };
}

async function changes(server: MeasuredServer, screens: LoadProcess, change: () => Promise<void>): Promise<Score> {
  const times: number[] = [];
  const before = await server.cpu();
  for (let number = 0; number < CHANGES_A_ROUND; number += 1) {
    const { frames } = await screens.heard();
    const startedAt = performance.timeOrigin + performance.now();
    await change();
    times.push((await allHeard(screens, frames + SCREENS)) - startedAt);
  }
  return { cpu: ((await server.cpu()) - before) / CHANGES_A_ROUND, milliseconds: median(times) };
}

async function allHeard(screens: LoadProcess, frames: number): Promise<number> {
  const until = performance.now() + CHANGE_WITHIN_MS;
  while (performance.now() < until) {
    const heard = await screens.heard();
    if (heard.frames >= frames) return heard.lastAt;
    await wait(2);
  }
  throw new Error('not every screen has heard of the change');
}
