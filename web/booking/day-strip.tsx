import { Arrow } from '../kit/arrow.tsx';
import { counted, dayWords, monthOf } from '../kit/money-and-time.ts';
import { addDays } from '../kit/zoned-dates.ts';
import { chooseDate, countOf, DAYS_SHOWN, date, dates, firstDate, isClosedOn, service, today, turnStrip } from './choosing.ts';

/** A week of days with how many times are free on each, counted live. */
export function DayStrip() {
  const first = firstDate.value;
  const last = dates.value.at(-1) ?? first;
  const month = monthOf(first) === monthOf(last) ? monthOf(first) : `${monthOf(first).split(' ')[0]} – ${monthOf(last)}`;
  const horizon = service.value?.horizonDays ?? null;
  const isAtEnd = horizon !== null && last >= addDays(today(), horizon);
  return (
    <fieldset class="days">
      <legend class="only-heard">Day</legend>
      <div class="days-top">
        <p class="month" aria-live="polite">
          {month}
        </p>
        <button type="button" class="button icon" aria-label="Earlier days" disabled={first <= today()} onClick={() => turnStrip(-DAYS_SHOWN)}>
          <Arrow to="left" />
        </button>
        <button type="button" class="button icon" aria-label="Later days" disabled={isAtEnd} onClick={() => turnStrip(DAYS_SHOWN)}>
          <Arrow to="right" />
        </button>
      </div>
      <div class="days-row">
        {dates.value.map((day) => (
          <Day key={day} day={day} />
        ))}
      </div>
    </fieldset>
  );
}

function Day({ day }: { readonly day: string }) {
  const words = dayWords(day);
  const count = countOf(day);
  const isClosed = count === 0 && isClosedOn(day);
  const free = count === 0 ? 'no free times' : counted(count ?? 0, 'free time', 'free times');
  const spoken = `${words.long}, ${count === undefined ? 'loading' : isClosed ? 'closed' : free}`;
  return (
    <label class="day" data-free={count === undefined ? 'unknown' : count === 0 ? 'none' : 'some'}>
      <input type="radio" name="day" value={day} aria-label={spoken} checked={day === date.value} onChange={() => chooseDate(day)} />
      <span aria-hidden="true" class="day-week">
        {day === today() ? 'Today' : words.weekday}
      </span>
      <span aria-hidden="true" class="day-number">
        {words.day}
      </span>
      <span aria-hidden="true" class="day-count">
        {count === undefined ? '·' : isClosed ? 'closed' : count === 0 ? '–' : count}
        {count !== undefined && count > 0 && <span class="day-free"> free</span>}
      </span>
    </label>
  );
}
