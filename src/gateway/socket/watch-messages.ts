import type { BoardSnapshot, ScreenMessageRead, SlotsSnapshot } from '../../protocol/socket.ts';
import { done, failed, failedField, isFailed, type Reply } from '../operations/reply.ts';
import { boardQuestion } from './board-question.ts';
import { BoardWatch } from './board-watch.ts';
import { MAX_CALENDARS_PER_SOCKET, MAX_WATCHES_PER_SOCKET } from './limits.ts';
import type { LiveRoom } from './live-room.ts';
import { message } from './message.ts';
import type { Screen, Watch } from './screen.ts';
import { slotQuestion } from './slot-question.ts';
import { SlotWatch } from './slot-watch.ts';

/** What a screen watches, and stops watching. */
export const watchMessages = {
  'watch-board': message('watch-board', 'see-busy-times', watchBoard),
  'watch-slots': message('watch-slots', 'find-slots', watchSlots),
  unwatch: message('unwatch', 'find-slots', async (_room, screen, { watchId }) => {
    screen.unwatch(watchId);
    return done({});
  }),
};

async function watchBoard(room: LiveRoom, screen: Screen, asked: ScreenMessageRead<'watch-board'>): Promise<Reply<BoardSnapshot>> {
  const question = boardQuestion(room.context, screen.principal, asked);
  if (isFailed(question)) return question;
  const answer = await opened(screen, asked.watchId, question.columns.length, () => new BoardWatch(room, screen, asked, question));
  return answer === 'outdated' ? watchBoard(room, screen, asked) : answer;
}

async function watchSlots(room: LiveRoom, screen: Screen, asked: ScreenMessageRead<'watch-slots'>): Promise<Reply<SlotsSnapshot>> {
  const question = slotQuestion(room.context.catalog.snapshot(), asked);
  if (isFailed(question)) return question;
  const answer = await opened(screen, asked.watchId, question.queries.length, () => new SlotWatch(room, screen, asked, question));
  return answer === 'outdated' ? watchSlots(room, screen, asked) : answer;
}

type Opening<Snapshot> = Watch & { read(): Promise<Snapshot>; goLive(): void };

/**
 * The watch goes live once the answer is on its way: the answer is given to the socket before the next turn of the event loop.
 * `outdated`: what was asked for has become something else while it was read, for instance because the user's rights have changed.
 */
async function opened<Snapshot extends object>(
  screen: Screen,
  watchId: string,
  calendarCount: number,
  make: () => Opening<Snapshot>,
): Promise<Reply<Snapshot> | 'outdated'> {
  const result = await screen.openWatch(watchId, calendarCount, async () => {
    const watch = make();
    try {
      return { watch, snapshot: await watch.read() };
    } catch (failure) {
      watch.close();
      throw failure;
    }
  });
  if (result === 'full')
    return failedField(
      'invalid-request',
      'watchId',
      `would be one watch too many: a connection has at most ${MAX_WATCHES_PER_SOCKET}, with ${MAX_CALENDARS_PER_SOCKET} calendars together; unwatch one first`,
    );
  if (result === 'outdated') return result;
  if (result === 'overtaken') return failed('abandoned', { detail: 'Meanwhile something else was asked for under this watchId.' });
  setImmediate(() => result.watch.goLive());
  return done(result.snapshot);
}
