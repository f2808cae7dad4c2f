import type { GatewayContext } from '../context.ts';
import { problemOfOutage } from '../outage.ts';
import { CalendarFeeds } from './calendar-feeds.ts';
import { Inbox } from './inbox.ts';
import { STARTS_IN_PROCESS, UNREAD_IN_PROCESS } from './limits.ts';
import { Shares } from './shares.ts';
import { SlotViews } from './slot-views.ts';
import { StepQueue } from './step-queue.ts';

/** What all screens of this server share. */
export class LiveRoom {
  readonly context: GatewayContext;
  readonly feeds: CalendarFeeds;
  readonly slotViews: SlotViews;
  /** Steps on their way to boards. */
  readonly steps: StepQueue;
  readonly inbox = new Inbox();
  /** Bytes that screens have not read. */
  readonly unread = new Shares(UNREAD_IN_PROCESS);
  /** Calendar-days of all watches. */
  readonly watched = new Shares(STARTS_IN_PROCESS);

  constructor(context: GatewayContext) {
    this.context = context;
    this.feeds = new CalendarFeeds(context.scheduler);
    this.slotViews = new SlotViews(context.scheduler, this.feeds, (failure) => {
      if (problemOfOutage(failure, true) !== undefined) context.outages.note(failure);
      else context.logger.error({ err: failure }, 'slot lists on open screens could not be worked out');
    });
    this.steps = new StepQueue(context.appointments, (failure) => {
      if (problemOfOutage(failure, true) !== undefined) context.outages.note(failure);
      else context.logger.error({ err: failure }, 'the names on open boards could not be read');
    });
  }

  close(): void {
    this.slotViews.close();
    this.feeds.close();
    this.steps.close();
  }
}
