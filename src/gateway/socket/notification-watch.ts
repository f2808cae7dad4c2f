import type { Principal } from '../../access/principal.ts';
import type { StoredNotification } from '../../notifications/notification.ts';
import type { NotificationState } from '../../notifications/notification-store-port.ts';
import { tellNotifications } from '../../notifications/tell.ts';
import type { NotificationsSnapshot, ScreenMessageRead } from '../../protocol/socket.ts';
import type { LiveRoom } from './live-room.ts';
import type { NotificationReader } from './notification-feed.ts';
import { SharedMessage } from './packets.ts';
import type { Screen, Watch } from './screen.ts';

/** In the answer; what is left follows as messages. */
const MOST_CAUGHT_UP = 100;

/**
 * The notifications of the user of one screen. Numbers rise in the order in which notifications can be seen, so a screen that says which number it had last gets everything after it,
 * once. One that cannot be sent puts the watch behind: it stays silent until the screen has asked again.
 */
export class NotificationWatch implements Watch, NotificationReader {
  readonly #room: LiveRoom;
  readonly #screen: Screen;
  readonly #asked: ScreenMessageRead<'watch-notifications'>;
  readonly userId: string;
  readonly #leave: () => void;
  #sent: number | null = null;
  #unread = -1;
  #isLive = false;
  #isClosed = false;

  constructor(room: LiveRoom, screen: Screen, asked: ScreenMessageRead<'watch-notifications'>, { userId }: Principal) {
    this.#room = room;
    this.#screen = screen;
    this.#asked = asked;
    this.userId = userId;
    this.#leave = room.notified.join(this);
  }

  get sent(): number | null {
    return this.#sent;
  }

  async read(): Promise<NotificationsSnapshot> {
    const { store } = this.#room.parts.notifications;
    const { last, unread } = await store.state(this.userId);
    const after = Math.min(this.#asked.after ?? last, last);
    const stored = after < last ? await store.after(this.userId, after, MOST_CAUGHT_UP) : [];
    const items = await this.#told(stored);
    this.#unread = unread;
    this.#sent = stored.at(-1)?.number ?? last;
    return { last: this.#sent, unread, items };
  }

  goLive(): void {
    this.#isLive = true;
    this.#room.notified.nudge([this.userId]);
  }

  async take({ unread }: NotificationState, stored: readonly StoredNotification[]): Promise<void> {
    const sent = this.#sent;
    if (!this.#isLive || this.#isClosed || sent === null) return;
    const news = stored.filter(({ number }) => number > sent);
    const told = await this.#told(news);
    if (this.#isEnded()) return;
    for (const notification of told) this.#send({ last: notification.number, unread, notification });
    // Something was read on another page.
    if (told.length === 0 && unread !== this.#unread) this.#send({ last: sent, unread });
    this.#unread = unread;
  }

  *revisions(): Iterable<never> {}

  isOutdated(): boolean {
    const { principal } = this.#screen;
    return principal?.userId !== this.userId || !this.#room.parts.accounts.isCurrent(principal);
  }

  close(): void {
    this.#isClosed = true;
    this.#leave();
  }

  async #told(stored: readonly StoredNotification[]) {
    const { principal } = this.#screen;
    return principal === null || stored.length === 0 ? [] : await tellNotifications(this.#room.parts, principal, stored);
  }

  /** Looked at before anything is sent, so nothing is that may not be seen any more. */
  #isEnded(): boolean {
    if (this.#isClosed) return true;
    if (!this.isOutdated()) return false;
    this.#screen.dropOutdated();
    return true;
  }

  #send(body: ConstructorParameters<typeof SharedMessage<'notification'>>[1]): void {
    if (this.#isClosed) return;
    const { watchId } = this.#asked;
    if (this.#screen.outbox.offer(watchId, new SharedMessage('notification', body).packetFor(watchId))) this.#sent = body.last;
    else this.close();
  }
}
