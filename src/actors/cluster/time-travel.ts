import type { Instant } from '../../model/instant.ts';
import type { CalendarState } from '../calendar/calendar-state.ts';
import { evolve } from '../calendar/evolve.ts';
import type { JournalDatabase, StoredBase } from '../ports.ts';
import type { CalendarChange } from '../scheduler.ts';
import { stateOfBase } from './log-base.ts';

const PAGE = 500;
/** The most changes that are replayed for one past state. */
const MOST_CHANGES = 200_000;

/**
 * A calendar at a past moment: its change log, replayed from the beginning or from the cut. Otherwise the earliest moment that can be shown; `undefined`
 * if there is none.
 */
export async function stateAt(
  database: JournalDatabase,
  now: Pick<CalendarState, 'id' | 'hours'>,
  at: Instant,
): Promise<CalendarState | { readonly knownFrom: Instant } | undefined> {
  const changes = await readLog(database, now.id);
  // After the log, so that what was cut meanwhile is in it.
  const base = await database.baseOf(now.id);
  if (changes === undefined) return undefined;
  const rest = changes.filter(({ revision }) => revision > (base?.revision ?? 0));
  if ((rest[0]?.base ?? base?.revision ?? 0) !== (base?.revision ?? 0)) return undefined;
  if (base !== undefined && at < base.at) return { knownFrom: base.at };
  return played(base, now, rest, at);
}

async function readLog(database: JournalDatabase, calendarId: string): Promise<readonly CalendarChange[] | undefined> {
  const log: CalendarChange[] = [];
  for (let after = 0; log.length < MOST_CHANGES; ) {
    const page = await database.changes(calendarId, after, PAGE);
    log.push(...page);
    if (page.length < PAGE) return log;
    after = page.at(-1)?.revision ?? after;
  }
  return undefined;
}

function played(base: StoredBase | undefined, now: Pick<CalendarState, 'id' | 'hours'>, rest: readonly CalendarChange[], at: Instant): CalendarState {
  const first = rest.flatMap(({ events }) => events).find((event) => 'hours' in event);
  const state = stateOfBase(base, now.id, base?.hours ?? first?.was ?? now.hours);
  for (const change of rest) {
    if (change.at > at) continue;
    for (const event of change.events) evolve(state, event);
    state.revision = change.revision;
  }
  return state;
}
