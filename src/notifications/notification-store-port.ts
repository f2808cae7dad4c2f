// What the notification centre needs of its storage. `persistence/notifications/notification-store.ts` implements it.
import type { Choices, StoredNotification } from './notification.ts';

/** Of one person. `last`: the number of their newest notification; `revision` grows when they are told something and when they have read something. */
export type NotificationState = { readonly last: number; readonly revision: number; readonly unread: number };

export type NotificationStore = {
  /** The newest first. `before`: a number; null begins with the newest. */
  list(userId: string, question: { readonly onlyUnread: boolean; readonly before: number | null }, limit: number): Promise<readonly StoredNotification[]>;
  /** Those with a greater number, the oldest first. */
  after(userId: string, number: number, limit: number): Promise<readonly StoredNotification[]>;
  state(userId: string): Promise<NotificationState>;
  /** Of these people, those who have been told anything at all. */
  revisions(userIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** What is not kept any more is left out. */
  markRead(userId: string, ids: readonly string[]): Promise<void>;
  /** It and everything before it. False: they have no such notification. */
  markReadUntil(userId: string, id: string): Promise<boolean>;
  choices(userId: string): Promise<Choices>;
  keepChoices(userId: string, choices: Choices): Promise<void>;
};
