// What a thousand people who log in at the same moment do to those who claim: a server as a process of its own, with passwords hashed as in earnest.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { everyDay } from '../../test/support/dates.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { askOver, type Json, TEST_OWNER, TEST_PASSWORD, TEST_SECRET } from '../../test/support/test-server.ts';
import { median, type Section } from '../measure.ts';
import type { Stall, Storm } from './login-storm.ts';
import { startWatchedServer, type WatchedServer } from './watched-server.ts';

const LOGINS = 1_000;
const ROUNDS = 3;
const ROUND_MS = 6_000;
/** Each with a calendar of their own, so that nobody waits for anybody but the server. */
const CLAIMANTS = 16;
const PAUSE_MS = 20;

type Round = { readonly claims50: number; readonly claims99: number; readonly loop50: number; readonly loop99: number };
type Slot = { readonly serviceId: string; readonly staffId: string; readonly startsAt: string };

export async function measureLogins(): Promise<Section> {
  await using postgres = await startPostgres();
  await using server = await startWatchedServer({
    PORT: '0',
    DATABASE_URL: await postgres.createDatabase(),
    JWT_SECRET: TEST_SECRET,
    OWNER_EMAIL: TEST_OWNER,
    OWNER_PASSWORD: TEST_PASSWORD,
    RATE_LIMIT_SCALE: '100000',
    TRUSTED_PROXIES: '1',
  });
  const slots = await makeSlots(server.url);
  await oneRound(server, slots);
  const [quiet, stormy, stalls]: [Round[], Round[], Stall[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    quiet.push(await oneRound(server, slots));
    const logins = logInAll(server.url, round);
    stormy.push(await oneRound(server, slots));
    stalls.push(await logins);
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  const of = (pick: (stall: Stall) => number) => Math.round(median(stalls.map(pick))).toLocaleString('en');
  return {
    title: `Claims while ${LOGINS.toLocaleString('en')} people log in at once`,
    notes: [
      `${CLAIMANTS} clients hold and release over REST, with a pause of ${PAUSE_MS} ms; ${ROUND_MS / 1_000} s a round, ${ROUNDS} rounds of each, taking turns; medians of the rounds. bcrypt at cost 12; the server is a process of its own, everything on this machine.`,
      `Of ${LOGINS.toLocaleString('en')} logins ${of(({ letIn }) => letIn)} were looked at, the last after ${of(({ allWithin }) => allWithin)} ms; ${of(({ turnedAway }) => turnedAway)} were answered \`overloaded\`, the last after ${of(({ turnedAwayWithin }) => turnedAwayWithin)} ms.`,
    ],
    table: tableOf(quiet, stormy),
  };
}

function tableOf(quiet: readonly Round[], stormy: readonly Round[]): string {
  const row = (name: string, pick: (round: Round) => number) => {
    const [without, during] = [median(quiet.map(pick)), median(stormy.map(pick))];
    return `| ${name} | ${without.toFixed(2)} | ${during.toFixed(2)} | ${(during / without).toFixed(1)}× |`;
  };
  return [
    '| | ms without | ms with the logins | ratio |',
    '|---|--:|--:|--:|',
    row('a hold, p50', ({ claims50 }) => claims50),
    row('a hold, p99', ({ claims99 }) => claims99),
    row('event loop delay, p50', ({ loop50 }) => loop50),
    row('event loop delay, p99', ({ loop99 }) => loop99),
  ].join('\n');
}

async function oneRound({ url, loopDelay }: WatchedServer, slots: readonly Slot[]): Promise<Round> {
  await loopDelay();
  const until = performance.now() + ROUND_MS;
  const times = (await Promise.all(slots.map((slot) => holdAndRelease(url, slot, until)))).flat().sort((one, other) => one - other);
  const { p50, p99 } = await loopDelay();
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { claims50: at(0.5), claims99: at(0.99), loop50: p50, loop99: p99 };
}

async function holdAndRelease(url: string, slot: Slot, until: number): Promise<number[]> {
  const times: number[] = [];
  while (performance.now() < until) {
    const askedAt = performance.now();
    const held = await askOver(url, 'POST', '/v1/holds', { body: slot });
    if (held.status !== 201) throw new Error(`a hold was answered with ${held.text}`);
    times.push(performance.now() - askedAt);
    await askOver(url, 'DELETE', `/v1/holds/${held.body.id}`, { headers: { 'hold-token': held.body.token } });
    await wait(PAUSE_MS);
  }
  return times;
}

/** From a thread of its own, so that those who claim wait for the server and not for each other. */
async function logInAll(url: string, round: number): Promise<Stall> {
  const storm = new Worker(new URL('./login-storm.ts', import.meta.url), { workerData: { url, round, logins: LOGINS } satisfies Storm });
  const [stall] = await once(storm, 'message');
  return stall;
}

async function makeSlots(url: string): Promise<Slot[]> {
  const login = await askOver(url, 'POST', '/v1/auth/login', { body: { email: TEST_OWNER, password: TEST_PASSWORD } });
  const make = async (path: string, body: object): Promise<string> => {
    const said = await askOver<Json>(url, 'POST', path, { body, token: login.body.accessToken });
    if (said.status !== 201) throw new Error(`${path}: ${said.text}`);
    return said.body.id;
  };
  const locationId = await make('/v1/locations', { name: 'Here', timeZone: 'UTC', currency: 'EUR', weekly: everyDay('08:00', '20:00') });
  const serviceId = await make('/v1/services', { name: 'Haircut', minutes: 30, slotIntervalMinutes: 30, price: { amount: 0, currency: 'EUR' } });
  const startsAt = `${Temporal.Now.plainDateISO('UTC').add({ days: 3 })}T10:00:00Z`;
  const slots: Slot[] = [];
  for (let claimant = 0; claimant < CLAIMANTS; claimant += 1)
    slots.push({ serviceId, staffId: await make('/v1/staff', { name: `Claimant ${claimant}`, locationId, serviceIds: [serviceId] }), startsAt });
  return slots;
}
