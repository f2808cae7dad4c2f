// Which revisions can have been current at a moment? What somebody has been told exists; what nobody has asked for yet, or is dated later, does not.
import type { History } from '../history/lines.ts';
import type { Deed } from './attribution.ts';

/** Revisions, both included. */
export type Window = { readonly from: number; readonly to: number };

/** Dates are those of the database's clock, which a node estimates, and are told in whole seconds; people keep another clock of the same machine. */
export const CLOCKS_DIFFER_MS = 2_000;

type Known = { readonly at: number; readonly revision: number };

export class Knowledge {
  /** By calendar: from this moment on the calendar was at least at this revision. Both rise. */
  readonly #reached = new Map<string, readonly Known[]>();
  /** By calendar: before this moment the calendar was below this revision. Both rise. */
  readonly #asked = new Map<string, readonly Known[]>();
  /** By calendar: when each revision was decided, by its own date. Rises, as far as the dates do. */
  readonly #dated: ReadonlyMap<string, readonly Known[]>;

  constructor({ reads, screens, feeds, run }: Pick<History, 'reads' | 'screens' | 'feeds' | 'run'>, deeds: readonly Deed[]) {
    this.#dated = new Map(
      feeds.map(({ calendarId, changes }) => [calendarId, changes.map(({ revision, at }) => ({ revision, at: Date.parse(at) - run.startedAt }))]),
    );
    const told = [
      ...deeds.flatMap(({ by, calendarId, revision }) => (by?.outcome.type === 'ok' ? [{ calendarId, revision, at: by.outcome.answeredAt }] : [])),
      ...reads.flatMap(({ answeredAt: at, ...read }) =>
        read.what === 'slots' ? read.body.calendars.map(({ calendarId, revision }) => ({ calendarId, revision, at })) : [{ ...read.body, at }],
      ),
      ...screens.flatMap(({ at, columns }) => columns.map(({ calendarId, revision }) => ({ calendarId, revision, at }))),
    ];
    for (const [calendarId, known] of Map.groupBy(told, (each) => each.calendarId)) this.#reached.set(calendarId, highestSoFar(known));
    const asked = deeds.flatMap(({ by, calendarId, revision }) => (by === null ? [] : [{ calendarId, revision, at: by.firstAskedAt }]));
    for (const [calendarId, known] of Map.groupBy(asked, (each) => each.calendarId)) this.#asked.set(calendarId, lowestFromHere(known));
  }

  /** What may have been current somewhere between these moments. */
  window(calendarId: string, askedAt: number, answeredAt: number): Window {
    const from = this.#reached.get(calendarId)?.findLast(({ at }) => at < askedAt)?.revision ?? 0;
    const unasked = this.#asked.get(calendarId)?.find(({ at }) => at > answeredAt)?.revision ?? Number.POSITIVE_INFINITY;
    const dated = this.#dated.get(calendarId) ?? [];
    const undecided = dated.find(({ at }) => at > answeredAt + CLOCKS_DIFFER_MS)?.revision ?? dated.length + 1;
    return { from, to: Math.max(from, Math.min(unasked, undecided) - 1) };
  }
}

function highestSoFar(known: readonly Known[]): readonly Known[] {
  const rising: Known[] = [];
  for (const { at, revision } of known.toSorted((one, other) => one.at - other.at)) {
    if (revision > (rising.at(-1)?.revision ?? 0)) rising.push({ at, revision });
  }
  return rising;
}

/** At each moment the lowest revision that was asked for then or later. */
function lowestFromHere(known: readonly Known[]): readonly Known[] {
  let lowest = Number.POSITIVE_INFINITY;
  return known
    .toSorted((one, other) => other.at - one.at)
    .map(({ at, revision }) => {
      lowest = Math.min(lowest, revision);
      return { at, revision: lowest };
    })
    .reverse();
}
