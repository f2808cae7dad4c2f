// What an appointment is, changed by the business: its service, length, price and staff member, and what is written about it.
import type { Caller } from '../access/caller.ts';
import { may, refuseAt } from '../access/rights.ts';
import type { Appointment, Edit } from '../actors/calendar/calendar.ts';
import type { PersonalDetails } from '../actors/calendar/typed.ts';
import type { ClaimAsk, SchedulerCommand } from '../actors/scheduler.ts';
import type { BookableService } from '../catalog/catalog.ts';
import { e164Of } from '../customers/phone-number.ts';
import { type AgreedAddOn, isSameChoice, sumOf } from '../model/add-ons.ts';
import type { EditedField } from '../model/facts.ts';
import { instant, MINUTE } from '../model/instant.ts';
import { doneBy } from '../model/staff-terms.ts';
import type { AppointmentReply, EditAppointment } from '../protocol/appointments.ts';
import { type Failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { ONE_DAY_MINUTES } from '../protocol/scalars.ts';
import { type Chosen, changedAddOns, withAddOns } from './add-ons.ts';
import { offeredTerms } from './agreed-terms.ts';
import type { AppointmentRecord } from './appointment-reads-port.ts';
import { claimToEdit, serviceToBook } from './candidates.ts';
import { change } from './change-appointment.ts';
import { refuseOverlap } from './customers.ts';
import type { FoundAppointment } from './find-appointment.ts';
import type { Booking, Catalogs } from './parts.ts';
import { countryAt } from './staff-directory.ts';
import { carried, editedVoucher, repriced } from './voucher-of-edit.ts';

type Edited = Extract<SchedulerCommand, { type: 'edit' }>;

/** Of services that an appointment had before; more often than that it is a new one. */
const MOST_AGREED = 5;

/** One decision where its time or its calendar is touched. What was paid stays as it is: the payment says what is due then. */
export function editAppointment(parts: Booking, caller: Caller, appointmentId: string, body: EditAppointment): Promise<Reply<AppointmentReply>> {
  return change(parts, caller, { name: 'edit', appointmentId, body, action: 'settle-appointment' }, (found) => editOf(parts, caller, found, body));
}

async function editOf(parts: Booking, caller: Caller, { appointment }: FoundAppointment, body: EditAppointment): Promise<Edited | Failed> {
  const barred = refuseFields(caller, appointment, body) ?? refuseErased(appointment, body);
  if (barred !== undefined) return barred;
  const wanted = wantedOf(parts, caller, appointment, body);
  if (isFailed(wanted)) return wanted;
  const { service, minutes } = wanted;
  const isOther = service.id !== appointment.serviceId;
  const priced = pricedOf(appointment, wanted.terms, body);
  if (isFailed(priced)) return priced;
  const less = await editedVoucher(parts, caller, { appointment, body, terms: wanted.terms, serviceId: service.id });
  if (isFailed(less)) return less;
  const terms = { ...wanted.terms, ...priced, ...less };
  const edit = { fields: fieldsOf(body, appointment, terms), terms, minutes: body.minutes ?? minutes };
  const details = detailsOf(parts, appointment, body);
  const staysWhere = !isOther && edit.minutes === null && (body.staffId === undefined || body.staffId === appointment.staffId);
  if (staysWhere && body.override !== undefined) return failedField('invalid-request', 'override', 'is for another service, length or person');
  if (staysWhere) return { type: 'edit', appointmentId: appointment.id, edit, ask: null, details };
  const ask = claimToEdit(parts, caller, appointment, { service, staffId: body.staffId, override: body.override });
  if (isFailed(ask)) return ask;
  const busy = await refuseBusy(parts, caller, { appointment, edit, ask, allowOverlap: body.allowOverlap });
  const reason = ask.override === null ? undefined : body.override?.reason;
  return busy ?? { type: 'edit', appointmentId: appointment.id, edit, ask, details: { ...details, ...(reason !== undefined && { overrideReason: reason }) } };
}

/** Who may not read what stands there may not write it, and prices are for those who take payments. */
function refuseFields({ principal }: Caller, appointment: Appointment, body: EditAppointment): Failed | undefined {
  const { customer, notes, staffNotes, price, priceType, voucherCode } = body;
  const written = Object.entries({ customer, notes, staffNotes }).find(([, given]) => given !== undefined);
  if (written !== undefined && !may(principal, 'see-customers', appointment))
    return failedField('forbidden', written[0], 'is for those who may see the customer');
  const [ofMoney] = Object.entries({ price, priceType, voucherCode }).find(([, given]) => given !== undefined) ?? [];
  if (ofMoney === undefined) return undefined;
  if (refuseAt(principal, 'take-payment', appointment) !== undefined) return failedField('forbidden', ofMoney, 'is for the front desk and above');
  if (price === undefined || price.currency === appointment.price.currency) return undefined;
  return failedField('invalid-request', 'price.currency', `must be ${appointment.price.currency}, in which it was booked`);
}

/** What was erased stays erased. */
function refuseErased({ details }: AppointmentRecord, { customer, notes, staffNotes }: EditAppointment): Failed | undefined {
  const written = Object.entries({ customer, notes, staffNotes }).find(([, given]) => given !== undefined);
  return written === undefined || details !== null ? undefined : failedField('invalid-request', written[0], 'was erased together with the customer');
}

/** The one it has may have been taken off the list since; another one is as the person does it. */
function serviceFor(
  parts: Catalogs,
  { principal }: Caller,
  { serviceId, staffId, seats, price, capacity }: Appointment,
  body: EditAppointment,
): BookableService | Failed {
  const isOther = body.serviceId !== undefined && body.serviceId !== serviceId;
  const service = isOther
    ? serviceToBook(parts.catalog.snapshot(), body.serviceId ?? serviceId, principal)
    : (parts.catalog.snapshotWithArchived().services.get(serviceId) ?? failedField('not-found', 'serviceId', 'no longer exists'));
  if (isFailed(service)) return service;
  if (isOther && service.capacity < seats) return failedField('invalid-request', 'serviceId', `has fewer seats than the ${seats} of this appointment`);
  if (isOther && service.price.currency !== price.currency) return failedField('invalid-request', 'serviceId', 'has its price in another currency');
  if (body.minutes !== undefined && (isOther ? service.capacity : capacity) > 1)
    return failedField('invalid-request', 'minutes', 'is the same for everybody in a class');
  return isOther ? doneBy(service, body.staffId ?? staffId) : service;
}

/** `minutes`: null where the length stays, or is that of the service. */
type Wanted = { readonly service: BookableService; readonly terms: Edit['terms']; readonly minutes: number | null };

function wantedOf(parts: Catalogs, caller: Caller, appointment: Appointment, body: EditAppointment): Wanted | Failed {
  const service = serviceFor(parts, caller, appointment, body);
  if (isFailed(service)) return service;
  if (service.id !== appointment.serviceId) return withOther(caller, service, appointment, body);
  return body.addOnIds === undefined ? { service, terms: {}, minutes: null } : withSame(caller, service, appointment, { ...body, addOnIds: body.addOnIds });
}

/** A price that is set is final, unless it is said that it is only the least. What was agreed to be free stays free. */
function pricedOf(appointment: Appointment, terms: Edit['terms'], { price, priceType }: EditAppointment): Pick<Edit['terms'], 'price' | 'policy'> | Failed {
  if (price === undefined && priceType === undefined) return {};
  const { priceType: before, ...policy } = terms.policy ?? appointment.policy;
  const isFrom = priceType === 'from';
  if (before === 'free') {
    if (priceType !== undefined) return failedField('invalid-request', 'priceType', 'cannot be set of what is free');
    return price?.amount === 0 ? { price } : failedField('invalid-request', 'price', 'must be 0: it was agreed to be free');
  }
  const amount = (price ?? terms.price ?? appointment.price).amount;
  if (isFrom && amount === 0) return failedField('invalid-request', 'price', 'must be more than 0 where priceType is from');
  return { ...(price && { price }), policy: { ...policy, ...(isFrom && { priceType: 'from' as const }) } };
}

/** Length and price change by the difference, unless they are given. */
function withSame(
  { principal }: Caller,
  service: BookableService,
  appointment: Appointment,
  { addOnIds, minutes: given }: Pick<EditAppointment, 'minutes'> & { readonly addOnIds: readonly string[] },
): Wanted | Failed {
  const { startsAt, endsAt, price, seats, capacity, addOns: before = [] } = appointment;
  const addOns = changedAddOns(service, before, addOnIds, principal);
  if (isFailed(addOns)) return addOns;
  const { price: next, ...less } = repriced(appointment, dearerBy(seats, before, addOns));
  const terms = { addOns, ...less, ...(next.amount !== price.amount && { price: next }) };
  const longer = sumOf(addOns).durationMinutes - sumOf(before).durationMinutes;
  if (longer === 0 || given !== undefined) return { service, terms, minutes: null };
  if (capacity > 1) return failedField('invalid-request', 'addOnIds', 'change the length, which is the same for everybody in a class');
  const minutes = (endsAt - startsAt) / MINUTE + longer;
  if (minutes < 1) return failedField('invalid-request', 'minutes', 'is needed: without these add-ons no time would be left');
  if (minutes > ONE_DAY_MINUTES) return failedField('invalid-request', 'addOnIds', 'would make it longer than a day');
  return { service, terms, minutes };
}

function dearerBy(seats: number, before: readonly AgreedAddOn[], addOns: readonly AgreedAddOn[]): number {
  return (sumOf(addOns).priceMinor - sumOf(before).priceMinor) * seats;
}

/**
 * What was agreed for a service that it had before comes back with it, add-ons included; otherwise the terms are those of now, without add-ons unless
 * they are named.
 */
function withOther({ principal }: Caller, service: BookableService, appointment: Appointment, { addOnIds }: EditAppointment): Wanted | Failed {
  const { serviceId, serviceName, addOns: along = [], seats, price, voucher = null, taxPercent = null, policy, agreedBefore = [] } = appointment;
  const kept = agreedBefore.find((one) => one.serviceId === service.id);
  const before = kept?.addOns ?? [];
  const addOns = addOnIds === undefined ? before : changedAddOns(service, before, addOnIds, principal);
  if (isFailed(addOns)) return addOns;
  const chosen = withAddOns(service, addOns);
  const others = agreedBefore.filter((one) => one !== kept && one.serviceId !== serviceId);
  const left = {
    serviceId,
    ...(serviceName !== undefined && { serviceName }),
    ...(along.length > 0 && { addOns: along }),
    price,
    taxPercent,
    policy,
    ...(voucher && { voucher }),
  };
  const terms = kept === undefined ? termsOffered(chosen, appointment) : { ...kept, voucher: null, ...repriced(kept, dearerBy(seats, before, addOns)) };
  const named = { serviceName: kept?.serviceName ?? service.name, addOns, agreedBefore: [...others, left].slice(-MOST_AGREED) };
  return { service: chosen.service, terms: { ...terms, ...named }, minutes: null };
}

/** A no-show fee is what the customer has agreed to: the business adds none afterwards, and the price limits it. */
function termsOffered(chosen: Chosen, { seats, policy: { noShowFee, keepsCard, feeTaxed, reserves }, voucher }: Appointment): Edit['terms'] {
  const { price, policy, taxPercent = null } = offeredTerms(chosen, seats);
  const { noShowFee: _, keepsCard: _card, feeTaxed: _taxed, reserves: _soon, ...rules } = policy;
  const fee = { ...(noShowFee && { noShowFee }), ...(keepsCard && { keepsCard }), ...(feeTaxed && { feeTaxed }), ...(reserves && { reserves }) };
  return { serviceId: chosen.service.id, ...carried(price, voucher), taxPercent, policy: { ...rules, ...fee } };
}

function fieldsOf(body: EditAppointment, { serviceId, staffId, addOns = [], details }: AppointmentRecord, terms: Edit['terms']): readonly EditedField[] {
  const isOther = body.serviceId !== undefined && body.serviceId !== serviceId;
  const given: readonly (readonly [EditedField, boolean])[] = [
    ['service', isOther],
    ['add-ons', terms.addOns !== undefined && !isSameChoice(terms.addOns, addOns)],
    ['length', body.minutes !== undefined],
    ['price', body.price !== undefined || body.priceType !== undefined || terms.price !== undefined],
    ['staff', body.staffId !== undefined && body.staffId !== staffId],
    ['customer', body.customer !== undefined],
    ['email', body.customer?.email !== undefined && body.customer.email !== details?.email],
    ['notes', body.notes !== undefined],
    ['staff-notes', body.staffNotes !== undefined],
  ];
  return given.filter(([, isGiven]) => isGiven).map(([field]) => field);
}

function detailsOf(parts: Catalogs, { locationId }: Appointment, { customer, notes, staffNotes }: EditAppointment): Partial<PersonalDetails> {
  const { name, email, phone } = customer ?? {};
  return {
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone, phoneE164: phone === null ? null : (e164Of(phone, countryAt(parts, locationId)) ?? null) }),
    ...(notes !== undefined && { notes }),
    ...(staffNotes !== undefined && { staffNotes }),
  };
}

type Busy = { readonly appointment: Appointment; readonly edit: Edit; readonly ask: ClaimAsk; readonly allowOverlap: boolean | undefined };

/** Only where it becomes longer: the rest of its time is the customer's already. */
async function refuseBusy(parts: Booking, caller: Caller, { appointment, edit, ask, allowOverlap }: Busy): Promise<Failed | undefined> {
  const { id, customerId, startsAt, endsAt: endsNow } = appointment;
  const endsAt = instant(startsAt + (edit.minutes ?? ask.terms.minutes) * MINUTE);
  if (endsAt <= endsNow) return undefined;
  return refuseOverlap(parts, caller, { operation: 'edit', customerId, startsAt: endsNow, endsAt, appointmentId: id, allowOverlap });
}
