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
import { words } from './wording.ts';

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
        {words.value.whyNot.ask({ time: clock(at, timeZone.value) })}
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
  const text = words.value.whyNot;
  const time = clock(at, timeZone.value);
  const broken = told.value.rules.filter(({ ok }) => !ok).map(({ rule }) => rule);
  const there = broken.includes('slot-taken') ? claimsAt(column, at, at + minutes * MINUTE) : [];
  const stays = broken.includes('slot-taken') ? whyItStays(service, there) : undefined;
  return (
    <section class="why-not-here" aria-label={text.label({ time })}>
      <p>
        <strong>{time}</strong> {broken.length === 0 ? text.possible : text.notOffered}
      </p>
      {broken.length > 0 && (
        <ul>
          {broken.map((rule) => (
            <li key={rule}>
              {text[rule]} {rule === 'slot-taken' && there.map(nameOf).join(' ')}
            </li>
          ))}
        </ul>
      )}
      {stays !== undefined && <p class="soft">{stays}</p>}
      {broken.length > 0 && stays === undefined && (
        <>
          {broken.includes('slot-taken') && <p class="soft">{text.stays}</p>}
          {runsTheDesk.value ? <Reason reason={reason} /> : <p class="soft">{text.byDesk}</p>}
        </>
      )}
      {stays === undefined && (runsTheDesk.value || broken.length === 0) && (
        <button
          type="button"
          class="button"
          disabled={broken.length > 0 && reason.value.trim() === ''}
          onClick={() => onInsist(at, broken.length === 0 ? undefined : { rules: broken, reason: reason.value.trim() })}
        >
          {(broken.length > 0 ? text.bookAnyway : text.book)({ time })}
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
  if (capacity > 1) return words.value.whyNot.seats;
  return there.some(({ kind }) => kind === 'hold') ? words.value.whyNot.held : undefined;
}

function Reason({ reason }: { readonly reason: Signal<string> }) {
  return (
    <div class="field">
      <label for="why-not-reason">{words.value.whyNot.reason}</label>
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
