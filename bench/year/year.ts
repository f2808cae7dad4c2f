// Reports, lists, search and boards on a year of a large business. `YEAR=100000 npm run bench -- year` loads a smaller one.
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { REPORTS } from '../../src/protocol/analytics.ts';
import { TestScreen } from '../../test/gateway/socket/test-screen.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { openTestServer, TEST_OWNER } from '../../test/support/test-server.ts';
import type { Section } from '../measure.ts';
import { A_YEAR, loadYear } from './load-year.ts';

const APPOINTMENTS = Number(process.env.YEAR ?? A_YEAR.appointments);
const ROUNDS = 40;
const DAY = 86_400_000;

export async function measureYear(): Promise<Section> {
  await using opened = new AsyncDisposableStack();
  const url = await opened.use(await startPostgres()).createDatabase();
  const began = performance.now();
  {
    await using database = await openDatabase({ kind: 'postgres', url });
    await loadYear(database, { ...A_YEAR, appointments: APPOINTMENTS }, () => process.stderr.write('.'));
  }
  const loadedIn = Math.round((performance.now() - began) / 1_000);
  const server = opened.use(await openTestServer({ isDemo: false, settings: { DATABASE_URL: url, RATE_LIMIT_SCALE: '100000' } }));
  const token = await server.login(TEST_OWNER);
  const read = async (path: string) => {
    const said = await server.ask('GET', path, { token });
    if (said.status !== 200) throw new Error(`${path}: ${said.text}`);
    return said.body;
  };
  const { items: staff } = await read('/v1/staff');
  const { items: services } = await read('/v1/services');
  const dateOf = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
  const year = `from=${dateOf(-300)}&to=${dateOf(65)}`;
  const [person, service] = [`staffId=${staff[0].id}`, `serviceId=${services[0].id}`];
  const reports = REPORTS.flatMap((name) =>
    [
      'by=month',
      `by=month&${person}`,
      `by=month&${service}`,
      `by=month&${person}&${service}`,
      name === 'staff' ? 'by=month' : name === 'heat-map' ? 'by=week' : 'by=day',
      'by=month&compare=previous',
    ].map((how) => `/v1/analytics/${name}?${year}&${how}`),
  );
  const lists = [
    `/v1/appointments?from=${dateOf(-3)}T00:00:00Z&to=${dateOf(4)}T00:00:00Z`,
    '/v1/appointments?status=no-show&order=-startsAt',
    `/v1/appointments?${person}&order=-startsAt`,
  ];
  const searches = ['ada', '10203', 'customer777@example.test', 'grace h', 'Y00012345'].map((typed) => `/v1/customers?q=${encodeURIComponent(typed)}`);
  const screen = await TestScreen.open(server.url, token);
  opened.defer(async () => screen.close());
  const board = async () => {
    const watchId = crypto.randomUUID();
    const said = await screen.ask('watch-board', { watchId, from: dateOf(2), to: dateOf(3) });
    if (said.ok !== true) throw new Error(JSON.stringify(said));
    await screen.ask('unwatch', { watchId });
  };
  const rows = await inTurn([
    ['reports, all of them over the year', reports.map((path) => [path, () => read(path)] as const)],
    ['lists of appointments', lists.map((path) => [path, () => read(path)] as const)],
    ['search for customers', searches.map((path) => [path, () => read(path)] as const)],
    ['a day of all calendars, as a board', [['board', board] as const]],
  ] as const);
  return {
    title: 'A year of a large business',
    notes: [
      `${APPOINTMENTS.toLocaleString('en')} appointments of 100 people, loaded in ${loadedIn} s with the sums of reports. Each question ${ROUNDS} times, one after the other, over HTTP or a socket.`,
    ],
    table: ['| | median, ms | p95, ms | slowest question, p95 |', '|---|--:|--:|---|', ...rows].join('\n'),
  };
}

async function inTurn(subjects: readonly (readonly [string, readonly (readonly [string, () => Promise<unknown>])[]])[]): Promise<string[]> {
  const rows: string[] = [];
  for (const [name, questions] of subjects) {
    const all: number[] = [];
    const slowest: { question: string; p95: number }[] = [];
    for (const [question, ask] of questions) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const began = performance.now();
        await ask();
        times.push(performance.now() - began);
      }
      all.push(...times);
      slowest.push({ question: question.replace(/[?&](from|to)=[^&]*/g, '').replaceAll(/Id=[0-9a-f-]+/g, 'Id'), p95: at(times, 0.95) });
    }
    const worst = slowest.toSorted((one, other) => other.p95 - one.p95)[0];
    rows.push(`| ${name} | ${at(all, 0.5).toFixed(0)} | ${at(all, 0.95).toFixed(0)} | ${worst?.p95.toFixed(0)} ms (${worst?.question}) |`);
  }
  return rows;
}

function at(times: readonly number[], share: number): number {
  return times.toSorted((one, other) => one - other)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
}
