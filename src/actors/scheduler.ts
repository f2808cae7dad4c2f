// What the gateway may ask of the calendars. Types only; `actors/cluster/` answers.
import type { AppointmentStatus } from '../model/appointment-status.ts';
import type { CalendarHours } from '../model/calendar-hours.ts';
import type { Instant } from '../model/instant.ts';
import type { Money } from '../model/money.ts';
import type { RuleOutcome, SlotTerms } from '../model/slots.ts';
import type {
  Appointment,
  AppointmentPlace,
  AppointmentStep,
  Block,
  CalendarCommand,
  CalendarEvent,
  ClaimKind,
  Edit,
  Hold,
  HolderProof,
  HoldTerms,
  HoursChange,
  ListedTerms,
  NewAppointment,
  OfferedTerms,
  Override,
  Refusal,
  TakenResource,
} from './calendar/calendar.ts';
import type { PersonalDetails } from './calendar/typed.ts';

/**
 * Names one write, so that repeating it does it once. `caller` scopes the key; `fingerprint` is a hash of the request,
 * and the same key with another fingerprint is refused as `idempotency-key-reused`.
 */
export type RequestKey = {
  readonly caller: string;
  readonly key: string;
  readonly fingerprint: string;
  /** Who asked, for the audit trail; absent for guests. Not part of the key: the same request stays the same. */
  readonly by?: RequestBy;
};

/** Who asks, for the audit trail only; no decision depends on it. Nodes of older versions leave it out. */
export type RequestBy = {
  readonly kind: 'user' | 'api-key';
  readonly id: string;
  /** null for customers. */
  readonly name: string | null;
  readonly role: string | null;
  readonly address: string;
  readonly requestId: string | null;
  /** Whether the customer and the staff are told about the change. Absent: yes. */
  readonly notify?: Notified;
};
export type Notified = { readonly customer?: boolean | undefined; readonly staff?: boolean | undefined };

/** Who asked for what is in the change log: no name and no address. */
export type ChangedBy = Pick<RequestBy, 'kind' | 'id' | 'notify'> & {
  /** The user's role at that time. Absent for API keys and earlier versions. */ readonly role?: string;
};

/** docs/protocol.md, "What an answer means", says what each of them promises. `event` is the fact that answers the request; others may have been recorded with it. */
export type Answer =
  | {
      readonly outcome: 'ok';
      readonly era: string;
      readonly calendarId: string;
      readonly revision: number;
      readonly event: CalendarEvent;
      readonly replayed: boolean;
    }
  | { readonly outcome: 'no'; readonly refusal: Refusal; readonly replayed: boolean }
  | { readonly outcome: 'retry'; readonly reason: 'overloaded' | 'draining'; readonly retryAfterSeconds: number }
  /** Nothing was done: the record is not at the revision that the command is based on. */
  | { readonly outcome: 'outdated' }
  | { readonly outcome: 'unknown' };

/** At least one. */
export type Resources = readonly [TakenResource, ...TakenResource[]];

/** A calendar that could take a claim. Several candidates are tried in a fair order: fewest claims that day first, then by a hash that differs from day to day. */
export type Candidate = {
  readonly calendarId: string;
  readonly staffId: string /** Where an appointment with them is; left out, it stays where its draft or record says. */;
  readonly place?: AppointmentPlace;
  /** The resources, of which one is needed: the first free one in this order, or the one a sitting already uses. Absent: none is needed. */
  readonly resources?: Resources;
  /** How long it takes with this person. Absent, as in what is moved: as long as `terms` say. */
  readonly minutes?: number;
  /** What is agreed with this person in the place of what the command agrees with everybody. Absent: the same. */
  readonly agreed?: AgreedWith;
};
/** `due` absent: nothing has to be paid before. */
export type AgreedWith = Pick<OfferedTerms, 'price' | 'voucher' | 'policy' | 'due'>;
export type ClaimAsk = {
  readonly terms: SlotTerms;
  readonly startsAt: Instant;
  readonly seats: number;
  readonly override: Override | null;
  readonly candidates: readonly Candidate[] /** Others whose free times may be offered with a refusal. */;
  readonly peers?: readonly Candidate[];
};
/** As NewAppointment, without calendar, place and customer: they follow from the winning candidate and from the address in the details. */
export type AppointmentDraft = Omit<NewAppointment, 'staffId' | 'customerId'>;
/** The customer of a new appointment. `customerId` null: the address is not known yet. */
export type BookedFor = { readonly customerId: string | null; readonly details: PersonalDetails };

/** `basedOn`: where the record that was looked at had been written; if it has been written elsewhere since, nothing is done. Left out: it may be anywhere. */
export type AskedOfRecord = { readonly appointmentId: string; readonly basedOn?: RecordVersion };
/** Two calendars can have the same revision, so it says of which. */
export type RecordVersion = { readonly calendarId: string; readonly revision: number };

export type HoursOfCalendar = { readonly calendarId: string; readonly change: HoursChange; readonly expectedVersions: readonly number[] | null };

export type SchedulerCommand =
  /** `terms`: shown with the hold and used for booking it, with the place of the winning candidate. */
  | {
      readonly type: 'place-hold';
      readonly holdId: string;
      readonly ask: ClaimAsk;
      readonly holder: HolderProof;
      readonly holdSeconds: number;
      readonly terms?: OfferedTerms;
    }
  | { readonly type: 'renew-hold'; readonly holdId: string; readonly proof: HolderProof; readonly holdSeconds: number }
  | { readonly type: 'agree-hold'; readonly holdId: string; readonly proof: HolderProof; readonly terms: HoldTerms; readonly listed: ListedTerms | null }
  | { readonly type: 'begin-paying'; readonly holdId: string; readonly proof: HolderProof; readonly paySeconds: number; readonly due?: Money }
  | { readonly type: 'release-hold'; readonly holdId: string; readonly proof: HolderProof }
  | ({
      readonly type: 'confirm-hold';
      readonly holdId: string;
      readonly proof: HolderProof;
      readonly draft: AppointmentDraft;
      readonly approval: 'automatic' | 'manual';
    } & BookedFor)
  /** Books a hold the gateway did not find: the refusal says what happened to it and is stored like any other. */
  | { readonly type: 'seek-hold'; readonly holdId: string }
  | ({ readonly type: 'book'; readonly ask: ClaimAsk; readonly draft: AppointmentDraft; readonly approval: 'automatic' | 'manual' } & BookedFor)
  | (AskedOfRecord & { readonly type: 'cancel'; readonly reason: string | null; readonly waivePolicy: boolean })
  | (AskedOfRecord & { readonly type: 'decline'; readonly reason: string | null })
  | (AskedOfRecord & { readonly type: AppointmentStep })
  /** `overrideReason`: with an override, why. */
  | (AskedOfRecord & { readonly type: 'reschedule'; readonly ask: ClaimAsk; readonly waivePolicy: boolean; readonly overrideReason: string | null })
  /** Two take each other's time and person: both, or none. */
  | (AskedOfRecord & { readonly type: 'swap'; readonly ask: ClaimAsk; readonly other: AskedOfRecord & { readonly ask: ClaimAsk } })
  /** `ask` null: its time and calendar stay. `details`: what is typed from now on. */
  | (AskedOfRecord & { readonly type: 'edit'; readonly edit: Edit; readonly ask: ClaimAsk | null; readonly details: Partial<PersonalDetails> })
  | { readonly type: 'add-block'; readonly calendarId: string; readonly block: Block }
  /** `toCalendarId`: onto another calendar, in one decision of both. */
  | {
      readonly type: 'move-block';
      readonly calendarId: string;
      readonly toCalendarId?: string;
      readonly blockId: string;
      readonly startsAt: Instant;
      readonly endsAt: Instant;
    }
  | { readonly type: 'remove-block'; readonly calendarId: string; readonly blockId: string }
  /**
   * Changes of hours, or none, with what becomes of the appointments that they or a removal strand: all of it, or nothing. `strands`: they may strand these and no
   * others, and those that are neither moved nor cancelled stay. At least one of the three lists has something.
   */
  | {
      readonly type: 'carry-out';
      /** The calendar of the first one has the fact that answers; with none, that of what is cancelled first, or moved. */
      readonly changes: readonly HoursOfCalendar[];
      readonly strands: readonly string[];
      readonly moves: readonly (AskedOfRecord & { readonly ask: ClaimAsk })[];
      readonly cancels: readonly AskedOfRecord[];
    }
  | ({ readonly calendarId: string } & Extract<CalendarCommand, { type: 'change-hours' | 'change-external' }>);

/** `terms`: with the length that it has with this candidate. */
export type SlotsQuery = Omit<Candidate, 'minutes' | 'agreed'> & {
  readonly terms: SlotTerms;
  /** Starts in the half-open range [from, to). */
  readonly from: Instant;
  readonly to: Instant;
  readonly seats: number;
  readonly movingAppointmentId: string | null;
};
export type CalendarSlots = Omit<Candidate, 'minutes' | 'agreed'> & {
  readonly revision: number;
  readonly startsAt: readonly Instant[] /** Seats left, by start. */;
  readonly remaining: readonly number[];
  /** If a resource is needed: the free ones, by start. */
  readonly resourceIds?: readonly string[];
};

/** One claim as a screen needs it; who it is for is not the calendar's business. */
export type ClaimView = {
  readonly kind: ClaimKind;
  readonly id: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly lane: number;
  readonly seats: number;
  readonly serviceId: string | null;
  readonly status: AppointmentStatus | 'held' | 'paying' | null;
  /** Holds only. */
  readonly expiresAt: Instant | null;
  /** Blocks only. */
  readonly reason: string | null;
  /** The other calendar that has it; null if none. */
  readonly along: string | null;
};
export type CalendarView = { readonly calendarId: string; readonly revision: number; readonly hours: CalendarHours; readonly claims: readonly ClaimView[] };

/** One step of a calendar: `base` is the revision before it, so a listener can see whether it missed any. */
export type CalendarChange = {
  readonly calendarId: string;
  readonly base: number;
  readonly revision: number;
  readonly epoch: number;
  readonly at: Instant;
  readonly events: readonly CalendarEvent[];
};

export type Scheduler = {
  /** The era of the database that revisions belong to. */
  readonly era: string;
  /** The estimated time of the database, by which every decision is made. */
  now(): Instant;
  /** A refusal is a value; rejects only on a bug. `dryRun` runs every check and stores nothing, not even the key. */
  ask(request: RequestKey, command: SchedulerCommand, options?: { readonly dryRun?: boolean }): Promise<Answer>;
  /** The outcome of a key that was used before, or `undefined`: lets the gateway answer a repeat whose hold or record is gone. */
  recall(request: RequestKey): Promise<Answer | undefined>;
  /** Stores a refusal made by the gateway, so that it stays true for this key. Returns the stored outcome if the key was used before. */
  refuse(request: RequestKey, refusal: Refusal): Promise<Answer>;
  /** Puts a tombstone on an unknown key; otherwise returns its outcome. */
  abandon(request: RequestKey): Promise<Answer>;

  /** Every read shows durable states only. Unknown calendars are left out of the answer. */
  slots(queries: readonly SlotsQuery[]): Promise<readonly CalendarSlots[]>;
  explain(
    query: Omit<Candidate, 'minutes' | 'agreed'> & { readonly terms: SlotTerms; readonly startsAt: Instant; readonly seats: number },
  ): Promise<{ readonly bookable: boolean; readonly rules: readonly RuleOutcome[]; readonly revision: number } | undefined>;
  /** Claims that overlap [from, to). */
  views(calendarIds: readonly string[], from: Instant, to: Instant): Promise<readonly CalendarView[]>;
  /** The calendar at a past moment, from the change log. `knownFrom`: the log only reaches back to then. */
  viewAt(calendarId: string, at: Instant): Promise<CalendarView | { readonly knownFrom: Instant } | undefined>;
  hold(holdId: string): Promise<Hold | undefined>;
  /** Whether a hold has expired. Also false if that was too long ago to be known. */
  hasHoldExpired(holdId: string): Promise<boolean>;
  /** As its calendar has it, without what was typed for it. `asOf`: the revision of that calendar in the same snapshot. */
  appointment(appointmentId: string): Promise<(Appointment & { readonly revision: number; readonly asOf: number }) | undefined>;
  /** Changes after a revision, oldest first. `too-old`: they are no longer kept. */
  changes(
    calendarId: string,
    after: number,
    limit: number,
  ): Promise<{ readonly revision: number; readonly changes: readonly CalendarChange[] } | 'too-old' | 'not-found'>;

  /**
   * Calls `listener` once for every durable change, in order, never twice, until the returned function is called. Never throws. Begins with the
   * calendar being in memory: after a read of its state, or `awake`.
   */
  watch(calendarId: string, listener: (change: CalendarChange) => void): () => void;
  /** Loads calendars into memory, where they stay while they are watched; watchers hear every change from then on. Rejects if they cannot be read. */
  awake(calendarIds: readonly string[]): Promise<void>;
  /** The durable revision of calendars that are in memory; others are left out. */
  revisions(calendarIds: readonly string[]): ReadonlyMap<string, number>;
};
