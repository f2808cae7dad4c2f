// "Why not here?": the rules that a time breaks, and for those who may, booking it anyway with a reason.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ExplainReply } from '../../src/protocol/slots.ts';
import { type Problem, query } from '../kit/api.ts';
import { clock, clockRange } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { titleOf } from './claim-words.ts';
import type { Column } from './commands.ts';
import { board, runsTheDesk, timeZone } from './watching.ts';

type Rule = ExplainReply['rules'][number]['rule'];
export type Insisted = { readonly rules: readonly Exclude<Rule, 'slot-taken'>[]; readonly reason: string };
type Props = {
  readonly column: Column;
  readonly serviceId: string;
  readonly addOnIds: readonly string[];
  /** How long the service keeps the person, with what is done along. */
  readonly minutes: number;
  readonly at: number;
  readonly isOpen: boolean;
  /** Without rules: it can be booked after all. */
  readonly onInsist: (at: number, insisted: Insisted | undefined) => void;
};
const MINUTE = 60_000;

const RULES = {
  'slot-in-past': 'It has passed.',
  'too-soon': 'It is sooner than the service can be booked.',
  'too-far': 'It is further ahead than the service can be booked.',
  'outside-hours': 'It is outside working hours, or does not fit into them.',
  'slot-taken': 'The time is taken.',
  'off-grid': 'It is not one of the starts that the service has.',
  'limit-reached': 'The limit of the service for this day is reached.',
} as const satisfies Record<Rule, string>;

export function WhyNot({ column, serviceId, addOnIds, minutes, at, isOpen, onInsist }: Props) {
  const isAsked = useSignal(isOpen);
  if (!isAsked.value) {
    return (
      <button
        type="button"
        class="button quiet why-not"
        onClick={() => {
          isAsked.value = true;
        }}
      >
        Why not {clock(at, timeZone.value)}?
      </button>
    );
  }
  return (
    <Explained
      key={`${serviceId} ${addOnIds.join()} ${at}`}
      column={column}
      serviceId={serviceId}
      addOnIds={addOnIds}
      minutes={minutes}
      at={at}
      onInsist={onInsist}
    />
  );
}

function Explained({ column, serviceId, addOnIds, minutes, at, onInsist }: Omit<Props, 'isOpen'>) {
  const told = useSignal<ExplainReply | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const reason = useSignal('');
  const revision = board.value.calendars.get(column.calendarId)?.revision;
  useEffect(() => {
    let isStale = false;
    const path = `/v1/slots/explain${query({ serviceId, staffId: column.staffId, startsAt: new Date(at).toISOString(), addOnIds })}`;
    void askAs<ExplainReply>('GET', path).then((answer) => {
      if (isStale) return;
      told.value = answer.ok ? answer.body : undefined;
      problem.value = answer.ok ? undefined : answer.problem;
    });
    return () => {
      isStale = true;
    };
  }, [serviceId, column.staffId, at, revision]);
  if (problem.value !== undefined) return <p class="banner danger">{sentenceOf(problem.value)}</p>;
  if (told.value === undefined) return <div class="loading" aria-busy="true" />;
  const broken = told.value.rules.filter(({ ok }) => !ok).map(({ rule }) => rule);
  const rules = broken.filter((rule) => rule !== 'slot-taken');
  const isTaken = broken.includes('slot-taken');
  return (
    <section class="why-not-here" aria-label={`Why not ${clock(at, timeZone.value)}`}>
      <p>
        <strong>{clock(at, timeZone.value)}</strong> {broken.length === 0 ? 'can be booked.' : 'is not offered:'}
      </p>
      {broken.length > 0 && (
        <ul>
          {broken.map((rule) => (
            <li key={rule}>
              {RULES[rule]} {rule === 'slot-taken' && takenBy(column, at, at + minutes * MINUTE)}
            </li>
          ))}
        </ul>
      )}
      {isTaken && <p class="soft">A time that is taken cannot be booked over. Move what is there, or make it shorter.</p>}
      {broken.length > 0 && !isTaken && (runsTheDesk.value ? <Reason reason={reason} /> : <p class="soft">The front desk can book it with a reason.</p>)}
      {!isTaken && (runsTheDesk.value || broken.length === 0) && (
        <button
          type="button"
          class="button"
          disabled={broken.length > 0 && reason.value.trim() === ''}
          onClick={() => onInsist(at, rules.length === 0 ? undefined : { rules, reason: reason.value.trim() })}
        >
          Book {clock(at, timeZone.value)} {broken.length > 0 && 'anyway'}
        </button>
      )}
    </section>
  );
}

/** What the board shows there; buffers reach further than it does. */
function takenBy({ calendarId }: Column, from: number, to: number): string {
  const calendar = board.value.calendars.get(calendarId);
  const claims = [...(calendar?.claims.values() ?? [])].filter(({ startsAt, endsAt }) => startsAt < to && endsAt > from);
  return claims.map((claim) => `${titleOf(claim)}, ${clockRange(claim.startsAt, claim.endsAt, timeZone.value)}.`).join(' ');
}

function Reason({ reason }: { readonly reason: Signal<string> }) {
  return (
    <div class="field">
      <label for="why-not-reason">Reason to do it anyway</label>
      <input
        id="why-not-reason"
        maxLength={500}
        value={reason.value}
        onInput={(event) => {
          reason.value = event.currentTarget.value;
        }}
      />
    </div>
  );
}
