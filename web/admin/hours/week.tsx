// The hours of each weekday: painted with a pointer, a finger or keys, or typed. A break is a gap.
import { type Signal, useSignal } from '@preact/signals';
import { announce } from '../../kit/announcing.tsx';
import { minutesOf } from '../../kit/zoned-dates.ts';
import { DAYS, type Day, isOpenAt, painted, type Week, type Window, wallClock, windowWords } from './windows.ts';

const STEP_MINUTES = 15;
const WHOLE_DAY = 24 * 60;
const MARKS = [0, 6, 12, 18, 24];

type WeekProps = { readonly week: Week; readonly onChange: (week: Week) => void; readonly isLocked: boolean };

export function WeekHours({ week, onChange, isLocked }: WeekProps) {
  return (
    <div class="week">
      <p class="soft small" id={KEYS_HINT}>
        Paint with a pointer, or with keys: arrows move, Enter begins a stretch and ends it, Escape gives it up.
      </p>
      {DAYS.map((day) => (
        <DayHours key={day} day={day} windows={week[day]} isLocked={isLocked} onChange={(windows) => onChange({ ...week, [day]: windows })} />
      ))}
    </div>
  );
}

const nameOf = (day: Day) => `${day.charAt(0).toUpperCase()}${day.slice(1)}`;

type DayProps = { readonly day: Day; readonly windows: readonly Window[]; readonly onChange: (windows: readonly Window[]) => void; readonly isLocked: boolean };

function DayHours({ day, windows, onChange, isLocked }: DayProps) {
  const set = (index: number, part: Partial<Window>) => onChange(windows.map((window, at) => (at === index ? { ...window, ...part } : window)));
  const last = windows.at(-1);
  const more = () => {
    const from = last === undefined ? 9 * 60 : Math.min(WHOLE_DAY - 60, minutesOf(last.to) + 60);
    onChange([...windows, { from: wallClock(from), to: wallClock(last === undefined ? 17 * 60 : from + 60) }]);
  };
  return (
    <fieldset class="week-day" disabled={isLocked}>
      <legend class="only-heard">{nameOf(day)}</legend>
      <span class="week-name" aria-hidden="true">
        {nameOf(day)}
      </span>
      <Strip day={day} windows={windows} onChange={onChange} isLocked={isLocked} />
      <div class="week-times">
        {windows.length === 0 && <span class="soft">closed</span>}
        {windows.map((window, index) => (
          <span key={index} class="week-window">
            <TimeField label={`${nameOf(day)} from`} value={window.from} onChange={(from) => set(index, { from })} />
            <span aria-hidden="true">–</span>
            <TimeField label={`${nameOf(day)} to`} value={window.to} onChange={(to) => set(index, { to })} />
            <button
              type="button"
              class="button quiet icon"
              aria-label={`Remove ${nameOf(day)} ${window.from} to ${window.to}`}
              onClick={() => onChange(windows.filter((_, at) => at !== index))}
            >
              ×
            </button>
          </span>
        ))}
        {(last === undefined || minutesOf(last.to) <= WHOLE_DAY - 120) && (
          <button type="button" class="button quiet" onClick={more}>
            {windows.length === 0 ? 'Open' : 'Add after a break'}
            <span class="only-heard"> on {nameOf(day)}</span>
          </button>
        )}
      </div>
    </fieldset>
  );
}

/** A field for a time shows no 24:00, so midnight at the end of a day is typed as 00:00. */
function TimeField({ label, value, onChange }: { readonly label: string; readonly value: string; readonly onChange: (value: string) => void }) {
  return (
    <input
      type="time"
      aria-label={label}
      value={value === '24:00' ? '00:00' : value}
      onChange={({ currentTarget: { value: typed } }) => {
        if (typed !== '') onChange(typed === '00:00' && label.endsWith(' to') ? '24:00' : typed);
      }}
    />
  );
}

/** `opens`: what it makes of the time it goes over. */
type Stroke = { readonly start: number; readonly end: number; readonly opens: boolean };

const spanOf = ({ start, end }: Stroke) => ({
  from: Math.floor(Math.min(start, end) / STEP_MINUTES) * STEP_MINUTES,
  to: Math.ceil(Math.max(start, end) / STEP_MINUTES) * STEP_MINUTES,
});

/** A stroke that begins in closed time opens, one that begins in open time closes. */
function Strip({ day, windows, onChange, isLocked }: DayProps) {
  const stroke = useSignal<Stroke | undefined>(undefined);
  const paint = (done: Stroke) => {
    const next = painted(windows, spanOf(done), done.opens);
    onChange(next);
    announce(`${nameOf(day)}: ${windowWords(next)}`);
  };
  const pointer = usePointer({ windows, stroke, paint, isLocked });
  const { mark, words, press, give } = useKeys({ windows, stroke, paint, isLocked });
  const shown = stroke.value === undefined ? windows : painted(windows, spanOf(stroke.value), stroke.value.opens);
  return (
    <div
      class="week-strip"
      role="slider"
      tabIndex={isLocked ? -1 : 0}
      aria-label={`Paint ${nameOf(day)}`}
      aria-describedby={KEYS_HINT}
      aria-disabled={isLocked}
      aria-valuemin={0}
      aria-valuemax={WHOLE_DAY}
      aria-valuenow={mark}
      aria-valuetext={words}
      onKeyDown={press}
      onBlur={give}
      onPointerCancel={give}
      {...pointer}
    >
      {shown.map(({ from, to }) => (
        <span key={from} class="week-open" style={placeOf(minutesOf(from), minutesOf(to) - minutesOf(from))} />
      ))}
      {MARKS.map((hour) => (
        <span key={hour} class="week-mark" data-hour={hour} style={{ left: `${(hour / 24) * 100}%` }}>
          {hour}
        </span>
      ))}
      <span class="week-cursor" style={placeOf(mark, STEP_MINUTES)} />
      {stroke.value !== undefined && <span class="week-said">{windowWords(shown)}</span>}
    </div>
  );
}

const placeOf = (from: number, minutes: number) => ({ left: `${(from / WHOLE_DAY) * 100}%`, width: `${(minutes / WHOLE_DAY) * 100}%` });

type StrokeProps = {
  readonly windows: readonly Window[];
  readonly stroke: Signal<Stroke | undefined>;
  readonly paint: (stroke: Stroke) => void;
  readonly isLocked: boolean;
};

function usePointer({ windows, stroke, paint, isLocked }: StrokeProps) {
  const minuteAt = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return Math.min(WHOLE_DAY, Math.max(0, ((event.clientX - box.left) / box.width) * WHOLE_DAY));
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (isLocked || event.button !== 0) return;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      const start = minuteAt(event);
      stroke.value = { start, end: start, opens: !isOpenAt(windows, start) };
    },
    onPointerMove: (event: PointerEvent) => {
      if (stroke.value !== undefined && event.buttons !== 0) stroke.value = { ...stroke.value, end: minuteAt(event) };
    },
    onPointerUp: () => {
      const done = stroke.value;
      stroke.value = undefined;
      // A press without a stroke changes nothing: it is too easily made by mistake.
      if (done !== undefined && Math.abs(done.end - done.start) >= STEP_MINUTES / 2) paint(done);
    },
  };
}

const KEYS_HINT = 'week-keys';
const STEPS: Readonly<Record<string, number>> = {
  ...{ ArrowLeft: -STEP_MINUTES, ArrowDown: -STEP_MINUTES, ArrowRight: STEP_MINUTES, ArrowUp: STEP_MINUTES },
  ...{ PageDown: -60, PageUp: 60, Home: -WHOLE_DAY, End: WHOLE_DAY },
};

/** The same strokes by keyboard: the mark is a quarter of an hour; Enter begins a stroke at it and ends one after it, Escape gives it up. */
function useKeys({ windows, stroke, paint, isLocked }: StrokeProps) {
  const mark = useSignal(minutesOf(windows[0]?.from ?? '09:00'));
  /** Where the stroke by keyboard began. */
  const begun = useSignal<number | undefined>(undefined);
  const give = () => {
    begun.value = undefined;
    stroke.value = undefined;
  };
  const stretch = (from: number, opens: boolean) => {
    stroke.value = { start: Math.min(from, mark.value), end: Math.max(from, mark.value) + STEP_MINUTES, opens };
  };
  const press = (event: KeyboardEvent) => {
    if (isLocked) return;
    const [step, now] = [STEPS[event.key], stroke.value];
    if (step !== undefined) {
      mark.value = Math.min(WHOLE_DAY - STEP_MINUTES, Math.max(0, mark.value + step));
      if (begun.value !== undefined && now !== undefined) stretch(begun.value, now.opens);
    } else if (event.key === 'Escape' && now !== undefined) give();
    else if (event.key !== 'Enter' && event.key !== ' ') return;
    else if (begun.value === undefined) {
      begun.value = mark.value;
      stretch(mark.value, !isOpenAt(windows, mark.value));
    } else {
      give();
      if (now !== undefined) paint(now);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const said = stroke.value === undefined ? undefined : spanOf(stroke.value);
  const words =
    said === undefined
      ? `${wallClock(mark.value)}, ${isOpenAt(windows, mark.value) ? 'open' : 'closed'}`
      : `${stroke.value?.opens === true ? 'Opening' : 'Closing'} ${wallClock(said.from)} to ${wallClock(said.to)}`;
  return { mark: mark.value, words, press, give };
}
