/** What is promised, by number. A violation names the number. */
export const INVARIANTS = {
  1: 'no two live claims of different sessions overlap in a calendar, at any revision, except where the later one was put there on purpose, and no seat is given twice',
  2: 'every "ok" is in the feed once, as it was answered',
  3: 'nothing that was refused, abandoned or told to have done nothing is in the feed',
  4: 'what was left unknown has happened once or not at all',
  5: 'revisions are dense, epochs and dates never fall along them, and every fact was possible where it stands',
  6: 'what was answered before something else was asked comes before it in the calendar',
  7: 'every refusal was true in a state that was current between question and answer',
  8: 'what is read is the calendar at the revision it names',
  9: 'every screen shows the calendar at the revision it names, and soon after the last fault the newest',
  10: 'what happens to several calendars, a move or a claim that takes a room along, is in all of them or in none',
  11: 'a hold lives as long as it was promised, and is not booked once its time has begun',
  12: 'after the last fault every node becomes ready and answers for every calendar',
  13: 'everything that was done for a user or a key is in the audit trail once, and nothing that never was',
  14: 'nobody is answered, and no process ends, in a way that is not documented',
  15: 'what was typed for an appointment is there as it was sent, and nothing that was not booked',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export type Violation = {
  readonly invariant: Invariant;
  readonly what: string;
  /** When it showed, in the time of the history; null: only at the end. */
  readonly at: number | null;
  /** Ids and keys it is about, by which its lines are found. */
  readonly about: readonly string[];
};

/** Every check gives what it found; none throws because of what it read. */
export function violation(
  invariant: Invariant,
  what: string,
  where: { readonly at?: number; readonly about?: readonly (string | undefined)[] } = {},
): Violation {
  return { invariant, what, at: where.at ?? null, about: (where.about ?? []).filter((id): id is string => id !== undefined) };
}
