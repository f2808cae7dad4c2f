import { useSignal } from '@preact/signals';
import { clock, shortDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { staffName } from '../kit/shop.ts';
import { localDate } from '../kit/zoned-dates.ts';
import { against, atAnotherTime, doingWords, givesWayToReasons, type Refused, refused } from './acting.ts';
import { titleOf } from './claim-words.ts';
import { type DeskCommand, overlapping } from './commands.ts';
import { look } from './looking-at.ts';
import { date, live, timeZone } from './watching.ts';

const ALTERNATIVES_SHOWN = 4;
const ANYWAY = { book: 'Book it anyway', move: 'Move it anyway', edit: 'Change it anyway', swap: 'Swap them anyway' } as const;

type RefusalProps = {
  readonly refusal: Refused;
  /** Asks for something else instead. */
  readonly onAct: (command: DeskCommand) => void;
  /** Paths of fields that show their own errors. */
  readonly fields?: readonly string[];
};

/** A command that was refused: why, what could be done instead, and for those who may, to do it anyway. */
export function RefusalNotice({ refusal, onAct, fields = [] }: RefusalProps) {
  const { command, problem } = refusal;
  const isMarked = problem.errors?.some(({ path }) => fields.includes(path)) ?? false;
  const alternatives = (problem.alternatives ?? []).slice(0, ALTERNATIVES_SHOWN).flatMap(({ startsAt, staffId }) => {
    const at = Date.parse(startsAt);
    const other = atAnotherTime(refusal, at, staffId);
    return other === undefined ? [] : [{ at, staffId, other }];
  });
  const both = problem.code === 'customer-busy' ? overlapping(command) : undefined;
  const canInsist = against(refusal, '') !== undefined;
  const insist = (reason: string) => {
    const anyway = against(refusal, reason);
    if (anyway !== undefined) onAct(anyway);
  };
  return (
    <section class="refusal" role="alert" aria-label="Not done">
      <p>
        <strong>{doingWords(command)}: not done. </strong>
        {isMarked ? 'Please check the marked fields.' : deskSentence(problem)}
      </p>
      {alternatives.length > 0 && (
        <ul>
          {alternatives.map(({ at, staffId, other }) => (
            <li key={staffId + at}>
              <button type="button" class="button" onClick={() => onAct(other)}>
                {when(at)}, {staffName(staffId)}
              </button>
            </li>
          ))}
        </ul>
      )}
      {both !== undefined && (
        <button type="button" class="button" onClick={() => onAct(both)}>
          {ANYWAY[both.type]}
        </button>
      )}
      {canInsist && <Insist insist={insist} />}
      {command.type === 'swap' && givesWayToReasons(problem) && <EachByItself swap={command} />}
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

/** For the desk: what has the time now. */
function deskSentence(problem: Refused['problem']): string {
  if (problem.code === 'slot-taken' && problem.conflict !== undefined) {
    return {
      hold: 'A customer is booking this time.',
      appointment: 'There is an appointment at this time.',
      block: 'This time is blocked.',
      'time-off': 'This is time off.',
      external: 'An external calendar says that they are busy then.',
    }[problem.conflict.by];
  }
  if (problem.code === 'unreachable' && live.state.value === 'offline') return 'The desk is offline: it shows what it last knew, and nothing can be changed.';
  if (problem.code === 'customer-busy') return `This customer has another appointment ${otherTime(problem.conflict)}.`;
  if (problem.code === 'too-early' && problem.from !== undefined) return `Too early: this is possible from ${when(Date.parse(problem.from))}.`;
  if (problem.code === 'too-late' && problem.until !== undefined) return `Too late: this was possible until ${when(Date.parse(problem.until))}.`;
  const blamed = problem.errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
  return blamed === undefined ? sentenceOf(problem) : `${sentenceOf(problem)} (${blamed})`;
}

/** When the other appointment is, if the reader may know. */
function otherTime(conflict: Refused['problem']['conflict']): string {
  if (conflict?.startsAt === undefined || conflict.endsAt === undefined) return 'at this time';
  return `from ${when(Date.parse(conflict.startsAt))} to ${clock(Date.parse(conflict.endsAt), timeZone.value)}`;
}

/** A swap gives way to no rule: the reason would be one for both, and what stands in the way is in the way of one. */
function EachByItself({ swap: { claim, other } }: { readonly swap: Extract<DeskCommand, { type: 'swap' }> }) {
  return (
    <>
      <p>Both stay where they are. Each can be moved by itself, with a reason where a rule is in the way.</p>
      <ul>
        {[claim, other].map((one) => (
          <li key={one.id}>
            <button type="button" class="button" onClick={() => look({ kind: 'claim', claimId: one.id })}>
              Open {titleOf(one)}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Insist({ insist }: { readonly insist: (reason: string) => void }) {
  const reason = useSignal('');
  return (
    <div class="insist">
      <div class="field">
        <label for="insist">Reason to do it anyway</label>
        <input
          id="insist"
          maxLength={500}
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
      </div>
      <button type="button" class="button" disabled={reason.value.trim() === ''} onClick={() => insist(reason.value.trim())}>
        Do it anyway
      </button>
    </div>
  );
}

function when(at: number): string {
  const time = clock(at, timeZone.value);
  return localDate(at, timeZone.value) === date.value ? time : `${shortDay(at, timeZone.value)}, ${time}`;
}
