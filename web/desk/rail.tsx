// Beside the day on wide screens: the month, and who works.
import { signal } from '@preact/signals';
import { Arrow } from '../kit/arrow.tsx';
import { clockRange, shortDay } from '../kit/money-and-time.ts';
import { openings } from './day-layout.ts';
import { MiniMonth } from './month.tsx';
import { chosenCalendar, onlyCalendar, view } from './views.ts';
import { board, columns, date, day, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

const RAIL = 'desk-rail';
const wide = matchMedia('(min-width: 1024px)');
const isWide = signal(wide.matches);
wide.addEventListener('change', () => {
  isWide.value = wide.matches;
});
const isOpen = signal(localStorage.getItem(RAIL) !== 'closed');

export function Rail() {
  if (!isWide.value) return null;
  const text = words.value.rail;
  return (
    <nav class="rail" data-open={isOpen.value || undefined} aria-label={text.label}>
      <button
        type="button"
        class="button icon quiet rail-switch"
        aria-expanded={isOpen.value}
        aria-label={isOpen.value ? text.fold : text.unfold}
        onClick={() => {
          isOpen.value = !isOpen.value;
          localStorage.setItem(RAIL, isOpen.value ? 'open' : 'closed');
        }}
      >
        <Arrow to={isOpen.value ? 'left' : 'right'} />
      </button>
      {isOpen.value && (
        <>
          {view.value !== 'month' && <MiniMonth />}
          <OnDuty />
        </>
      )}
    </nav>
  );
}

/** Who works on the chosen day, and when. A name shows its calendar alone, and once more everyone’s. */
function OnDuty() {
  const people = columns.value.flatMap((column) => {
    const calendar = board.value.calendars.get(column.calendarId);
    return calendar === undefined ? [] : [{ ...column, hours: openings(calendar, day.value) }];
  });
  const text = words.value.rail;
  const working = people.filter(({ hours }) => hours.length > 0);
  return (
    <section class="duty" aria-labelledby="on-duty">
      <h2 id="on-duty">{date.value === today() ? text.onDutyToday : text.onDuty({ day: shortDay(day.value.startsAt, timeZone.value) })}</h2>
      {working.length === 0 && <p class="soft">{text.noOne}</p>}
      <ul>
        {working.map(({ calendarId, staffName, hours }) => (
          <li key={calendarId}>
            <button
              type="button"
              aria-pressed={onlyCalendar.value === calendarId}
              onClick={() => {
                chosenCalendar.value = chosenCalendar.value === calendarId ? '' : calendarId;
              }}
            >
              <span>{staffName}</span>
              <span class="soft">{hours.map(({ startsAt, endsAt }) => clockRange(startsAt, endsAt, timeZone.value)).join(', ')}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
