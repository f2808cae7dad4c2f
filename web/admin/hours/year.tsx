// Twelve months at a glance: what is closed, who is away. A day is pressed, or a stretch of days is dragged over.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { dayWords, monthOf } from '../../kit/money-and-time.ts';
import { addDays, weekdayOf } from '../../kit/zoned-dates.ts';
import { type DayState, dayState, offOn, type Span, type Whose } from './whose.ts';
import { DAYS } from './windows.ts';

const MONTHS = 12;
const STATE_WORDS: Readonly<Record<DayState, string>> = { open: '', shut: 'closed every week', closed: 'closed', special: 'other hours', away: 'away' };
const INITIALS = ['M', 'T', 'W', 'T', 'F', 'S', 'S'];

type YearProps = {
  readonly whose: Whose;
  /** Who works at this location: how many are away is a mark on a day. */
  readonly people: readonly Whose[];
  readonly today: string;
  readonly chosen: Signal<Span | undefined>;
};

export function Year({ whose, people, today, chosen }: YearProps) {
  const anchor = useSignal<string | undefined>(undefined);
  const focused = useSignal(today);
  const grid = useRef<HTMLDivElement>(null);
  const isMoved = useRef(false);
  useEffect(() => {
    if (isMoved.current) grid.current?.querySelector<HTMLElement>(`[data-date="${focused.value}"]`)?.focus();
    isMoved.current = false;
  }, [focused.value]);
  const choose = (one: string, other: string) => {
    chosen.value = one < other ? { from: one, to: other } : { from: other, to: one };
  };
  const dateOf = (event: Event) => (event.target as HTMLElement).closest<HTMLElement>('[data-date]')?.dataset.date;
  const down = (event: PointerEvent) => {
    const date = dateOf(event);
    if (date === undefined || event.button !== 0) return;
    if (event.shiftKey && chosen.value !== undefined) return choose(chosen.value.from, date);
    // A finger that is put down goes on telling of the day it was put on.
    (event.target as HTMLElement).releasePointerCapture(event.pointerId);
    anchor.value = date;
    choose(date, date);
  };
  const over = (event: PointerEvent) => {
    const date = dateOf(event);
    if (anchor.value !== undefined && date !== undefined) choose(anchor.value, date);
  };
  useEffect(() => {
    const end = () => {
      anchor.value = undefined;
    };
    for (const name of ['pointerup', 'pointercancel'] as const) addEventListener(name, end);
    return () => {
      for (const name of ['pointerup', 'pointercancel'] as const) removeEventListener(name, end);
    };
  }, []);
  const key = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      choose(focused.value, focused.value);
    }
    if (step === undefined) return;
    event.preventDefault();
    const next = addDays(focused.value, step);
    if (grid.current?.querySelector(`[data-date="${next}"]`) == null) return;
    isMoved.current = true;
    if (event.shiftKey) choose(chosen.value?.from === next || chosen.value === undefined ? focused.value : chosen.value.from, next);
    focused.value = next;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the days in it are buttons, and their events end here
    <div class="year" ref={grid} onPointerDown={down} onPointerOver={over} onKeyDown={key}>
      {monthsFrom(today).map((month) => (
        <section key={month} class="year-month" aria-label={monthOf(`${month}-01`)}>
          <h3>{monthOf(`${month}-01`)}</h3>
          <div class="year-days">
            {INITIALS.map((initial, index) => (
              <span key={index} class="year-initial" aria-hidden="true">
                {initial}
              </span>
            ))}
            {daysOf(month).map((date) => (
              <Day key={date} {...{ date, whose, people, today, chosen: chosen.value, isFocused: focused.value === date }} />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

type DayProps = {
  readonly date: string;
  readonly whose: Whose;
  readonly people: readonly Whose[];
  readonly today: string;
  readonly chosen: Span | undefined;
  readonly isFocused: boolean;
};

function Day({ date, whose, people, today, chosen, isFocused }: DayProps) {
  const weekday = weekdayOf(date);
  const state = dayState(whose, date, DAYS[weekday] ?? 'monday');
  const away = people.filter((one) => offOn(one, date).length > 0).map(({ name }) => name);
  const isChosen = chosen !== undefined && chosen.from <= date && date <= chosen.to;
  const words = [dayWords(date).long, STATE_WORDS[state], away.length > 0 ? `away: ${away.join(', ')}` : ''].filter((part) => part !== '').join(', ');
  return (
    <button
      type="button"
      class="year-day"
      data-date={date}
      data-state={state}
      data-column={date.endsWith('-01') ? weekday : undefined}
      aria-label={words}
      title={words}
      aria-pressed={isChosen}
      disabled={date < today}
      tabIndex={isFocused ? 0 : -1}
    >
      {Number(date.slice(8))}
      {away.length > 0 && <span class="year-away" />}
    </button>
  );
}

function monthsFrom(today: string): readonly string[] {
  const [year = 0, month = 1] = today.split('-').map(Number);
  return Array.from({ length: MONTHS }, (_, index) => new Date(Date.UTC(year, month - 1 + index, 1)).toISOString().slice(0, 7));
}

function daysOf(month: string): readonly string[] {
  const dates: string[] = [];
  for (let date = `${month}-01`; date.startsWith(month); date = addDays(date, 1)) dates.push(date);
  return dates;
}
