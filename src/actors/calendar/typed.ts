// What was typed for an appointment: text about people. A calendar never looks at it and no fact has it. It goes with the command to the
// commit, which writes it into a row of its own (`appointment_person`), where it can be changed and erased. Types only.

/** null and empty: nothing was typed. */
export type PersonalDetails = {
  readonly name: string;
  /** In the form of `normaliseEmail`; null: they gave none. */
  readonly email: string | null;
  /** As it was typed. */
  readonly phone: string | null;
  /** What to dial; null where that is not certain. */
  readonly phoneE164: string | null;
  /** What the customer wants to be known, and may read. */
  readonly notes: string | null;
  /** What those who work here write for each other. */
  readonly staffNotes: string | null;
  readonly answers: { readonly [question: string]: string };
  /** Why it was cancelled or declined; who said so is `reasonBy` of the appointment. */
  readonly reason: string | null;
  /** Why rules were waived the last time. */
  readonly overrideReason: string | null;
};

/** As it stands by an appointment. `isCorrected`: the e-mail address was changed since it was booked, so who had to do with the one before may be another person. */
export type StandingDetails = PersonalDetails & { readonly isCorrected?: true };

/** A customer whose address is not known yet, or who gave none; written in the commit of their first appointment. */
export type NewCustomer = { readonly id: string } & Pick<PersonalDetails, 'name' | 'email' | 'phone'>;

/** What one command writes down beside its fact. What `details` leaves out stays as it was. */
export type Typed = { readonly details: Partial<PersonalDetails>; readonly newCustomer?: NewCustomer };
