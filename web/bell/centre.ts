// The notification centre of the page: what is unread, live, and the list once it is opened.
import { batch, signal } from '@preact/signals';
import type { z } from 'zod';
import type { MessageReply, messages } from '../../src/protocol/messages.ts';
import type { NotificationReply, notificationSettings, notificationSettingsBody, notifications, notificationsRead } from '../../src/protocol/notifications.ts';
import type { NotificationsSnapshot, ServerMessageBody } from '../../src/protocol/socket.ts';
import { announce } from '../kit/announcing.tsx';
import { type Answer, type Problem, query } from '../kit/api.ts';
import type { Live } from '../kit/live.ts';
import { askAs } from '../kit/session.ts';
import { sentenceFor } from './sentences.ts';
import { openVoice, voice } from './voice.ts';

/** Read at a time. */
const PAGE = 30;

export const unread = signal(0);
/** The newest first; `undefined` until the list is opened. */
export const items = signal<readonly NotificationReply[] | undefined>(undefined);
export const older = signal<string | null>(null);
export const problem = signal<Problem | undefined>(undefined);
/** The number of the last notification that this page has; `undefined` before the first answer. */
let last: number | undefined;
/** What has arrived since the list was last asked for, the newest first: the answer may be older. */
let arrived: readonly NotificationReply[] = [];

/** Watches until the returned function is called; the connection is the caller's. */
export function keepNotified(live: Live): () => void {
  last = undefined;
  void openVoice();
  batch(() => {
    unread.value = 0;
    items.value = undefined;
  });
  return live.watch<NotificationsSnapshot, ServerMessageBody<'notification'>>({
    name: 'watch-notifications',
    body: () => (last === undefined ? {} : { after: last }),
    onSnapshot: (snapshot) => {
      last = snapshot.last;
      unread.value = snapshot.unread;
      for (const missed of snapshot.items) take(missed);
    },
    onChange: ({ last: number, unread: count, notification }) => {
      last = number;
      unread.value = count;
      if (notification !== undefined) take(notification);
      else if (items.peek() !== undefined) void readList();
      return 'applied';
    },
    // Refused for good is only a user who has been logged out, which the page notices by itself.
    onRefused: () => undefined,
    isBehind: () => false,
  });
}

function take(notification: NotificationReply): void {
  const { title, detail } = sentenceFor(notification, voice.peek());
  announce(`${title}. ${detail}`, voice.peek().locale);
  arrived = [notification, ...arrived].slice(0, PAGE);
  const known = items.peek();
  if (known !== undefined && !known.some(({ id }) => id === notification.id)) items.value = [notification, ...known];
}

/** The newest, or those after the last one that is listed. */
export async function readList(cursor?: string): Promise<void> {
  if (cursor === undefined) arrived = [];
  const answer = await askAs<z.output<typeof notifications>>('GET', `/v1/notifications${query({ limit: PAGE, cursor })}`);
  batch(() => {
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    const listed = answer.body.items;
    const newer = arrived.filter(({ id }) => !listed.some((item) => item.id === id));
    if (newer.length === 0) unread.value = answer.body.unread;
    older.value = answer.body.nextCursor;
    items.value = cursor === undefined ? [...newer, ...listed] : [...(items.peek() ?? []), ...listed];
  });
}

export async function markRead(which: { readonly ids: readonly string[] } | { readonly until: string }): Promise<void> {
  const answer = await askAs<z.output<typeof notificationsRead>>('POST', '/v1/notifications/read', { body: which });
  problem.value = answer.ok ? undefined : answer.problem;
  if (answer.ok) await readList();
}

/** The text of a message as it was, or would have been, sent. */
export async function readMessage(id: string, appointmentId: string): Promise<MessageReply | Problem | 'gone'> {
  const answer = await askAs<z.output<typeof messages>>('GET', `/v1/messages${query({ appointmentId, limit: 200 })}`);
  if (!answer.ok) return answer.problem;
  return answer.body.items.find((message) => message.id === id) ?? 'gone';
}

/** `onlyOwn`: those to the reader. */
export function readMessages(onlyOwn: boolean, cursor?: string): Promise<Answer<z.output<typeof messages>>> {
  return askAs('GET', `/v1/${onlyOwn ? 'me/messages' : 'messages'}${query({ limit: PAGE, cursor })}`);
}

type Settings = z.output<typeof notificationSettings>;
export const settings = signal<Settings | undefined>(undefined);

export async function readSettings(): Promise<void> {
  const answer = await askAs<Settings>('GET', '/v1/me/notification-settings');
  problem.value = answer.ok ? undefined : answer.problem;
  if (answer.ok) settings.value = answer.body;
}

export async function choose(change: z.input<typeof notificationSettingsBody>): Promise<void> {
  const answer = await askAs<Settings>('PATCH', '/v1/me/notification-settings', { body: change });
  problem.value = answer.ok ? undefined : answer.problem;
  if (answer.ok) settings.value = answer.body;
}
