import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Arrow } from '../kit/arrow.tsx';
import { say } from '../kit/language.ts';
import { dayWords, monthOf } from '../kit/money-and-time.ts';
import { addDays, weekdayOf } from '../kit/zoned-dates.ts';
import { chooseDate, date, isClosedOn, lastDate, today } from './choosing.ts';
import { monthAfter, monthBefore, monthCounts, monthOfDate, openMonth } from './day-counts.ts';
import { words } from './languages.ts';

/** A Monday, to name the days of the week. */
const SOME_MONDAY = '2024-01-01';
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const WEEK = [0, 1, 2, 3, 4, 5, 6];

/** All days of a month with how many times are free on each, counted again while it is open. */
export function MonthSheet({ month, onClose }: { readonly month: string; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { times } = words.value;
  useLayoutEffect(() => {
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  const close = () => {
    openMonth.value = undefined;
    onClose();
  };
  const turn = (to: string) => () => {
    openMonth.value = to;
  };
  const isLast = lastDate.value !== undefined && monthAfter(month) > lastDate.value;
  return (
    <dialog class="month-sheet" ref={dialog} aria-label={times.month} onClose={close}>
      <div class="days-top">
        <h3 aria-live="polite">{monthOf(month)}</h3>
        <button type="button" class="button icon" aria-label={times.earlierMonth} disabled={month <= today()} onClick={turn(monthBefore(month))}>
          <Arrow to="left" />
        </button>
        <button type="button" class="button icon" aria-label={times.laterMonth} disabled={isLast} onClick={turn(monthAfter(month))}>
          <Arrow to="right" />
        </button>
      </div>
      <MonthTable
        month={month}
        onChoose={(day) => {
          chooseDate(day);
          close();
        }}
      />
      <button type="button" class="button" onClick={close}>
        {times.close}
      </button>
    </dialog>
  );
}

function MonthTable({ month, onChoose }: { readonly month: string; readonly onChoose: (day: string) => void }) {
  const table = useRef<HTMLTableElement>(null);
  const first = addDays(month, -weekdayOf(month));
  const weeks = [0, 7, 14, 21, 28, 35].map((ahead) => addDays(first, ahead)).filter((monday) => monday < monthAfter(month));
  const isOpen = (day: string) => day >= today() && (lastDate.value === undefined || day <= lastDate.value);
  const days = weeks.flatMap((monday) => WEEK.map((ahead) => addDays(monday, ahead))).filter((day) => monthOfDate(day) === month && isOpen(day));
  const stop = days.includes(date.value) ? date.value : days[0];
  // Who turns the page stays at the button that does.
  useEffect(() => table.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus(), []);
  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const here = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.day : undefined;
    if (step === undefined || here === undefined || table.current === null) return;
    event.preventDefault();
    const turned = getComputedStyle(table.current).direction === 'rtl' && Math.abs(step) === 1 ? -step : step;
    table.current.querySelector<HTMLElement>(`[data-day="${addDays(here, turned)}"]`)?.focus();
  };
  return (
    <table ref={table} onKeyDown={move}>
      <thead>
        <tr>
          {WEEK.map((ahead) => (
            <th key={ahead} scope="col">
              {dayWords(addDays(SOME_MONDAY, ahead)).weekday}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((monday) => (
          <tr key={monday}>
            {WEEK.map((ahead) => addDays(monday, ahead)).map((day) => (
              <td key={day}>{days.includes(day) && <MonthDay day={day} isStop={day === stop} onChoose={onChoose} />}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type MonthDayProps = { readonly day: string; readonly isStop: boolean; readonly onChoose: (day: string) => void };

function MonthDay({ day, isStop, onChoose }: MonthDayProps) {
  const counts = monthCounts.value;
  const count = counts === undefined ? undefined : (counts.get(day) ?? 0);
  return (
    <button
      type="button"
      class="month-day"
      data-day={day}
      data-free={count === undefined ? 'unknown' : count === 0 ? 'none' : 'some'}
      aria-current={day === date.value ? 'date' : undefined}
      tabIndex={isStop ? 0 : -1}
      onClick={() => onChoose(day)}
    >
      <span class="only-heard">{spokenDay(day, count)}</span>
      <span aria-hidden="true" class="day-number">
        {dayWords(day).day}
      </span>
      <span aria-hidden="true" class="day-count">
        {count === undefined ? '·' : count === 0 ? '–' : count}
      </span>
    </button>
  );
}

/** How a day is said: "Tuesday, 24 November, 12 free times". */
export function spokenDay(day: string, count: number | undefined): string {
  const { times } = words.value;
  const free = count === 0 ? times.none : say(times.free, { count: count ?? 0 });
  const state = count === undefined ? times.loading : count === 0 && isClosedOn(day) ? times.closed : free;
  return say(times.dayLabel, { day: dayWords(day).long, state });
}
