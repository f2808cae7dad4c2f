// What the customer, and staff by e-mail, were told about an appointment, when, or why not.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MessageReply } from '../../src/protocol/messages.ts';
import { voice } from '../bell/voice.ts';
import { whyNotSent } from '../bell/why-not-sent.ts';
import { announce } from '../kit/announcing.tsx';
import type { Problem } from '../kit/api.ts';
import { language } from '../kit/language.ts';
import { clock, shortDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs, session } from '../kit/session.ts';
import type { BoardClaim } from './board.ts';
import { timeZone } from './watching.ts';
import { words } from './wording.ts';

/** An appointment that is moved often has more; the newest tell what holds. */
const MOST_SHOWN = 10;
/** A message that waits is looked at again. */
const AGAIN_MILLISECONDS = 3_000;

export function MessageHistory({ claim }: { readonly claim: BoardClaim }) {
  const items = useSignal<readonly MessageReply[] | undefined>(undefined);
  const said = useSignal('');
  const text = words.value.messages;
  const kinds = voice.value.words.messageKinds;
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
        said.value = sentenceOf(answer.problem);
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
    said.value = answer.ok ? text.resent : whyOf(answer.problem);
    announce(said.value);
    look.value += 1;
  }

  if (!mayRead) return null;
  const newest = items.value?.find(({ userId }) => userId === undefined);
  return (
    <section class="messages" aria-label={text.title}>
      <h3>{text.title}</h3>
      {items.value !== undefined && newest === undefined && <p class="soft">{text.none}</p>}
      <ul>
        {items.value?.map((message) => (
          <li key={message.id} data-status={message.status}>
            <strong>{message.resendOf === undefined ? kinds[message.kind] : text.again({ kind: kinds[message.kind] })}</strong> {fateOf(message)}
            {message.text !== undefined && (
              <details class="message-said">
                <summary>
                  {text.read}
                  <span class="only-heard">: {message.subject ?? kinds[message.kind]}</span>
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
          {text.resend}
        </button>
      )}
      <span role="status">{said.value}</span>
    </section>
  );
}

/** The server says it more exactly, in English. */
function whyOf(problem: Problem): string {
  return (language.value === 'en' ? problem.detail : undefined) ?? sentenceOf(problem);
}

export function fateOf({ status, to, failure = '', createdAt, sentAt }: MessageReply): string {
  const text = words.value.messages;
  const at = Date.parse(sentAt ?? createdAt);
  const when = `${shortDay(at, timeZone.value)}, ${clock(at, timeZone.value)}`;
  const why = () => whyNotSent(failure, voice.value.words.whyNotSent);
  if (status === 'sent') return to === null ? text.sent({ when }) : text.sentTo({ to, when });
  if (status === 'waiting') return failure === '' ? text.sending : text.retried({ why: why() });
  if (status !== 'bounced') return text.failed({ why: why(), when });
  if (!failure.startsWith('refused')) return text.bounced({ why: why(), when });
  const code = failure.replace('refused ', '');
  return to === null ? text.noSuchAddress({ code, when }) : text.noSuch({ to, code, when });
}
