import { WHOLE_BUSINESS } from '../../access/rights.ts';
import { kindOfReader, reasonTold } from '../../access/sight.ts';
import type { CalendarChange, CalendarView } from '../../actors/scheduler.ts';
import type { Reading } from '../../booking/parts.ts';
import { wireClaims } from '../../booking/wire-claims.ts';
import { detailsFor, type Telling, wireEvent } from '../../booking/wire-events.ts';
import { type CalendarHours, zoneOf } from '../../model/calendar-hours.ts';
import { busyWithin, externalBusy } from '../../model/external-busy.ts';
import { instant } from '../../model/instant.ts';
import { openWindows } from '../../model/open-windows.ts';
import type { OpenHoursReply } from '../../protocol/calendars.ts';
import type { BoardCalendar, BoardCatchUp, BoardEventReply } from '../../protocol/socket.ts';
import { wireTime } from '../../protocol/wire-times.ts';
import { type BoardColumn, type BoardQuestion, readerOfColumn, whoseColumn } from './board-question.ts';
import type { FeedStep } from './calendar-feeds.ts';
import { SharedMessage } from './packets.ts';

/** Columns as they are now. Calendars that nobody knows are left out. */
export async function completeCalendars(parts: Reading, question: BoardQuestion, columns: readonly BoardColumn[]): Promise<BoardCalendar[]> {
  if (columns.length === 0) return [];
  const views = new Map(
    (
      await parts.scheduler.views(
        columns.map((column) => column.calendarId),
        question.from,
        question.to,
      )
    ).map((view) => [view.calendarId, view]),
  );
  const places = new Map(columns.map((column) => [column.calendarId, column]));
  const readerOf = (calendarId: string) => ({ principal: question.principal, place: places.get(calendarId) ?? WHOLE_BUSINESS });
  const claims = await wireClaims(parts, readerOf, [...views.values()], question.timeZone);
  return columns.flatMap((column) => completeCalendar(question, column, views.get(column.calendarId), claims));
}

function completeCalendar(
  question: BoardQuestion,
  column: BoardColumn,
  view: CalendarView | undefined,
  claims: Awaited<ReturnType<typeof wireClaims>>,
): BoardCalendar[] {
  if (view === undefined) return [];
  const { calendarId } = column;
  return [
    { calendarId, ...whoseColumn(column), revision: view.revision, hours: wireHours(view.hours, question, column), claims: claims.get(calendarId) ?? [] },
  ];
}

/** What was missed, as one entry. */
export async function catchUpOf(
  parts: Reading,
  question: BoardQuestion,
  column: BoardColumn,
  base: number,
  changes: readonly CalendarChange[],
): Promise<BoardCatchUp> {
  const { calendarId } = column;
  const details = await detailsFor(
    parts,
    readerOfColumn(question, column),
    changes.flatMap(({ events }) => events),
  );
  return {
    calendarId,
    ...whoseColumn(column),
    base,
    revision: changes.at(-1)?.revision ?? base,
    events: wireEvents(changes, question, column, details),
    ...hoursAfter(changes, question, column),
  };
}

/** `board-changed`, the same for all boards of this zone with these rights; hours are told for the days of one board. */
export function boardStepMessage(era: string, question: BoardQuestion, column: BoardColumn, step: FeedStep): SharedMessage {
  const hours = hoursAfter(step.changes, question, column);
  const reader = `${question.timeZone} ${kindOfReader(question.principal)}${hours.hours === undefined ? '' : ` ${question.from} ${question.to}`}`;
  return step.messageFor(
    reader,
    ({ calendarId, base, revision, changes, details }) =>
      new SharedMessage('board-changed', {
        era,
        calendarId,
        ...(column.resourceId !== null && { resourceId: column.resourceId }),
        base,
        revision,
        events: wireEvents(changes, question, column, details ?? new Map()),
        ...hours,
      }),
  );
}

function wireEvents(changes: readonly CalendarChange[], question: BoardQuestion, column: BoardColumn, details: Telling['details']): BoardEventReply[] {
  const { timeZone } = question;
  const telling = { timeZone, reader: readerOfColumn(question, column), details };
  return changes.flatMap(({ at, events }) => events.map((event) => ({ ...wireEvent(event, telling), at: wireTime(at, timeZone) })));
}

/** The hours after the last change of them, if there was one. */
function hoursAfter(changes: readonly CalendarChange[], question: BoardQuestion, column: BoardColumn): { readonly hours?: OpenHoursReply } {
  const hours = changes
    .flatMap((change) => change.events)
    .filter((event) => 'hours' in event)
    .at(-1)?.hours;
  return hours === undefined ? {} : { hours: wireHours(hours, question, column) };
}

function wireHours(hours: CalendarHours, question: BoardQuestion, column: BoardColumn): OpenHoursReply {
  const { from, to, timeZone } = question;
  const reader = readerOfColumn(question, column);
  const time = (at: number) => wireTime(instant(at), timeZone);
  const edges = openWindows(hours, from, to);
  const windows = edges.flatMap((start, index) => (index % 2 === 0 ? [{ startsAt: time(start), endsAt: time(edges[index + 1] ?? start) }] : []));
  const timeOff = hours.timeOff
    .filter((off) => off.startsAt < to && off.endsAt > from)
    .map((off) => ({ ...off, startsAt: time(off.startsAt), endsAt: time(off.endsAt), reason: reasonTold(reader, off.reason) }));
  const external = busyWithin(externalBusy(hours), from, to)
    .filter((busy) => busy.startsAt < to && busy.endsAt > from)
    .map((busy) => ({ startsAt: time(busy.startsAt), endsAt: time(busy.endsAt) }));
  return { timeZone: zoneOf(hours), windows, timeOff, external };
}
