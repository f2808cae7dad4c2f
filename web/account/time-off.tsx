// A staff member asks for time off, sees what became of it, and takes back what is not answered yet.
import { type Signal, useSignal } from '@preact/signals';
import type { TimeOffKind, TimeOffRequestReply } from '../../src/protocol/time-off-requests.ts';
import { announce } from '../kit/announcing.tsx';
import { type Problem, serverNow } from '../kit/api.ts';
import { Field, wrongOf } from '../kit/field.tsx';
import { Read, useReading } from '../kit/reading.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import { TIME_OFF_STATUS_WORDS, TIME_OFF_WORDS, timeOffDays } from '../kit/time-off.ts';
import { addDays, localDate, startOfDate, viewerZone } from '../kit/zoned-dates.ts';
import { Section } from './section.tsx';

const MOST_SHOWN = 20;
const UNHEARD = 'The list shows what you have asked for.';

export function TimeOffRequests({ staffId }: { readonly staffId: string }) {
  const path = `/v1/time-off-requests?staffId=${staffId}&limit=${MOST_SHOWN}`;
  const reading = useReading(() => askAs<{ readonly items: readonly TimeOffRequestReply[] }>('GET', path));
  return (
    <Section id="time-off" title="Time off" lead="Ask for days off. A manager looks at what is booked, and you are told the answer.">
      <Read reading={reading}>
        {({ items }) =>
          items.length === 0 ? (
            <div class="empty">
              <p>You have not asked for time off.</p>
            </div>
          ) : (
            <ul class="rows">
              {items.map((item) => (
                <Row key={item.id} item={item} onWithdrawn={reading.again} />
              ))}
            </ul>
          )
        }
      </Read>
      <AskForm staffId={staffId} onAsked={reading.again} />
    </Section>
  );
}

type RowProps = { readonly item: TimeOffRequestReply; readonly onWithdrawn: () => Promise<void> };

function Row({ item, onWithdrawn }: RowProps) {
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const withdraw = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    const answer = await askAs('POST', `/v1/time-off-requests/${item.id}/withdraw`, { body: {} });
    isBusy.value = false;
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) announce('The request is withdrawn.');
    await onWithdrawn();
  };
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title">
          {timeOffDays(item)}{' '}
          <span class="chip" data-status={item.status === 'withdrawn' ? 'cancelled' : item.status}>
            {TIME_OFF_STATUS_WORDS[item.status]}
          </span>
        </p>
        <p class="soft small">{[TIME_OFF_WORDS[item.kind], item.note, item.answer === null ? null : `Answer: ${item.answer}`].filter(Boolean).join(' · ')}</p>
      </div>
      {item.status === 'open' && (
        <button type="button" class="button quiet" aria-busy={isBusy.value || undefined} onClick={() => void withdraw()}>
          Withdraw<span class="only-heard"> {timeOffDays(item)}</span>
        </button>
      )}
      <FormProblem problem={problem.value} sentence={({ detail, title }) => detail ?? title} unheard={UNHEARD} />
    </li>
  );
}

function AskForm({ staffId, onAsked }: { readonly staffId: string; readonly onAsked: () => Promise<void> }) {
  const { staff, locations } = shop.value.state === 'ready' ? shop.value.value : { staff: [], locations: [] };
  const member = staff.find(({ id }) => id === staffId);
  const timeZone = locations.find(({ id }) => id === member?.locationId)?.timeZone ?? viewerZone();
  const today = localDate(serverNow(), timeZone);
  const days = useSignal({ from: addDays(today, 1), to: addDays(today, 1) });
  const kind = useSignal<TimeOffKind>('holiday');
  const note = useSignal('');
  const { form, isBusy, problem, send } = useSending(async () => {
    const { from, to } = days.value;
    const [startsAt, endsAt] = [startOfDate(from, timeZone), startOfDate(addDays(to, 1), timeZone)].map((at) => new Date(at).toISOString());
    const body = { startsAt, endsAt, kind: kind.value, ...(note.value.trim() !== '' && { note: note.value.trim() }) };
    const answer = await askAs('POST', `/v1/staff/${staffId}/time-off-requests`, { body, headers: { 'idempotency-key': crypto.randomUUID() } });
    if (!answer.ok) return answer.problem;
    note.value = '';
    announce('You have asked for time off.');
    await onAsked();
    return undefined;
  });
  const wrong = wrongOf(problem.value, 'endsAt', 'The last day') ?? wrongOf(problem.value, 'startsAt', 'The first day');
  const choose = (side: 'from' | 'to', date: string) => {
    if (date === '') return;
    const from = side === 'from' ? date : days.value.from;
    const to = side === 'to' ? date : days.value.to;
    days.value = from <= to ? { from, to } : { from: date, to: date };
  };
  return (
    <form class="matter-form" ref={form} noValidate onSubmit={send}>
      <FormProblem problem={problem.value} fields={['startsAt', 'endsAt', 'note']} sentence={({ detail, title }) => detail ?? title} unheard={UNHEARD} />
      {(['from', 'to'] as const).map((side) => (
        <div key={side} class="field">
          <label for={`time-off-${side}`}>{side === 'from' ? 'First day' : 'Last day'}</label>
          <input
            id={`time-off-${side}`}
            type="date"
            value={days.value[side]}
            {...(side === 'to' && wrong !== undefined && { 'aria-invalid': true, 'aria-describedby': 'time-off-wrong' })}
            onChange={(event) => choose(side, event.currentTarget.value)}
          />
          {side === 'to' && wrong !== undefined && (
            <p class="wrong" id="time-off-wrong">
              {wrong}
            </p>
          )}
        </div>
      ))}
      <KindChoice kind={kind} />
      <Field
        id="time-off-note"
        label="Note for those who decide"
        isOptional
        isLong
        value={note.value}
        onInput={(value) => {
          note.value = value;
        }}
        wrong={wrongOf(problem.value, 'note', 'The note')}
      />
      <SendButton isBusy={isBusy.value}>Ask for time off</SendButton>
    </form>
  );
}

const KINDS = Object.keys(TIME_OFF_WORDS) as readonly TimeOffKind[];

function KindChoice({ kind }: { readonly kind: Signal<TimeOffKind> }) {
  return (
    <div class="field">
      <label for="time-off-kind">What for</label>
      <select
        id="time-off-kind"
        value={kind.value}
        onChange={({ currentTarget: { value } }) => {
          kind.value = KINDS.find((one) => one === value) ?? 'other';
        }}
      >
        {KINDS.map((one) => (
          <option key={one} value={one}>
            {TIME_OFF_WORDS[one]}
          </option>
        ))}
      </select>
    </div>
  );
}
