// Which revisions can have been current at a moment? Nothing but answers tells: what somebody has been told exists, and what nobody has asked for yet does not.
import type { History } from '../history/lines.ts';
import type { Deed } from './attribution.ts';

/** Revisions, both included. */
export type Window = { readonly from: number; readonly to: number };

type Known = { readonly at: number; readonly revision: number };

export class Knowledge {
  /** By calendar: from this moment on the calendar was at least at this revision. Both rise. */
  readonly #reached = new Map<string, readonly Known[]>();
  /** By calendar: before this moment the calendar was below this revision. Both rise. */
  readonly #asked = new Map<string, readonly Known[]>();
  readonly #heads: ReadonlyMap<string, number>;

  constructor({ reads, screens, feeds }: Pick<History, 'reads' | 'screens' | 'feeds'>, deeds: readonly Deed[]) {
    this.#heads = new Map(feeds.map(({ calendarId, revision }) => [calendarId, revision]));
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
    const next = this.#asked.get(calendarId)?.find(({ at }) => at > answeredAt)?.revision;
    return { from, to: next === undefined ? (this.#heads.get(calendarId) ?? from) : Math.max(from, next - 1) };
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
