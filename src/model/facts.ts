// The table of facts: everything that can happen on a calendar. One entry defines a fact: its type, its effect on a calendar in memory and on the rows of its commit
// (`actors/calendar/fold-fact.ts` reads it for both), how it is published, whether it is audited, and its description.

type FactEntry = {
  /**
   * What it carries beside its type. `booking`: an appointment, whether it is new, and the hold that it was; where it is not new, its claim is there already.
   * `move`: an appointment and where it was, which may be where it is; between two calendars both record it, and one gives the claim up.
   */
  readonly carries: 'hold' | 'booking' | 'appointment' | 'move' | 'block' | 'hours' | 'external';
  /** Its effect on the claim. `changed` keeps time and seat. */
  readonly claim: 'added' | 'changed' | 'moved' | 'freed' | 'none';
  /** How its hold has ended, for later requests about it. */
  readonly holdEnd?: 'expired' | 'released';
  /** Whether it is audited if the caller is known. Holds are not: there are thousands, and bookings are audited. */
  readonly isAudited: boolean;
  /** For the documentation. */
  readonly means: string;
};

export const FACTS = {
  'hold.placed': { carries: 'hold', claim: 'added', isAudited: false, means: 'A time is kept for a caller.' },
  'hold.renewed': { carries: 'hold', claim: 'changed', isAudited: false, means: 'It is kept for longer.' },
  'payment.begun': { carries: 'hold', claim: 'changed', isAudited: false, means: 'Its customer pays, and it is kept until the end of that.' },
  'hold.released': { carries: 'hold', claim: 'freed', holdEnd: 'released', isAudited: false, means: 'It was given back.' },
  'hold.expired': { carries: 'hold', claim: 'freed', holdEnd: 'expired', isAudited: false, means: 'It was not booked, or not paid for, in time.' },
  'appointment.requested': { carries: 'booking', claim: 'added', isAudited: true, means: 'A time is taken, and the business has to approve it.' },
  'appointment.booked': { carries: 'booking', claim: 'added', isAudited: true, means: 'A time is taken, or what was requested is approved.' },
  'appointment.rescheduled': { carries: 'move', claim: 'moved', isAudited: true, means: 'It has another time, or is with another staff member.' },
  'appointment.edited': { carries: 'move', claim: 'moved', isAudited: true, means: 'Its service, length, price, staff member, customer or notes are others.' },
  'appointment.cancelled': { carries: 'appointment', claim: 'freed', isAudited: true, means: 'It is called off, and its time is free.' },
  'appointment.declined': { carries: 'appointment', claim: 'freed', isAudited: true, means: 'The business does not approve it, and its time is free.' },
  'appointment.checked-in': { carries: 'appointment', claim: 'changed', isAudited: true, means: 'The customer is here.' },
  'appointment.completed': { carries: 'appointment', claim: 'changed', isAudited: true, means: 'It is done.' },
  'appointment.no-show': { carries: 'appointment', claim: 'changed', isAudited: true, means: 'The customer did not come.' },
  'appointment.reopened': { carries: 'appointment', claim: 'changed', isAudited: true, means: 'The last of these three is taken back.' },
  'block.added': { carries: 'block', claim: 'added', isAudited: true, means: 'A time is closed.' },
  'block.removed': { carries: 'block', claim: 'freed', isAudited: true, means: 'It is open again.' },
  'hours.changed': { carries: 'hours', claim: 'none', isAudited: true, means: 'Working hours, time off, zone or the hours of the location are others.' },
  'external.changed': {
    carries: 'external',
    claim: 'none',
    isAudited: false,
    means: 'A calendar elsewhere tells of other busy times, or is no longer followed.',
  },
} as const satisfies Readonly<Record<string, FactEntry>>;

export type Fact = keyof typeof FACTS;
export const FACT_NAMES = Object.keys(FACTS) as readonly Fact[] as readonly [Fact, ...Fact[]];

/** What an edit of an appointment can change. Text about people is named here, and is in no fact. */
export const EDITED_FIELDS = ['service', 'add-ons', 'length', 'price', 'staff', 'customer', 'email', 'notes', 'staff-notes'] as const;
export type EditedField = (typeof EDITED_FIELDS)[number];

/** Facts that carry something of a kind. */
export type FactWith<Carried extends FactEntry['carries']> = { [Name in Fact]: (typeof FACTS)[Name]['carries'] extends Carried ? Name : never }[Fact];
/** Facts that the audit trail has. */
export type AuditedFact = { [Name in Fact]: (typeof FACTS)[Name]['isAudited'] extends true ? Name : never }[Fact];

export function isAudited(fact: Fact): fact is AuditedFact {
  return FACTS[fact].isAudited;
}

export const AUDITED_FACTS: readonly AuditedFact[] = FACT_NAMES.filter(isAudited);
