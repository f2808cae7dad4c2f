// The commands, events and refusals of a calendar. Types only.
import type { AgreedAddOn } from '../../model/add-ons.ts';
import type { AppointmentStatus } from '../../model/appointment-status.ts';
import type { MostStarts } from '../../model/booking-limits.ts';
import type { BusyMinutes, CalendarHours, DayWindow, OpeningHours, TimeOff, WeeklyWindow } from '../../model/calendar-hours.ts';
import type { EditedField, FactWith } from '../../model/facts.ts';
import type { Instant } from '../../model/instant.ts';
import type { Money, PriceType } from '../../model/money.ts';
import type { SlotRule, SlotTerms } from '../../model/slots.ts';
import type { AgreedVoucher } from '../../model/voucher.ts';
import type { Typed } from './typed.ts';

export type ClaimKind = 'hold' | 'appointment' | 'block';

/** The terms agreed with a customer besides the time, as shown with the hold or valid when booked. `price` is for all seats. Contains no personal data. */
export type OfferedTerms = {
  readonly serviceName: string;
  /** What is done along with it, in the price and in the length. Absent: nothing. */
  readonly addOns?: readonly AgreedAddOn[];
  readonly price: Money;
  /** What a voucher has taken off the price. Absent: there is none. */
  readonly voucher?: AgreedVoucher;
  /** The tax that the price includes. Absent: none was said. */
  readonly taxPercent?: number;
  readonly policy: AppointmentPolicy;
  readonly approval: 'automatic' | 'manual';
  /** What has to be paid before it can be booked; an amount of 0: only a card is kept. Absent: nothing. */
  readonly due?: Money;
};
/** Where an appointment is: set when it is made, and changed only by a move. */
export type AppointmentPlace = {
  readonly locationId: string;
  readonly timeZone: string;
  /** The name of the location at that moment; absent in older facts. */
  readonly locationName?: string;
};
export type HoldTerms = OfferedTerms & AppointmentPlace;

/**
 * The room or piece of equipment of a claim. The claim is on both calendars, at the same time and under the same id: that of its record, and this
 * one. Every step except expiry is decided on both together; expiry happens on each at the same moment.
 */
export type TakenResource = { readonly resourceId: string; readonly calendarId: string };

/**
 * What had to be paid before it was booked. `paymentId`: the payment that brought it, `due` being its amount; null: the business has booked it without, and settles the money with the
 * customer. `policy`: what was agreed then, whatever the price is later. Absent in older records, which are judged by their price.
 */
type AppointmentPayment = { readonly due: Money; readonly paymentId: string | null; readonly policy?: 'none' | 'deposit' | 'full' | 'reserve' };

/** A slot reserved for a few minutes for one holder. */
export type Hold = {
  readonly id: string;
  readonly calendarId: string;
  readonly staffId: string;
  readonly serviceId: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly capacity: number;
  readonly seats: number;
  /** The lowest seat it occupies in a sitting; 0 for an exclusive slot. */
  readonly lane: number;
  /** The user who holds it; null: the bearer of its token. */
  readonly holder: string | null;
  /** `paying`: its customer pays, until `expiresAt`; only that payment can book it. */
  readonly state: 'held' | 'paying';
  readonly placedAt: Instant;
  readonly expiresAt: Instant;
  readonly renewalsLeft: number;
  readonly resource?: TakenResource;
  /** The terms it will be booked under. Absent in holds of older versions, which use the terms of the booking. */
  readonly terms?: HoldTerms;
  /** What a voucher has changed of the terms, as it was before. Absent: there is none. */
  readonly listed?: ListedTerms;
};

/** Of the terms, what a voucher changes. */
export type ListedTerms = Pick<OfferedTerms, 'price' | 'due' | 'policy'>;

/** The rules of a service as they stood when the appointment was made; elapsed minutes before the start, null is no limit. */
export type AppointmentPolicy = {
  readonly cancelUntilMinutes: number | null;
  readonly rescheduleUntilMinutes: number | null;
  readonly refundRules: readonly { readonly untilMinutes: number; readonly percent: number }[];
  /** What a customer owes who does not come, for all seats. Absent: nothing was agreed. */
  readonly noShowFee?: Money;
  /** The fee may be charged to a card, which is kept before it is booked. */
  readonly keepsCard?: true;
  /** The fee includes the tax of the price. Absent: it is compensation, without tax. */
  readonly feeTaxed?: true;
  /** What is due before is reserved on the card and taken at the visit. */
  readonly reserves?: true;
  /** Absent: the price is as it stands. `from`: it is the least, until the business says how much it is. */
  readonly priceType?: Exclude<PriceType, 'fixed'>;
};

/** The waived rules and the id of the user who waived them; the reason is personal text: see `typed.ts`. */
export type Override = { readonly rules: readonly OverridableRule[]; readonly by: string };
export type OverridableRule = SlotRule;

/** An appointment in calendars and facts: data for decisions, and ids. Personal text is in `typed.ts`. */
export type Appointment = {
  readonly id: string;
  /** A short reference for people: in e-mails, at the desk, on the phone. */
  readonly reference: string;
  readonly status: AppointmentStatus;
  readonly calendarId: string;
  readonly staffId: string;
  readonly serviceId: string;
  readonly locationId: string;
  /** Names of service and location when it was booked or moved there. Absent in older records, which use the names in the catalog. */
  readonly serviceName?: string;
  readonly locationName?: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly capacity: number;
  readonly seats: number;
  readonly lane: number;
  readonly timeZone: string;
  readonly resource?: TakenResource;
  readonly customerId: string;
  /** What is done along with it, in the price and in the length, as it was agreed. Absent: nothing. */
  readonly addOns?: readonly AgreedAddOn[];
  readonly price: Money;
  /** What a voucher has taken off the price. Absent: there is none; null: it was taken away again. */
  readonly voucher?: AgreedVoucher | null;
  /** The tax that the price includes. Absent: none was said; null: nor by the service it was changed to. */
  readonly taxPercent?: number | null;
  /** Absent: nothing was due before it was booked. */
  readonly payment?: AppointmentPayment;
  readonly policy: AppointmentPolicy;
  /** What was agreed for services that it had before, the last one at the end: with one of them it comes back. Absent: the service was never changed. */
  readonly agreedBefore?: readonly AgreedTerms[];
  readonly source: 'online' | 'desk' | 'integration';
  readonly override: Override | null;
  /** It was put over what had its time, as `slot-taken` was overridden. What it was put over may be gone by now; where a later move finds free time, this goes, too. */
  readonly overlaps?: true;
  /** Who cancelled or declined it and gave the reason, if any. Absent otherwise, and in older records. */
  readonly reasonBy?: 'customer' | 'business';
  /** For a completed appointment: its status before, restored by reopening. Absent in older records, which go back to booked. */
  readonly completedFrom?: 'booked' | 'checked-in';
  readonly createdAt: Instant;
  /** The user who made it; null is a guest. */
  readonly createdBy: string | null;
  /** Where a guest or a customer has booked it from, as a keyed hash that names no address; left out of what others make, and of what is older. */
  readonly sourceGroup?: string;
  /** The language in which the customer is told about it. Left out: nobody has said. */
  readonly locale?: 'en' | 'de' | 'fr' | 'es' | 'pt';
};

type AgreedTerms = Pick<Appointment, 'serviceId' | 'serviceName' | 'addOns' | 'price' | 'voucher' | 'taxPercent' | 'policy'>;

/** What a caller says about a new appointment; the calendar adds time, lane and status. */
export type NewAppointment = Omit<
  Appointment,
  | 'status'
  | 'calendarId'
  | 'startsAt'
  | 'endsAt'
  | 'bufferBeforeMinutes'
  | 'bufferAfterMinutes'
  | 'capacity'
  | 'seats'
  | 'lane'
  | 'resource'
  | 'overlaps'
  | 'reasonBy'
  | 'completedFrom'
  | 'createdAt'
>;

/**
 * What the business changes of an appointment at its start. What `terms` leave out stays. `minutes`: its length; null: as it is, or that of its new service.
 */
export type Edit = {
  readonly fields: readonly EditedField[];
  readonly terms: Partial<Pick<Appointment, 'serviceId' | 'serviceName' | 'addOns' | 'price' | 'voucher' | 'taxPercent' | 'policy' | 'agreedBefore'>>;
  readonly minutes: number | null;
};

export type Block = { readonly id: string; readonly startsAt: Instant; readonly endsAt: Instant; readonly reason: string | null };

/** A start that is asked for. `resource`: it is to be taken along, and the start has to be free on its calendar too. */
export type SlotAsk = {
  readonly terms: SlotTerms;
  readonly startsAt: Instant;
  readonly seats: number;
  readonly override: Override | null;
  /** The time of this choice must be free, although `slot-taken` is overridden: there are others, and a free one comes first. */
  readonly onlyIfFree?: true;
  readonly resource?: TakenResource;
};

/** How somebody shows that a hold is theirs: a token that names the hold, or being the user it is kept for. */
export type HolderProof = { readonly tokenFor: string | null; readonly userId: string | null };

export type HoursChange =
  | { readonly type: 'set-weekly'; readonly weekly: readonly WeeklyWindow[] | null }
  | { readonly type: 'set-date-override'; readonly date: string; readonly windows: readonly DayWindow[] | null }
  | { readonly type: 'add-time-off'; readonly timeOff: TimeOff }
  | { readonly type: 'remove-time-off'; readonly timeOffId: string }
  | { readonly type: 'set-zone'; readonly timeZone: string | null; readonly ownHours: boolean }
  /** How many may start in a day, a week and a month. */
  | { readonly type: 'set-most-starts'; readonly mostStarts: MostStarts }
  /** `plannedFor`: see `CalendarHours`. */
  | { readonly type: 'set-location-hours'; readonly location: OpeningHours; readonly plannedFor?: string }
  /** Its staff member is removed: it takes no claim any more, and every hold on it ends. */
  | { readonly type: 'retire'; readonly plannedFor?: string }
  /** They are not removed after all. */
  | { readonly type: 'reinstate' };

/** `add`: it is followed from now on, and nothing of it is known yet. `replace`: all of its busy times that matter, in the place of those before. */
export type ExternalChange = { readonly type: 'add' } | { readonly type: 'replace'; readonly busy: BusyMinutes } | { readonly type: 'remove' };

/** An appointment whose time was open before a change of hours, and is not any more. */
export type StrandedAppointment = { readonly appointmentId: string; readonly calendarId: string; readonly startsAt: Instant };
/** Live appointments ahead that stand in the way of a change. `stranded` names the first of them, by start; it is left out where all of a calendar are meant. */
export type InTheWay = {
  readonly appointments: number;
  readonly next: { readonly id: string; readonly calendarId: string; readonly startsAt: Instant };
  readonly stranded?: readonly StrandedAppointment[];
};

/** What the business does with an appointment; `reopen` takes the last three of them back. */
export type AppointmentStep = 'approve' | 'check-in' | 'complete' | 'no-show' | 'reopen';

/** A record as it was read, and the revision that its calendar had in the same snapshot of the database. Left out: it was not read, and is as it is. */
export type OfRecord = { readonly appointment: Appointment; readonly asOf?: number };

/** `typed` goes past the decision to the commit. */
export type CalendarCommand =
  | {
      readonly type: 'place-hold';
      readonly holdId: string;
      readonly staffId: string;
      readonly slot: SlotAsk;
      readonly holder: HolderProof;
      readonly holdSeconds: number;
      readonly terms?: HoldTerms;
    }
  | { readonly type: 'renew-hold'; readonly holdId: string; readonly proof: HolderProof; readonly holdSeconds: number }
  /** Other terms for what is held: a voucher was given, or taken away. */
  | { readonly type: 'agree-hold'; readonly holdId: string; readonly proof: HolderProof; readonly terms: HoldTerms; readonly listed: ListedTerms | null }
  /** Its customer begins to pay what is due. `due`: what they were told that is; left out by older versions. */
  | { readonly type: 'begin-paying'; readonly holdId: string; readonly proof: HolderProof; readonly paySeconds: number; readonly due?: Money }
  | { readonly type: 'release-hold'; readonly holdId: string; readonly proof: HolderProof }
  /** A hold that the asker did not find: what has become of it? */
  | { readonly type: 'seek-hold'; readonly holdId: string }
  | { readonly type: 'expire-holds' }
  | {
      readonly type: 'confirm-hold';
      readonly holdId: string;
      readonly proof: HolderProof;
      /** Its terms and its place count only for a hold that has none. */
      readonly appointment: NewAppointment;
      readonly approval: 'automatic' | 'manual';
      readonly typed?: Typed;
    }
  | {
      readonly type: 'book';
      readonly slot: SlotAsk;
      readonly appointment: NewAppointment;
      readonly approval: 'automatic' | 'manual';
      readonly typed?: Typed;
    }
  /** `waivePolicy`: it is the business that cancels, and so its reason. */
  | (OfRecord & { readonly type: 'cancel'; readonly waivePolicy: boolean; readonly typed?: Typed })
  | (OfRecord & { readonly type: 'decline'; readonly typed?: Typed })
  | (OfRecord & { readonly type: AppointmentStep })
  /** `place`: where the calendar is by now; left out, the appointment stays where it was. Of the slot's terms, those that were booked stay; see `keepingBooked`. */
  | (OfRecord & {
      readonly type: 'reschedule';
      readonly slot: SlotAsk;
      readonly waivePolicy: boolean;
      readonly place?: AppointmentPlace;
      readonly typed?: Typed;
    })
  /** `slot` null: its time and calendar stay; of the slot's terms, those that were booked stay unless the edit says otherwise. */
  | (OfRecord & {
      readonly type: 'edit';
      readonly edit: Edit;
      readonly slot: SlotAsk | null;
      readonly place?: AppointmentPlace;
      readonly typed?: Typed;
    })
  /** The two halves of a move to another calendar; always decided and committed together. `edit`: it is an edit that takes it there. */
  | (OfRecord & { readonly type: 'move-out'; readonly waivePolicy: boolean; readonly edit?: Edit })
  | {
      readonly type: 'move-in';
      readonly appointment: Appointment;
      readonly staffId: string;
      readonly slot: SlotAsk;
      readonly place?: AppointmentPlace;
      readonly edit?: Edit;
      /** It takes the time of another, which was agreed as well. */
      readonly isSwapped?: true;
      readonly typed?: Typed;
    }
  /** The claim gets another place by a later part of the group, and is in the way of none before that. */
  | { readonly type: 'give-way'; readonly claimId: string }
  /** Of a calendar that decides nothing itself: what the other parts of its group decide holds on it as well. */
  | { readonly type: 'go-along' }
  | { readonly type: 'add-block'; readonly block: Block }
  /** To another time, and with `from` out of that calendar, whose part of the group removes it. */
  | { readonly type: 'move-block'; readonly blockId: string; readonly startsAt: Instant; readonly endsAt: Instant; readonly from?: string }
  | { readonly type: 'remove-block'; readonly blockId: string }
  /** Of a calendar elsewhere whose busy times hold on this one. */
  | { readonly type: 'change-external'; readonly externalCalendarId: string; readonly change: ExternalChange }
  /** `expectedVersions`: one of them has to be the present one of the hours; null, or left out: any. `unless`: refused if it strands appointments or, of a calendar that retires, if there are any ahead. Left out, they stay where they are. */
  | {
      readonly type: 'change-hours';
      readonly change: HoursChange;
      readonly unless?: 'in-use';
      /** Of a plan: it may strand these and no others. */
      readonly strands?: readonly string[];
      readonly expectedVersions?: readonly number[] | null;
    };

/**
 * Facts. Which there are, and what each does, is in `model/facts.ts`. Each carries the whole record as it is afterwards, so an answer, a replayed answer and a push
 * are all read from the same fact, joined with the row of what was typed.
 */
export type CalendarEvent =
  | { readonly type: FactWith<'hold'>; readonly hold: Hold }
  /** `isNew` is false where a pending appointment was approved. */
  | {
      readonly type: FactWith<'booking'>;
      readonly appointment: Appointment;
      readonly isNew: boolean /** The hold it consumed. */;
      readonly holdId: string | null;
    }
  /** `was`: what it is not any more. Left out by earlier versions. */
  | { readonly type: FactWith<'appointment'>; readonly appointment: Appointment; readonly was?: { readonly status: AppointmentStatus } }
  /** Of a move between calendars each of them has the same fact: those in `from` lose the claim, those of `appointment` gain it. */
  | {
      readonly type: FactWith<'move'>;
      readonly appointment: Appointment;
      readonly from: Pick<Appointment, 'calendarId' | 'staffId' | 'startsAt' | 'endsAt' | 'lane' | 'resource' | 'overlaps'> & {
        /** Left out: no rule was waived for it there, or an earlier version did not say. */
        readonly overriddenRules?: readonly OverridableRule[];
      };
      /** Of an edit: which fields, and what stood in those that the log keeps. */
      readonly edited?: { readonly fields: readonly EditedField[]; readonly was: Pick<Appointment, 'serviceId' | 'serviceName' | 'price'> };
    }
  /** `movedFrom`: where the one that was added was before, on another calendar. */
  | { readonly type: FactWith<'block'>; readonly block: Block; readonly movedFrom?: { readonly calendarId: string; readonly block: Block } }
  | {
      readonly type: FactWith<'hours'>;
      readonly hours: CalendarHours;
      /** The hours before. */
      readonly was: CalendarHours;
      readonly change: HoursChange;
      /** The first of those that the change has stranded, by start. Left out: none, or an earlier version did not look. */
      readonly stranded?: readonly StrandedAppointment[];
    }
  /** The busy times of all calendars elsewhere are in the hours. */
  | {
      readonly type: FactWith<'external'>;
      readonly externalCalendarId: string;
      readonly change: ExternalChange['type'];
      readonly hours: CalendarHours;
      readonly was: CalendarHours;
      /** The first appointments, by start, that its busy times overlap now and did not before. They stay. Left out: none. */
      readonly conflicts?: readonly StrandedAppointment[];
    };

export type RefusalCode =
  | 'not-found'
  | 'hold-not-found'
  | 'hold-expired'
  | 'hold-not-yours'
  | 'payment-required'
  | 'wrong-status'
  | 'too-early'
  | 'too-late'
  | 'cancel-too-late'
  | 'reschedule-too-late'
  | SlotRule
  /** The caller's own id for a new hold, appointment or block already belongs to another. */
  | 'id-in-use'
  /** Another booking has taken its last use, or the customer has none left. */
  | 'voucher-used-up'
  /** Appointments depend on what was to be changed or removed: see `inTheWay`. */
  | 'still-in-use'
  /** The hours are not those that the change was made for: see `currentVersion`. */
  | 'version-mismatch'
  /** A plan that has been made before no longer fits. */
  | 'plan-outdated'
  | 'idempotency-key-reused'
  | 'abandoned';

/** Who has the time. `until` is when a hold lets go of it, if nothing else happens; `resourceId`: it is the resource that is taken. */
export type Conflict = { readonly by: ClaimKind | 'time-off' | 'external'; readonly until?: Instant; readonly resourceId?: string };
/** From when on a step is possible, or until when it was; told in the zone of the appointment. */
export type StepTime = { readonly from?: Instant; readonly until?: Instant; readonly timeZone: string };
export type Alternative = { readonly startsAt: Instant; readonly endsAt: Instant; readonly staffId: string; readonly resourceId?: string };

/** A definite "no": not done, and never will be under this key. */
export type Refusal = {
  readonly code: RefusalCode;
  readonly detail?: string;
  readonly conflict?: Conflict;
  readonly inTheWay?: InTheWay;
  /** With `version-mismatch`: of the hours. */
  readonly currentVersion?: number;
  /** With `too-early` and `too-late`. */
  readonly possible?: StepTime;
  readonly alternatives?: readonly Alternative[];
};

/** `stale`: the record in the command is not how the calendar has the appointment; the asker reads it again. */
export type Decision = { readonly events: readonly CalendarEvent[] } | { readonly refusal: Refusal } | { readonly stale: true };
