import { checkAnswers } from './checker/answers.ts';
import { checkFreshness, checkPromptness } from './checker/calm.ts';
import { checkConsumers } from './checker/consumed.ts';
import { checkGroups, checkHalves } from './checker/groups.ts';
import { checkRetention } from './checker/kept.ts';
import { Ledger } from './checker/ledger.ts';
import { checkTyped } from './checker/people.ts';
import { checkAgreed, checkRecords } from './checker/records.ts';
import { checkRefusals } from './checker/refusals.ts';
import { checkLooks, checkPictures } from './checker/sights.ts';
import { checkHolds, checkTables } from './checker/whole.ts';
import { definiteOf, isOutdated, type Violation } from './history.ts';
import type { Promises } from './model-database/tables.ts';
import { attemptOn, SimulatedPerson } from './person.ts';
import { FAULTS_END_AT, isInTime, type Plan } from './plan.ts';
import { readOn } from './reader.ts';
import { BEGINNING, slotAt } from './scene.ts';
import { SimulatedWatcher } from './watcher.ts';
import { World } from './world.ts';

/** What nodes began during the faults has ended by then: the longest of it is an answer's ten seconds and a statement's fifteen. */
const CALM_AFTER_MS = 20_000;
/** Once the faults are over, a caller that keeps asking has an answer within this time. */
const SETTLE_MS = 30_000;
/** What a node does not hear, it finds out within a beacon's five seconds; a hold ends within them, too. */
const HEAL_MS = 12_000;
/** An untroubled node answers within this. */
const PROBE_MS = 3_000;

export type RunOptions = { readonly promises?: Promises | undefined; readonly onTrace?: ((line: string) => void) | undefined };
export type RunResult = {
  readonly violations: readonly Violation[];
  /** The same for two runs that were the same. */
  readonly traceHash: string;
  readonly events: number;
  readonly asked: number;
  readonly changes: number;
};

/** Lets one world happen, from its beginning to a calm end, and says what in it should not have been. */
export async function runPlan(plan: Plan, options: RunOptions = {}): Promise<RunResult> {
  const world = new World(plan, options);
  const ledger = new Ledger(world.history, () => world.time.now, plan.retention?.keyMs);
  world.tables.witness = ledger;
  const onRejection = (reason: unknown) =>
    world.history.broken('a node broke a promise of its own', reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
  process.on('unhandledRejection', onRejection);
  try {
    world.begin();
    const watchers = plan.watchers.map((watcher) => new SimulatedWatcher(world, watcher));
    const people = plan.people.map((person) => new SimulatedPerson(world, person));
    const lives = [...people.map((person) => person.live()), ...plan.readers.map((reader) => readOn(world, reader))];
    for (const watcher of watchers) void watcher.live();
    await world.time.run(FAULTS_END_AT + CALM_AFTER_MS);
    world.isClosing = true;
    await happen(world, Promise.all(lives), SETTLE_MS);
    await happen(world, settle(world), SETTLE_MS);
    await world.time.run(world.time.now + HEAL_MS);
    checkCalm(world, ledger, watchers);
    await probe(world, ledger);
    await world.time.run(world.time.now + HEAL_MS);
    checkCalm(world, ledger, watchers);
    const pictures = watchers.flatMap((watcher) => watcher.pictures);
    checkAll(world, ledger, pictures);
    const { traceHash, count } = world.time;
    return { violations: world.history.violations, traceHash, events: count, asked: world.history.asked.length, changes: ledger.all().length };
  } finally {
    process.off('unhandledRejection', onRejection);
  }
}

/** Lets the world go on until something is done, up to a limit. */
async function happen(world: World, work: Promise<unknown>, longestMs: number): Promise<boolean> {
  let isOver = false;
  const watched = work.finally(() => {
    isOver = true;
  });
  await world.time.run(world.time.now + longestMs, () => isOver);
  if (isOver) await watched;
  return isOver;
}

/** Whatever has no definite answer is asked for again until it has one, or its key has had its time. */
async function settle(world: World): Promise<void> {
  const open = world.history.asked.filter((asked) => definiteOf(asked) === undefined);
  await Promise.all(
    open.map(async (asked) => {
      for (let turn = 0; definiteOf(asked) === undefined && isInTime(world.plan, asked, world.time.now); turn += 1) {
        await Promise.race([attemptOn(world, asked, turn % world.machines.length, isOutdated(asked) ? 'abandon' : 'ask'), world.time.sleep(PROBE_MS)]);
        await world.time.sleep(100);
      }
    }),
  );
}

/** Every node takes a claim on every calendar that is not removed, some of them with a room, and gives it up again. */
async function probe(world: World, ledger: Ledger): Promise<void> {
  const { machines, history } = world;
  const isThere = ({ calendarId }: { readonly calendarId: string }) => ledger.logOf(calendarId).at(-1)?.calendar.isRetired !== true;
  const [calendars, rooms] = [world.calendars.filter(isThere), world.rooms.filter(isThere)];
  const asks = machines.flatMap((machine, number) =>
    calendars.map(async (calendar, index) => {
      const person = `probe ${number} ${index}`;
      const holdId = machine.running?.process.ids.next(BEGINNING) ?? '';
      // Two slots for each: with some people it takes longer than one.
      const startsAt = slotAt(20 + 2 * (number * calendars.length + index));
      const [room] = rooms.slice(0, index % 2);
      const { minutes } = world.doneBy(0, calendar.staffId);
      const candidate = { ...calendar, minutes, ...(room && { resources: [room] as const }) };
      const ask = { terms: world.termsOf(0), startsAt, seats: 1, override: null, candidates: [candidate], peers: [] };
      const command = { type: 'place-hold', holdId, ask, holder: { tokenFor: null, userId: null }, holdSeconds: 1 } as const;
      const asked = { person, request: { caller: person, key: person, fingerprint: '' }, command, attempts: [] };
      history.asked.push(asked);
      await attemptOn(world, asked, number, 'ask');
      if (definiteOf(asked)?.outcome !== 'ok') history.broken('there is no answer', `${person} got no hold from an untroubled node`);
    }),
  );
  if (!(await happen(world, Promise.all(asks), PROBE_MS))) history.broken('there is no answer', 'an untroubled node is silent');
}

/** Once everything has calmed down. A hold may end at this very moment, and its push be under way. */
function checkCalm(world: World, ledger: Ledger, watchers: readonly SimulatedWatcher[]): void {
  const { history, tables, machines, time, plan } = world;
  const open = history.asked.filter((asked) => definiteOf(asked) === undefined && isInTime(plan, asked, time.now));
  for (const asked of open) history.broken('there is no answer', `${asked.request.key}: ${asked.command.type}`);
  const living = new Set(machines.map(({ running }) => running?.nodeId));
  const orphans = tables.shards.filter(({ owner }) => owner === null || !living.has(owner)).length;
  if (orphans > 0) history.broken('a shard has no living owner', `${orphans} of them`);
  for (const { claim, details } of tables.claims.values()) {
    const { expiresAt } = claim.kind === 'hold' ? (JSON.parse(details) as { readonly expiresAt: number }) : { expiresAt: Number.POSITIVE_INFINITY };
    if (expiresAt < BEGINNING + time.now - HEAL_MS / 2) history.broken('a hold outlived its time', `${claim.id} should have ended at ${expiresAt - BEGINNING}`);
  }
  for (const picture of watchers.flatMap((watcher) => watcher.current())) {
    const due = ledger.logOf(picture.calendarId).findLast(({ at }) => at < time.now - HEAL_MS / 2)?.row.revision ?? 0;
    if (picture.revision < due)
      history.broken('a watcher is behind', `${picture.watcher} on ${picture.node}: ${picture.calendarId}@${picture.revision} of ${due}`);
  }
}

function checkAll(world: World, ledger: Ledger, pictures: Parameters<typeof checkPictures>[2]): void {
  const { history, tables, calendars } = world;
  checkAnswers(history, ledger);
  checkRefusals(
    history,
    ledger,
    calendars.map(({ calendarId }) => calendarId),
  );
  checkLooks(world, ledger);
  checkPictures(history, ledger, pictures);
  checkFreshness(world, ledger, pictures);
  checkPromptness(world);
  checkGroups(history, ledger);
  checkHalves(history, ledger);
  checkHolds(history, ledger);
  checkConsumers(history, ledger, tables, world.time.now);
  checkTables(history, ledger, tables);
  checkTyped(history, ledger, tables);
  checkRecords(history, ledger);
  checkAgreed(world, ledger);
  checkRetention(history, ledger);
}
