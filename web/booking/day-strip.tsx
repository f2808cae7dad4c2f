import { useRef } from 'preact/hooks';
import { Arrow } from '../kit/arrow.tsx';
import { dayWords, monthsOf } from '../kit/money-and-time.ts';
import { chooseDate, DAYS_SHOWN, date, dates, firstDate, isClosedOn, lastDate, today, turnStrip } from './choosing.ts';
import { monthOfDate, openMonth } from './day-counts.ts';
import { countOf } from './free-times.ts';
import { words } from './languages.ts';
import { MonthSheet, spokenDay } from './month-sheet.tsx';

/** A week of days with how many times are free on each, counted live, and the way to the whole month. */
export function DayStrip() {
  const opener = useRef<HTMLButtonElement>(null);
  const { times } = words.value;
  const first = firstDate.value;
  const last = dates.value.at(-1) ?? first;
  const isAtEnd = lastDate.value !== undefined && last >= lastDate.value;
  return (
    <fieldset class="days">
      <legend class="only-heard">{times.day}</legend>
      <div class="days-top">
        <button
          type="button"
          class="button quiet month"
          aria-haspopup="dialog"
          ref={opener}
          onClick={() => {
            openMonth.value = monthOfDate(date.value);
          }}
        >
          <span aria-live="polite">{monthsOf(first, last)}</span>
          <span class="only-heard"> {times.wholeMonth}</span>
          <Arrow to="down" />
        </button>
        <button type="button" class="button icon" aria-label={times.earlierDays} disabled={first <= today()} onClick={() => turnStrip(-DAYS_SHOWN)}>
          <Arrow to="left" />
        </button>
        <button type="button" class="button icon" aria-label={times.laterDays} disabled={isAtEnd} onClick={() => turnStrip(DAYS_SHOWN)}>
          <Arrow to="right" />
        </button>
      </div>
      <div class="days-row">
        {dates.value.map((day) => (
          <Day key={day} day={day} />
        ))}
      </div>
      {openMonth.value !== undefined && <MonthSheet month={openMonth.value} onClose={() => opener.current?.focus()} />}
    </fieldset>
  );
}

function Day({ day }: { readonly day: string }) {
  const { times } = words.value;
  const spelt = dayWords(day);
  const count = countOf(day);
  const isClosed = count === 0 && isClosedOn(day);
  return (
    <label class="day" data-free={count === undefined ? 'unknown' : count === 0 ? 'none' : 'some'}>
      <input type="radio" name="day" value={day} aria-label={spokenDay(day, count)} checked={day === date.value} onChange={() => chooseDate(day)} />
      <span aria-hidden="true" class="day-week">
        {day === today() ? times.todayShort : spelt.weekday}
      </span>
      <span aria-hidden="true" class="day-number">
        {spelt.day}
      </span>
      <span aria-hidden="true" class="day-count">
        {count === undefined ? '·' : isClosed ? times.closed : count === 0 ? '–' : count}
        {count !== undefined && count > 0 && <span class="day-free"> {times.shortFree}</span>}
      </span>
    </label>
  );
}
