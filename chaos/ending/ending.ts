// What happens when the last fault is over: who has to be ready is asked, who has to know is compared, and what was decided is read.
import { attempt, settledBy } from '../people/asker.ts';
import type { Crew } from '../people/crew.ts';
import type { Scene } from '../people/scene.ts';
import type { Screen } from '../people/screens.ts';
import { within } from '../world/gone.ts';
import { probeAll } from './probes.ts';
import { readEverything } from './readings.ts';

export const BOUNDS = { probeMilliseconds: 15_000, screensMilliseconds: 10_000 } as const;
/** Longer than the bounds, so that a late answer is measured and not only missed. */
const WATCHED_MS = 30_000;
/** Twice renewed, a hold lives for three times its life; then it has to be gone. */
const QUIET_WITHIN_MS = 20_000;
const SETTLE_ATTEMPTS = 10;
const SETTLE_PATIENCE_MS = 12_000;

/** Ends a run in order, and leaves nothing open that a checker would have to guess. */
export async function endRun(scene: Scene, crew: Crew, say: (text: string) => void): Promise<void> {
  const { recorder, world } = scene;
  const overAt = recorder.now();
  say('nothing is broken any more: asking every node for a claim, watching the screens catch up');
  await Promise.all([probeAll(scene, overAt), watchCatchingUp(scene, crew.screens, overAt)]);
  say('waiting until everybody has come to an end');
  scene.end();
  await crew.done;
  await scene.asidesDone();
  say(`asking once more for what became of ${scene.unsettled.length} requests`);
  await settleAll(scene);
  say('waiting until all holds have run out and all screens are at rest');
  const isQuiet = await within(QUIET_WITHIN_MS, async () => (await world.sql(`select 1 from claim where kind = 'hold' limit 1`)).length === 0, 200);
  if (!isQuiet) recorder.surprise('a hold has outlived all its renewals');
  await atRest(scene, crew.screens);
  for (const screen of crew.screens) recorder.write(screen.show(recorder.now(), true));
  for (const complaint of crew.complaints()) recorder.surprise(complaint);
  say('reading what everybody says now');
  await readEverything(scene);
}

/**
 * A board is behind until it names the newest revision. A list of free times need not name it, as long as nothing on it has changed since;
 * so what such lists show when the time is up is written down, with what they should know by then.
 */
async function watchCatchingUp(scene: Scene, screens: readonly Screen[], overAt: number): Promise<void> {
  const { recorder } = scene;
  const heads = await headsOf(scene);
  const missing = (screen: Screen) =>
    shownOn(scene, screen, heads)
      .filter(([calendarId, head]) => (screen.revisions.get(calendarId) ?? -1) < head)
      .map(([calendarId]) => calendarId);
  const boards = new Set(screens.filter(({ what }) => what === 'board'));
  let last: string[] = [];
  const isCaughtUp = await within(WATCHED_MS, () => {
    for (const board of boards) if (missing(board).length === 0) boards.delete(board);
    if (boards.size > 0) last = [...boards].map((board) => `${board.name} (${missing(board).join(', ')})`);
    return boards.size === 0;
  });
  recorder.write({ line: 'caught-up', after: isCaughtUp ? Math.round(recorder.now() - overAt) : null, behind: last });
  const lists = screens.filter(({ what }) => what === 'slots');
  await within(BOUNDS.screensMilliseconds - (recorder.now() - overAt), () => lists.every((list) => missing(list).length === 0));
  for (const list of lists) recorder.write({ ...list.show(recorder.now(), false), least: Object.fromEntries(heads) });
}

/** Every key that somebody has left open is asked once more, and now has to get a definite answer. */
async function settleAll(scene: Scene): Promise<void> {
  for (const { asked, as, person } of scene.unsettled) {
    let isSettled = false;
    for (let round = 0; round < SETTLE_ATTEMPTS && !isSettled; round += 1) {
      const node = round % scene.world.nodes.length;
      const answer = await attempt(scene, asked, { person, as, transport: 'rest', node, patienceMs: SETTLE_PATIENCE_MS });
      isSettled = settledBy(answer).type !== 'unknown';
    }
    if (!isSettled) scene.recorder.surprise(`nobody says what became of ${asked.operation} ${asked.key}`);
  }
}

/** Nothing changes any more: every screen gets the time to show the newest. What it shows then is the checker's to judge. */
async function atRest(scene: Scene, screens: readonly Screen[]): Promise<void> {
  const heads = await headsOf(scene);
  await within(BOUNDS.screensMilliseconds, () =>
    screens.every((screen) => shownOn(scene, screen, heads).every(([calendarId, head]) => screen.revisions.get(calendarId) === head)),
  );
}

/** A board has a column for each calendar, and a list of free times for each of a staff member. */
function shownOn({ world }: Scene, { what }: Screen, heads: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  const rooms = new Set(what === 'board' ? [] : world.shop.rooms.map(({ calendarId }) => calendarId));
  return [...heads].filter(([calendarId]) => !rooms.has(calendarId));
}

/** The revision of every calendar, as the database has it. */
export async function headsOf({ world }: Scene): Promise<ReadonlyMap<string, number>> {
  const rows = await world.sql('select id, revision::int from calendar');
  return new Map(rows.map(([id, revision]) => [String(id), Number(revision)]));
}
