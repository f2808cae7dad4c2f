// The day and location of the desk, and their live board.
import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { ChangeEventReply } from '../../src/protocol/calendars.ts';
import type { BoardColumnReply, BoardResourceReply, BoardSnapshot, ServerMessageBody } from '../../src/protocol/socket.ts';
import { type Problem, serverNow } from '../kit/api.ts';
import { Live } from '../kit/live.ts';
import { accessToken, currentToken, renewSession, session } from '../kit/session.ts';
import { openShop, type Staff, staffName } from '../kit/shop.ts';
import { addDays, localDate, startOfDate } from '../kit/zoned-dates.ts';
import { type Board, type BoardChange, type BoardClaim, emptyBoard, evolveBoard, type Span, sinceOf } from './board.ts';

export const live = new Live({ token: currentToken, onEnded: (reason) => void comeBack(reason) });
effect(() => {
  if (accessToken.value !== undefined) live.renewToken();
});
export const locationId = signal('');
export const date = signal('');
export const board = signal<Board>(emptyBoard({ startsAt: 0, endsAt: 0 }));
/** Nothing of the days in view is known yet, or only from before. */
export const isFirstLook = signal(true);
/** Boards that were in view, latest last: what is shown of them without a connection, and caught up with by revision. */
const boards = new Map<string, Board>();
const MOST_BOARDS = 12;
export const boardProblem = signal<Problem | undefined>(undefined);
/** What the last message said has happened. */
export const lastEvents = signal<readonly ChangeEventReply[]>([]);
/** Claims that arrived while the board was in view; they light up once. */
export const arrived = signal<ReadonlySet<string>>(new Set());
const LIGHT_MILLISECONDS = 1_600;
/** Pause before reconnecting, in case the server refuses every token. */
const COME_BACK_MILLISECONDS = 500;

const place = computed(() => openShop().locations.find(({ id }) => id === locationId.value));
export const timeZone = computed(() => place.value?.timeZone ?? 'UTC');
export const day = computed<Span>(() => ({ startsAt: startOfDate(date.value, timeZone.value), endsAt: startOfDate(addDays(date.value, 1), timeZone.value) }));
export const isCustomer = computed(() => session.value.state === 'in' && session.value.user.role === 'customer');
export const staffHere = computed<readonly Staff[]>(() => {
  const who = session.value.state === 'in' ? session.value.user : undefined;
  const here = openShop().staff.filter((person) => person.locationId === locationId.value);
  // Staff see their own calendar; the front desk and above see all.
  return who?.role === 'staff' ? here.filter(({ id }) => id === who.staffId) : here;
});
export type Column = BoardColumnReply;
export type RoomColumn = BoardResourceReply;
export const rooms = computed<readonly RoomColumn[]>(() => board.value.resources);
export function roomName(of: string): string | undefined {
  return rooms.value.find(({ resourceId }) => resourceId === of)?.resourceName;
}
/** What the board draws: staff members who work here, and others who have appointments here. */
export const columns = computed<readonly Column[]>(() =>
  board.value.columns.length > 0
    ? board.value.columns
    : staffHere.value.map(({ calendarId, id, name }) => ({ calendarId, staffId: id, staffName: name, presence: 'here' })),
);
export function columnName(of: string): string {
  return columns.value.find(({ staffId }) => staffId === of)?.staffName ?? staffName(of);
}
/** What is for the front desk and above: prices, rules that do not hold, other people's calendars. */
export const runsTheDesk = computed(() => session.value.state === 'in' && ['front-desk', 'manager', 'owner'].includes(session.value.user.role));
const seesOwnOnly = computed(() => session.value.state === 'in' && session.value.user.role === 'staff');
export const today = () => localDate(serverNow(), timeZone.value);

export function chooseLocation(id: string): void {
  batch(() => {
    locationId.value = id;
    date.value = date.value === '' ? today() : date.value;
  });
}

/** The location of the user, else the last one shown in this tab, else the first. */
export function startLooking(): void {
  const { locations, staff } = openShop();
  const who = session.value.state === 'in' ? session.value.user : undefined;
  const own = staff.find(({ id }) => id === who?.staffId)?.locationId ?? who?.locationId ?? sessionStorage.getItem('location');
  const first = locations.find(({ id }) => id === own) ?? locations[0];
  if (first !== undefined) chooseLocation(first.id);
}

/** Watches the days from one to before the other until the returned function is called. */
export function keepWatching({ from, to }: { readonly from: ReadonlySignal<string>; readonly to: ReadonlySignal<string> }): () => void {
  const stop = effect(() => {
    const range = { startsAt: startOfDate(from.value, timeZone.value), endsAt: startOfDate(to.value, timeZone.value) };
    const whose = seesOwnOnly.value ? { staffIds: staffHere.value.map(({ id }) => id) } : { locationId: locationId.value };
    const body = { from: from.value, to: to.value, timeZone: timeZone.value, ...whose };
    sessionStorage.setItem('location', locationId.value);
    const key = JSON.stringify(body);
    const before = boards.get(key);
    batch(() => {
      board.value = before ?? emptyBoard(range);
      isFirstLook.value = before === undefined || live.state.peek() === 'live';
      boardProblem.value = undefined;
    });
    return whose.staffIds?.length === 0 ? undefined : watchBoard(key, body);
  });
  // What was known before is shown where nothing newer comes.
  const stopShowing = effect(() => {
    if (live.state.value !== 'live' && board.peek().era !== '') isFirstLook.value = false;
  });
  live.connect();
  return () => {
    stop();
    stopShowing();
    boards.clear();
    live.close();
  };
}

function watchBoard(key: string, body: object): () => void {
  return live.watch<BoardSnapshot, ServerMessageBody<'board-changed'>>({
    name: 'watch-board',
    body: () => ({ ...body, since: sinceOf(board.peek()) }),
    onSnapshot: (snapshot) => {
      take(key, { type: 'snapshot', snapshot });
      isFirstLook.value = false;
    },
    onChange: (change) => {
      batch(() => {
        take(key, { type: 'changed', change });
        lastEvents.value = change.events;
      });
      return board.peek().behind.has(change.calendarId) ? 'missed' : 'applied';
    },
    onRefused: (problem) => {
      boardProblem.value = { ...problem };
      if (problem.code === 'unauthenticated') void comeBack(problem.code);
    },
    isBehind: (beacon) => {
      const known = board.peek();
      return known.era !== '' && evolveBoard(known, { type: 'beacon', beacon }).behind.size > 0;
    },
  });
}

/** The latest boards of a few views. */
function keepKnown(key: string): void {
  boards.delete(key);
  boards.set(key, board.peek());
  for (const oldest of boards.keys()) {
    if (boards.size <= MOST_BOARDS) return;
    boards.delete(oldest);
  }
}

function take(key: string, change: BoardChange): void {
  const before = board.peek();
  const next = evolveBoard(before, change);
  board.value = next;
  keepKnown(key);
  if (!isFirstLook.peek()) lightUp(before, next);
}

function lightUp(before: Board, next: Board): void {
  const fresh: string[] = [];
  for (const [id, calendar] of next.calendars) {
    const had = before.calendars.get(id);
    if (had === undefined || had === calendar) continue;
    for (const claim of calendar.claims.values()) if (isNews(had.claims.get(claim.id), claim)) fresh.push(claim.id);
  }
  if (fresh.length === 0) return;
  arrived.value = new Set([...arrived.peek(), ...fresh]);
  setTimeout(() => {
    arrived.value = new Set([...arrived.peek()].filter((id) => !fresh.includes(id)));
  }, LIGHT_MILLISECONDS);
}

function isNews(before: BoardClaim | undefined, claim: BoardClaim): boolean {
  return before === undefined || before.startsAt !== claim.startsAt || before.status !== claim.status;
}

/** When the server last said how things are. */
export function lastKnownAt(): number {
  return serverNow() - (Date.now() - live.heardAt);
}

/** The server has ended the connection: with a new token the board continues. */
async function comeBack(reason: string): Promise<void> {
  if (reason === 'too-slow' || reason === 'shutting-down') return; // the socket comes back by itself
  if (await renewSession()) setTimeout(() => live.reconnect(), COME_BACK_MILLISECONDS);
}
