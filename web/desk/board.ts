// The board of a desk: many calendars over a stretch of time, and how a message from the server changes it. Pure, like `evolve`:
// the same board and change always give the same board, nothing is refused, and what does not change stays the same object.
//
// A change carries the revision it builds on. One that does not fit is never guessed at: its calendar is put on the list of those
// that are `behind`, and stays as it was until a snapshot replaces it or catches it up.
import { FACTS } from '../../src/model/facts.ts';
import type { ChangeEventReply, ClaimReply, OpenHoursReply } from '../../src/protocol/calendars.ts';
import type { BoardColumnReply, BoardSnapshot, ServerMessageBody } from '../../src/protocol/socket.ts';

export type Span = { readonly startsAt: number; readonly endsAt: number };
export type BoardHours = {
  readonly timeZone: string;
  readonly windows: readonly Span[];
  readonly timeOff: readonly (Span & { readonly id: string; readonly reason: string | null })[];
};
/** One claim; moments are milliseconds. Customer and notes are there for those who may see them. */
export type BoardClaim = Omit<ClaimReply, 'startsAt' | 'endsAt' | 'expiresAt'> & Span & { readonly expiresAt?: number };
export type BoardCalendar = {
  readonly calendarId: string;
  readonly staffId: string;
  readonly revision: number;
  readonly hours: BoardHours;
  readonly claims: ReadonlyMap<string, BoardClaim>;
};
export type Board = {
  readonly era: string;
  readonly timeZone: string;
  /** Only claims that overlap this stretch are kept. */
  readonly range: Span;
  /** Whose calendars they are, in the order of the board. */
  readonly columns: readonly BoardColumnReply[];
  readonly calendars: ReadonlyMap<string, BoardCalendar>;
  readonly behind: ReadonlySet<string>;
};
export type CalendarChanged = Omit<ServerMessageBody<'board-changed'>, 'watchId'>;
export type BoardChange =
  | { readonly type: 'snapshot'; readonly snapshot: BoardSnapshot }
  | { readonly type: 'changed'; readonly change: CalendarChanged }
  | { readonly type: 'beacon'; readonly beacon: ServerMessageBody<'beacon'> };

export function emptyBoard(range: Span): Board {
  return { era: '', timeZone: 'UTC', range, columns: [], calendars: new Map(), behind: new Set() };
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

/** What the server is told when a board asks again, so that it answers only what was missed. Calendars that are behind are no exception. */
export function sinceOf(board: Board): { readonly era: string; readonly revisions: Record<string, number> } | undefined {
  if (board.era === '') return undefined;
  return { era: board.era, revisions: Object.fromEntries([...board.calendars].map(([id, { revision }]) => [id, revision])) };
}

function withSnapshot(board: Board, snapshot: BoardSnapshot): Board {
  const known = board.era === snapshot.era ? board.calendars : new Map<string, BoardCalendar>();
  const calendars = new Map<string, BoardCalendar>();
  const behind = new Set<string>();
  for (const id of snapshot.unchanged) {
    const calendar = known.get(id);
    if (calendar !== undefined) calendars.set(id, calendar);
  }
  for (const answer of snapshot.calendars) {
    const before = known.get(answer.calendarId);
    if ('claims' in answer) {
      calendars.set(answer.calendarId, wholeCalendar(answer, board.range));
    } else if (before !== undefined && answer.base <= before.revision) {
      calendars.set(answer.calendarId, after(before, answer, board.range));
    } else behind.add(answer.calendarId);
  }
  return { ...board, era: snapshot.era, timeZone: snapshot.timeZone, columns: snapshot.columns ?? [], calendars, behind };
}

function withChange(board: Board, change: CalendarChanged): Board {
  const calendar = board.calendars.get(change.calendarId);
  if (calendar === undefined || change.era !== board.era) return { ...board, behind: new Set(board.behind).add(change.calendarId) };
  if (change.revision <= calendar.revision) return board;
  if (change.base !== calendar.revision) return { ...board, behind: new Set(board.behind).add(change.calendarId) };
  return { ...board, calendars: new Map(board.calendars).set(change.calendarId, after(calendar, change, board.range)) };
}

function withBeacon(board: Board, beacon: ServerMessageBody<'beacon'>): Board {
  const isBehind = (id: string, revision: number) => beacon.era !== board.era || (beacon.revisions[id] ?? 0) > revision;
  const found = [...board.calendars].filter(([id, { revision }]) => isBehind(id, revision) && !board.behind.has(id)).map(([id]) => id);
  return found.length === 0 ? board : { ...board, behind: new Set([...board.behind, ...found]) };
}

type WholeCalendar = Extract<BoardSnapshot['calendars'][number], { claims: unknown }>;

function wholeCalendar(answer: WholeCalendar, range: Span): BoardCalendar {
  const claims = answer.claims.map(readClaim).filter((claim) => overlaps(claim, range));
  return {
    calendarId: answer.calendarId,
    staffId: answer.staffId,
    revision: answer.revision,
    hours: readHours(answer.hours),
    claims: new Map(claims.map((claim) => [claim.id, claim])),
  };
}

function after(
  calendar: BoardCalendar,
  change: { readonly revision: number; readonly events: readonly ChangeEventReply[]; readonly hours?: OpenHoursReply | undefined },
  range: Span,
): BoardCalendar {
  const claims = new Map(calendar.claims);
  for (const event of change.events) apply(claims, event, calendar.calendarId, range);
  return { ...calendar, revision: change.revision, claims, hours: change.hours === undefined ? calendar.hours : readHours(change.hours) };
}

function apply(claims: Map<string, BoardClaim>, event: ChangeEventReply, calendarId: string, range: Span): void {
  const { carries, claim } = FACTS[event.type];
  if (claim === 'none') return; // new hours come with the message
  const [kind, id] = claimOf(event);
  // Both calendars of a move hear of it; only the one that has it afterwards keeps it.
  const isGone = claim === 'freed' || (carries === 'move' && event.calendarId !== undefined && event.calendarId !== calendarId);
  // The hold that was booked.
  if (kind === 'appointment' && event.holdId !== undefined) claims.delete(event.holdId);
  if (isGone) claims.delete(id ?? '');
  else put(claims, kind, id, event, range);
}

function claimOf(event: ChangeEventReply): readonly [kind: BoardClaim['kind'], id: string | undefined] {
  if (event.appointmentId !== undefined) return ['appointment', event.appointmentId];
  return event.blockId === undefined ? ['hold', event.holdId] : ['block', event.blockId];
}

/** What became of a claim that is no longer there; a hold that was booked lives on as an appointment. */
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
    if (event.type === 'appointment.rescheduled' && event.startsAt !== undefined) return { how: 'moved', startsAt: Date.parse(event.startsAt) };
  }
  return undefined;
}

/** The claim as the fact leaves it. What a fact does not say (or may not, to this reader) stays as it was. */
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
    ...(event.staffNotes === undefined ? {} : { staffNotes: event.staffNotes }),
  };
  if (overlaps(claim, range)) claims.set(id, claim);
  else claims.delete(id);
}

function readClaim({ startsAt, endsAt, expiresAt, ...rest }: ClaimReply): BoardClaim {
  return { ...rest, startsAt: Date.parse(startsAt), endsAt: Date.parse(endsAt), ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }) };
}

function readHours({ timeZone, windows, timeOff }: OpenHoursReply): BoardHours {
  return {
    timeZone,
    windows: windows.map((window) => ({ startsAt: Date.parse(window.startsAt), endsAt: Date.parse(window.endsAt) })),
    timeOff: timeOff.map(({ id, reason, startsAt, endsAt }) => ({ id, reason, startsAt: Date.parse(startsAt), endsAt: Date.parse(endsAt) })),
  };
}

function overlaps(claim: Span, range: Span): boolean {
  return claim.startsAt < range.endsAt && claim.endsAt > range.startsAt;
}
