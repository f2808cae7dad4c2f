import { say } from '../kit/language.ts';
import { clock, dayWords, shortDay } from '../kit/money-and-time.ts';
import { staffName } from '../kit/shop.ts';
import { addDays, localDate } from '../kit/zoned-dates.ts';
import { chooseDate, people, staffId, timeZone, today } from './choosing.ts';
import { earlierWithAnyone } from './day-counts.ts';
import { soon, watchProblem } from './free-times.ts';
import { words } from './languages.ts';
import type { OfferedStart } from './offered-slots.ts';
import type { Picking } from './time-grid.tsx';

/** "Today, 14:30", "Tue, 24 Nov, 14:30" */
export function whenSoon(startsAt: number): string {
  const { times } = words.value;
  const day = localDate(startsAt, timeZone.value);
  const near = day === today() ? times.today : day === addDays(today(), 1) ? times.tomorrow : shortDay(startsAt, timeZone.value);
  return say(times.at, { day: near, time: clock(startsAt, timeZone.value) });
}

/** The next free times, each one press away from being held. */
export function Soon({ picking }: { readonly picking: Picking }) {
  const { times } = words.value;
  const next = soon.value;
  if (next === undefined ? watchProblem.value !== undefined : next.length === 0) return null;
  return (
    <section class="soon" aria-label={times.next}>
      <ul class="soon-row">
        {next === undefined && ['first', 'second', 'third'].map((place) => <li key={place} class="loading soon-waiting" />)}
        {next?.map((start) => (
          <li key={start.startsAt}>
            <button
              type="button"
              class="soon-time"
              data-start={start.startsAt}
              aria-busy={picking.asking === start.startsAt || undefined}
              aria-disabled={picking.asking !== undefined || undefined}
              onClick={() => picking.pick(start.startsAt)}
            >
              <span class="soon-when">{whenSoon(start.startsAt)}</span>
              {staffId.value === undefined && people.value.length > 1 && <span class="soon-who">{whoWords(start)}</span>}
            </button>
          </li>
        ))}
      </ul>
      <Earlier />
    </section>
  );
}

function whoWords({ staffIds: [first = '', ...others] }: OfferedStart): string {
  const { times } = words.value;
  return others.length === 0 ? say(times.with, { name: staffName(first) }) : say(times.several, { people: others.length + 1 });
}

/** Who has chosen a person is told that someone else is free before. */
function Earlier() {
  const day = earlierWithAnyone.value;
  if (day === undefined) return null;
  const choose = () => {
    staffId.value = undefined;
    chooseDate(day);
  };
  return (
    <button type="button" class="button quiet" onClick={choose}>
      {say(words.value.times.earlier, { day: dayWords(day).long })}
    </button>
  );
}
