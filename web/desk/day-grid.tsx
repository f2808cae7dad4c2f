import { computed, signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { serverNow } from '../kit/api.ts';
import { clock } from '../kit/money-and-time.ts';
import { useTick } from '../kit/ticking.ts';
import type { Span } from './board.ts';
import { Column } from './column.tsx';
import { drawnStretch, hoursOf, isWorking, minutesDown } from './day-layout.ts';
import { RoomColumn } from './room-column.tsx';
import {
  board,
  boardProblem,
  type Column as ColumnOf,
  columns,
  date,
  day,
  isFirstLook,
  type RoomColumn as RoomOf,
  rooms,
  timeZone,
  today,
} from './watching.ts';

const NOW_TICK_MILLISECONDS = 20_000;
const phone = matchMedia('(max-width: 760px)');
const isPhone = signal(phone.matches);
phone.addEventListener('change', () => {
  isPhone.value = phone.matches;
});
/** On a phone one person or room is shown at a time. */
const onlyCalendar = signal<string | undefined>(undefined);
const shownColumns = computed<readonly ColumnOf[]>(() => {
  if (!isPhone.value) return columns.value;
  if (shownRooms.value.length > 0) return [];
  const only = columns.value.find(({ calendarId }) => calendarId === onlyCalendar.value) ?? columns.value[0];
  return only === undefined ? [] : [only];
});
const shownRooms = computed<readonly RoomOf[]>(() => (isPhone.value ? rooms.value.filter(({ calendarId }) => calendarId === onlyCalendar.value) : rooms.value));
const stretch = computed<Span>(() => drawnStretch([...board.value.calendars.values(), ...board.value.rooms.values()], day.value));

const isClosed = computed(() => [...board.value.calendars.values()].every((calendar) => !isWorking(calendar)));

export function DayGrid() {
  const scroller = useRef<HTMLDivElement>(null);
  const isLoading = isFirstLook.value;
  // Scroll to now if it is today, else to the beginning of the day.
  useEffect(() => {
    if (isLoading || scroller.current === null) return;
    const { startsAt, endsAt } = stretch.peek();
    const share = date.peek() === today() ? (serverNow() - startsAt) / (endsAt - startsAt) : 0;
    scroller.current.scrollTop = Math.max(0, share * scroller.current.scrollHeight - scroller.current.clientHeight / 3);
  }, [isLoading, date.value]);
  if (!isLoading && columns.value.length === 0) return <p class="nothing soft">No staff work at this location yet.</p>;
  if (isLoading) return boardProblem.value === undefined ? <Waiting /> : null;
  return (
    <>
      {isPhone.value && <PersonSwitch />}
      {isClosed.value && <p class="closed-day">Closed: no one works on this day.</p>}
      <div
        class="grid"
        ref={scroller}
        style={{
          '--people': String(shownColumns.value.length + shownRooms.value.length),
          '--minutes': String(minutesDown(stretch.value.endsAt, stretch.value)),
        }}
      >
        <Hours />
        {shownColumns.value.map((column) => {
          const calendar = board.value.calendars.get(column.calendarId);
          return calendar !== undefined && <Column key={column.staffId} column={column} calendar={calendar} stretch={stretch.value} />;
        })}
        {shownRooms.value.map((column) => {
          const room = board.value.rooms.get(column.calendarId);
          return room !== undefined && <RoomColumn key={column.resourceId} column={column} room={room} stretch={stretch.value} />;
        })}
        {date.value === today() && <NowLine />}
      </div>
    </>
  );
}

function Hours() {
  return (
    <div class="hours" aria-hidden="true">
      <div class="corner" />
      {hoursOf(stretch.value).map((hour) => (
        <Hour key={hour} at={hour} />
      ))}
    </div>
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
  const isDrawn = now >= stretch.value.startsAt && now < stretch.value.endsAt;
  useLayoutEffect(() => {
    line.current?.style.setProperty('--down', String(minutesDown(now, stretch.value)));
  });
  if (!isDrawn) return null;
  return (
    <div class="now" ref={line}>
      <span class="now-time">
        <span class="only-heard">Now </span>
        {clock(now, timeZone.value)}
      </span>
    </div>
  );
}

function PersonSwitch() {
  const shown = shownRooms.value[0]?.calendarId ?? shownColumns.value[0]?.calendarId;
  const all = [
    ...columns.value.map(({ calendarId, staffName }) => ({ calendarId, name: staffName.split(' ')[0] })),
    ...rooms.value.map(({ calendarId, resourceName }) => ({ calendarId, name: resourceName })),
  ];
  return (
    <fieldset class="people">
      <legend class="only-heard">Whose day</legend>
      {all.map(({ calendarId: id, name }) => (
        <label key={id} class="person">
          <input
            type="radio"
            name="person"
            checked={id === shown}
            onChange={() => {
              onlyCalendar.value = id;
            }}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Waiting() {
  return (
    <div class="grid-waiting" aria-busy="true">
      <p class="only-heard">Loading the day</p>
      <div class="loading" />
      <div class="loading" />
      <div class="loading" />
      <div class="loading" />
    </div>
  );
}
