// Today on the calendars of a location: read over the socket, and read again whenever one of them changes.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { BoardCalendar, BoardSnapshot, ServerMessageBody } from '../../../src/protocol/socket.ts';
import { type Problem, serverNow } from '../../kit/api.ts';
import type { Live } from '../../kit/live.ts';
import { staffName } from '../../kit/shop.ts';
import { addDays, localDate } from '../../kit/zoned-dates.ts';
import type { ManagedLocation } from '../catalog.ts';

export type Arrival = {
  readonly id: string;
  readonly startsAt: number;
  readonly customer: string;
  readonly service: string;
  readonly staffId: string;
  readonly staff: string;
  readonly isHere: boolean;
};
export type Gap = { readonly staffId: string; readonly staff: string; readonly from: number; readonly to: number };
type Day = {
  readonly figures: readonly { readonly name: string; readonly value: string }[];
  readonly arrivals: readonly Arrival[];
  readonly gaps: readonly Gap[];
};

const MINUTE = 60_000;
/** What is shorter is no room for an appointment. */
const LEAST_GAP_MINUTES = 30;
const MOST_GAPS = 12;
/** Time goes on without a message. */
const LOOK_AGAIN_MILLISECONDS = 60_000;

export function useDay(live: Live, { id: locationId, timeZone }: ManagedLocation): { readonly day: Day | undefined; readonly problem: Problem | undefined } {
  const calendars = useSignal<readonly BoardCalendar[] | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const now = useSignal(serverNow());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = serverNow();
    }, LOOK_AGAIN_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  const date = localDate(now.value, timeZone);
  useEffect(
    () =>
      live.watch<BoardSnapshot, ServerMessageBody<'board-changed'>>({
        name: 'watch-board',
        body: () => ({ from: date, to: addDays(date, 1), timeZone, locationId }),
        onSnapshot: (snapshot) => {
          calendars.value = snapshot.calendars.filter((calendar): calendar is BoardCalendar => 'claims' in calendar && calendar.staffId !== undefined);
          problem.value = undefined;
          now.value = serverNow();
        },
        // A day is small: it is read whole again.
        onChange: () => 'missed',
        onRefused: (refused) => {
          problem.value = refused;
        },
        isBehind: ({ revisions }) => (calendars.peek() ?? []).some(({ calendarId, revision }) => (revisions[calendarId] ?? revision) > revision),
      }),
    [locationId, date],
  );
  return { day: calendars.value === undefined ? undefined : dayOf(calendars.value, now.value), problem: problem.value };
}

type Span = { readonly from: number; readonly to: number };
const spanOf = ({ startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string }): Span => ({ from: Date.parse(startsAt), to: Date.parse(endsAt) });

function dayOf(calendars: readonly BoardCalendar[], now: number): Day {
  const claims = calendars.flatMap(({ staffId = '', claims: all }) => all.map((claim) => ({ ...claim, whose: staffId })));
  const appointments = claims.filter(({ kind, status }) => kind === 'appointment' && status !== 'cancelled' && status !== 'declined');
  const count = (...statuses: readonly string[]) => appointments.filter(({ status }) => statuses.includes(status ?? '')).length;
  const gaps = calendars.flatMap((calendar) => gapsOf(calendar, now)).toSorted((one, other) => one.from - other.from);
  const arrivals = appointments
    .filter(({ status, endsAt }) => ['booked', 'pending', 'checked-in'].includes(status ?? '') && Date.parse(endsAt) > now)
    .toSorted((one, other) => Date.parse(one.startsAt) - Date.parse(other.startsAt))
    .map(({ id, startsAt, customer, serviceName, whose, status }) => ({
      ...{ id, startsAt: Date.parse(startsAt), customer: customer?.name ?? 'A customer', service: serviceName ?? 'Appointment' },
      ...{ staffId: whose, staff: staffName(whose), isHere: status === 'checked-in' },
    }));
  return {
    figures: [
      { name: 'appointments today', value: String(appointments.length) },
      { name: 'still to come', value: String(arrivals.filter(({ isHere }) => !isHere).length) },
      { name: 'are here', value: String(count('checked-in')) },
      { name: 'did not come', value: String(count('no-show')) },
      { name: 'requests to answer', value: String(count('pending')) },
    ],
    arrivals,
    gaps: gaps.slice(0, MOST_GAPS),
  };
}

/** Open stretches from now on that nothing occupies. */
function gapsOf({ staffId = '', hours, claims }: BoardCalendar, now: number): readonly Gap[] {
  const taken = claims.filter(({ status }) => status !== 'cancelled' && status !== 'declined').map(spanOf);
  const free = taken.reduce<readonly Span[]>(
    (rest, { from, to }) =>
      rest.flatMap((span) =>
        [
          { from: span.from, to: Math.min(span.to, from) },
          { from: Math.max(span.from, to), to: span.to },
        ].filter((part) => part.to > part.from),
      ),
    hours.windows.map(spanOf).map(({ from, to }) => ({ from: Math.max(from, now), to })),
  );
  return free.filter(({ from, to }) => to - from >= LEAST_GAP_MINUTES * MINUTE).map((span) => ({ staffId, staff: staffName(staffId), ...span }));
}
