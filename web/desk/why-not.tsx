// "Why not here?": the rules that a time breaks, and for those who may, booking it anyway with a reason.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ExplainReply } from '../../src/protocol/slots.ts';
import { type Problem, query } from '../kit/api.ts';
import { clock, clockRange } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import type { Service } from '../kit/shop.ts';
import type { BoardClaim } from './board.ts';
import { titleOf } from './claim-words.ts';
import type { Column } from './commands.ts';
import { board, runsTheDesk, timeZone } from './watching.ts';

type Rule = ExplainReply['rules'][number]['rule'];
export type Insisted = { readonly rules: readonly Rule[]; readonly reason: string };
type Props = {
  readonly column: Column;
  readonly service: Pick<Service, 'id' | 'capacity'>;
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

export function WhyNot({ column, service, addOnIds, minutes, at, isOpen, onInsist }: Props) {
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
      key={`${service.id} ${addOnIds.join()} ${at}`}
      column={column}
      service={service}
      addOnIds={addOnIds}
      minutes={minutes}
      at={at}
      onInsist={onInsist}
    />
  );
}

function Explained({ column, service, addOnIds, minutes, at, onInsist }: Omit<Props, 'isOpen'>) {
  const serviceId = service.id;
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
  const there = broken.includes('slot-taken') ? claimsAt(column, at, at + minutes * MINUTE) : [];
  const stays = broken.includes('slot-taken') ? whyItStays(service, there) : undefined;
  return (
    <section class="why-not-here" aria-label={`Why not ${clock(at, timeZone.value)}`}>
      <p>
        <strong>{clock(at, timeZone.value)}</strong> {broken.length === 0 ? 'can be booked.' : 'is not offered:'}
      </p>
      {broken.length > 0 && (
        <ul>
          {broken.map((rule) => (
            <li key={rule}>
              {RULES[rule]} {rule === 'slot-taken' && there.map(nameOf).join(' ')}
            </li>
          ))}
        </ul>
      )}
      {stays !== undefined && <p class="soft">{stays}</p>}
      {broken.length > 0 && stays === undefined && (
        <>
          {broken.includes('slot-taken') && <p class="soft">What is there stays, and both are shown side by side.</p>}
          {runsTheDesk.value ? <Reason reason={reason} /> : <p class="soft">The front desk can book it with a reason.</p>}
        </>
      )}
      {stays === undefined && (runsTheDesk.value || broken.length === 0) && (
        <button
          type="button"
          class="button"
          disabled={broken.length > 0 && reason.value.trim() === ''}
          onClick={() => onInsist(at, broken.length === 0 ? undefined : { rules: broken, reason: reason.value.trim() })}
        >
          Book {clock(at, timeZone.value)} {broken.length > 0 && 'anyway'}
        </button>
      )}
    </section>
  );
}

/** What the board shows there; buffers reach further than it does. */
function claimsAt({ calendarId }: Column, from: number, to: number): readonly BoardClaim[] {
  const calendar = board.value.calendars.get(calendarId);
  return [...(calendar?.claims.values() ?? [])].filter(({ startsAt, endsAt }) => startsAt < to && endsAt > from);
}

function nameOf(claim: BoardClaim): string {
  return `${titleOf(claim)}, ${clockRange(claim.startsAt, claim.endsAt, timeZone.value)}.`;
}

/** Why nothing can be put over what is there; undefined: it can. */
function whyItStays({ capacity }: Props['service'], there: readonly BoardClaim[]): string | undefined {
  if (capacity > 1) return 'A class has no more seats than it has.';
  return there.some(({ kind }) => kind === 'hold') ? 'A customer is booking this time now. It cannot be booked over.' : undefined;
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
