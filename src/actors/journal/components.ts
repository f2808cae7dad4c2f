// Which calendars are written together in one commit: those joined by a group, directly or through other groups. Pure.
import type { Entry } from './entry.ts';

/** The number of each calendar's component, from 0 on, in the order in which the entries name them. An entry of no calendar has none. */
export function componentsOf(entries: readonly Pick<Entry, 'parts'>[]): ReadonlyMap<string, number> {
  const leaders = new Map<string, string>();
  const leaderOf = (id: string): string => {
    const leader = leaders.get(id) ?? id;
    return leader === id ? id : leaderOf(leader);
  };
  for (const { parts } of entries) {
    const [first, ...others] = parts;
    if (first === undefined) continue;
    const leader = leaderOf(first.actor.id);
    leaders.set(leader, leader);
    for (const { actor } of others) leaders.set(leaderOf(actor.id), leader);
  }
  const numbers = new Map<string, number>();
  const components = new Map<string, number>();
  for (const id of leaders.keys()) {
    const leader = leaderOf(id);
    const number = numbers.get(leader) ?? numbers.size;
    numbers.set(leader, number);
    components.set(id, number);
  }
  return components;
}
