// The hours of each weekday: painted with a pointer or a finger, or typed. A break is a gap.
import { useSignal } from '@preact/signals';
import { minutesOf } from '../../kit/zoned-dates.ts';
import { DAYS, type Day, isOpenAt, painted, type Week, type Window, wallClock, windowWords } from './windows.ts';

const STEP_MINUTES = 15;
const WHOLE_DAY = 24 * 60;
const MARKS = [0, 6, 12, 18, 24];

type WeekProps = { readonly week: Week; readonly onChange: (week: Week) => void; readonly isLocked: boolean };

export function WeekHours({ week, onChange, isLocked }: WeekProps) {
  return (
    <div class="week">
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
      <Strip windows={windows} onChange={onChange} isLocked={isLocked} />
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

type Stroke = { readonly start: number; readonly end: number; readonly opens: boolean };

/** A stroke that begins in closed time opens, one that begins in open time closes. The keyboard has the fields beside it. */
function Strip({ windows, onChange, isLocked }: Omit<DayProps, 'day'>) {
  const stroke = useSignal<Stroke | undefined>(undefined);
  const minuteAt = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return Math.min(WHOLE_DAY, Math.max(0, ((event.clientX - box.left) / box.width) * WHOLE_DAY));
  };
  const spanOf = ({ start, end }: Stroke) => ({
    from: Math.floor(Math.min(start, end) / STEP_MINUTES) * STEP_MINUTES,
    to: Math.ceil(Math.max(start, end) / STEP_MINUTES) * STEP_MINUTES,
  });
  const shown = stroke.value === undefined ? windows : painted(windows, spanOf(stroke.value), stroke.value.opens);
  const down = (event: PointerEvent) => {
    if (isLocked || event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const start = minuteAt(event);
    stroke.value = { start, end: start, opens: !isOpenAt(windows, start) };
  };
  const move = (event: PointerEvent) => {
    if (stroke.value !== undefined) stroke.value = { ...stroke.value, end: minuteAt(event) };
  };
  const up = () => {
    const done = stroke.value;
    stroke.value = undefined;
    // A press without a stroke changes nothing: it is too easily made by mistake.
    if (done !== undefined && Math.abs(done.end - done.start) >= STEP_MINUTES / 2) onChange(painted(windows, spanOf(done), done.opens));
  };
  const give = () => {
    stroke.value = undefined;
  };
  return (
    <div class="week-strip" aria-hidden="true" onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={give}>
      {shown.map(({ from, to }) => (
        <span
          key={from}
          class="week-open"
          style={{ left: `${(minutesOf(from) / WHOLE_DAY) * 100}%`, width: `${((minutesOf(to) - minutesOf(from)) / WHOLE_DAY) * 100}%` }}
        />
      ))}
      {MARKS.map((hour) => (
        <span key={hour} class="week-mark" data-hour={hour} style={{ left: `${(hour / 24) * 100}%` }}>
          {hour}
        </span>
      ))}
      {stroke.value !== undefined && <span class="week-said">{windowWords(shown)}</span>}
    </div>
  );
}
