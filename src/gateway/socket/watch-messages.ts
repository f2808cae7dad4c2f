import { refuseAt } from '../../access/rights.ts';
import { calendarsOf } from '../../booking/candidates.ts';
import { appointmentToMove } from '../../booking/find-slots.ts';
import { admitQuestion, calendarDaysOf } from '../../limits/big-questions.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply } from '../../protocol/reply.ts';
import type { BoardSnapshot, DeskSnapshot, NotificationsSnapshot, ScreenMessageRead, SlotsSnapshot } from '../../protocol/socket.ts';
import { boardQuestion, boardWithStrays } from './board-question.ts';
import { BoardWatch } from './board-watch.ts';
import { callerOf } from './claim-messages.ts';
import { DeskWatch } from './desk-watch.ts';
import { FULL_SECONDS, STARTS_IN_PROCESS, UNREAD_IN_PROCESS } from './limits.ts';
import type { LiveRoom } from './live-room.ts';
import { message } from './message.ts';
import { NotificationWatch } from './notification-watch.ts';
import type { Screen, Watch, WatchSize } from './screen.ts';
import { slotQuestion } from './slot-question.ts';
import { SlotWatch } from './slot-watch.ts';

/** To who has asked again under the same name, or given it up, before there was an answer. */
export const OVERTAKEN = failed('abandoned', { detail: 'Meanwhile something else was asked for under this watchId.' });

/** What a screen watches, and stops watching. */
export const watchMessages = {
  'watch-board': message('watch-board', 'see-busy-times', watchBoard),
  'watch-slots': message('watch-slots', 'find-slots', watchSlots),
  'watch-notifications': message('watch-notifications', 'read-notifications', watchNotifications),
  'watch-desk': message('watch-desk', 'keep-day-notes', watchDesk),
  unwatch: message('unwatch', 'find-slots', async (_room, screen, { watchId }) => {
    screen.unwatch(watchId);
    return done({});
  }),
};

async function watchBoard(room: LiveRoom, screen: Screen, asked: ScreenMessageRead<'watch-board'>): Promise<Reply<BoardSnapshot>> {
  const sized = boardQuestion(room.parts, screen.principal, asked);
  if (isFailed(sized)) return sized;
  const admitted = await admitQuestion(room.parts, screen, calendarDaysOf(asked, sized.columns.length));
  if (isFailed(admitted)) return admitted;
  // Counting and waiting take a moment, in which the catalog and the user's rights may have changed.
  const question = await boardWithStrays(room.parts, () => screen.principal, asked);
  if (question === undefined) return watchBoard(room, screen, asked);
  if (isFailed(question)) return question;
  const wanted = { watchId: asked.watchId, size: sizeOf(asked, question.columns.length), startsToAdd: 0 };
  const answer = await opened(room, screen, wanted, () => new BoardWatch(room, screen, asked, question));
  return answer === 'outdated' ? watchBoard(room, screen, asked) : answer;
}

async function watchSlots(room: LiveRoom, screen: Screen, asked: ScreenMessageRead<'watch-slots'>): Promise<Reply<SlotsSnapshot>> {
  const { principal } = screen;
  const moving = await appointmentToMove(room.parts, callerOf(screen, { key: '', manageToken: asked.manageToken }), asked);
  if (moving !== null && isFailed(moving)) return moving;
  const sized = slotQuestion(room.parts, principal, asked, moving);
  if (isFailed(sized)) return sized;
  const admitted = await admitQuestion(room.parts, screen, calendarDaysOf(asked, calendarsOf(sized.queries)));
  if (isFailed(admitted)) return admitted;
  // As above; and what may be moved was judged by the rights of before.
  if (screen.principal !== principal) return watchSlots(room, screen, asked);
  const question = slotQuestion(room.parts, principal, asked, moving);
  if (isFailed(question)) return question;
  const startsToAdd = room.slotViews.startsToAdd(question.queries);
  const wanted = { watchId: asked.watchId, size: sizeOf(asked, calendarsOf(question.queries)), startsToAdd };
  const answer = await opened(room, screen, wanted, () => new SlotWatch(room, screen, { asked, question, moving }));
  return answer === 'outdated' ? watchSlots(room, screen, asked) : answer;
}

async function watchNotifications(room: LiveRoom, screen: Screen, asked: ScreenMessageRead<'watch-notifications'>): Promise<Reply<NotificationsSnapshot>> {
  const { principal } = screen;
  // Refused before: notifications are for people who are logged in.
  if (principal === null) return failed('unauthenticated');
  const wanted = { watchId: asked.watchId, size: NOTHING_WATCHED, startsToAdd: 0 };
  const answer = await opened(room, screen, wanted, () => new NotificationWatch(room, screen, asked, principal));
  return answer === 'outdated' ? failed('unauthenticated') : answer;
}

async function watchDesk(room: LiveRoom, screen: Screen, asked: ScreenMessageRead<'watch-desk'>): Promise<Reply<DeskSnapshot>> {
  const { principal } = screen;
  const barred = refuseAt(principal, 'keep-day-notes', { staffId: null, locationId: asked.locationId });
  if (barred !== undefined || principal === null) return barred ?? failed('unauthenticated');
  const wanted = { watchId: asked.watchId, size: NOTHING_WATCHED, startsToAdd: 0 };
  const answer = await opened(room, screen, wanted, () => new DeskWatch(room, screen, asked, principal));
  return answer === 'outdated' ? failed('unauthenticated') : answer;
}

/** It is of no calendar. */
const NOTHING_WATCHED: WatchSize = { calendars: 0, calendarDays: 0 };

function sizeOf(range: { readonly from: string; readonly to: string }, calendars: number): WatchSize {
  return { calendars, calendarDays: calendarDaysOf(range, calendars) };
}

type Opening<Snapshot> = Watch & { read(): Promise<Snapshot>; goLive(): void };
type Wanted = { readonly watchId: string; readonly size: WatchSize /** In memory, as far as it can be guessed. */; readonly startsToAdd: number };

/**
 * The watch goes live once the answer is on its way: the answer is given to the socket before the next turn of the event loop.
 * `outdated`: what was asked for has become something else while it was read, for instance because the user's rights have changed.
 */
async function opened<Snapshot extends object>(
  room: LiveRoom,
  screen: Screen,
  wanted: Wanted,
  make: () => Opening<Snapshot>,
): Promise<Reply<Snapshot> | 'outdated'> {
  const refuse = () => refuseWatch(room, screen, wanted);
  const result = await screen.openWatch(wanted.watchId, wanted.size, refuse, async () => {
    const watch = make();
    try {
      return { watch, snapshot: await watch.read() };
    } catch (failure) {
      watch.close();
      throw failure;
    }
  });
  if (result === 'outdated') return result;
  if (result === 'overtaken') return OVERTAKEN;
  if (isFailed(result)) return result;
  setImmediate(() => result.watch.goLive());
  return done(result.snapshot);
}

/** In this order: what the connection has, what its address or user has, what this process has. */
function refuseWatch(room: LiveRoom, screen: Screen, { size, startsToAdd }: Wanted): Failed | undefined {
  const { budget, source } = screen;
  if (!screen.hasRoomFor(size))
    return failedField(
      'invalid-request',
      'watchId',
      `would exceed the limit of a connection: ${budget.watches} watches, ${budget.calendars} calendars and ${budget.calendarDays} calendar days in total; unwatch one first`,
    );
  const watched = room.watched.shortage(source, size.calendarDays, budget.calendarDaysPerSource, { used: room.slotViews.starts, adds: startsToAdd });
  if (watched === 'source')
    return failed('limit-reached', {
      detail: `All watches of one address or user together can cover at most ${budget.calendarDaysPerSource} calendar days; close some pages first.`,
    });
  if (watched === 'process')
    return failed('overloaded', { detail: `This server keeps at most ${STARTS_IN_PROCESS.most} free times for open lists.`, retryAfterSeconds: FULL_SECONDS });
  const unread = room.unread.shortage(source, 1, budget.unreadBytesPerSource);
  if (unread === 'source')
    return failed('limit-reached', {
      detail: `All connections of one address or user together can have at most ${budget.unreadBytesPerSource} unread bytes; read what was sent first.`,
    });
  if (unread === 'process')
    return failed('overloaded', { detail: `This server keeps at most ${UNREAD_IN_PROCESS.most} bytes for slow readers.`, retryAfterSeconds: FULL_SECONDS });
  return undefined;
}
