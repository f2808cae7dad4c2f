// Every message that the reader may read, as it was, or would have been, sent: to customers and staff for those who look after them, and to themselves for everyone who works here.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MessageReply } from '../../src/protocol/messages.ts';
import { agoNow } from '../kit/ago-now.ts';
import type { Problem } from '../kit/api.ts';
import { tagOf } from '../kit/language.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { session } from '../kit/session.ts';
import { readMessage, readMessages } from './centre.ts';
import { spoken, voice } from './voice.ts';
import { whyNotSent } from './why-not-sent.ts';

/** "3 hours ago", in the language of the notification centre. */
export function agoInVoice(at: string): string {
  const { locale, words } = voice.value;
  return agoNow(at, { tag: tagOf(locale), justNow: words.centre.justNow });
}

export function Messages() {
  const { words, problems } = voice.value;
  const items = useSignal<readonly MessageReply[] | undefined>(undefined);
  const older = useSignal<string | null>(null);
  const wrong = useSignal<Problem | undefined>(undefined);
  const role = session.value.state === 'in' ? session.value.user.role : 'customer';
  const read = async (cursor?: string) => {
    const answer = await readMessages(role === 'staff', cursor);
    wrong.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    items.value = [...(cursor === undefined ? [] : (items.peek() ?? [])), ...answer.body.items];
    older.value = answer.body.nextCursor;
  };
  useEffect(() => void read(), [role]);
  return (
    <>
      <p class="soft small">{role === 'staff' ? words.messages.own : words.messages.all}</p>
      {role === 'owner' && (
        <p class="small">
          <a href="/account#e-mails">{words.messages.accounts}</a>
        </p>
      )}
      {wrong.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(wrong.value, problems)}
        </p>
      )}
      {items.value === undefined && wrong.value === undefined && <div class="loading" aria-busy="true" />}
      {items.value?.length === 0 && <p class="empty">{words.messages.none}</p>}
      {items.value !== undefined && items.value.length > 0 && (
        <ul class="bell-list">
          {items.value.map((message) => (
            <Item key={message.id} message={message} />
          ))}
        </ul>
      )}
      {older.value !== null && (
        <button type="button" class="button quiet" onClick={() => void read(older.value ?? undefined)}>
          {words.centre.older}
        </button>
      )}
    </>
  );
}

function Item({ message }: { readonly message: MessageReply }) {
  const isRead = useSignal(false);
  const { words } = voice.value;
  const { kind, channel, status, failure, createdAt, subject } = message;
  const state = [words.statuses[status], ...(failure === undefined ? [] : [whyNotSent(failure, words.whyNotSent)])].join(': ');
  const what = [words.messageKinds[kind], words.channels[channel]].join(', ');
  return (
    <li class="bell-item">
      <p class="bell-title">{what}</p>
      <p class="small">{[toWhom(message), state].join(', ')}</p>
      <p class="soft small">{agoInVoice(createdAt)}</p>
      <div class="bell-acts">
        {isRead.value ? (
          <Text message={message} />
        ) : (
          <button
            type="button"
            class="button quiet"
            onClick={() => {
              isRead.value = true;
            }}
          >
            {words.messages.read}
            <span class="only-heard">: {subject ?? what}</span>
          </button>
        )}
      </div>
    </li>
  );
}

function toWhom({ to, userId }: MessageReply): string {
  const { messages } = voice.value.words;
  if (to !== null) return spoken(messages.to, { whom: to });
  return userId === undefined ? messages.toCustomer : messages.toStaff;
}

function Text({ message }: { readonly message: MessageReply }) {
  return (
    <article class="bell-message">
      <p class="small">
        {toWhom(message)}
        {message.subject !== undefined && (
          <>
            : <strong>{message.subject}</strong>
          </>
        )}
      </p>
      <p class="bell-text" lang={message.locale}>
        {message.text ?? voice.value.words.messages.noText}
      </p>
    </article>
  );
}

/** Of a notification. */
export function MessageText({ messageId, appointmentId }: { readonly messageId: string; readonly appointmentId: string }) {
  const { words, problems } = voice.value;
  const found = useSignal<MessageReply | Problem | 'gone' | undefined>(undefined);
  const show = async () => {
    found.value = await readMessage(messageId, appointmentId);
  };
  if (found.value === undefined)
    return (
      <button type="button" class="button quiet" onClick={() => void show()}>
        {words.messages.read}
      </button>
    );
  if (found.value === 'gone') return <p role="alert">{words.messages.gone}</p>;
  if ('code' in found.value) return <p role="alert">{sentenceOf(found.value, problems)}</p>;
  return <Text message={found.value} />;
}
