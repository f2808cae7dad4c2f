// How the gateway reads and changes the hours of a calendar. They are the calendar's own, so it is asked, never the tables.
import type { CalendarEvent, HoursChange } from '../../../actors/calendar/calendar.ts';
import type { CalendarHours } from '../../../model/calendar-hours.ts';
import { instant } from '../../../model/instant.ts';
import type { GatewayContext } from '../../context.ts';
import { type Caller, requestKeyOf } from '../../operations/caller.ts';
import { type Failed, failed } from '../../operations/reply.ts';

export type HoursChanged = { readonly event: Extract<CalendarEvent, { type: 'hours.changed' }>; readonly revision: number; readonly replayed: boolean };

/** Calendars that are not there are left out. */
export async function hoursOf(context: GatewayContext, calendarIds: readonly string[]): Promise<ReadonlyMap<string, CalendarHours>> {
  const now = context.scheduler.now();
  const views = await context.scheduler.views(calendarIds, now, instant(now + 1));
  return new Map(views.map((view) => [view.calendarId, view.hours]));
}

/** `asked`: what the key stands for where the change has something in it that is new on every try, such as an id we make. */
export async function changeHours(
  context: GatewayContext,
  caller: Caller,
  calendarId: string,
  change: HoursChange,
  asked: object = change,
): Promise<HoursChanged | Failed> {
  const answer = await context.scheduler.ask(requestKeyOf(caller, 'change-hours', { calendarId, ...asked }), { type: 'change-hours', calendarId, change });
  switch (answer.outcome) {
    case 'ok':
      if (answer.event.type !== 'hours.changed') throw new Error(`a change of hours was answered by ${answer.event.type}`);
      return { event: answer.event, revision: answer.revision, replayed: answer.replayed };
    case 'no':
      return { ...failed(answer.refusal.code, answer.refusal.detail === undefined ? {} : { detail: answer.refusal.detail }), replayed: answer.replayed };
    case 'retry':
      return failed('overloaded', { retryAfterSeconds: answer.retryAfterSeconds });
    case 'unknown':
      return failed('outcome-unknown');
    default:
      return answer satisfies never;
  }
}
