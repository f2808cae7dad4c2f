// The bell on every page of staff: how much is unread, and the list.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ChosenEmail, MessageReply } from '../../src/protocol/messages.ts';
import type { NotificationKind, NotificationReply } from '../../src/protocol/notifications.ts';
import { ago } from '../kit/ago.ts';
import { serverNow } from '../kit/api.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { viewerZone } from '../kit/zoned-dates.ts';
import { choose, items, markRead, older, problem, readList, readMessage, readSettings, settings, unread } from './centre.ts';
import { BY_EMAIL, KIND_WORDS, linkOf, sentenceFor } from './sentences.ts';

const MOST_SHOWN = 99;
const PANEL_ID = 'notifications';

export function Bell() {
  const isOpen = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const close = () => {
    isOpen.value = false;
  };
  useEffect(() => {
    if (!isOpen.value) return undefined;
    void readList();
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) close();
    };
    document.addEventListener('pointerdown', onPress);
    return () => document.removeEventListener('pointerdown', onPress);
  }, [isOpen.value]);
  const count = unread.value;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the list from anywhere in it
    <div
      class="bell"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen.value) return;
        event.stopPropagation();
        close();
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        class="button quiet icon"
        aria-expanded={isOpen.value}
        aria-controls={PANEL_ID}
        aria-label={count === 0 ? 'Notifications' : `Notifications, ${count} unread`}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <svg
          width="22"
          height="22"
          viewBox="0 0 24 24"
          aria-hidden="true"
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          stroke-linecap="round"
          stroke-linejoin="round"
        >
          <path d="M6 10a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 21h4" />
        </svg>
        {count > 0 && (
          <span class="bell-count" aria-hidden="true">
            {count > MOST_SHOWN ? `${MOST_SHOWN}+` : count}
          </span>
        )}
      </button>
      {isOpen.value && <List onFollow={close} />}
    </div>
  );
}

function List({ onFollow }: { readonly onFollow: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const [newest] = items.value ?? [];
  return (
    <section class="bell-panel" id={PANEL_ID} aria-labelledby="notifications-heading">
      <div class="bell-top">
        <h2 id="notifications-heading" tabIndex={-1} ref={heading}>
          Notifications
        </h2>
        {newest !== undefined && unread.value > 0 && (
          <button type="button" class="button quiet" onClick={() => void markRead({ until: newest.id })}>
            Mark all as read
          </button>
        )}
      </div>
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      {items.value === undefined && problem.value === undefined && <div class="loading" aria-busy="true" />}
      {items.value?.length === 0 && (
        <div class="empty">
          <p>Nothing new.</p>
          <p class="soft">Bookings, changes and cancellations that concern you appear here.</p>
        </div>
      )}
      {items.value !== undefined && items.value.length > 0 && (
        <ul class="bell-list">
          {items.value.map((notification) => (
            <Item key={notification.id} notification={notification} onFollow={onFollow} />
          ))}
        </ul>
      )}
      {older.value !== null && (
        <button type="button" class="button quiet" onClick={() => void readList(older.value ?? undefined)}>
          Show older
        </button>
      )}
      <Choices />
    </section>
  );
}

function Item({ notification, onFollow }: { readonly notification: NotificationReply; readonly onFollow: () => void }) {
  const { id, read, createdAt, message, appointment } = notification;
  const { title, detail } = sentenceFor(notification);
  const link = linkOf(notification);
  const follow = () => {
    if (!read) void markRead({ ids: [id] });
    onFollow();
  };
  return (
    <li class="bell-item" data-unread={!read || undefined}>
      <p class="bell-title">
        {!read && <span class="only-heard">Unread: </span>}
        {link === undefined ? (
          title
        ) : (
          <a href={link} onClick={follow}>
            {title}
          </a>
        )}
      </p>
      {detail !== '' && <p class="small">{detail}</p>}
      <p class="soft small">{ago(Date.parse(createdAt), serverNow(), viewerZone())}</p>
      <div class="bell-acts">
        {message !== undefined && appointment !== undefined && <MessageText messageId={message.id} appointmentId={appointment.id} />}
        {!read && (
          <button type="button" class="button quiet" onClick={() => void markRead({ ids: [id] })}>
            Mark as read<span class="only-heard">: {title}</span>
          </button>
        )}
      </div>
    </li>
  );
}

/** As it was, or would have been, sent. */
function MessageText({ messageId, appointmentId }: { readonly messageId: string; readonly appointmentId: string }) {
  const text = useSignal<MessageReply | undefined>(undefined);
  const wrong = useSignal<string | undefined>(undefined);
  const show = async () => {
    const found = await readMessage(messageId, appointmentId);
    if ('code' in found) wrong.value = found.code === 'not-found' ? 'The message is no longer kept.' : sentenceOf(found);
    else text.value = found;
  };
  if (wrong.value !== undefined) return <p role="alert">{wrong.value}</p>;
  if (text.value === undefined)
    return (
      <button type="button" class="button quiet" onClick={() => void show()}>
        Read the message
      </button>
    );
  return (
    <article class="bell-message">
      <p class="small">
        To {text.value.to ?? 'the customer'}
        {text.value.subject !== undefined && (
          <>
            : <strong>{text.value.subject}</strong>
          </>
        )}
      </p>
      <p class="bell-text">{text.value.text ?? 'There is no text: it was not written, or it is not kept any more.'}</p>
    </article>
  );
}

function Choices() {
  const hasEmail = settings.value?.email['daily-agenda'] !== undefined;
  return (
    <details class="bell-choices" onToggle={({ currentTarget }) => void (currentTarget.open && settings.value === undefined && readSettings())}>
      <summary>What I am told</summary>
      {settings.value !== undefined && (
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col" class="soft">
                In the app
              </th>
              {hasEmail && (
                <th scope="col" class="soft">
                  By e-mail
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {(Object.entries(settings.value.inApp) as [NotificationKind, boolean][]).map(([kind, isWanted]) => (
              <tr key={kind}>
                <th scope="row">{KIND_WORDS[kind]}</th>
                <Switch name={`${KIND_WORDS[kind]}, in the app`} isOn={isWanted} onTurn={(isOn) => choose({ inApp: { [kind]: isOn } })} />
                {hasEmail && <EmailSwitch words={KIND_WORDS[kind]} kind={BY_EMAIL[kind]} />}
              </tr>
            ))}
            {hasEmail && (
              <tr>
                <th scope="row">My day, in the morning</th>
                <td />
                <EmailSwitch words="My day" kind="daily-agenda" />
              </tr>
            )}
          </tbody>
        </table>
      )}
      {hasEmail && <p class="soft small">E-mails are about your own appointments, and not about what you do yourself.</p>}
    </details>
  );
}

/** `kind`: left out where there is no such e-mail. */
function EmailSwitch({ words, kind }: { readonly words: string; readonly kind: ChosenEmail | undefined }) {
  if (kind === undefined) return <td />;
  return <Switch name={`${words}, by e-mail`} isOn={settings.value?.email[kind] === true} onTurn={(isOn) => choose({ email: { [kind]: isOn } })} />;
}

function Switch({ name, isOn, onTurn }: { readonly name: string; readonly isOn: boolean; readonly onTurn: (isOn: boolean) => Promise<void> }) {
  return (
    <td>
      <label class="bell-choice">
        <input type="checkbox" aria-label={name} checked={isOn} onChange={({ currentTarget }) => void onTurn(currentTarget.checked)} />
      </label>
    </td>
  );
}
