import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { MessageReply } from '../../../src/protocol/messages.ts';
import { whyNotSent } from '../../bell/why-not-sent.ts';
import { agoNow } from '../../kit/ago-now.ts';
import { query } from '../../kit/api.ts';
import { counted } from '../../kit/money-and-time.ts';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';
import { usePages } from '../pages.tsx';
import { change } from '../writes.ts';
import { CHANNELS, KINDS, namesOf, STATUSES } from './kind-words.ts';

const PAGE = 50;

/** The server filters by state and channel, so that a search of one kind goes through all of them. */
export function Sent() {
  const [status, channel] = [useSignal(''), useSignal('')];
  const read = useSignal<MessageReply | undefined>(undefined);
  const show = (message: MessageReply | undefined) => {
    read.value = message;
  };
  const given = (chosen: string) => (chosen === '' ? undefined : chosen);
  const pages = usePages<MessageReply>(`/v1/messages${query({ limit: PAGE, status: given(status.value), channel: given(channel.value) })}`);
  const resend = async ({ id }: MessageReply) => {
    const answer = await change('POST', `/v1/messages/${id}/resend`, {});
    if (answer.ok) tell('It is sent again.');
    await pages.did(answer);
  };
  return (
    <>
      {pages.trouble}
      <Listing
        id="messages"
        words={['message', 'messages']}
        items={pages.items}
        keyOf={({ id }) => id}
        textOf={(message) => `${readerOf(message)} ${KINDS[message.kind]} ${message.subject ?? ''} ${stateOf(message)}`}
        columns={[
          { id: 'to', name: 'To', show: readerOf, by: readerOf },
          { id: 'kind', name: 'What', show: ({ kind, channel }) => `${KINDS[kind]}, ${CHANNELS[channel]}`, by: ({ kind }) => KINDS[kind] },
          { id: 'at', name: 'When', show: ({ createdAt }) => agoNow(createdAt), by: ({ createdAt }) => createdAt },
          { id: 'status', name: 'State', show: stateOf, by: ({ status: state }) => state },
          {
            id: 'text',
            name: 'Text',
            show: (message) =>
              message.text !== undefined && (
                <button type="button" class="button" onClick={() => show(message)}>
                  Read<span class="only-heard"> the message to {readerOf(message)}</span>
                </button>
              ),
          },
          {
            id: 'again',
            name: 'Again',
            show: (message) =>
              message.status !== 'waiting' &&
              message.appointmentId !== undefined &&
              message.userId === undefined && (
                <button type="button" class="button" onClick={() => void resend(message)}>
                  Send again<span class="only-heard"> to {readerOf(message)}</span>
                </button>
              ),
          },
        ]}
        empty={<p>{status.value === '' && channel.value === '' ? 'No message yet.' : 'No such message yet.'}</p>}
        more={pages.more}
      >
        <ServerFilter id="messages-status" name="State" all="All states" table={STATUSES} chosen={status} />
        <ServerFilter id="messages-channel" name="Channel" all="E-mails and texts" table={CHANNELS} chosen={channel} />
      </Listing>
      {read.value !== undefined && <Text message={read.value} onClose={() => show(undefined)} />}
    </>
  );
}

function readerOf({ to, userId }: MessageReply): string {
  return to ?? (userId === undefined ? 'a customer' : 'a staff member');
}

function stateOf({ status, failure }: MessageReply): string {
  return [STATUSES[status], ...(failure === undefined ? [] : [whyNotSent(failure)])].join(': ');
}

/** As it was, or would have been, sent. */
function Text({ message, onClose }: { readonly message: MessageReply; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const { kind, channel, createdAt, subject, text, segments } = message;
  return (
    <dialog class="ask-first message-read" ref={dialog} aria-labelledby="message-read" onClose={onClose}>
      <div class="ask-first-form">
        <h2 id="message-read">{subject ?? `${KINDS[kind]}, ${CHANNELS[channel]}`}</h2>
        <p class="soft">
          To {readerOf(message)}, {agoNow(createdAt)}, {stateOf(message)}
          {segments !== undefined && `, ${counted(segments, 'segment', 'segments')}`}
        </p>
        <p class="said-by-mail">{text}</p>
        <div class="ask-first-actions">
          <button type="button" class="button primary" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
      </div>
    </dialog>
  );
}

type FilterProps<Name extends string> = {
  readonly id: string;
  readonly name: string;
  /** The words for no choice. */
  readonly all: string;
  readonly table: Readonly<Record<Name, string>>;
  readonly chosen: Signal<string>;
};

function ServerFilter<Name extends string>({ id, name, all, table, chosen }: FilterProps<Name>) {
  return (
    <div class="listing-filter">
      <label class="only-heard" for={id}>
        {name}
      </label>
      <select
        id={id}
        value={chosen.value}
        onChange={(event) => {
          chosen.value = event.currentTarget.value;
        }}
      >
        <option value="">{all}</option>
        {namesOf(table).map((one) => (
          <option key={one} value={one}>
            {table[one]}
          </option>
        ))}
      </select>
    </div>
  );
}
