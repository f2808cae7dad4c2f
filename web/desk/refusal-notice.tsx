import { useSignal } from '@preact/signals';
import { clock, shortDay } from '../money-and-time.ts';
import { sentenceOf } from '../problem-sentences.ts';
import { staffName } from '../shop.ts';
import { localDate } from '../zoned-dates.ts';
import { refused } from './acting.ts';
import { date, timeZone } from './watching.ts';

const ALTERNATIVES_SHOWN = 4;

/** A command that was refused: why, what could be done instead, and for those who may, to do it anyway. */
export function RefusalNotice() {
  const refusal = refused.value;
  if (refusal === undefined) return null;
  const { what, problem, again, insist } = refusal;
  const alternatives = again === undefined ? [] : (problem.alternatives ?? []).slice(0, ALTERNATIVES_SHOWN);
  return (
    <section class="refusal" role="alert" aria-label="Not done">
      <p>
        <strong>{what}: not done. </strong>
        {deskSentence(problem)}
      </p>
      {alternatives.length > 0 && (
        <ul>
          {alternatives.map((other) => (
            <li key={other.staffId + other.startsAt}>
              <button type="button" class="button" onClick={() => again?.(Date.parse(other.startsAt), other.staffId)}>
                {when(Date.parse(other.startsAt))}, {staffName(other.staffId)}
              </button>
            </li>
          ))}
        </ul>
      )}
      {insist !== undefined && <Insist insist={insist} />}
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          refused.value = undefined;
        }}
      >
        Close
      </button>
    </section>
  );
}

/** Whose time it is now helps the desk more than how it feels to the customer. */
function deskSentence(problem: NonNullable<typeof refused.value>['problem']): string {
  if (problem.code === 'slot-taken' && problem.conflict !== undefined) {
    return {
      hold: 'A customer is booking this time right now.',
      appointment: 'There is an appointment at this time.',
      block: 'This time is blocked.',
      'time-off': 'There is time off then.',
    }[problem.conflict.by];
  }
  const blamed = problem.errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
  return blamed === undefined ? sentenceOf(problem) : `${sentenceOf(problem)} (${blamed})`;
}

function Insist({ insist }: { readonly insist: (reason: string) => void }) {
  const reason = useSignal('');
  return (
    <form
      class="insist"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.value.trim() !== '') insist(reason.value.trim());
      }}
    >
      <div class="field">
        <label for="insist">Do it anyway, because</label>
        <input
          id="insist"
          required
          maxLength={500}
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
      </div>
      <button type="submit" class="button">
        Do it anyway
      </button>
    </form>
  );
}

function when(at: number): string {
  const time = clock(at, timeZone.value);
  return localDate(at, timeZone.value) === date.value ? time : `${shortDay(at, timeZone.value)}, ${time}`;
}
