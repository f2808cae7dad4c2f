// The board of a desk: many calendars over a stretch of time, and how a message from the server changes it. Pure, like `evolve`:
// the same board and change always give the same board, nothing is refused, and what does not change stays the same object.
//
// A change carries the revision it builds on. If it does not fit, its calendar is marked as `behind` and stays unchanged until a snapshot
// replaces it or catches it up.
import { FACTS } from '../../src/model/facts.ts';
import type { ChangeEventReply, ClaimReply, OpenHoursReply } from '../../src/protocol/calendars.ts';
import type { BoardColumnReply, BoardResourceReply, BoardSnapshot, ServerMessageBody } from '../../src/protocol/socket.ts';

export type Span = { readonly startsAt: number; readonly endsAt: number };
type BoardHours = {
  readonly timeZone: string;
  readonly windows: readonly Span[];
  readonly timeOff: readonly (Span & { readonly id: string; readonly reason: string | null })[];
  /** Busy times from calendars elsewhere. */
  readonly external: readonly Span[];
};
/** One claim; moments are milliseconds. Customer and notes are there for those who may see them. */
export type BoardClaim = Omit<ClaimReply, 'startsAt' | 'endsAt' | 'expiresAt'> & Span & { readonly expiresAt?: number };
type Day = { readonly calendarId: string; readonly revision: number; readonly hours: BoardHours; readonly claims: ReadonlyMap<string, BoardClaim> };
export type BoardCalendar = Day & { readonly staffId: string };
/** A room or piece of equipment: its claims, except blocks, are also on a staff member's calendar. */
export type BoardRoom = Day & { readonly resourceId: string };
export type Board = {
  readonly era: string;
  readonly timeZone: string;
  /** Only claims that overlap this stretch are kept. */
  readonly range: Span;
  /** Whose calendars they are, in the order of the board. */
  readonly columns: readonly BoardColumnReply[];
  readonly calendars: ReadonlyMap<string, BoardCalendar>;
  readonly resources: readonly BoardResourceReply[];
  readonly rooms: ReadonlyMap<string, BoardRoom>;
  readonly behind: ReadonlySet<string>;
};
export type CalendarChanged = Omit<ServerMessageBody<'board-changed'>, 'watchId'>;
export type BoardChange =
  | { readonly type: 'snapshot'; readonly snapshot: BoardSnapshot }
  | { readonly type: 'changed'; readonly change: CalendarChanged }
  | { readonly type: 'beacon'; readonly beacon: ServerMessageBody<'beacon'> };

export function emptyBoard(range: Span): Board {
  return { era: '', timeZone: 'UTC', range, columns: [], calendars: new Map(), resources: [], rooms: new Map(), behind: new Set() };
}

export function evolveBoard(board: Board, change: BoardChange): Board {
  switch (change.type) {
    case 'snapshot':
      return withSnapshot(board, change.snapshot);
    case 'changed':
      return withChange(board, change.change);
    case 'beacon':
      return withBeacon(board, change.beacon);
    default:
      return change satisfies never;
  }
}

/** Sent when a board asks again, so that the server answers only what was missed. Includes calendars that are behind. */
export function sinceOf(board: Board): { readonly era: string; readonly revisions: Record<string, number> } | undefined {
  if (board.era === '') return undefined;
  return { era: board.era, revisions: Object.fromEntries([...board.calendars, ...board.rooms].map(([id, { revision }]) => [id, revision])) };
}

function withSnapshot(board: Board, snapshot: BoardSnapshot): Board {
  const isKnown = board.era === snapshot.era;
  const calendars = new Map<string, BoardCalendar>();
  const rooms = new Map<string, BoardRoom>();
  const behind = new Set<string>();
  for (const id of isKnown ? snapshot.unchanged : []) {
    const calendar = board.calendars.get(id);
    if (calendar !== undefined) calendars.set(id, calendar);
    const room = board.rooms.get(id);
    if (room !== undefined) rooms.set(id, room);
  }
  for (const answer of snapshot.calendars) {
    const { calendarId } = answer;
    const isTaken =
      answer.staffId === undefined
        ? replace(rooms, isKnown ? board.rooms.get(calendarId) : undefined, answer, { resourceId: answer.resourceId }, board.range)
        : replace(calendars, isKnown ? board.calendars.get(calendarId) : undefined, answer, { staffId: answer.staffId }, board.range);
    if (!isTaken) behind.add(calendarId);
  }
  const { era, timeZone, columns = [], resources = [] } = snapshot;
  return { ...board, era, timeZone, columns, resources, calendars, rooms, behind };
}

/** False if the answer has only missed changes, and they do not fit. */
function replace<Whose extends object>(
  into: Map<string, Day & Whose>,
  before: (Day & Whose) | undefined,
  answer: BoardSnapshot['calendars'][number],
  whose: Whose,
  range: Span,
): boolean {
  if ('claims' in answer) into.set(answer.calendarId, { ...wholeDay(answer, range), ...whose });
  else if (before !== undefined && answer.base <= before.revision) into.set(answer.calendarId, after(before, answer, range));
  else return false;
  return true;
}

function withChange(board: Board, change: CalendarChanged): Board {
  const room = board.rooms.get(change.calendarId);
  const calendar = board.calendars.get(change.calendarId) ?? room;
  if (calendar === undefined || change.era !== board.era) return { ...board, behind: new Set(board.behind).add(change.calendarId) };
  if (change.revision <= calendar.revision) return board;
  if (change.base !== calendar.revision) return { ...board, behind: new Set(board.behind).add(change.calendarId) };
  if (room !== undefined) return { ...board, rooms: new Map(board.rooms).set(change.calendarId, after(room, change, board.range)) };
  const known = board.calendars.get(change.calendarId);
  return known === undefined ? board : { ...board, calendars: new Map(board.calendars).set(change.calendarId, after(known, change, board.range)) };
}

function withBeacon(board: Board, beacon: ServerMessageBody<'beacon'>): Board {
  const isBehind = (id: string, revision: number) => beacon.era !== board.era || (beacon.revisions[id] ?? 0) > revision;
  const found = [...board.calendars, ...board.rooms].filter(([id, { revision }]) => isBehind(id, revision) && !board.behind.has(id)).map(([id]) => id);
  return found.length === 0 ? board : { ...board, behind: new Set([...board.behind, ...found]) };
}

type WholeCalendar = Extract<BoardSnapshot['calendars'][number], { claims: unknown }>;

function wholeDay(answer: WholeCalendar, range: Span): Day {
  const claims = answer.claims.map(readClaim).filter((claim) => overlaps(claim, range));
  return {
    calendarId: answer.calendarId,
    revision: answer.revision,
    hours: readHours(answer.hours),
    claims: new Map(claims.map((claim) => [claim.id, claim])),
  };
}

function after<Of extends Day>(
  calendar: Of,
  change: { readonly revision: number; readonly events: readonly ChangeEventReply[]; readonly hours?: OpenHoursReply | undefined },
  range: Span,
): Of {
  const claims = new Map(calendar.claims);
  for (const event of change.events) apply(claims, event, calendar, range);
  return { ...calendar, revision: change.revision, claims, hours: change.hours === undefined ? calendar.hours : readHours(change.hours) };
}

function apply(claims: Map<string, BoardClaim>, event: ChangeEventReply, calendar: Whose, range: Span): void {
  const { carries, claim } = FACTS[event.type];
  if (claim === 'none') return; // new hours come with the message
  const [kind, id] = claimOf(event);
  // All calendars of a move get the fact; only those that have the claim afterwards keep it.
  const isGone = claim === 'freed' || (carries === 'move' && !stands(event, calendar));
  // The hold that was booked.
  if (kind === 'appointment' && event.holdId !== undefined) claims.delete(event.holdId);
  if (isGone) claims.delete(id ?? '');
  else put(claims, kind, id, event, range);
}

type Whose = Pick<Day, 'calendarId'> & { readonly resourceId?: string };

function stands(event: ChangeEventReply, { calendarId, resourceId }: Whose): boolean {
  if (resourceId !== undefined) return event.resourceId === resourceId;
  return event.calendarId === undefined || event.calendarId === calendarId;
}

function claimOf(event: ChangeEventReply): readonly [kind: BoardClaim['kind'], id: string | undefined] {
  if (event.appointmentId !== undefined) return ['appointment', event.appointmentId];
  return event.blockId === undefined ? ['hold', event.holdId] : ['block', event.blockId];
}

/** What happened to a claim that is gone; a booked hold continues as an appointment. */
export type Left =
  | { readonly how: 'booked'; readonly appointmentId: string }
  | { readonly how: 'released' | 'expired' | 'cancelled' | 'declined' | 'unblocked' }
  | { readonly how: 'moved'; readonly startsAt: number };

/** `undefined` if none of the events says that the claim left. */
export function whatBecameOf(claimId: string, events: readonly ChangeEventReply[]): Left | undefined {
  for (const event of events.filter(({ holdId, appointmentId, blockId }) => [holdId, appointmentId, blockId].includes(claimId))) {
    if (event.holdId === claimId && event.appointmentId !== undefined) return { how: 'booked', appointmentId: event.appointmentId };
    if (event.type === 'hold.released') return { how: 'released' };
    if (event.type === 'hold.expired') return { how: 'expired' };
    if (event.type === 'appointment.cancelled') return { how: 'cancelled' };
    if (event.type === 'appointment.declined') return { how: 'declined' };
    if (event.type === 'block.removed') return { how: 'unblocked' };
    if (event.from !== undefined && event.startsAt !== undefined) return { how: 'moved', startsAt: Date.parse(event.startsAt) };
  }
  return undefined;
}

/** The claim after the fact. Fields that a fact does not contain, or hides from this reader, stay unchanged. */
function put(claims: Map<string, BoardClaim>, kind: BoardClaim['kind'], id: string | undefined, event: ChangeEventReply, range: Span): void {
  if (id === undefined) return;
  const before = claims.get(id);
  const startsAt = event.startsAt === undefined ? before?.startsAt : Date.parse(event.startsAt);
  const endsAt = event.endsAt === undefined ? before?.endsAt : Date.parse(event.endsAt);
  if (startsAt === undefined || endsAt === undefined) return;
  const claim: BoardClaim = {
    ...before,
    kind,
    id,
    startsAt,
    endsAt,
    lane: event.lane ?? before?.lane ?? 0,
    seats: event.seats ?? before?.seats ?? 1,
    serviceId: event.serviceId ?? before?.serviceId ?? null,
    status: event.status ?? before?.status ?? null,
    ...(event.expiresAt === undefined ? {} : { expiresAt: Date.parse(event.expiresAt) }),
    ...(event.reason === undefined ? {} : { reason: event.reason }),
    ...(event.reference === undefined ? {} : { reference: event.reference }),
    ...(event.customer === undefined ? {} : { customer: event.customer }),
    ...(event.notes === undefined ? {} : { notes: event.notes }),
    ...(event.serviceName === undefined ? {} : { serviceName: event.serviceName }),
    ...(event.staffId === undefined ? {} : { staffId: event.staffId }),
    ...(event.resourceId === undefined ? {} : { resourceId: event.resourceId }),
    ...(event.staffNotes === undefined ? {} : { staffNotes: event.staffNotes }),
    ...(event.overlaps === undefined ? {} : { overlaps: event.overlaps }),
  };
  if (overlaps(claim, range)) claims.set(id, claim);
  else claims.delete(id);
}

export function readClaim({ startsAt, endsAt, expiresAt, ...rest }: ClaimReply): BoardClaim {
  return { ...rest, startsAt: Date.parse(startsAt), endsAt: Date.parse(endsAt), ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }) };
}

function readHours({ timeZone, windows, timeOff, external }: OpenHoursReply): BoardHours {
  return {
    timeZone,
    windows: windows.map(readSpan),
    timeOff: timeOff.map(({ id, reason, startsAt, endsAt }) => ({ id, reason, startsAt: Date.parse(startsAt), endsAt: Date.parse(endsAt) })),
    external: external.map(readSpan),
  };
}

function readSpan({ startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string }): Span {
  return { startsAt: Date.parse(startsAt), endsAt: Date.parse(endsAt) };
}

function overlaps(claim: Span, range: Span): boolean {
  return claim.startsAt < range.endsAt && claim.endsAt > range.startsAt;
}
