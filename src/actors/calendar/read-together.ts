import { type Instant, instant } from '../../model/instant.ts';
import { ReadFailure } from '../ports.ts';
import type { CalendarActor } from './actor.ts';
import type { CalendarStates } from './calendar-state.ts';

/** How often several calendars are looked at again because one of them was taken back meanwhile. */
const LOOKS_LIMIT = 20;

/** Looks at several calendars at one moment, and hands the result out once what was seen of each is durable. Rejects with ReadFailure as the reading of one does. */
export async function readTogether<Result>(actors: readonly CalendarActor[], look: (states: CalendarStates, at: Instant) => Result): Promise<Result> {
  for (let looks = 0; looks < LOOKS_LIMIT; looks += 1) {
    let isThisTurn = true;
    // Each looks for the first time in this very turn; one that has to look again has not become durable as it was seen.
    const seen = actors.map((actor) => actor.read((_, at) => (isThisTurn ? at : undefined)));
    isThisTurn = false;
    const at = instant(Math.max(...actors.map((actor) => actor.moment)));
    const result = look(new Map(actors.map((actor) => [actor.id, actor.head])), at);
    if ((await Promise.all(seen)).every((moment) => moment !== undefined)) return result;
  }
  throw new ReadFailure('what is decided on these calendars does not become durable');
}
