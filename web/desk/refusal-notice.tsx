import { useSignal } from '@preact/signals';
import { language } from '../kit/language.ts';
import { clock, shortDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { staffName } from '../kit/shop.ts';
import { localDate } from '../kit/zoned-dates.ts';
import { against, atAnotherTime, doingWords, givesWayToReasons, type Refused, refused } from './acting.ts';
import { titleOf } from './claim-words.ts';
import { type DeskCommand, overlapping } from './commands.ts';
import { look } from './looking-at.ts';
import { date, live, timeZone } from './watching.ts';
import { words } from './wording.ts';

const ALTERNATIVES_SHOWN = 4;

type RefusalProps = {
  readonly refusal: Refused;
  /** Asks for something else instead. */
  readonly onAct: (command: DeskCommand) => void;
  /** Paths of fields that show their own errors. */
  readonly fields?: readonly string[];
};

/** A command that was refused: why, what could be done instead, and for those who may, to do it anyway. */
export function RefusalNotice({ refusal, onAct, fields = [] }: RefusalProps) {
  const text = words.value.refused;
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
    <section class="refusal" role="alert" aria-label={text.label}>
      <p>
        <strong>{text.notDone({ doing: doingWords(command) })} </strong>
        {isMarked ? text.marked : deskSentence(problem)}
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
          {text[both.type]}
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
        {text.close}
      </button>
    </section>
  );
}

/** For the desk: what has the time now. */
function deskSentence(problem: Refused['problem']): string {
  const text = words.value.refused;
  const { code, conflict } = problem;
  if (code === 'slot-taken' && conflict !== undefined) return text[conflict.by];
  if (code === 'unreachable' && live.state.value === 'offline') return text.offline;
  if (code === 'customer-busy') return busyWords(conflict);
  if (code === 'too-early' && problem.from !== undefined) return text.early({ when: when(Date.parse(problem.from)) });
  if (code === 'too-late' && problem.until !== undefined) return text.late({ when: when(Date.parse(problem.until)) });
  // What the server blames is said in English.
  const blamed = problem.errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
  return blamed === undefined || language.value !== 'en' ? sentenceOf(problem) : `${sentenceOf(problem)} (${blamed})`;
}

/** With the time of the other appointment, if the reader may know. */
function busyWords(conflict: Refused['problem']['conflict']): string {
  const text = words.value.refused;
  if (conflict?.startsAt === undefined || conflict.endsAt === undefined) return text.busy;
  return text.busyThen({ from: when(Date.parse(conflict.startsAt)), to: clock(Date.parse(conflict.endsAt), timeZone.value) });
}

/** A swap gives way to no rule: the reason would be one for both, and what stands in the way is in the way of one. */
function EachByItself({ swap: { claim, other } }: { readonly swap: Extract<DeskCommand, { type: 'swap' }> }) {
  return (
    <>
      <p>{words.value.refused.each}</p>
      <ul>
        {[claim, other].map((one) => (
          <li key={one.id}>
            <button type="button" class="button" onClick={() => look({ kind: 'claim', claimId: one.id })}>
              {words.value.refused.open({ title: titleOf(one) })}
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
        <label for="insist">{words.value.refused.reason}</label>
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
        {words.value.refused.anyway}
      </button>
    </div>
  );
}

function when(at: number): string {
  const time = clock(at, timeZone.value);
  return localDate(at, timeZone.value) === date.value ? time : `${shortDay(at, timeZone.value)}, ${time}`;
}
