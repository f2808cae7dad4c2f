import type { Choices } from './notification.ts';
import type { NotificationState, NotificationStore } from './notification-store-port.ts';

/** The notification centre of this node. */
export class Notifications {
  readonly store: NotificationStore;
  readonly #listeners = new Set<(userIds: readonly string[]) => void>();

  constructor(store: NotificationStore) {
    this.store = store;
  }

  /** These people have been told or have read something, as can be seen now. */
  readonly onChanged = (userIds: readonly string[]): void => {
    for (const listener of this.#listeners) listener(userIds);
  };

  /** Hears of what this node has written, until the returned function is called. */
  listen(listener: (userIds: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** `undefined`: they have no such notification. */
  async read(userId: string, which: { readonly ids: readonly string[] } | { readonly until: string }): Promise<NotificationState | undefined> {
    if ('ids' in which) await this.store.markRead(userId, which.ids);
    else if (!(await this.store.markReadUntil(userId, which.until))) return undefined;
    this.onChanged([userId]);
    return this.store.state(userId);
  }

  /** What is left out stays. */
  async choose(userId: string, change: Choices): Promise<Choices> {
    await this.store.keepChoices(userId, change);
    return this.store.choices(userId);
  }
}
