// A month with the load of its days: small in the rail, or in place of the day.
import { useEffect, useRef } from 'preact/hooks';
import { Arrow } from '../kit/arrow.tsx';
import { dayWords, monthOf } from '../kit/money-and-time.ts';
import { addDays, addMonths, localDate } from '../kit/zoned-dates.ts';
import { daysOf, loadOf, month, turnTo } from './load.ts';
import { moving } from './moving.ts';
import { isPhone, view } from './views.ts';
import { date, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

const STEPS: { readonly [key: string]: number } = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const DOTS = 3;

/** The month in place of the day. A day opens. */
export function Month() {
  return (
    <section class="month" aria-label={monthOf(month.value)}>
      <Days
        onChoose={(day) => {
          date.value = day;
          view.value = isPhone.value ? 'agenda' : 'day';
        }}
      />
    </section>
  );
}

/** The month beside the day. A day is shown, and takes what is dropped on it. */
export function MiniMonth() {
  return (
    <section class="month mini" aria-labelledby="mini-month">
      <header>
        <h2 id="mini-month">{monthOf(month.value)}</h2>
        <button
          type="button"
          class="button icon quiet"
          aria-label={words.value.before.month}
          onClick={() => {
            turnTo(addMonths(month.value, -1));
          }}
        >
          <Arrow to="left" />
        </button>
        <button
          type="button"
          class="button icon quiet"
          aria-label={words.value.after.month}
          onClick={() => {
            turnTo(addMonths(month.value, 1));
          }}
        >
          <Arrow to="right" />
        </button>
      </header>
      <Days
        isMini
        onChoose={(day) => {
          date.value = day;
        }}
      />
    </section>
  );
}

type DaysProps = { readonly isMini?: boolean; readonly onChoose: (day: string) => void };

function Days({ isMini = false, onChoose }: DaysProps) {
  const frame = useRef<HTMLDivElement>(null);
  const wanted = useRef<string | undefined>(undefined);
  const days = daysOf(month.value);
  const most = Math.max(1, ...days.map((day) => loadOf(day) ?? 0));
  const stop = days.includes(date.value) ? date.value : month.value;
  // The key that led out of the month has turned it.
  useEffect(() => {
    if (wanted.current !== undefined) frame.current?.querySelector<HTMLElement>(`[data-day="${wanted.current}"]`)?.focus();
    wanted.current = undefined;
  });
  const onKey = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const from = event.target instanceof HTMLElement ? event.target.dataset.day : undefined;
    if (step === undefined || from === undefined) return;
    event.preventDefault();
    const to = addDays(from, step);
    if (!days.includes(to)) {
      wanted.current = to;
      turnTo(`${to.slice(0, 7)}-01`);
    } else frame.current?.querySelector<HTMLElement>(`[data-day="${to}"]`)?.focus();
  };
  return (
    <div class="month-days" ref={frame}>
      <div class="month-names" aria-hidden="true">
        {days.slice(0, 7).map((day) => (
          <span key={day}>{dayWords(day).weekday}</span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys go from day to day; each day is a button */}
      <div class="month-weeks" onKeyDown={onKey}>
        {days.map((day) => (
          <DayCell key={day} day={day} share={(loadOf(day) ?? 0) / most} isMini={isMini} isStop={day === stop} onChoose={onChoose} />
        ))}
      </div>
    </div>
  );
}

type CellProps = { readonly day: string; readonly share: number; readonly isMini: boolean; readonly isStop: boolean; readonly onChoose: (day: string) => void };

function DayCell({ day, share, isMini, isStop, onChoose }: CellProps) {
  const load = loadOf(day);
  const mover = moving.value;
  const isTarget = mover !== undefined && isMini && mover.over === 'day' && localDate(mover.startsAt, timeZone.value) === day;
  const counted = load === undefined ? '' : `, ${words.value.count.appointments({ count: load })}`;
  return (
    <button
      type="button"
      class="month-day"
      data-day={day}
      data-drop={isMini || undefined}
      data-target={isTarget || undefined}
      data-outside={!day.startsWith(month.value.slice(0, 7)) || undefined}
      aria-current={day === today() ? 'date' : undefined}
      aria-pressed={day === date.value}
      tabIndex={isStop ? 0 : -1}
      onClick={() => onChoose(day)}
    >
      <span class="only-heard">
        {dayWords(day).long}
        {counted}
      </span>
      <span class="month-number" aria-hidden="true">
        {dayWords(day).day}
      </span>
      {isMini ? (
        <span class="dots" aria-hidden="true">
          {Array.from({ length: Math.ceil(share * DOTS) }, (_, index) => (
            <i key={index} />
          ))}
        </span>
      ) : (
        load !== undefined && (
          <>
            <span class="month-load" aria-hidden="true">
              {load === 0 ? '' : load}
            </span>
            <span class="bar" style={{ '--share': String(share) }} />
          </>
        )
      )}
    </button>
  );
}
