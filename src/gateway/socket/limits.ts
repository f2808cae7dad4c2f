// Every limit of the socket gateway, with its reason. What is over a limit gets an answer, never silence and never memory.
import type { Principal } from '../../access/principal.ts';
import { worksForBusiness } from '../../access/rights.ts';

/** A connection that comes without a greeting is not one of ours. */
export const GREETING_MILLISECONDS = 10_000;
/** A page that begins with long polling and goes over to a WebSocket does so in a moment; until it has, both cost. */
export const UPGRADE_MILLISECONDS = 10_000;
/** Connections that have not greeted yet, a few kilobytes each. After a restart some thousand pages come back at once, each for a few milliseconds. */
export const MAX_NEWCOMERS = 10_000;
/** Of those, from one address: a page has one. Multiplied by `RATE_LIMIT_SCALE`. */
export const MAX_NEWCOMERS_PER_ADDRESS = 200;

/** The largest message a screen sends is a booking with notes and answers, a few kilobytes; anything above this closes the connection. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

/** Of one message, those of its parts included. A page that comes back names 500 revisions. To say what is wrong with each of thousands would take longer than all else. */
export const MAX_FIELDS = 1_000;

/** A board of a large location, or everyone who does a service. */
export const MAX_CALENDARS_PER_WATCH = 200;

/** What one connection may have and do. `perSource` is for all connections of one address, or of one user or key that works for the business. */
export type SocketBudget = {
  /** A page has one or two watches; one with many more has forgotten to `unwatch`. */
  readonly watches: number;
  /** All watches together: what a beacon, a catalog change or a disconnect has to walk through. */
  readonly calendars: number;
  /** Calendars times days of all watches together; each such day is kept as about thirty numbers. */
  readonly calendarDays: number;
  readonly calendarDaysPerSource: number;
  /** Messages that are being answered at the same moment. A page asks one or two things at a time; an integration may come with a batch. */
  readonly inFlight: number;
  /** Deltas wait while a screen reads slowly; above this they are dropped, and the screen is told to watch again. */
  readonly waitingBytes: number;
  /** Answers wait too, and cannot be dropped: a screen with more than this unread, beside the one snapshot that is on its way, is disconnected. */
  readonly unreadBytes: number;
  readonly unreadBytesPerSource: number;
  /** A screen that has not caught up with its reading for so long is disconnected. A snapshot of two megabytes takes a bad phone line 20 seconds. */
  readonly readingMilliseconds: number;
  /** Whatever comes in, acknowledged or not: messages, pongs, polls. Twice what all allowances together let a page do; more is a flood and ends the connection. */
  readonly packetsAMinute: number;
  /** Bytes that come in. A booking has a few kilobytes, and most have fewer. */
  readonly bytesAMinute: number;
};

const MEGABYTE = 1024 * 1024;

/** Guests, and customers with an account, which anybody can make. The booking page has one watch, of a week. */
const OF_A_VISITOR: SocketBudget = {
  watches: 10,
  calendars: 400,
  calendarDays: 3_000,
  calendarDaysPerSource: 20_000, // an office or a school is one address: 350 pages of eight people and a week
  inFlight: 64,
  waitingBytes: 64 * 1024,
  unreadBytes: MEGABYTE,
  unreadBytesPerSource: 8 * MEGABYTE,
  readingMilliseconds: 30_000,
  packetsAMinute: 3_000,
  bytesAMinute: 4 * MEGABYTE,
};

/** People who work for the business, and its API keys. They are known by name, and a desk may be on a slow line. */
const OF_A_WORKER: SocketBudget = {
  watches: 50,
  calendars: 1_000,
  calendarDays: 20_000,
  calendarDaysPerSource: 60_000,
  inFlight: 512,
  waitingBytes: 256 * 1024,
  unreadBytes: 2 * MEGABYTE,
  unreadBytesPerSource: 32 * MEGABYTE,
  readingMilliseconds: 120_000,
  packetsAMinute: 10_000,
  bytesAMinute: 64 * MEGABYTE,
};

/** `perSource` and what is counted by the minute are multiplied by `scale` (`RATE_LIMIT_SCALE`), as everything that is counted for many. */
export function socketBudget(principal: Principal | null, scale: number): SocketBudget {
  const budget = worksForBusiness(principal) ? OF_A_WORKER : OF_A_VISITOR;
  return {
    ...budget,
    calendarDaysPerSource: budget.calendarDaysPerSource * scale,
    unreadBytesPerSource: budget.unreadBytesPerSource * scale,
    packetsAMinute: budget.packetsAMinute * scale,
    bytesAMinute: budget.bytesAMinute * scale,
  };
}

/** Of a connection that has not said who it is: a greeting, a probe, a poll or two. More is not one of ours. */
export const MAX_PACKETS_OF_NEWCOMER = 20;
/** Messages that a connection goes on sending in a minute although all of them are refused as too many; then it is sent away. */
export const MAX_REFUSED_A_MINUTE = 200;

/** Messages of all connections that are answered in one turn of the event loop: some ten milliseconds at most, if all of them are claims. */
export const MESSAGES_A_TURN = 64;
/** A connection with so many messages that wait for their turn is not read from until they are answered; what the kernel keeps then costs its sender. */
export const MAX_WAITING_MESSAGES = 64;

/** Snapshots of one connection are answered one after the other, each when of the one before not more than this is unread. */
export const READ_AHEAD_BYTES = 64 * 1024;
/** How often it is looked at how far screens have read. */
export const READING_CHECK_MILLISECONDS = 250;

/** All that this process keeps unread for its screens. From half of it on, only sources get more that hold little. */
export const UNREAD_IN_PROCESS = { most: 64 * MEGABYTE, little: 256 * 1024 } as const;
/** Free times in all open slot lists of this process, 16 bytes each and twice that while a list is worked out again. From half on, only sources get more that watch few calendar-days. */
export const STARTS_IN_PROCESS = { most: 3_000_000, little: 1_000 } as const;
/** When who was refused for those may try again: lists are closed and read all the time. */
export const FULL_SECONDS = 5;
/** What a day of one calendar is taken to have until it is known: every quarter of an hour of a working day. */
export const STARTS_A_DAY = 32;

/** Changes of one watched calendar kept in memory: enough for a join under load and for a page that was away for a moment. */
export const RECENT_CHANGES = 256;

/** Steps that wait for the names in them, for all boards of this process; past it their boards ask again. */
export const MOST_STEPS_WAITING = 20_000;
/** Appointments in one read of names. */
export const MOST_DETAILS_AT_ONCE = 1_000;
export const DETAILS_AGAIN_MILLISECONDS = 500;

/** A screen that missed more than this gets the whole calendar: it is shorter. */
export const MAX_CATCH_UP_CHANGES = 500;

export const BEACON_MILLISECONDS = 5_000;
/** Screens are spread over this many slices of the beacon period, so that a thousand beacons are not one burst. */
export const BEACON_SLICES = 20;

/** After a change of the catalog screens are looked at for this long at a time; then others get their turn. */
export const CATALOG_WALK_MILLISECONDS = 10;

/** Slot views recomputed in one question to the calendars, */
export const SLOT_VIEWS_PER_QUESTION = 500;
/** and the calendar-days they may have together, so that one question takes some ten milliseconds. */
export const CALENDAR_DAYS_PER_QUESTION = 2_000;
/** Least pause between two recomputations. The first change after a quiet moment is seen at once; under load one run answers for many changes. */
export const SLOT_VIEWS_PAUSE_MILLISECONDS = 20;

/** Screens that are sent away per slice when the server stops, and the pause between slices, so that they do not all come back at once. */
export const GOODBYE_SLICE = 200;
export const GOODBYE_PAUSE_MILLISECONDS = 25;

/** A goodbye and what was sent before it was heard cross on the way; this is a slow way there and back. */
export const GOODBYE_HEARD_MILLISECONDS = 300;

/** Once sent away, whenever and whyever, screens have this long to read their last messages and to hang up; then they are cut off. */
export const GOODBYE_LINGER_MILLISECONDS = 1_000;
/** For what is under way when the server stops; a claim takes milliseconds, unless the database is away. */
export const LAST_ANSWERS_MILLISECONDS = 5_000;
