// Terms that stay: a hold is booked under the terms shown with it, and a moved appointment keeps its length. Pure.
import type { Instant } from '../../model/instant.ts';
import { keepingBooked } from '../../model/slot-terms.ts';
import type { Appointment, AppointmentPlace, Edit, Hold, NewAppointment, SlotAsk } from './calendar.ts';

/** Whether it is too late to confirm a hold. For a hold placed after its start the rule was already waived; for others it may be waived now. */
export function hasBegun({ startsAt, placedAt: heldAt }: Hold, { override }: NewAppointment, at: Instant): boolean {
  return startsAt <= at && heldAt <= startsAt && override?.rules.includes('slot-in-past') !== true;
}

/** Whether what is due for a hold has been paid, or the business books it without. While its customer pays, only that payment counts. */
export function isPaidFor({ state, terms }: Hold, { payment }: NewAppointment): boolean {
  if (terms?.due === undefined) return true;
  return payment !== undefined && (payment.paymentId !== null || state !== 'paying');
}

/** A hold of a version that kept no terms is booked under those that come with the booking. */
export function asHeld(appointment: NewAppointment, { terms }: Hold): NewAppointment {
  if (terms === undefined) return appointment;
  const { serviceName, addOns, price, voucher, taxPercent, policy, approval: _, due: _due, ...place } = terms;
  const { taxPercent: _tax, addOns: _along, voucher: _off, ...rest } = placedAt(appointment, place);
  return { ...rest, serviceName, ...(addOns && { addOns }), price, ...(voucher && { voucher }), policy, ...(taxPercent !== undefined && { taxPercent }) };
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

/** What an edit asks of a calendar: the start and the seats stay, and so do the terms, unless the service or the length is changed. */
export function slotForEdit(appointment: Appointment, slot: SlotAsk, { terms: { serviceId }, minutes }: Edit): SlotAsk {
  const terms = serviceId === undefined ? keepingBooked(slot.terms, appointment) : slot.terms;
  return { ...slot, startsAt: appointment.startsAt, seats: appointment.seats, terms: minutes === null ? terms : { ...terms, minutes } };
}
