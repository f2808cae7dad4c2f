import { computed } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { serverNow } from '../kit/api.ts';
import { clock } from '../kit/money-and-time.ts';
import { useTick } from '../kit/ticking.ts';
import type { Span } from './board.ts';
import { Column } from './column.tsx';
import { hoursOf, minutesDown, openings } from './day-layout.ts';
import { PastColumn } from './past-column.tsx';
import { PersonSwitch } from './person-switch.tsx';
import { RoomColumn } from './room-column.tsx';
import { asItWas, asOf, away, isDense, isPhone, type Stretch, shownColumns, shownDays, shownRooms, showsAway, stretches, view } from './views.ts';
import { board, boardProblem, columns, isFirstLook, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

const NOW_TICK_MILLISECONDS = 20_000;
/** All of a view have the same hours by the clock; those of the first are written. */
const stretch = computed<Span>(() => stretches.value[0]?.stretch ?? { startsAt: 0, endsAt: 0 });
const isClosed = computed(() => [...board.value.calendars.values()].every((calendar) => openings(calendar, board.value.range).length === 0));

/** Of a day of the past nothing can be pressed, so that the keyboard needs another way to what is out of sight. */
const scrolledByKeyboard = () => ({ role: 'region', 'aria-label': words.value.grid.asItWas, tabIndex: 0 }) as const;

export function DayGrid() {
  const scroller = useRef<HTMLDivElement>(null);
  const isLoading = isFirstLook.value;
  // Scroll to now if it is today, else to the beginning of the day.
  useEffect(() => {
    if (isLoading || scroller.current === null) return;
    const { startsAt, endsAt } = stretches.peek().find(({ day }) => day.date === today())?.stretch ?? stretch.peek();
    const share = shownDays.peek().some((day) => day.date === today()) ? (serverNow() - startsAt) / (endsAt - startsAt) : 0;
    scroller.current.scrollTop = Math.max(0, share * scroller.current.scrollHeight - scroller.current.clientHeight / 3);
  }, [isLoading, shownDays.value, view.value]);
  if (!isLoading && columns.value.length === 0) return <p class="nothing soft">{words.value.grid.noStaff}</p>;
  if (isLoading) return boardProblem.value === undefined ? <Waiting /> : null;
  const drawn = shownColumns.value.length + shownRooms.value.length;
  return (
    <>
      {isPhone.value && asOf.value === undefined && <PersonSwitch />}
      {isClosed.value && <p class="closed-day">{shownDays.value.length === 1 ? words.value.grid.closedDay : words.value.grid.closedDays}</p>}
      <div
        class="grid"
        ref={scroller}
        data-dense={isDense.value || undefined}
        data-days={shownDays.value.length > 1 || undefined}
        data-away={away.value.length > 0 || undefined}
        style={{
          '--people': String(drawn * stretches.value.length),
          '--minutes': String(minutesDown(stretch.value.endsAt, stretch.value)),
        }}
        {...(asOf.value !== undefined && scrolledByKeyboard())}
      >
        <Hours />
        {stretches.value.map((one) => (
          <ColumnsOfDay key={one.day.date} {...one} />
        ))}
        {away.value.length > 0 && <Away />}
        <NowLine />
      </div>
    </>
  );
}

function ColumnsOfDay({ day, stretch: drawn }: Stretch) {
  return (
    <>
      {shownColumns.value.map((column, index, { length }) => {
        const calendar = board.value.calendars.get(column.calendarId);
        const then = calendar && asItWas(calendar);
        if (calendar === undefined) return null;
        const isFirst = (length > 1 && index === 0) || undefined;
        if (then !== undefined) return <PastColumn key={column.staffId} name={column.staffName} calendar={then} day={day} stretch={drawn} isFirst={isFirst} />;
        return <Column key={column.staffId} column={column} calendar={calendar} isFirst={isFirst} day={day} stretch={drawn} />;
      })}
      {shownRooms.value.map((column) => {
        const room = board.value.rooms.get(column.calendarId);
        const then = room && asItWas(room);
        if (room === undefined) return null;
        if (then !== undefined) return <PastColumn key={column.resourceId} name={column.resourceName} calendar={then} day={day} stretch={drawn} />;
        return <RoomColumn key={column.resourceId} column={column} room={room} day={day} stretch={drawn} />;
      })}
    </>
  );
}

/** Those who do not work, folded away until they are wanted. */
function Away() {
  const names = away.value.map(({ staffName }) => staffName).join(', ');
  return (
    <div class="away">
      <button
        type="button"
        class="button quiet"
        aria-expanded={showsAway.value}
        title={names}
        onClick={() => {
          showsAway.value = !showsAway.value;
        }}
      >
        {words.value.grid.notWorking({ count: away.value.length })}
        <span class="only-heard">: {names}</span>
      </button>
    </div>
  );
}

function Hours() {
  return (
    <>
      <div class="corner" />
      <div class="hours" aria-hidden="true">
        {hoursOf(stretch.value).map((hour) => (
          <Hour key={hour} at={hour} />
        ))}
      </div>
    </>
  );
}

function Hour({ at }: { readonly at: number }) {
  return (
    <span class="hour" style={{ top: `calc(var(--minute) * ${minutesDown(at, stretch.value)})` }}>
      {clock(at, timeZone.value)}
    </span>
  );
}

function NowLine() {
  useTick(NOW_TICK_MILLISECONDS);
  const line = useRef<HTMLDivElement>(null);
  const now = serverNow();
  const drawnToday = stretches.value.find(({ stretch: one }) => now >= one.startsAt && now < one.endsAt)?.stretch;
  useLayoutEffect(() => {
    if (drawnToday === undefined) return;
    line.current?.style.setProperty('--down', String(minutesDown(now, drawnToday)));
  });
  if (drawnToday === undefined) return null;
  return (
    <div class="now" ref={line}>
      <span class="now-time">
        <span class="only-heard">{words.value.grid.now} </span>
        {clock(now, timeZone.value)}
      </span>
    </div>
  );
}

function Waiting() {
  return (
    <div class="grid-waiting" aria-busy="true">
      <p class="only-heard">{words.value.grid.loading}</p>
      <div class="loading" />
      <div class="loading" />
      <div class="loading" />
      <div class="loading" />
    </div>
  );
}
