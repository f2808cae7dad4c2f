import { zoneOf } from '../../model/calendar-hours.ts';
import { DAY, type Instant, instant } from '../../model/instant.ts';
import { firstInstantOf, localDateOf } from '../../model/local-dates.ts';
import type { CalendarState } from '../calendar/calendar-state.ts';
import { fnv1a } from './shard-of.ts';

/**
 * The order in which candidates are tried when anyone will do: fewest claims on the local day of the start first;
 * between equals a hash of calendar and day decides, so that it is not the same one every day.
 */
export function fairOrder<Candidate extends { readonly state: CalendarState }>(candidates: readonly Candidate[], startsAt: Instant): readonly Candidate[] {
  return candidates
    .map((candidate) => {
      const zone = zoneOf(candidate.state.hours);
      const day = localDateOf(startsAt, zone);
      const morning = firstInstantOf(day, zone);
      return { candidate, claims: candidate.state.claims.overlapping(morning, instant(morning + DAY)).length, tie: fnv1a(candidate.state.id + day) };
    })
    .sort((one, other) => one.claims - other.claims || one.tie - other.tie)
    .map(({ candidate }) => candidate);
}
