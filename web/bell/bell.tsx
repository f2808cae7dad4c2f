// The bell on every page of staff: how much is unread, and the list.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { NotificationReply } from '../../src/protocol/notifications.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { items, markRead, older, problem, readList, unread } from './centre.ts';
import { Choices } from './choices.tsx';
import { agoInVoice, Messages, MessageText } from './messages.tsx';
import { linkOf, sentenceFor } from './sentences.ts';
import { spoken, voice } from './voice.ts';

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
  const words = voice.value.words.centre;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the list from anywhere in it
    <div
      class="bell"
      lang={voice.value.locale}
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
        aria-label={count === 0 ? words.name : spoken(words.unread, { count })}
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
  const shown = useSignal<'centre' | 'messages'>('centre');
  useEffect(() => heading.current?.focus(), []);
  const { words } = voice.value;
  const [newest] = items.value ?? [];
  return (
    <section class="bell-panel" id={PANEL_ID} aria-labelledby="notifications-heading">
      <div class="bell-top">
        <h2 id="notifications-heading" tabIndex={-1} ref={heading}>
          {words.centre.name}
        </h2>
        {shown.value === 'centre' && newest !== undefined && unread.value > 0 && (
          <button type="button" class="button quiet" onClick={() => void markRead({ until: newest.id })}>
            {words.centre.readAll}
          </button>
        )}
      </div>
      <fieldset class="bell-views">
        <legend class="only-heard">{words.centre.views}</legend>
        {(['centre', 'messages'] as const).map((view) => (
          <button
            key={view}
            type="button"
            aria-pressed={shown.value === view}
            onClick={() => {
              shown.value = view;
            }}
          >
            {view === 'centre' ? words.centre.news : words.messages.name}
          </button>
        ))}
      </fieldset>
      {shown.value === 'centre' ? <Centre onFollow={onFollow} /> : <Messages />}
    </section>
  );
}

function Centre({ onFollow }: { readonly onFollow: () => void }) {
  const { words, problems } = voice.value;
  return (
    <>
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem.value, problems)}
        </p>
      )}
      {items.value === undefined && problem.value === undefined && <div class="loading" aria-busy="true" />}
      {items.value?.length === 0 && (
        <div class="empty">
          <p>{words.centre.nothing}</p>
          <p class="soft">{words.centre.nothingMore}</p>
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
          {words.centre.older}
        </button>
      )}
      <Choices />
    </>
  );
}

function Item({ notification, onFollow }: { readonly notification: NotificationReply; readonly onFollow: () => void }) {
  const { id, read, createdAt, message, appointment } = notification;
  const { title, detail } = sentenceFor(notification, voice.value);
  const words = voice.value.words.centre;
  const link = linkOf(notification);
  const follow = () => {
    if (!read) void markRead({ ids: [id] });
    onFollow();
  };
  return (
    <li class="bell-item" data-unread={!read || undefined}>
      <p class="bell-title">
        {!read && <span class="only-heard">{words.isUnread}</span>}
        {link === undefined ? (
          title
        ) : (
          <a href={link} onClick={follow}>
            {title}
          </a>
        )}
      </p>
      {detail !== '' && <p class="small">{detail}</p>}
      <p class="soft small">{agoInVoice(createdAt)}</p>
      <div class="bell-acts">
        {message !== undefined && appointment !== undefined && <MessageText messageId={message.id} appointmentId={appointment.id} />}
        {!read && (
          <button type="button" class="button quiet" onClick={() => void markRead({ ids: [id] })}>
            {words.readOne}
            <span class="only-heard">: {title}</span>
          </button>
        )}
      </div>
    </li>
  );
}
