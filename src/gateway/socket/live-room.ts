import type { GatewayContext } from '../context.ts';
import { CalendarFeeds } from './calendar-feeds.ts';
import { SlotViews } from './slot-views.ts';

/** What all screens of this server share. */
export class LiveRoom {
  readonly context: GatewayContext;
  readonly feeds: CalendarFeeds;
  readonly slotViews: SlotViews;

  constructor(context: GatewayContext) {
    this.context = context;
    this.feeds = new CalendarFeeds(context.scheduler);
    this.slotViews = new SlotViews(context.scheduler, this.feeds, context.logger);
  }

  close(): void {
    this.slotViews.close();
    this.feeds.close();
  }
}
