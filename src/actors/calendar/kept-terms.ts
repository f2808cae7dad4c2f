// What was agreed and stays: a hold is booked under the terms that were shown with it, and an appointment that is moved stays as long as it was. Pure.
import type { Instant } from '../../model/instant.ts';
import { keepingBooked } from '../../model/slot-terms.ts';
import type { Appointment, AppointmentPlace, Hold, NewAppointment, SlotAsk } from './calendar.ts';

/** Whether it is too late to confirm a hold. One that was placed after its start had that rule waived then; for another it may be waived now. */
export function hasBegun({ startsAt, placedAt: heldAt }: Hold, { override }: NewAppointment, at: Instant): boolean {
  return startsAt <= at && heldAt <= startsAt && override?.rules.includes('slot-in-past') !== true;
}

/** A hold of a version that kept no terms is booked under those that come with the booking. */
export function asHeld(appointment: NewAppointment, { terms }: Hold): NewAppointment {
  if (terms === undefined) return appointment;
  const { serviceName, price, policy, approval: _, ...place } = terms;
  return { ...placedAt(appointment, place), serviceName, price, policy };
}

/** A place replaces the one before as a whole, also one without a name. */
export function placedAt<Placed extends AppointmentPlace>(appointment: Placed, place: AppointmentPlace | undefined): Placed {
  if (place === undefined) return appointment;
  const { locationName: _, ...rest } = appointment;
  return { ...(rest as Placed), ...place };
}

/** What a move asks of a calendar. */
export function slotFor(appointment: Appointment, slot: SlotAsk): SlotAsk {
  return { ...slot, terms: keepingBooked(slot.terms, appointment) };
}
