import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { clock } from '../kit/money-and-time.ts';
import type { BoardCalendar, BoardClaim } from './board.ts';
import { FormAnswer, useDeskForm } from './form-state.tsx';
import { StartChoice, useOfferedStarts } from './start-choice.tsx';
import { TellingChoice, untold } from './telling.tsx';
import { board, date, staffHere, timeZone } from './watching.ts';

type Props = { readonly claim: BoardClaim; readonly calendar: BoardCalendar; readonly onDone: () => void };

/** Moving by form: day, person and one of the starts that are offered there. */
export function MoveForm({ claim, calendar, onDone }: Props) {
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const day = useSignal(date.value);
  const people = staffHere.value.filter((person) => person.id === calendar.staffId || person.serviceIds.includes(claim.serviceId ?? ''));
  // A staff member who no longer works here keeps it until it is moved.
  const staffId = useSignal((people.find(({ id }) => id === calendar.staffId) ?? people[0])?.id ?? '');
  const startsAt = useSignal(claim.startsAt);
  const offered = useOfferedStarts({ serviceId: claim.serviceId ?? '', staffId: staffId.value, day: day.value, movingAppointmentId: claim.id }, startsAt);
  const to = [...board.value.calendars.values()].find((other) => other.staffId === staffId.value) ?? calendar;
  const state = useDeskForm('move', onDone);
  const isTelling = useSignal(true);
  const send = (event: Event) => {
    event.preventDefault();
    const from = { staffId: calendar.staffId, calendarId: calendar.calendarId };
    const move = { type: 'move', claim, from, to: { staffId: to.staffId, calendarId: to.calendarId }, startsAt: startsAt.value } as const;
    state.send(isTelling.value ? move : untold(move));
  };
  return (
    <form class="stack" onSubmit={send}>
      <div class="field">
        <label for="move-day">Day</label>
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
        <label for="move-person">With</label>
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
      <StartChoice id="move-start" offered={offered} startsAt={startsAt} />
      <TellingChoice isTelling={isTelling} claims={[claim]} />
      <FormAnswer state={state} />
      <div class="actions">
        <button
          type="submit"
          class="button primary"
          aria-busy={state.flight !== undefined || undefined}
          disabled={offered === undefined || offered.length === 0}
        >
          Move to {clock(startsAt.value, timeZone.value)}
        </button>
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}
