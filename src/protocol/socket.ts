// Socket.IO messages: one object and one answer each. Both ends are typed from here, and `docs/protocol.md` is checked against it.
import { z } from 'zod';
import { type AppointmentReply, bookBody, cancelBody, rescheduleBody, statusBody } from './appointments.ts';
import { type AbandonReply, type ChangeEventReply, type ClaimReply, changeEvent, type OpenHoursReply } from './calendars.ts';
import { type BlockReply, blockBody } from './catalog.ts';
import { type HoldReply, placeHoldBody } from './holds.ts';
import { type NotificationReply, notification } from './notifications.ts';
import type { Problem } from './problems.ts';
import { addOnIds, instantText, localDate, text, timeZone, uuid } from './scalars.ts';
import { checkDateRange, MOST_STAFF_ASKED } from './slots.ts';

/** Names a watch; chosen by the screen. */
const watchId = text(100);
/** Names a write, so that sending it twice does it once. */
const key = text(255);
const holdToken = z.string().max(200).optional();
const manageToken = z.string().max(200).optional();
const ifMatch = z.string().max(100).optional();
const dryRun = z.boolean().optional();
const MOST_REVISIONS = 500;
/** An access token has about 500 characters. */
const LONGEST_TOKEN = 4_096;

const since = z
  .strictObject({
    era: z.string().max(64),
    revisions: z.record(uuid, z.int().min(0)).refine((known) => Object.keys(known).length <= MOST_REVISIONS, `must have at most ${MOST_REVISIONS} entries`),
  })
  .optional()
  .meta({ description: 'What the screen has already: of these calendars the answer holds only what was missed, if that is still known.' });

const range = { from: localDate, to: localDate };
const watchBoardBody = z
  .strictObject({
    watchId,
    ...range,
    staffIds: z.array(uuid).max(MOST_STAFF_ASKED).optional(),
    locationId: uuid.optional(),
    timeZone: timeZone.optional(),
    since,
  })
  .superRefine(checkDateRange);
const watchSlotsBody = z
  .strictObject({
    watchId,
    serviceId: uuid,
    ...range,
    staffIds: z.array(uuid).max(MOST_STAFF_ASKED).optional(),
    locationId: uuid.optional(),
    timeZone: timeZone.optional(),
    seats: z.int().min(1).max(500).optional(),
    addOnIds: addOnIds.optional(),
    movingAppointmentId: uuid.optional(),
    /** Of the appointment that is being moved, for who is not logged in. */
    manageToken,
    since,
  })
  .superRefine(checkDateRange);
const watchNotificationsBody = z.strictObject({
  watchId,
  /** The last number that the screen has: the answer has what came after it. Left out: nothing is missed. */
  after: z.int().min(0).optional(),
});
const watchDeskBody = z.strictObject({
  watchId,
  locationId: uuid,
  date: localDate,
  /** What is open on this screen, for colleagues to see. Another one: watch again. */
  appointmentId: uuid.optional(),
});
const unwatchBody = z.strictObject({ watchId });
/** A newer access token of the same user, for a connection that is to live longer than the one it came with. */
const refreshTokenBody = z.strictObject({ token: z.string().min(1).max(LONGEST_TOKEN) });
/** Whole seconds until the connection needs the next one. */
type RefreshTokenReply = { readonly expiresInSeconds: number };

const holdProof = { key, holdId: uuid, holdToken };
const ofAppointment = { key, appointmentId: uuid, manageToken, ifMatch };
/** What is read where a REST body has these fields as well. */
type Written<Fields extends z.ZodRawShape, Body extends z.ZodType> = z.ZodType<
  z.output<z.ZodObject<Fields>> & z.output<Body>,
  z.input<z.ZodObject<Fields>> & z.input<Body>
>;

/**
 * A REST body with what REST says in headers and address, as one object: an intersection of two would be read twice. A body that is read to something
 * else than it is sent as keeps fields that it does not know.
 */
function write<Fields extends z.ZodRawShape, Body extends z.ZodType>(fields: Fields, body: Body): Written<Fields, Body> {
  // The compiler does not follow the fields through what is done to the object.
  return withFields(fields, body) as Written<Fields, Body>;
}

function withFields(fields: z.ZodRawShape, body: z.core.$ZodType): z.ZodType {
  if (body instanceof z.ZodObject) return body.safeExtend(fields);
  if (body instanceof z.ZodPipe) return z.pipe(withFields(fields, body.def.in), body.def.out);
  throw new TypeError('only an object, or what is read from one, can have more fields');
}

/** A staff member's time, or that of a room or piece of equipment. */
const whoseTime = { staffId: uuid.optional(), resourceId: uuid.optional() };

function checkWhose(
  { staffId, resourceId }: { readonly staffId?: string | undefined; readonly resourceId?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (staffId === undefined && resourceId === undefined)
    context.addIssue({ code: 'custom', path: ['staffId'], message: 'is needed, unless there is a resourceId', input: staffId });
  if (staffId !== undefined && resourceId !== undefined)
    context.addIssue({ code: 'custom', path: ['resourceId'], message: 'cannot stand beside staffId: a block is on one calendar', input: resourceId });
}

/** Every message a screen may send, by name. */
export const screenMessages = {
  'watch-board': watchBoardBody,
  'watch-slots': watchSlotsBody,
  'watch-notifications': watchNotificationsBody,
  'watch-desk': watchDeskBody,
  unwatch: unwatchBody,
  'refresh-token': refreshTokenBody,
  'place-hold': write({ key, dryRun }, placeHoldBody),
  'renew-hold': z.strictObject(holdProof),
  'release-hold': z.strictObject(holdProof),
  book: write({ key, holdToken, dryRun }, bookBody),
  cancel: write(ofAppointment, cancelBody),
  reschedule: write({ ...ofAppointment, dryRun }, rescheduleBody),
  approve: write(ofAppointment, statusBody),
  decline: write(ofAppointment, cancelBody),
  'check-in': write(ofAppointment, statusBody),
  complete: write(ofAppointment, statusBody),
  'no-show': write(ofAppointment, statusBody),
  reopen: write(ofAppointment, statusBody),
  'add-block': write({ key, ...whoseTime }, blockBody).superRefine(checkWhose),
  'remove-block': z.strictObject({ key, ...whoseTime, blockId: uuid }).superRefine(checkWhose),
  abandon: z.strictObject({ key }),
} as const satisfies Record<string, z.ZodType>;
export type ScreenMessage = keyof typeof screenMessages;
/** What the server reads a message to. */
export type ScreenMessageRead<Name extends ScreenMessage> = z.output<(typeof screenMessages)[Name]>;
/** What a screen sends. */
export type ScreenMessageSent<Name extends ScreenMessage> = z.input<(typeof screenMessages)[Name]>;

/** Whose calendar it is: a staff member's or a resource's. */
type WhoseCalendar = { readonly staffId: string; readonly resourceId?: undefined } | { readonly resourceId: string; readonly staffId?: undefined };
/** A calendar as it is: a screen replaces what it had. */
export type BoardCalendar = WhoseCalendar & {
  readonly calendarId: string;
  readonly revision: number;
  readonly hours: OpenHoursReply;
  readonly claims: readonly ClaimReply[];
};
/** Only what a screen has missed since the revision it named: `events` are applied to what it has, as those of `board-changed`. */
export type BoardCatchUp = WhoseCalendar & {
  readonly calendarId: string;
  readonly base: number;
  readonly revision: number;
  readonly events: readonly BoardEventReply[];
  /** With `hours.changed`. */
  readonly hours?: OpenHoursReply;
};
export type SlotsCalendar = {
  readonly calendarId: string;
  readonly staffId: string;
  readonly revision: number;
  /** Starts, oldest first. */
  readonly slots: readonly string[];
  /** Seats left, by start in the order of `slots`; only for services with more than one seat. */
  readonly remaining?: readonly number[];
};
/** Whose time a column is. `presence`: whether they work where the board looks (`here`), work elsewhere by now (`moved`), or have been removed (`left`). */
export type BoardColumnReply = {
  readonly calendarId: string;
  readonly staffId: string;
  readonly staffName: string;
  readonly presence: 'here' | 'moved' | 'left';
};
/** A room or a piece of equipment on a board. */
export type BoardResourceReply = {
  readonly calendarId: string;
  readonly resourceId: string;
  readonly resourceName: string;
  readonly presence: 'here' | 'moved' | 'left';
};
/** `columns`: the staff members, all of them in their order; `resources`: those of the location, where no staff members were named. `unchanged`: calendars that `since` knew already and that have not moved; one that has is whole (`claims`) or a catch-up (`events`). */
export type BoardSnapshot = {
  readonly era: string;
  readonly timeZone: string;
  readonly columns: readonly BoardColumnReply[];
  readonly resources: readonly BoardResourceReply[];
  readonly calendars: readonly (BoardCalendar | BoardCatchUp)[];
  readonly unchanged: readonly string[];
};
export type SlotsSnapshot = {
  readonly era: string;
  readonly timeZone: string;
  readonly calendars: readonly SlotsCalendar[];
  readonly unchanged: readonly string[];
};

/** `last` is the number of the last of `items`, or of the newest notification where there are none. */
export type NotificationsSnapshot = { readonly last: number; readonly unread: number; readonly items: readonly NotificationReply[] };

/** Which appointments colleagues have open at the location, and the version of the note of the day. */
export type DeskSnapshot = { readonly looking: readonly LookingReply[]; readonly noteVersion: number };
export type LookingReply = z.output<typeof looking>;

/** What a message is answered with when it went well. */
export type ScreenAnswers = {
  'watch-board': BoardSnapshot;
  'watch-slots': SlotsSnapshot;
  'watch-notifications': NotificationsSnapshot;
  'watch-desk': DeskSnapshot;
  unwatch: object;
  'refresh-token': RefreshTokenReply;
  'place-hold': HoldReply;
  'renew-hold': HoldReply;
  'release-hold': object;
  book: AppointmentReply;
  cancel: AppointmentReply;
  reschedule: AppointmentReply;
  approve: AppointmentReply;
  decline: AppointmentReply;
  'check-in': AppointmentReply;
  complete: AppointmentReply;
  'no-show': AppointmentReply;
  reopen: AppointmentReply;
  'add-block': BlockReply;
  'remove-block': object;
  abandon: AbandonReply;
};

/** `replayed`: this is the stored answer to a key that was used before. */
export type Acknowledgement<Body> =
  | ({ readonly ok: true; readonly replayed?: boolean } & Body)
  | { readonly ok: false; readonly replayed?: boolean; readonly problem: Problem };

/** Direction is in the name: what a screen sends. For `Server<ScreenToServer, ServerToScreen>` and the page's `Socket`. */
export type ScreenToServer = {
  [Name in ScreenMessage]: (body: ScreenMessageSent<Name>, answer: (acknowledgement: Acknowledgement<ScreenAnswers[Name]>) => void) => void;
};

const revision = z.int().min(0);
const boardEvent = changeEvent.extend({ at: instantText }).meta({ id: 'BoardEvent' });
const looking = z.object({ appointmentId: uuid, name: z.string() });
/** Every message the server sends by itself, by name. */
export const serverMessages = {
  /** `base` is the revision before it: if it is not the one the screen has, something was missed. `hours` comes with `hours.changed`. */
  'board-changed': z.object({
    watchId,
    era: z.string(),
    calendarId: uuid,
    resourceId: uuid.optional(),
    base: revision,
    revision,
    events: z.array(boardEvent),
    hours: z.custom<OpenHoursReply>().optional(),
  }),
  /**
   * `base` is the revision of the message before it, or of the snapshot. `revision` may equal `base`: then time alone has changed the list (a start came too near, a day entered the horizon).
   * Both lists may be empty: then nothing has changed up to `revision`. `remaining`: seats left at free starts, only for services with more than one seat.
   */
  'slots-changed': z.object({
    watchId,
    era: z.string(),
    calendarId: uuid,
    base: revision,
    revision,
    taken: z.array(instantText),
    freed: z.array(instantText),
    remaining: z.record(instantText, z.int()).optional(),
  }),
  /** Something the user of the screen is told, or without `notification` only how much is unread now that something was read. `last`: what to say as `after`. */
  notification: z.object({ watchId, last: z.int(), unread: z.int(), notification: notification.optional() }),
  /** `looking`: all that colleagues have open now; `noteVersion`: the note of the day was written again. */
  'desk-changed': z.object({ watchId, looking: z.array(looking).optional(), noteVersion: z.int().optional() }),
  /** Every five seconds: a screen that is behind one of these has lost something and watches again with `since`. */
  beacon: z.object({ era: z.string(), revisions: z.record(uuid, revision) }),
  /** The server has dropped changes for a slow reader, or the watch shows something else by now (the catalog, or the user's rights) and has ended: watch again with `since`. */
  resync: z.object({ watchId }),
  'session-ended': z.object({ reason: z.enum(['logged-out', 'expired', 'shutting-down', 'too-slow', 'too-many-messages']) }),
} as const satisfies Record<string, z.ZodType>;
export type ServerMessage = keyof typeof serverMessages;
export type ServerMessageBody<Name extends ServerMessage> = z.output<(typeof serverMessages)[Name]>;
export type BoardEventReply = ChangeEventReply & { readonly at: string };
export type ServerToScreen = { [Name in ServerMessage]: (body: ServerMessageBody<Name>) => void };
