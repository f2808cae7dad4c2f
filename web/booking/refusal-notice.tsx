import { clock, shortDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { staffName } from '../kit/shop.ts';
import { localDate } from '../kit/zoned-dates.ts';
import { date, serviceId, timeZone } from './choosing.ts';
import { asking, keep, refused } from './keeping.ts';

const ALTERNATIVES_SHOWN = 4;

/** Why the requested time was refused, with the nearest free times. */
export function RefusalNotice() {
  const refusal = refused.value;
  if (refusal === undefined || refusal.serviceId !== serviceId.value) return null;
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
          <p>Nearest free times:</p>
          <ul class="alternatives">
            {alternatives.map((other) => (
              <li key={other.staffId + other.startsAt}>
                <button
                  type="button"
                  class="button"
                  aria-disabled={asking.value !== undefined || undefined}
                  onClick={() => void keep(Date.parse(other.startsAt), other.staffId)}
                >
                  {when(Date.parse(other.startsAt))} <span class="soft">with {staffName(other.staffId)}</span>
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
  return localDate(at, timeZone.value) === date.value ? time : `${shortDay(at, timeZone.value)}, ${time}`;
}
