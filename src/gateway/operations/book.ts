import { randomUUIDv7 } from 'node:crypto';
import type { Hold, Override } from '../../actors/calendar/calendar.ts';
import type { AppointmentDraft } from '../../actors/scheduler.ts';
import type { BookableService } from '../../catalog/catalog.ts';
import type { AppointmentReply, Book } from '../../protocol/appointments.ts';
import type { GatewayContext } from '../context.ts';
import { mayAtAll, refuseAt, WHOLE_BUSINESS } from '../security/rights.ts';
import { askCalendar, type Describe, unlessAnswered } from './ask-calendar.ts';
import { type Caller, proofOf, requestKeyOf } from './caller.ts';
import { resolveClaim, resolveOverride } from './claim-ask.ts';
import { customerOf } from './customer-of.ts';
import { refuseText, withinGuestLimits } from './guest-limit.ts';
import { refuseUnprovenGuest } from './guest-proof.ts';
import { isHeldBy } from './keep-hold.ts';
import { newReference } from './reference.ts';
import { failed, failedField, isFailed, type Reply } from './reply.ts';
import { type CalendarPlace, countryOfStaff, placeOfCalendar, placeOfStaff, staffMemberOf } from './staff-directory.ts';
import { describeAppointment } from './wire-appointments.ts';

/** By consuming a hold, or directly. */
export async function book(context: GatewayContext, caller: Caller, body: Book): Promise<Reply<AppointmentReply>> {
  if (body.source !== undefined && body.source !== 'online' && !mayAtAll(caller.principal, 'name-source'))
    return failedField('forbidden', 'source', 'is for staff to say');
  if (body.staffNotes != null && !mayAtAll(caller.principal, 'name-source')) return failedField('forbidden', 'staffNotes', 'are for staff to write');
  const tooMuch = refuseText(caller, body);
  if (tooMuch !== undefined) return tooMuch;
  return body.by === 'hold' ? bookHold(context, caller, body) : bookSlot(context, caller, body);
}

type By<How extends Book['by']> = Extract<Book, { by: How }>;

async function bookHold(context: GatewayContext, caller: Caller, body: By<'hold'>): Promise<Reply<AppointmentReply>> {
  const proof = proofOf(context, caller);
  if (isFailed(proof)) return proof;
  const request = requestKeyOf(caller, 'book', body);
  const describe = described(context, caller);
  const hold = await context.scheduler.hold(body.holdId);
  if (hold === undefined) return askCalendar(context, caller, request, { type: 'seek-hold', holdId: body.holdId }, describe);
  const drafted = draftForHold(context, caller, body, hold);
  if (isFailed(drafted)) return unlessAnswered(context, caller, request, drafted, describe);
  // The calendar refuses who does not have the hold.
  const refused = isHeldBy(hold, proof) ? await refuseUnprovenGuest(context, caller, hold, body) : undefined;
  if (refused !== undefined) return unlessAnswered(context, caller, request, refused, describe);
  const { approval } = drafted.service;
  return withinGuestLimits(
    context,
    caller,
    { request, draft: drafted.draft },
    (draft) => askCalendar(context, caller, request, { type: 'confirm-hold', holdId: hold.id, proof, draft, approval }, describe),
    (refusal) => unlessAnswered(context, caller, request, refusal, describe),
  );
}

function draftForHold(context: GatewayContext, caller: Caller, body: By<'hold'>, hold: Hold) {
  const service = context.catalog.snapshotWithArchived().services.get(hold.serviceId);
  const place = placeOfCalendar(context, hold.calendarId);
  const member = staffMemberOf(context, hold.staffId);
  if (service === undefined || place === undefined || member === undefined) return failed('hold-not-found');
  const barred = refuseAt(caller.principal, 'book', place);
  if (barred !== undefined) return barred;
  const override = resolveOverride(caller, body.override, [member]);
  if (override !== null && isFailed(override)) return override;
  return { service, draft: draftOf(caller, body, { service, place, country: countryOfStaff(context, [member]), seats: hold.seats, override }) };
}

async function bookSlot(context: GatewayContext, caller: Caller, body: By<'slot'>): Promise<Reply<AppointmentReply>> {
  const request = requestKeyOf(caller, 'book', body);
  const describe = described(context, caller);
  const claim = resolveClaim(context, caller, body);
  if (isFailed(claim)) return unlessAnswered(context, caller, request, claim, describe);
  const unproven = await refuseUnprovenGuest(context, caller, undefined, body);
  if (unproven !== undefined) return unlessAnswered(context, caller, request, unproven, describe);
  const { ask, service, staff } = claim;
  const place = staff[0] && placeOfStaff(context, staff[0].id);
  if (place === undefined) return failed('not-found');
  const draft = draftOf(caller, body, { service, place, country: countryOfStaff(context, staff), seats: body.seats, override: ask.override });
  return withinGuestLimits(
    context,
    caller,
    { request, draft },
    (counted) => askCalendar(context, caller, request, { type: 'book', ask, draft: counted, approval: service.approval }, describe),
    (refusal) => unlessAnswered(context, caller, request, refusal, describe),
  );
}

function described(context: GatewayContext, caller: Caller): Describe<AppointmentReply> {
  const reader = { principal: caller.principal, place: WHOLE_BUSINESS, as: 'author' } as const;
  return describeAppointment(context, { status: caller.dryRun ? 200 : 201, reader, withToken: !caller.dryRun });
}

type Circumstances = {
  readonly service: BookableService;
  readonly place: CalendarPlace;
  /** Where the customer's telephone number is meant to be; null where that is not certain. */
  readonly country: string | null;
  readonly seats: number;
  readonly override: Override | null;
};

/** What the appointment says beside its time. Price and policy are those of the service at this moment; later changes of the catalog leave them alone. */
function draftOf(caller: Caller, body: Book, { service, place, country, seats, override }: Circumstances): AppointmentDraft {
  return {
    id: body.id ?? randomUUIDv7(),
    reference: newReference(),
    serviceId: service.id,
    locationId: place.locationId,
    timeZone: place.timeZone,
    customer: customerOf(caller.principal, body.customer, country),
    price: { amount: service.price.amount * seats, currency: service.price.currency },
    policy: { cancelUntilMinutes: service.cancelUntilMinutes, rescheduleUntilMinutes: service.rescheduleUntilMinutes, refundRules: service.refundRules },
    source: body.source ?? usualSourceOf(caller),
    notes: body.notes ?? null,
    staffNotes: body.staffNotes ?? null,
    answers: body.answers ?? {},
    override,
    createdBy: caller.principal?.userId ?? null,
  };
}

function usualSourceOf({ principal }: Caller): AppointmentDraft['source'] {
  if (principal?.role === 'integration') return 'integration';
  return mayAtAll(principal, 'name-source') ? 'desk' : 'online';
}
