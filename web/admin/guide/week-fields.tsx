import type { Signal } from '@preact/signals';
import { DAYS, type Day, openDays, type Times, timesOf, type Week, type Wrong } from './week.ts';

const nameOf = (day: Day) => `${day.charAt(0).toUpperCase()}${day.slice(1)}`;

type WeekFieldsProps = { readonly week: Signal<Week>; readonly wrong: Wrong | undefined };

/** Days, and two times for all of them: few stops for the Tab key. */
export function WeekFields({ week: { value: week }, week: signal, wrong }: WeekFieldsProps) {
  const set = (part: Partial<Week>) => {
    signal.value = { ...week, ...part };
  };
  const isWrong = wrong?.at === 'days';
  return (
    <>
      <fieldset class="field" {...(isWrong && { 'aria-describedby': 'guide-days-wrong' })}>
        <legend class="label">Open on</legend>
        <div class="checks week-days">
          {DAYS.map((day) => (
            <label key={day} class="check">
              <input
                type="checkbox"
                checked={week.open.includes(day)}
                {...(isWrong && { 'aria-invalid': true })}
                onChange={({ currentTarget: { checked } }) => set({ open: checked ? [...week.open, day] : week.open.filter((one) => one !== day) })}
              />
              {nameOf(day)}
            </label>
          ))}
        </div>
        {isWrong && (
          <p class="wrong" id="guide-days-wrong">
            {wrong?.sentence}
          </p>
        )}
      </fieldset>
      {week.isSame ? (
        <TimesFields id="all" name="Hours" times={week.all} wrong={wrong} onChange={(all) => set({ all })} />
      ) : (
        openDays(week).map((day) => (
          <TimesFields
            key={day}
            id={day}
            name={nameOf(day)}
            times={timesOf(week, day)}
            wrong={wrong}
            onChange={(own) => set({ own: { ...week.own, [day]: own } })}
          />
        ))
      )}
      <label class="check">
        <input type="checkbox" checked={!week.isSame} onChange={({ currentTarget: { checked } }) => set({ isSame: !checked })} />
        Different hours on some days
      </label>
    </>
  );
}

type TimesProps = {
  readonly id: Day | 'all';
  readonly name: string;
  readonly times: Times;
  readonly wrong: Wrong | undefined;
  readonly onChange: (times: Times) => void;
};

function TimesFields({ id, name, times, wrong, onChange }: TimesProps) {
  const isWrong = wrong?.at === id;
  const marks = isWrong ? { 'aria-invalid': true, 'aria-describedby': `guide-${id}-wrong` } : {};
  const words = { from: 'From', to: 'To' } as const;
  return (
    <fieldset class="field day-hours">
      <legend class="label">{name}</legend>
      {(['from', 'to'] as const).map((end) => (
        <label key={end}>
          <span>{words[end]}</span>
          <input type="time" value={times[end]} {...marks} onInput={(event) => onChange({ ...times, [end]: event.currentTarget.value })} />
        </label>
      ))}
      {isWrong && (
        <p class="wrong" id={`guide-${id}-wrong`}>
          {wrong?.sentence}
        </p>
      )}
    </fieldset>
  );
}
