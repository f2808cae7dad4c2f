import { type Reader, rulesTold, toldOf } from '../access/sight.ts';
import type { Appointment } from '../actors/calendar/calendar.ts';
import type { StandingDetails } from '../actors/calendar/typed.ts';
import { type Instant, instant, MINUTE } from '../model/instant.ts';
import type { AppointmentReply } from '../protocol/appointments.ts';
import { failed } from '../protocol/reply.ts';
import { etagOf } from '../protocol/versions.ts';
import { wireTime } from '../protocol/wire-times.ts';
import { namesOf } from './agreed-terms.ts';
import type { Describe } from './ask-calendar.ts';
import type { Catalogs, Describing } from './parts.ts';
import { wireVoucher } from './vouchers.ts';

/** `details`: what was typed for it; null where that was erased. */
export function wireAppointment(
  parts: Catalogs,
  appointment: Appointment,
  details: StandingDetails | null,
  revision: number,
  reader: Reader,
): AppointmentReply {
  const { timeZone, policy } = appointment;
  const rules = rulesTold(reader, appointment, details);
  const told = toldOf(reader, appointment, details);
  const at = (moment: Instant) => wireTime(moment, timeZone);
  return {
    id: appointment.id,
    reference: told?.reference ?? null,
    status: appointment.status,
    serviceId: appointment.serviceId,
    staffId: appointment.staffId,
    calendarId: appointment.calendarId,
    locationId: appointment.locationId,
    ...namesOf(parts, appointment, appointment),
    startsAt: at(appointment.startsAt),
    endsAt: at(appointment.endsAt),
    timeZone,
    seats: appointment.seats,
    customer: told?.customer ?? null,
    price: appointment.price,
    priceType: policy.priceType ?? 'fixed',
    ...(appointment.voucher && { voucher: wireVoucher(appointment.voucher, appointment.price) }),
    addOns: [...(appointment.addOns ?? [])],
    ...(appointment.agreedBefore && { agreedBefore: appointment.agreedBefore.map(wireAgreed) }),
    source: appointment.source,
    notes: told?.notes ?? null,
    staffNotes: told?.staffNotes ?? null,
    answers: told?.answers ?? {},
    override: rules.length > 0 ? { rules: [...rules], reason: told?.overrideReason ?? null } : null,
    ...(told?.overlaps && { overlaps: true }),
    reason: told?.reason ?? null,
    revision,
    cancellableUntil: deadline(appointment, policy.cancelUntilMinutes),
    reschedulableUntil: deadline(appointment, policy.rescheduleUntilMinutes),
    createdAt: at(appointment.createdAt),
  };
}

/** The latest moment at which the customer can do it, as elapsed time before the start; without a limit it is the start. */
function deadline({ status, startsAt, timeZone }: Appointment, untilMinutes: number | null): string | null {
  if (status !== 'pending' && status !== 'booked') return null;
  return wireTime(instant(startsAt - (untilMinutes ?? 0) * MINUTE), timeZone);
}

type Told = {
  readonly status: number;
  readonly reader: Reader;
  readonly withToken: boolean;
  /** What is typed beside the appointment once it is done. A repeat is told what stands there by then. */
  readonly details: StandingDetails | null;
};

/** Of any change of an appointment. */
export function describeAppointment(parts: Describing, { status, reader, withToken, details }: Told): Describe<AppointmentReply> {
  return async ({ event, revision, replayed }) => {
    if (!('appointment' in event)) return failed('hold-not-found');
    const { id } = event.appointment;
    const typed = replayed ? ((await parts.appointments.detailsOf([id])).get(id) ?? null) : details;
    const body = wireAppointment(parts, event.appointment, typed, revision, reader);
    const manageToken = withToken ? { manageToken: parts.tokens.manageToken(body.id) } : {};
    return {
      status,
      headers: { ETag: etagOf(revision), ...(status === 201 && { Location: `/v1/appointments/${body.id}` }) },
      body: { ...body, ...manageToken },
    };
  };
}

function wireAgreed({
  serviceId,
  price,
  policy,
  addOns,
}: NonNullable<Appointment['agreedBefore']>[number]): NonNullable<AppointmentReply['agreedBefore']>[number] {
  return { serviceId, price, priceType: policy.priceType ?? 'fixed', ...(addOns !== undefined && { addOns: [...addOns] }) };
}
