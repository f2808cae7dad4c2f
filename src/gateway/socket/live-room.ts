import type { HeardDayNotes } from '../../booking/day-notes.ts';
import type { Booking, Looking } from '../../booking/parts.ts';
import type { CatalogKeeper } from '../../catalog/catalog-keeper.ts';
import type { Notifications } from '../../notifications/notifications.ts';
import { problemOfOutage } from '../outage.ts';
import type { Failing, Readiness, Recognising, WithAccounts } from '../parts.ts';
import { CalendarFeeds } from './calendar-feeds.ts';
import { Inbox } from './inbox.ts';
import { STARTS_IN_PROCESS, UNREAD_IN_PROCESS } from './limits.ts';
import { NotificationFeed } from './notification-feed.ts';
import { Shares } from './shares.ts';
import { SlotViews } from './slot-views.ts';
import { StepQueue } from './step-queue.ts';
import { Together } from './together.ts';

/** What open screens are served with. */
type Live = Booking &
  Looking &
  Recognising &
  Failing &
  WithAccounts & { readonly catalog: CatalogKeeper; readonly readiness: Readiness; readonly notifications: Notifications; readonly dayNotes: HeardDayNotes };

/** What all screens of this server share. */
export class LiveRoom {
  readonly parts: Live;
  readonly feeds: CalendarFeeds;
  readonly slotViews: SlotViews;
  /** Steps on their way to boards. */
  readonly steps: StepQueue;
  /** Notifications on their way to open pages. */
  readonly notified: NotificationFeed;
  /** What desks show each other. */
  readonly together: Together;
  readonly inbox = new Inbox();
  /** Bytes that screens have not read. */
  readonly unread = new Shares(UNREAD_IN_PROCESS);
  /** Calendar-days of all watches. */
  readonly watched = new Shares(STARTS_IN_PROCESS);

  constructor(parts: Live) {
    this.parts = parts;
    this.feeds = new CalendarFeeds(parts.scheduler);
    const telling = (what: string) => (failure: unknown) => {
      if (problemOfOutage(failure, true) !== undefined) parts.outages.note(failure);
      else parts.logger.error({ err: failure }, what);
    };
    this.slotViews = new SlotViews(parts.scheduler, this.feeds, telling('slot lists on open screens could not be worked out'));
    this.steps = new StepQueue(parts.appointments, telling('the names on open boards could not be read'));
    this.notified = new NotificationFeed(parts.notifications, telling('notifications for open pages could not be read'));
    this.together = new Together({
      nameOf: async (userId) => (await parts.accounts.user(userId))?.name,
      now: () => performance.now(),
      onFailure: telling('names of colleagues at open desks could not be read'),
    });
  }

  close(): void {
    this.slotViews.close();
    this.feeds.close();
    this.steps.close();
    this.notified.close();
    this.together.close();
  }
}
