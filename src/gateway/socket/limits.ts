// Every limit of the socket gateway, with its reason. What is over a limit gets an answer, never silence and never memory.

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

/** A desk has one board and a customer one or two slot lists open; a page with more than this many has forgotten to `unwatch`. */
export const MAX_WATCHES_PER_SOCKET = 50;

/** A board of a large location, or everyone who does a service. */
export const MAX_CALENDARS_PER_WATCH = 200;

/** All watches of one socket together: what a slow beacon, a catalog change or a disconnect has to walk through. */
export const MAX_CALENDARS_PER_SOCKET = 1_000;

/** Messages of one socket that are being answered at the same moment. A screen asks one or two things at a time; an integration may come with a batch. */
export const MAX_MESSAGES_IN_FLIGHT = 512;

/** Deltas wait here while a screen reads slowly; above this they are dropped, and the screen is told to watch again. */
export const MAX_WAITING_BYTES = 256 * 1024;

/** Answers wait too, and cannot be dropped: a screen that asks and never reads is disconnected. */
export const MAX_UNREAD_BYTES = 2 * 1024 * 1024;

/** Changes of one watched calendar kept in memory: enough for a join under load and for a page that was away for a moment. */
export const RECENT_CHANGES = 256;

/** A screen that missed more than this gets the whole calendar: it is shorter. */
export const MAX_CATCH_UP_CHANGES = 500;

export const BEACON_MILLISECONDS = 5_000;
/** Screens are spread over this many slices of the beacon period, so that a thousand beacons are not one burst. */
export const BEACON_SLICES = 20;

/** Slot views recomputed in one question to the calendars. */
export const SLOT_VIEWS_PER_QUESTION = 500;
/** Least pause between two recomputations. The first change after a quiet moment is seen at once; under load one run answers for many changes. */
export const SLOT_VIEWS_PAUSE_MILLISECONDS = 20;

/** Screens that are sent away per slice when the server stops, and the pause between slices, so that they do not all come back at once. */
export const GOODBYE_SLICE = 200;
export const GOODBYE_PAUSE_MILLISECONDS = 25;

/** A goodbye and what was sent before it was heard cross on the way; this is a slow way there and back. */
export const GOODBYE_HEARD_MILLISECONDS = 300;

/** Once sent away, screens have this long to read their last messages and to hang up; then they are cut off. */
export const GOODBYE_LINGER_MILLISECONDS = 1_000;
/** For what is under way when the server stops; a claim takes milliseconds, unless the database is away. */
export const LAST_ANSWERS_MILLISECONDS = 5_000;
