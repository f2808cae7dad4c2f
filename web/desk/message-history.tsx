// What the customer, and staff by e-mail, were told about an appointment, when, or why not.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MessageReply } from '../../src/protocol/messages.ts';
import { whyNotSent } from '../bell/why-not-sent.ts';
import { EN } from '../bell/words/en.ts';
import { announce } from '../kit/announcing.tsx';
import { clock, shortDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs, session } from '../kit/session.ts';
import type { BoardClaim } from './board.ts';
import { timeZone } from './watching.ts';

/** An appointment that is moved often has more; the newest tell what holds. */
const MOST_SHOWN = 10;
/** A message that waits is looked at again. */
const AGAIN_MILLISECONDS = 3_000;

export function MessageHistory({ claim }: { readonly claim: BoardClaim }) {
  const items = useSignal<readonly MessageReply[] | undefined>(undefined);
  const words = useSignal('');
  const isBusy = useSignal(false);
  const look = useSignal(0);
  const mayRead = session.value.state === 'in' && ['front-desk', 'manager', 'owner'].includes(session.value.user.role);
  useEffect(() => {
    if (!mayRead) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    void askAs<{ items: MessageReply[] }>('GET', `/v1/messages?appointmentId=${claim.id}&limit=${MOST_SHOWN}`).then((answer) => {
      if (isOver) return;
      if (!answer.ok) {
        words.value = sentenceOf(answer.problem);
        return;
      }
      items.value = answer.body.items;
      if (answer.body.items.some(({ status }) => status === 'waiting')) {
        timer = setTimeout(() => {
          look.value += 1;
        }, AGAIN_MILLISECONDS);
      }
    });
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [claim.id, claim.status, claim.startsAt, look.value, mayRead]);

  async function resend({ id }: MessageReply): Promise<void> {
    isBusy.value = true;
    // One key for one press: a repeat by the browser sends nothing twice.
    const answer = await askAs<MessageReply>('POST', `/v1/messages/${id}/resend`, { headers: { 'Idempotency-Key': crypto.randomUUID() } });
    isBusy.value = false;
    words.value = answer.ok ? 'The message is being sent again.' : (answer.problem.detail ?? sentenceOf(answer.problem));
    announce(words.value);
    look.value += 1;
  }

  if (!mayRead) return null;
  const newest = items.value?.find(({ userId }) => userId === undefined);
  return (
    <section class="messages" aria-label="Messages">
      <h3>Messages</h3>
      {items.value !== undefined && newest === undefined && <p class="soft">The customer was not told anything about this appointment.</p>}
      <ul>
        {items.value?.map((message) => (
          <li key={message.id} data-status={message.status}>
            <strong>{message.resendOf === undefined ? EN.messageKinds[message.kind] : `${EN.messageKinds[message.kind]}, again`}</strong> {fateOf(message)}
            {message.text !== undefined && (
              <details class="message-said">
                <summary>
                  Read it<span class="only-heard">: {message.subject ?? EN.messageKinds[message.kind]}</span>
                </summary>
                <p lang={message.locale}>
                  {message.subject !== undefined && <strong>{message.subject}</strong>}
                  {message.subject !== undefined && '\n\n'}
                  {message.text}
                </p>
              </details>
            )}
          </li>
        ))}
      </ul>
      {newest !== undefined && newest.status !== 'waiting' && (
        <button type="button" class="button" disabled={isBusy.value} aria-busy={isBusy.value || undefined} onClick={() => void resend(newest)}>
          Send again
        </button>
      )}
      <span role="status">{words.value}</span>
    </section>
  );
}

export function fateOf({ status, to, failure = '', createdAt, sentAt }: MessageReply): string {
  const at = Date.parse(sentAt ?? createdAt);
  const when = `${shortDay(at, timeZone.value)}, ${clock(at, timeZone.value)}`;
  if (status === 'sent') return `was sent${to === null ? '' : ` to ${to}`}, ${when}.`;
  if (status === 'waiting') return failure === '' ? 'is being sent.' : `is tried again: ${whyNotSent(failure)}.`;
  if (status === 'bounced' && !failure.startsWith('refused')) return `did not arrive: ${whyNotSent(failure)}, ${when}.`;
  if (status === 'bounced') return `was refused: there is no ${to ?? 'such address'} (${failure.replace('refused ', '')}), ${when}.`;
  return `was not sent: ${whyNotSent(failure)}, ${when}.`;
}
