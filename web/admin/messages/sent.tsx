import { type Signal, useSignal } from '@preact/signals';
import type { MessageReply } from '../../../src/protocol/messages.ts';
import { ago } from '../../kit/ago.ts';
import { type Problem, query, serverNow } from '../../kit/api.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { viewerZone } from '../../kit/zoned-dates.ts';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';
import { usePages } from '../pages.tsx';
import { change } from '../writes.ts';
import { CHANNELS, KINDS, namesOf, STATUSES } from './kind-words.ts';

const PAGE = 50;

/** The server filters by state and channel, so that a search of one kind goes through all of them. */
export function Sent() {
  const status = useSignal('');
  const problem = useSignal<Problem | undefined>(undefined);
  const pages = usePages<MessageReply>(`/v1/messages${query({ limit: PAGE, status: status.value === '' ? undefined : status.value })}`);
  const resend = async ({ id }: MessageReply) => {
    const answer = await change('POST', `/v1/messages/${id}/resend`, {});
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) tell('It is sent again.');
    await pages.again();
  };
  return (
    <>
      {pages.trouble}
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      <Listing
        id="messages"
        words={['message', 'messages']}
        items={pages.items}
        keyOf={({ id }) => id}
        textOf={({ to, kind, subject, failure }) => `${to ?? ''} ${KINDS[kind]} ${subject ?? ''} ${failure ?? ''}`}
        columns={[
          { id: 'to', name: 'To', show: ({ to }) => to ?? 'not written yet', by: ({ to }) => to ?? '' },
          { id: 'kind', name: 'What', show: ({ kind, channel }) => `${KINDS[kind]}, ${CHANNELS[channel]}`, by: ({ kind }) => KINDS[kind] },
          { id: 'at', name: 'When', show: ({ createdAt }) => ago(Date.parse(createdAt), serverNow(), viewerZone()), by: ({ createdAt }) => createdAt },
          {
            id: 'status',
            name: 'State',
            show: ({ status: state, failure }) => [STATUSES[state], ...(failure === undefined ? [] : [failure])].join(': '),
            by: ({ status: state }) => state,
          },
          {
            id: 'again',
            name: 'Again',
            show: (message) =>
              message.status !== 'waiting' &&
              message.appointmentId !== undefined &&
              message.userId === undefined && (
                <button type="button" class="button" onClick={() => void resend(message)}>
                  Send again<span class="only-heard"> to {message.to}</span>
                </button>
              ),
          },
        ]}
        empty={<p>No message{status.value === '' ? '' : ' of that state'} yet.</p>}
        more={pages.more}
      >
        <StatusFilter status={status} />
      </Listing>
    </>
  );
}

function StatusFilter({ status }: { readonly status: Signal<string> }) {
  return (
    <div class="listing-filter">
      <label class="only-heard" for="messages-status">
        State
      </label>
      <select
        id="messages-status"
        value={status.value}
        onChange={(event) => {
          status.value = event.currentTarget.value;
        }}
      >
        <option value="">All states</option>
        {namesOf(STATUSES).map((state) => (
          <option key={state} value={state}>
            {STATUSES[state]}
          </option>
        ))}
      </select>
    </div>
  );
}
