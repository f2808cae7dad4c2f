// What a run writes down, one JSON object a line. Nothing but this is given to the checker, so everything a verdict rests on is in here.
// Times are milliseconds of one monotonic clock, counted from the beginning of the run, unless they say otherwise.
import type { Operation as Claimed } from '../../bench/traffic/claims.ts';
import type { CalendarReply, ChangesReply, ClaimReply } from '../../src/protocol/calendars.ts';
import type { Problem } from '../../src/protocol/problems.ts';
import type { SlotsReply } from '../../src/protocol/slots.ts';

export type Operation = Claimed | 'abandon';

/** A write as its sender means it: what REST says in address, headers and body, and a socket message in one object. */
export type Asked = {
  readonly operation: Operation;
  readonly key: string;
  readonly holdId?: string;
  readonly appointmentId?: string;
  readonly staffId?: string;
  readonly blockId?: string;
  readonly holdToken?: string;
  readonly manageToken?: string;
  readonly body: Readonly<Record<string, unknown>>;
};

/** `unreached`: nobody took the connection, so nothing was asked. `lost`: asked, and no answer came. */
export type Answer =
  | { readonly type: 'ok'; readonly body: object }
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'unreached'; readonly why: string }
  /** `isGivenUp`: the caller stopped waiting. */
  | { readonly type: 'lost'; readonly why: string; readonly isGivenUp?: boolean };

export type AttemptLine = {
  readonly line: 'attempt';
  readonly person: string;
  readonly transport: 'rest' | 'socket';
  readonly as: 'guest' | 'desk';
  readonly node: number;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly asked: Asked;
  readonly answer: Answer;
};

type Read<What extends string, Body> = {
  readonly line: 'read';
  readonly what: What;
  readonly node: number;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly body: Body;
};
type CalendarRead = Read<'calendar', CalendarReply>;
type ChangesRead = Read<'changes', ChangesReply> & { readonly after: number };
type SlotsRead = Read<'slots', SlotsReply> & { readonly question: SlotsQuestion };
export type ReadLine = CalendarRead | ChangesRead | SlotsRead;

export type SlotsQuestion = { readonly serviceId: string; readonly from: string; readonly to: string };
type BoardColumnShown = { readonly calendarId: string; readonly revision: number; readonly claims: readonly ClaimReply[] };
/** `starts` in milliseconds since 1970. */
type SlotColumnShown = { readonly calendarId: string; readonly revision: number; readonly starts: readonly number[] };
/** What somebody had on the screen. `isFinal`: at rest, after everything had healed, so it must show the newest. */
export type ScreenLine = {
  readonly line: 'screen';
  readonly screen: string;
  readonly at: number;
  readonly era: string;
  readonly isFinal: boolean;
  /** By calendar: what has happened up to this revision has to be on it, whatever revision it names. */
  readonly least?: Readonly<Record<string, number>>;
} & (
  | { readonly what: 'board'; readonly from: string; readonly to: string; readonly columns: readonly BoardColumnShown[] }
  | { readonly what: 'slots'; readonly question: SlotsQuestion; readonly columns: readonly SlotColumnShown[] }
);

export type FaultLine = {
  readonly line: 'fault';
  readonly id: number;
  readonly kind: string;
  /** null: it was nobody's in particular. */
  readonly node: number | null;
  readonly beganAt: number;
  readonly endedAt: number;
  /** When everything it had touched was ready again; null: not in time. */
  readonly recoveredAt: number | null;
  /** What was counted as proof that it happened; 0 is a fault that never was. */
  readonly fired: number;
  readonly proof: string;
  /** Whose each calendar was when the fault began, as the database had it; for measuring, nothing is judged by it. */
  readonly owners?: Readonly<Record<string, number>>;
};
export type ProcessLine = {
  readonly line: 'process';
  readonly node: number;
  readonly at: number;
  readonly what: 'started' | 'ready' | 'not-ready' | 'exited';
  /** Of `exited`. */
  readonly code?: number | null;
  readonly signal?: string | null;
  /** Whether the run ended it, or told it to end. */
  readonly isWanted?: boolean;
};

/** After the last fault: is this node ready, and does it answer a claim for this calendar? */
type ProbeLine = {
  readonly line: 'probe';
  readonly node: number;
  readonly calendarId: string;
  /** Since the last fault was over; null: never, as long as was waited. */
  readonly answeredAfter: number | null;
};
/** Until every board had what was the newest when the last fault was over. `behind`: the last ones to get there, and the calendars they lacked. */
type CaughtUpLine = { readonly line: 'caught-up'; readonly after: number | null; readonly behind: readonly string[] };
/** An answer, an exit or a message that nobody should ever get. */
type SurpriseLine = { readonly line: 'surprise'; readonly at: number; readonly what: string };

export type FeedLine = {
  readonly line: 'feed';
  readonly calendarId: string;
  readonly era: string;
  readonly revision: number;
  readonly changes: readonly Change[];
};
export type Change = ChangesReply['changes'][number];
/** What the log says was done for a user or a key, by its decision, and what the audit trail has of calendars. */
type TrailLine = {
  readonly line: 'trail';
  readonly due: readonly Deed[];
  readonly entries: readonly Deed[];
};
/** What stands in the rows for what was typed, at the end, as the database has it. */
type TypedLine = { readonly line: 'typed'; readonly rows: readonly TypedRow[] };
export type TypedRow = {
  readonly appointmentId: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly notes: string | null;
  readonly reason: string | null;
};
export type Deed = { readonly entryId: string; readonly action: string; readonly subjectId: string };

/** What there is to book. Everything is open every day from `opensAt` to `closesAt`, no buffers, no lead time, a grid from the opening on. */
export type ShopFacts = {
  readonly timeZone: 'UTC';
  readonly opensAt: string;
  readonly closesAt: string;
  /** Local dates, half-open: where people book, and where nobody but the probes does. */
  readonly from: string;
  readonly to: string;
  readonly services: readonly {
    readonly id: string;
    readonly minutes: number;
    readonly intervalMinutes: number;
    readonly capacity: number;
    readonly roomIds: readonly string[];
  }[];
  readonly staff: readonly { readonly id: string; readonly calendarId: string; readonly serviceIds: readonly string[] }[];
  /** A service with `roomIds` takes any one of those along. */
  readonly rooms: readonly { readonly id: string; readonly calendarId: string }[];
};
type RunLine = {
  readonly line: 'run';
  readonly seed: number;
  readonly nodes: number;
  /** Milliseconds since 1970 at the zero of all other times. */
  readonly startedAt: number;
  readonly shop: ShopFacts;
  readonly bounds: { readonly probeMilliseconds: number; readonly screensMilliseconds: number };
};

export type Line =
  | RunLine
  | AttemptLine
  | ReadLine
  | ScreenLine
  | FaultLine
  | ProcessLine
  | ProbeLine
  | CaughtUpLine
  | SurpriseLine
  | FeedLine
  | TrailLine
  | TypedLine;

/** A history, sorted out by what its lines are. */
export type History = {
  readonly run: RunLine;
  readonly attempts: readonly AttemptLine[];
  readonly reads: readonly ReadLine[];
  readonly screens: readonly ScreenLine[];
  readonly faults: readonly FaultLine[];
  readonly processes: readonly ProcessLine[];
  readonly probes: readonly ProbeLine[];
  readonly caughtUp: CaughtUpLine | undefined;
  readonly surprises: readonly SurpriseLine[];
  readonly feeds: readonly FeedLine[];
  readonly trail: TrailLine | undefined;
  readonly typed: TypedLine | undefined;
};

export function historyOf(lines: readonly Line[]): History {
  const of = <Kind extends Line['line']>(kind: Kind) => lines.filter((each): each is Extract<Line, { line: Kind }> => each.line === kind);
  const [run] = of('run');
  if (run === undefined) throw new Error('the history does not say what was run');
  return {
    run,
    attempts: of('attempt'),
    reads: of('read'),
    screens: of('screen'),
    faults: of('fault'),
    processes: of('process'),
    probes: of('probe'),
    caughtUp: of('caught-up')[0],
    surprises: of('surprise'),
    feeds: of('feed'),
    trail: of('trail')[0],
    typed: of('typed')[0],
  };
}
