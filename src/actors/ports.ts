// The actors' ports to the world: clock, timers, random ids and the database. Nothing in `actors/` has any of its own, so that a simulator
// can replace them.
import type { CalendarHours } from '../model/calendar-hours.ts';
import type { ClaimTime } from '../model/claim-times.ts';
import type { Instant } from '../model/instant.ts';
import type { Appointment, CalendarEvent, Hold, Refusal } from './calendar/calendar.ts';
import type { NewCustomer, PersonalDetails } from './calendar/typed.ts';
import type { CalendarChange, ChangedBy } from './scheduler.ts';

/** The details of a claim besides its time: the hold, or a block's reason. */
export type ClaimDetails = Hold | { readonly reason: string | null } | null;

/** Stops a timer; calling it twice, or after it fired, does nothing. */
export type Cancel = () => void;
export type Timers = {
  /** Milliseconds on a clock that only goes forward; its zero means nothing. */
  monotonic(): number;
  after(milliseconds: number, run: () => void): Cancel;
  /** Runs soon, after what already waits on the event loop: lets a batch fill up without a timer. */
  soon(run: () => void): void;
};
/** Fresh UUIDs (version 7, so that they sort by age). */
export type Ids = { next(at: Instant): string };
export type Log = { info(facts: object, message: string): void; warn(facts: object, message: string): void; error(facts: object, message: string): void };

/** A calendar in the database. */
export type StoredCalendar = {
  readonly id: string;
  readonly shard: number;
  readonly revision: number;
  /** When it last changed; 0 for never. */
  readonly changedAt: Instant;
  readonly hours: CalendarHours;
  readonly claims: readonly ClaimTime[];
  readonly holds: readonly Hold[];
  readonly blockReasons: ReadonlyMap<string, string>;
};

/** The revision of a calendar, and its changes after an earlier one as far as the log has them, in order. */
export type Missed = { readonly revision: number; readonly changes: readonly CalendarChange[] };

/** The state of a calendar at the last change that was cut from its log. `hours` are absent if no cut change contained them. */
export type StoredBase = {
  readonly calendarId: string;
  readonly revision: number;
  readonly at: Instant;
  readonly hours: CalendarHours | undefined;
  readonly claims: readonly ClaimTime[];
  readonly holds: readonly Hold[];
  readonly blockReasons: readonly (readonly [claimId: string, reason: string])[];
};

/**
 * A row of the table of live claims. `half` is 0 on the calendar of its record, and 1 on that of the resource that it takes along: the id is the same
 * on both. `details` is what memory keeps beside the times: the hold, or a block's reason.
 */
export type ClaimRow = { readonly calendarId: string; readonly half: 0 | 1; readonly claim: ClaimTime; readonly details: ClaimDetails };

/** The outcome of a request, written with its effects. */
export type RequestRow = {
  readonly caller: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly entryId: string;
  readonly outcome: 'ok' | 'no' | 'abandoned';
  readonly calendarId: string | null;
  readonly revision: number | null;
  /** Which of the change's events answers it. */
  readonly eventIndex: number | null;
  readonly refusal: Refusal | null;
};
/** A request that was written before; `event` is the fact that answered it. */
export type StoredRequest = Omit<RequestRow, 'eventIndex'> & { readonly event: CalendarEvent | null };

/** Which node owns a shard; null is nobody. The epoch is the fencing token: it is raised by every change of owner and by every refence, and never falls. */
export type ShardOwner = { readonly shard: number; readonly owner: string | null; readonly epoch: number };

/** Who asked for a change, as ids without personal data. null for guests, and for what the calendar decides itself, such as the end of a hold. */
export type Asked = { readonly by: ChangedBy | null; readonly requestId: string | null };

export type PersonRow = {
  readonly fresh: boolean;
  readonly calendarId: string;
  readonly appointmentId: string;
  readonly details: Partial<PersonalDetails>;
};

export type CommitBatch = {
  /** The epochs the batch was decided under. A commit under another epoch than the database's does nothing. */
  readonly fence: readonly { readonly shard: number; readonly epoch: number }[];
  /**
   * `to` equals `from` where the batch only refuses: the revision is checked and nothing is locked. Calendars of one component, which are numbered from 0 on,
   * are written together or not at all.
   */
  readonly calendars: readonly {
    readonly id: string;
    readonly from: number;
    readonly to: number;
    readonly component: number;
    readonly hours: CalendarHours | null;
  }[];
  readonly changes: readonly (CalendarChange & Asked & { readonly entryId: string })[];
  readonly requests: readonly RequestRow[];
  readonly claimsRemoved: readonly { readonly id: string; readonly calendarId: string }[];
  /** Same time and lane, other status or details. */
  readonly claimsChanged: readonly ClaimRow[];
  readonly claimsAdded: readonly ClaimRow[];
  readonly appointments: readonly { readonly fresh: boolean; readonly revision: number; readonly appointment: Appointment }[];
  /** New customers. If an address has another id by now, the whole commit is refused as `customer_email`. */
  readonly customers: readonly { readonly calendarId: string; readonly customer: NewCustomer }[];
  /** Personal text. For a new appointment all of it; otherwise absent fields stay. */
  readonly persons: readonly PersonRow[];
  /** Network addresses for the audit trail: personal, so kept outside the log until the trail has them. */
  readonly sources: readonly { readonly entryId: string; readonly calendarId: string; readonly address: string }[];
};

export type CommitResult =
  | { readonly type: 'written'; readonly databaseTime: Instant; readonly lost: ReadonlySet<string>; readonly duplicates: readonly StoredRequest[] }
  /** Nothing was written: these shards have another epoch by now. */
  | { readonly type: 'fenced'; readonly databaseTime: Instant; readonly shards: readonly ShardOwner[] };

/**
 * A commit that did not come back with a result. `definite`: the database answered that it did nothing.
 * Not definite: it may have been written, now or later; only a refence can settle it.
 */
export class CommitFailure extends Error {
  readonly definite: boolean;
  readonly sqlState: string | null;
  readonly constraint: string | null;

  constructor(message: string, facts: { definite: boolean; sqlState: string | null; constraint: string | null; cause?: unknown }) {
    super(message, { cause: facts.cause });
    this.name = 'CommitFailure';
    this.definite = facts.definite;
    this.sqlState = facts.sqlState;
    this.constraint = facts.constraint;
  }
}

/** Whether a commit failed because an id chosen by a caller is already used. */
export function isTakenId({ definite, constraint }: CommitFailure): boolean {
  return definite && (constraint === 'claim_pkey' || constraint === 'appointment_pkey');
}

/** Whether a commit failed because the voucher of its booking has no use left, or none for this customer. */
export function isUsedUpVoucher({ definite, constraint }: CommitFailure): boolean {
  return definite && (constraint === 'voucher_uses' || constraint === 'voucher_uses_each');
}

/** Whether a commit failed because its customer changed: the address has another id by now, or the id no longer exists. */
export function isOtherCustomer({ definite, constraint }: CommitFailure): boolean {
  return definite && (constraint === 'customer_email' || constraint === 'customer_pkey' || constraint === 'appointment_customer_id_foreign');
}

/**
 * Encrypts personal data between nodes with a key derived from the shared secret. `open` returns undefined for text sealed with another
 * secret.
 */
export type Seal = { seal(text: string): string; open(sealed: string): string | undefined };

/** The database could not be read. Nothing was decided, so retrying is safe. */
export class ReadFailure extends Error {
  constructor(cause: unknown) {
    super('the database could not be read', { cause });
    this.name = 'ReadFailure';
  }
}

/** What a node learns at each heartbeat. */
export type Beat = {
  readonly databaseTime: Instant;
  /** Other nodes have given this node up for good: it must answer nothing more and end. */
  readonly isGone: boolean;
  /** Which life of the database this is. */
  readonly era: string;
  /** Grows with every change of the catalog. */
  readonly catalogVersion: number;
  /** The living nodes, including this one, in order of id. */
  readonly nodes: readonly string[];
  /** Those of them that take shards: all but the ones that are leaving. */
  readonly members: readonly string[];
  /** All shards; null if none has changed since the node's directory. */
  readonly shards: readonly ShardOwner[] | null;
};

/**
 * The nodes and their shards, as rows of the database. A node is one run of a process. Rejects with ReadFailure while the database does not
 * answer; the request may still have been carried out, and the next heartbeat tells.
 */
export type ClusterDatabase = {
  /** Makes the node known. Joining again does nothing. */
  join(nodeId: string): Promise<void>;
  /**
   * Says that the node lives; to be called every second. `knownEpochs` is the sum of all epochs it knows, which differs exactly when a shard has changed.
   * A node that has been heard from steadily for six seconds gives up those that have not been heard from for as long.
   */
  beat(nodeId: string, knownEpochs: number): Promise<Beat>;
  /** Takes the given shards that have no owner, or one that is gone. Returns the current state of all given shards. A node that is gone or leaving takes nothing. */
  takeShards(nodeId: string, shards: readonly number[]): Promise<readonly ShardOwner[]>;
  /** Joins, gives up every other node and takes every shard: for a node that runs alone. */
  takeAllShards(nodeId: string): Promise<readonly ShardOwner[]>;
  /** The node hands its shards over and takes no more, and still lives. */
  prepareToLeave(nodeId: string): Promise<void>;
  /** Hands the node's own among the given shards to another node. Returns the current state of all given shards. */
  giveShards(nodeId: string, to: string, shards: readonly number[]): Promise<readonly ShardOwner[]>;
  /** The node is gone, and its shards have no owner. */
  leave(nodeId: string): Promise<void>;
};

/** The calendars of a hold; `resourceCalendarId` is null without a resource. They do not change while it lives. */
export type HoldHome = { readonly calendarId: string; readonly resourceCalendarId: string | null };

/** Reads reject with ReadFailure while the database does not answer. */
export type JournalDatabase = {
  /** One commit on the lane's own connection. Rejects only with CommitFailure. */
  commit(lane: number, batch: CommitBatch): Promise<CommitResult>;
  /** Drops the lane's connection and raises the epochs of these shards on a new one. Waits for running commits; later ones under the old epoch do nothing. */
  refence(lane: number, shards: readonly number[]): Promise<readonly ShardOwner[]>;
  /** Which of these entries have been written; asked on the connection of the refence, as others may hang in the network that lost the commit. */
  written(lane: number, entryIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Claims that end after `from` come along; unknown ids are left out. */
  load(calendarIds: readonly string[], from: Instant): Promise<readonly StoredCalendar[]>;
  /** Of these shards. */
  calendarsWithHolds(shards: readonly number[]): Promise<readonly string[]>;
  /** The revisions of calendars; unknown ids are left out. */
  revisions(calendarIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The calendar of the hold's record. */
  homeOfHold(holdId: string): Promise<HoldHome | undefined>;
  /** Ascending; `upTo` bounds the moment for time travel. */
  changes(calendarId: string, after: number, limit: number): Promise<readonly CalendarChange[]>;
  /** The revision of a calendar and its changes since that revision, at one moment; without the changes if there are more than `most`. */
  missed(calendarId: string, after: number, most: number): Promise<Missed | undefined>;
  /** The oldest revision that the change log still has, and the calendar's own revision. */
  changeRange(calendarId: string): Promise<{ readonly oldest: number | null; readonly revision: number } | undefined>;
  /** Where the log of a calendar begins, if something of it was cut. */
  baseOf(calendarId: string): Promise<StoredBase | undefined>;
  /** Without what was typed for it. `asOf`: the revision of its calendar in the same snapshot. */
  appointment(appointmentId: string): Promise<(Appointment & { readonly revision: number; readonly asOf: number }) | undefined>;
  /** The customer with this address, in the form of `normaliseEmail`. */
  customerOf(email: string): Promise<string | undefined>;
  request(caller: string, key: string): Promise<StoredRequest | undefined>;
};
