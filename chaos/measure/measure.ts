// One kind of fault again and again, with callers that never pause, and how long it took until all was well.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, type Verdict } from '../checker/check.ts';
import { headsOf } from '../ending/ending.ts';
import type { AttemptLine, History } from '../history/lines.ts';
import { runOnce } from '../one-run.ts';
import type { ChaosOptions, Measure } from '../options.ts';
import { boardAt, type Crew } from '../people/crew.ts';
import type { Scene } from '../people/scene.ts';
import { type Fault, faultKinds, isOfOneNode, type Plan } from '../plan/faults.ts';
import { stopTally, timingsOf } from '../report/timings.ts';
import { within } from '../world/gone.ts';
import { fillCalendars } from './fill-calendars.ts';
import { startSteadyCallers } from './steady-callers.ts';

export type Measuring = ChaosOptions & { readonly measure: Measure; readonly say: (text: string) => void };
/** A name and what was measured in each round. Milliseconds unless the name says otherwise; null is a round in which it never came, or had nothing to measure. */
type Row = readonly [name: string, values: readonly (number | null)[]];
type Sight = { readonly fault: number; readonly screensMs: number | null };

type Inflicted = Pick<Fault, 'kind' | 'lastsSeconds' | 'detail'>;
/** As long as a switch that restarts or a process that swaps; a frozen node is away for longer than the others wait for it. */
const SINGLE_FAULTS: readonly Inflicted[] = [
  { kind: 'node-killed', lastsSeconds: 1, detail: null },
  { kind: 'node-frozen-short', lastsSeconds: 3, detail: null },
  { kind: 'node-frozen-long', lastsSeconds: 9, detail: null },
  { kind: 'node-restarted', lastsSeconds: 0, detail: null },
  ...(['postgres-link', 'redis-link'] as const).flatMap((link): Inflicted[] => [
    { kind: `${link}-cut`, lastsSeconds: 3, detail: null },
    { kind: `${link}-black-hole`, lastsSeconds: 3, detail: null },
    { kind: `${link}-replies-swallowed`, lastsSeconds: 3, detail: null },
    { kind: `${link}-late`, lastsSeconds: 1, detail: 300 },
  ]),
  { kind: 'backend-terminated', lastsSeconds: 0, detail: null },
  { kind: 'redis-killed', lastsSeconds: 3, detail: null },
];
const INFLICTED: Readonly<Record<Measure, readonly Inflicted[]>> = {
  'owner-kill': [{ kind: 'node-killed', lastsSeconds: 1, detail: null }],
  sigterm: [{ kind: 'node-restarted', lastsSeconds: 0, detail: null }],
  'postgres-crash': [{ kind: 'postgres-crashed', lastsSeconds: 0.2, detail: 'immediate' }],
  'redis-kill': [{ kind: 'redis-killed', lastsSeconds: 3, detail: null }],
  'single-faults': SINGLE_FAULTS,
};
/** Between one recovery and the next fault, so that each round starts from rest. */
const ROUND_SECONDS = 4;
/** Few people: they keep the screens moving, the steady callers do the measuring. */
const CUSTOMERS = 4;
/** What is written this soon after the fault is what the screens have to show. */
const HEADS_AFTER_MS = 500;
const SCREENS_WITHIN_MS = 20_000;

export async function measure(options: Measuring): Promise<number> {
  const { measure: what, nodes, rounds, seed, appointments, out, say } = options;
  const sights: Sight[] = [];
  say(`${what}: ${rounds} rounds with ${nodes} nodes; everything goes to ${out}`);
  const lines = await runOnce({
    plan: planOf(options),
    customers: CUSTOMERS,
    out,
    say,
    join: async (scene, crew) => {
      say(`filling each calendar with ${appointments} appointments`);
      await fillCalendars(scene, appointments);
      startSteadyCallers(scene);
      return { witness: async (fault, beganAt) => void sights.push(await watchScreens(scene, crew, fault, beganAt)) };
    },
  });
  const verdict = check(lines);
  const table = tableOf(rowsOf(what, verdict, sights));
  const judged =
    verdict.violations.length === 0 ? 'Every promise was kept.' : `${verdict.violations.length} broken promises, the first: ${verdict.violations[0]?.what}`;
  const text = `${what}, ${rounds} rounds, ${nodes} nodes, ${appointments} appointments in each calendar, seed ${seed}\n${table}\n${judged}`;
  writeFileSync(join(out, 'measured.txt'), `${text}\n`);
  console.log(text);
  return verdict.violations.length === 0 ? 0 : 1;
}

function planOf({ measure: what, nodes, rounds, seed }: Measuring): Plan {
  const kinds = new Set(faultKinds(nodes));
  const inTurn = INFLICTED[what].filter(({ kind }) => kinds.has(kind));
  const faults = Array.from({ length: rounds }, () => inTurn)
    .flat()
    .map(
      (inflicted, index): Fault => ({
        ...inflicted,
        id: index + 1,
        // Each kind meets every node, also where the kinds are as many as the nodes.
        node: isOfOneNode(inflicted.kind) ? (index + Math.floor(index / inTurn.length)) % nodes : null,
        startsAtSeconds: ROUND_SECONDS * (index + 1),
        together: false,
      }),
    );
  return { seed, nodes, seconds: ROUND_SECONDS * (faults.length + 1), faults };
}

/** From the beginning of a fault until every board elsewhere shows what was written just after it. */
async function watchScreens(scene: Scene, crew: Crew, { id, node }: Fault, beganAt: number): Promise<Sight> {
  const { recorder } = scene;
  await within(HEADS_AFTER_MS, () => recorder.now() - beganAt >= HEADS_AFTER_MS);
  let heads: ReadonlyMap<string, number> | undefined;
  await within(SCREENS_WITHIN_MS, async () => {
    heads = await headsOf(scene).catch(() => undefined);
    return heads !== undefined;
  });
  // A page that knows only the node that is away can show nothing new until it is back.
  const boards = crew.screens.filter(({ what, name }) => what === 'board' && name !== boardAt(node));
  const isRight = await within(SCREENS_WITHIN_MS, () =>
    boards.every(({ revisions }) => [...(heads ?? [])].every(([calendarId, head]) => (revisions.get(calendarId) ?? -1) >= head)),
  );
  return { fault: id, screensMs: isRight ? Math.round(recorder.now() - beganAt) : null };
}

function rowsOf(what: Measure, verdict: Verdict, sights: readonly Sight[]): readonly Row[] {
  const { history } = verdict;
  const timings = timingsOf(history);
  const screens: Row = ['fault → every board elsewhere shows what was written just after it', sights.map(({ screensMs }) => screensMs)];
  const ready: Row = ['fault → all nodes ready again', timings.map(({ recoveredMs }) => recoveredMs)];
  const silence: Row = ['longest time without any success', timings.map(({ longestSilenceMs }) => longestSilenceMs)];
  switch (what) {
    case 'owner-kill': {
      const owned = timings.filter(({ ownElsewhereMs }) => ownElsewhereMs !== null);
      return [
        ['kill → first success on its calendars, through others (slowest of its calendars)', owned.map(({ ownElsewhereMs }) => ownElsewhereMs)],
        silence,
        screens,
        ready,
      ];
    }
    case 'sigterm': {
      const stops = history.faults.map((fault) => stopTally({ ...history, faults: [fault] }));
      return [
        ['requests under way at the node while it stopped', stops.map(({ asked }) => asked)],
        ['  of them without a proper answer', stops.map(({ failed }) => failed)],
        ['  of them not waited for', stops.map(({ givenUp }) => givenUp)],
        ['  of them sent elsewhere', stops.map(({ sentElsewhere }) => sentElsewhere)],
        ['SIGTERM → exit', timings.map(({ lastedMs }) => lastedMs)],
        silence,
        screens,
        ready,
      ];
    }
    case 'postgres-crash':
      return [
        ['crash → accepts connections', timings.map(({ lastedMs }) => lastedMs)],
        ['accepts connections → first success', timings.map(({ afterEndMs }) => afterEndMs)],
        ['crash → first success on the slowest calendar', timings.map(({ elsewhereMs }) => elsewhereMs)],
        screens,
        ready,
      ];
    case 'single-faults':
      return SINGLE_FAULTS.map(({ kind }): Row => {
        const ofKind = timings.filter((timing) => timing.kind === kind);
        return [`${kind}: longest time without a yes on a calendar, through the other nodes`, ofKind.map(({ calendarSilenceMs }) => calendarSilenceMs)];
      });
    case 'redis-kill':
      return [...latencyRows(history), silence, screens];
    default:
      return what satisfies never;
  }
}

/** The steady callers' answers while Redis was away, and at all other times. */
function latencyRows({ attempts, faults, run }: History): readonly Row[] {
  const steady = attempts.filter(({ person }) => person === 'steady caller');
  const faultDuring = ({ askedAt }: AttemptLine) => faults.find(({ beganAt, endedAt }) => beganAt <= askedAt && askedAt <= endedAt);
  const isDuring = (each: AttemptLine) => faultDuring(each) !== undefined;
  const calendarOf = ({ asked }: AttemptLine) => run.shop.staff.find(({ id }) => id === asked.body.staffId)?.calendarId ?? '';
  const isAtOwner = (each: AttemptLine) => faultDuring(each)?.owners?.[calendarOf(each)] === each.node;
  const took = (some: readonly AttemptLine[]) => some.filter(({ answer }) => answer.type === 'ok').map(({ askedAt, answeredAt }) => answeredAt - askedAt);
  return [
    ['done while Redis was away, through the owner', took(steady.filter((each) => isDuring(each) && isAtOwner(each)))],
    ['done while Redis was away, through others', took(steady.filter((each) => isDuring(each) && !isAtOwner(each)))],
    ['done at other times', took(steady.filter((each) => !isDuring(each)))],
    ['asked while Redis was away and not done', [steady.filter((each) => isDuring(each) && each.answer.type !== 'ok').length]],
  ];
}

function tableOf(rows: readonly Row[]): string {
  const wide = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, values]) => {
    const known = values.filter((value) => value !== null).sort((one, other) => one - other);
    const share = (part: number) => String(Math.round(known[Math.min(known.length - 1, Math.floor(known.length * part))] ?? Number.NaN)).padStart(8);
    return `${name.padEnd(wide)}${String(known.length).padStart(7)}${share(0.5)}${share(0.99)}${share(1)}${String(values.length - known.length).padStart(8)}`;
  });
  return [`${''.padEnd(wide)}${'n'.padStart(7)}${'median'.padStart(8)}${'p99'.padStart(8)}${'most'.padStart(8)}${'never'.padStart(8)}`, ...lines].join('\n');
}
