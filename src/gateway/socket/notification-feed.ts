import type { StoredNotification } from '../../notifications/notification.ts';
import type { NotificationState } from '../../notifications/notification-store-port.ts';
import type { Notifications } from '../../notifications/notifications.ts';

/** What no node has told this one of, since Redis was away, is found within this time. */
const LOOK_MILLISECONDS = 5_000;
/** Of one person in one look; what is left follows at once. */
const MOST_AT_ONCE = 50;

/** One open watch of the notifications of a person. */
export type NotificationReader = {
  readonly userId: string;
  /** The number of the last notification that it has; null: it is still being answered. */
  readonly sent: number | null;
  /** Those with greater numbers than it has are new to it. Rejects while the database does not answer. */
  take(state: NotificationState, stored: readonly StoredNotification[]): Promise<void>;
};

/** Looks for what people who have a page open on this node are told: at once when a node says that there may be something, and every five seconds. */
export class NotificationFeed {
  readonly #notifications: Pick<Notifications, 'store'>;
  readonly #onFailure: (failure: unknown) => void;
  readonly #readers = new Map<string, Set<NotificationReader>>();
  /** The revision at which a person was looked at last. */
  readonly #known = new Map<string, number>();
  readonly #dirty = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  constructor(notifications: Pick<Notifications, 'store'>, onFailure: (failure: unknown) => void) {
    this.#notifications = notifications;
    this.#onFailure = onFailure;
    this.#timer = setInterval(() => void this.#lookAround(), LOOK_MILLISECONDS);
  }

  /** From now on it is told, until the returned function is called. */
  join(reader: NotificationReader): () => void {
    const readers = this.#readers.get(reader.userId) ?? new Set();
    this.#readers.set(reader.userId, readers.add(reader));
    return () => {
      if (!readers.delete(reader) || readers.size > 0) return;
      this.#readers.delete(reader.userId);
      this.#known.delete(reader.userId);
    };
  }

  /** There may be something new for these people. */
  nudge(userIds: readonly string[]): void {
    for (const userId of userIds) if (this.#readers.has(userId)) this.#dirty.add(userId);
    if (!this.#isLooking) void this.#look();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#readers.clear();
    this.#dirty.clear();
  }

  async #lookAround(): Promise<void> {
    if (this.#readers.size === 0) return;
    try {
      const revisions = await this.#notifications.store.revisions([...this.#readers.keys()]);
      this.nudge([...revisions].filter(([userId, revision]) => this.#known.get(userId) !== revision).map(([userId]) => userId));
    } catch (failure) {
      this.#onFailure(failure);
    }
  }

  /** One person after the other, so that news for everybody is no burst. Who could not be looked at is found by the next look around. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    for (const userId of this.#dirty) {
      this.#dirty.delete(userId);
      try {
        await this.#lookAt(userId);
      } catch (failure) {
        this.#known.delete(userId);
        this.#onFailure(failure);
      }
    }
    this.#isLooking = false;
  }

  async #lookAt(userId: string): Promise<void> {
    const readers = [...(this.#readers.get(userId) ?? [])];
    const sent = readers.flatMap((reader) => reader.sent ?? []);
    if (sent.length === 0) return;
    const { store } = this.#notifications;
    // What is added after this is seen as another revision, and what is unread is counted with all that is told.
    const { revision } = await store.state(userId);
    const stored = await store.after(userId, Math.min(...sent), MOST_AT_ONCE);
    const state = await store.state(userId);
    for (const reader of readers) await reader.take(state, stored);
    if (stored.length === MOST_AT_ONCE) this.#dirty.add(userId);
    else if (this.#readers.has(userId)) this.#known.set(userId, revision);
  }
}
