import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { clock } from '../kit/money-and-time.ts';
import { minutesOf, momentOf } from '../kit/zoned-dates.ts';
import type { BoardCalendar, BoardClaim } from './board.ts';
import { ClockField, clockField } from './clock-field.tsx';
import { FormAnswer, useDeskForm } from './form-state.tsx';
import { StartChoice, useOfferedStarts } from './start-choice.tsx';
import { TellingChoice, untold } from './telling.tsx';
import { board, date, runsTheDesk, staffHere, timeZone } from './watching.ts';
import { words } from './wording.ts';

type Props = { readonly claim: BoardClaim; readonly calendar: BoardCalendar; readonly onDone: () => void };

/** Moving by form: day, person and one of the starts that are offered there. */
export function MoveForm({ claim, calendar, onDone }: Props) {
  const first = useRef<HTMLInputElement>(null);
  const text = words.value.fresh;
  useEffect(() => first.current?.focus(), []);
  const day = useSignal(date.value);
  const people = staffHere.value.filter((person) => person.id === calendar.staffId || person.serviceIds.includes(claim.serviceId ?? ''));
  // A staff member who no longer works here keeps it until it is moved.
  const staffId = useSignal((people.find(({ id }) => id === calendar.staffId) ?? people[0])?.id ?? '');
  const startsAt = useSignal(claim.startsAt);
  const typed = useSignal<string | undefined>(undefined);
  const offered = useOfferedStarts({ serviceId: claim.serviceId ?? '', staffId: staffId.value, day: day.value, movingAppointmentId: claim.id }, startsAt);
  const to = [...board.value.calendars.values()].find((other) => other.staffId === staffId.value) ?? calendar;
  const state = useDeskForm('move', onDone);
  const isTelling = useSignal(true);
  const chosen = typed.value === undefined ? startsAt.value : momentOf(day.value, minutesOf(typed.value), timeZone.value);
  const send = (event: Event) => {
    event.preventDefault();
    const from = { staffId: calendar.staffId, calendarId: calendar.calendarId };
    const move = { type: 'move', claim, from, to: { staffId: to.staffId, calendarId: to.calendarId }, startsAt: chosen } as const;
    state.send(isTelling.value ? move : untold(move));
  };
  return (
    <form class="stack" onSubmit={send}>
      <div class="field">
        <label for="move-day">{text.day}</label>
        <input
          id="move-day"
          type="date"
          required
          value={day.value}
          ref={first}
          onChange={(event) => {
            day.value = event.currentTarget.value;
          }}
        />
      </div>
      <div class="field">
        <label for="move-person">{text.with}</label>
        <select
          id="move-person"
          value={staffId.value}
          onChange={(event) => {
            staffId.value = event.currentTarget.value;
          }}
        >
          {people.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <TimePart offered={offered} startsAt={startsAt} typed={typed} />
      <TellingChoice isTelling={isTelling} claims={[claim]} />
      <FormAnswer state={state} />
      <div class="actions">
        <button
          type="submit"
          class="button primary"
          aria-busy={state.flight !== undefined || undefined}
          disabled={typed.value === undefined && (offered === undefined || offered.length === 0)}
        >
          {text.moveTo({ time: clock(chosen, timeZone.value) })}
        </button>
        <button type="button" class="button" onClick={onDone}>
          {text.cancel}
        </button>
      </div>
    </form>
  );
}

type TimeProps = { readonly offered: readonly number[] | undefined; readonly startsAt: Signal<number>; readonly typed: Signal<string | undefined> };

/** One of the starts that are offered; who runs the desk can also type another one, and is asked why. */
function TimePart({ offered, startsAt, typed }: TimeProps) {
  if (typed.value !== undefined)
    return <ClockField id="move-time" label={words.value.fresh.time} value={typed.value} onInput={(time) => (typed.value = time)} />;
  return (
    <>
      <StartChoice id="move-start" offered={offered} startsAt={startsAt} />
      {runsTheDesk.value && (
        <button
          type="button"
          class="button quiet other-times"
          onClick={() => {
            typed.value = clockField(startsAt.value, timeZone.value);
          }}
        >
          {words.value.fresh.notOffered}
        </button>
      )}
    </>
  );
}
