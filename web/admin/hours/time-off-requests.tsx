// What staff members ask for: approved by a plan that shows what is booked, or declined.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { TimeOffRequestReply } from '../../../src/protocol/time-off-requests.ts';
import { unread } from '../../bell/centre.ts';
import type { Problem } from '../../kit/api.ts';
import { AskFirst } from '../../kit/ask-first.tsx';
import { Field } from '../../kit/field.tsx';
import { counted } from '../../kit/money-and-time.ts';
import { askAs } from '../../kit/session.ts';
import { TIME_OFF_WORDS, timeOffDays } from '../../kit/time-off.ts';
import { openCatalog } from '../catalog.ts';
import { tell } from '../notice.tsx';
import { change } from '../writes.ts';
import { PlanCard } from './plan.tsx';
import { allOf, type Change } from './whose.ts';

/** As many as one page can have; more are shown once these are answered. */
const MOST_SHOWN = 50;

export function TimeOffRequests() {
  const requests = useSignal<readonly TimeOffRequestReply[]>([]);
  const approved = useSignal<TimeOffRequestReply | undefined>(undefined);
  const declined = useSignal<TimeOffRequestReply | undefined>(undefined);
  const read = async () => {
    const answer = await askAs<{ readonly items: readonly TimeOffRequestReply[] }>('GET', `/v1/time-off-requests?status=open&limit=${MOST_SHOWN}`);
    if (answer.ok) requests.value = answer.body.items.toReversed();
  };
  // A new request arrives with a notification.
  useEffect(() => void read(), [unread.value]);
  const done = () => {
    approved.value = undefined;
    void read();
  };
  const { staff } = openCatalog();
  const nameOf = ({ staffId }: TimeOffRequestReply) => staff.find(({ id }) => id === staffId)?.name ?? 'Someone who has left';
  const whose = approved.value && allOf(openCatalog()).find(({ id }) => id === approved.value?.staffId);
  if (requests.value.length === 0) return null;
  return (
    <section class="card panel-card" aria-labelledby="requests-heading">
      <h2 id="requests-heading">{counted(requests.value.length, 'request for time off', 'requests for time off')}</h2>
      <ul class="rows">
        {requests.value.map((request) => (
          <li key={request.id} class="row">
            <div class="row-words">
              <p class="row-title">
                {nameOf(request)}, {timeOffDays(request)}
              </p>
              <p class="soft small">{[TIME_OFF_WORDS[request.kind], request.note].filter(Boolean).join(': ')}</p>
            </div>
            <div class="actions">
              <button
                type="button"
                class="button"
                onClick={() => {
                  approved.value = request;
                }}
              >
                Approve…<span class="only-heard"> {nameOf(request)}</span>
              </button>
              <button
                type="button"
                class="button quiet"
                onClick={() => {
                  declined.value = request;
                }}
              >
                Decline…<span class="only-heard"> {nameOf(request)}</span>
              </button>
            </div>
          </li>
        ))}
      </ul>
      {approved.value !== undefined && whose !== undefined && (
        <PlanCard
          key={approved.value.id}
          whose={whose}
          planned={approval(approved.value, whose.name)}
          onDone={done}
          onClose={() => {
            approved.value = undefined;
          }}
        />
      )}
      {declined.value !== undefined && (
        <Declining
          request={declined.value}
          name={nameOf(declined.value)}
          onDone={() => void read()}
          onClose={() => {
            declined.value = undefined;
          }}
        />
      )}
    </section>
  );
}

function approval(request: TimeOffRequestReply, name: string): Change {
  const days = timeOffDays(request);
  const path = `/v1/time-off-requests/${request.id}/approve`;
  return { method: 'POST', path, body: {}, act: `Approve ${days}`, done: `${name} is away ${days}, and is told.`, isOfItsOwn: true };
}

type DecliningProps = { readonly request: TimeOffRequestReply; readonly name: string; readonly onDone: () => void; readonly onClose: () => void };

function Declining({ request, name, onDone, onClose }: DecliningProps) {
  const answer = useSignal('');
  const decline = async () => {
    const said = answer.value.trim();
    const reply = await change('POST', `/v1/time-off-requests/${request.id}/decline`, said === '' ? {} : { answer: said });
    tell(reply.ok ? `The request of ${name} is declined, and they are told.` : sentenceFor(reply.problem));
    onDone();
  };
  return (
    <AskFirst title={`Decline ${timeOffDays(request)}?`} confirm="Decline" keep="Not now" onConfirm={() => void decline()} onClose={onClose}>
      <Field
        id="decline-answer"
        label={`Why, for ${name}`}
        isOptional
        isLong
        value={answer.value}
        wrong={undefined}
        onInput={(value) => {
          answer.value = value;
        }}
      />
    </AskFirst>
  );
}

function sentenceFor({ detail, title }: Problem): string {
  return detail ?? title;
}
