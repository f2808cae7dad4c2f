import { say } from '../kit/language.ts';
import { clock, shortDay } from '../kit/money-and-time.ts';
import { NotSure } from '../kit/not-sure.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { staffName } from '../kit/shop.ts';
import { localDate } from '../kit/zoned-dates.ts';
import { date, serviceId, timeZone } from './choosing.ts';
import { asking, giveUpKeeping, isUnsureOfKeeping, keep, refused } from './keeping.ts';
import { words } from './languages.ts';

const ALTERNATIVES_SHOWN = 4;

/** Why the requested time was refused, with the nearest free times, or that it is not known yet. */
export function RefusalNotice() {
  return (
    <>
      <Refused />
      {isUnsureOfKeeping.value && (
        <NotSure
          actions={
            <button type="button" class="button" onClick={giveUpKeeping}>
              {words.value.times.another}
            </button>
          }
        >
          {say(words.value.times.unsure, { time: clock(asking.value ?? 0, timeZone.value) })}
        </NotSure>
      )}
    </>
  );
}

function Refused() {
  const refusal = refused.value;
  if (refusal === undefined || refusal.serviceId !== serviceId.value) return null;
  const { times } = words.value;
  const { problem, startsAt } = refusal;
  const alternatives = (problem.alternatives ?? []).slice(0, ALTERNATIVES_SHOWN);
  return (
    <div class="banner refusal" role="alert">
      <p>
        <strong>{clock(startsAt, timeZone.value)}: </strong>
        {sentenceOf(problem)}
      </p>
      {alternatives.length > 0 && (
        <>
          <p>{times.nearest}</p>
          <ul class="alternatives">
            {alternatives.map((other) => (
              <li key={other.staffId + other.startsAt}>
                <button
                  type="button"
                  class="button"
                  aria-disabled={asking.value !== undefined || undefined}
                  onClick={() => void keep(Date.parse(other.startsAt), other.staffId)}
                >
                  {when(Date.parse(other.startsAt))} <span class="soft">{say(times.with, { name: staffName(other.staffId) })}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function when(at: number): string {
  const time = clock(at, timeZone.value);
  return localDate(at, timeZone.value) === date.value ? time : say(words.value.times.at, { day: shortDay(at, timeZone.value), time });
}
