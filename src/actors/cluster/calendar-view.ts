import type { ClaimTime } from '../../model/claim-times.ts';
import type { Instant } from '../../model/instant.ts';
import type { CalendarState } from '../calendar/calendar-state.ts';
import type { CalendarView, ClaimView } from '../scheduler.ts';

/** What a screen shows of a calendar: the claims that overlap [from, to). */
export function viewOf(state: CalendarState, from: Instant, to: Instant): CalendarView {
  const claims = state.claims.overlapping(from, to).map((claim) => claimView(state, claim));
  return { calendarId: state.id, revision: state.revision, hours: state.hours, claims };
}

function claimView(state: CalendarState, claim: ClaimTime): ClaimView {
  const { kind, id, startsAt, endsAt, lane, seats, serviceId, status, along = null } = claim;
  if (kind === 'time-off' || kind === 'external') throw new Error(`${kind} belongs to the hours, not to the claims`);
  return {
    kind,
    id,
    startsAt,
    endsAt,
    lane,
    seats,
    serviceId,
    status,
    expiresAt: state.holds.get(id)?.expiresAt ?? null,
    reason: state.blockReasons.get(id) ?? null,
    along,
  };
}
