import { randomUUIDv7 } from 'node:crypto';
import type { Hold, HoldTerms, Override } from '../../actors/calendar/calendar.ts';
import type { AppointmentDraft } from '../../actors/scheduler.ts';
import type { Instant } from '../../model/instant.ts';
import type { AppointmentReply, Book } from '../../protocol/appointments.ts';
import type { GatewayContext } from '../context.ts';
import { mayAtAll, refuseAt, WHOLE_BUSINESS } from '../security/rights.ts';
import { offeredTerms, placeOfHold, termsOfHold } from './agreed-terms.ts';
import { askCalendar, type Describe, unlessAnswered } from './ask-calendar.ts';
import { type Caller, proofOf, requestKeyOf } from './caller.ts';
import { resolveClaim, resolveOverride, spanOf } from './claim-ask.ts';
import { customerOf } from './customer-of.ts';
import { refuseOverlap } from './customer-overlap.ts';
import { refuseText, withinGuestLimits } from './guest-limit.ts';
import { refuseUnprovenGuest } from './guest-proof.ts';
import { isHeldBy } from './keep-hold.ts';
import { newReference } from './reference.ts';
import { type Failed, failed, failedField, isFailed, type Reply } from './reply.ts';
import { countryAt, countryOfStaff } from './staff-directory.ts';
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
  const refused = isHeldBy(hold, proof)
    ? ((await refuseUnprovenGuest(context, caller, hold, body)) ?? (await refuseBusy(context, caller, { body, draft: drafted.draft, at: hold })))
    : undefined;
  if (refused !== undefined) return unlessAnswered(context, caller, request, refused, describe);
  const { approval } = drafted;
  return withinGuestLimits(
    context,
    caller,
    { request, draft: drafted.draft },
    (draft) => askCalendar(context, caller, request, { type: 'confirm-hold', holdId: hold.id, proof, draft, approval }, describe),
    (refusal) => unlessAnswered(context, caller, request, refusal, describe),
  );
}

/** The draft has the hold's terms; the calendar sees to it that they are those of the hold it has. */
function draftForHold(context: GatewayContext, caller: Caller, body: By<'hold'>, hold: Hold) {
  const { serviceId } = hold;
  if (!context.catalog.snapshot().services.has(serviceId))
    return failed('not-found', { detail: 'The service that this time was held for is not offered any more.' });
  const terms = termsOfHold(context, hold);
  if (terms === undefined) return failed('hold-not-found');
  const place = placeOfHold(context, hold);
  const barred = refuseAt(caller.principal, 'book', place);
  if (barred !== undefined) return barred;
  const override = resolveOverride(caller, body.override, [place]);
  if (override !== null && isFailed(override)) return override;
  const { approval, ...agreed } = terms;
  return { approval, draft: draftOf(caller, body, { serviceId, agreed, country: countryAt(context, terms.locationId), override }) };
}

async function bookSlot(context: GatewayContext, caller: Caller, body: By<'slot'>): Promise<Reply<AppointmentReply>> {
  const request = requestKeyOf(caller, 'book', body);
  const describe = described(context, caller);
  const claim = resolveClaim(context, caller, body);
  if (isFailed(claim)) return unlessAnswered(context, caller, request, claim, describe);
  const unproven = await refuseUnprovenGuest(context, caller, undefined, body);
  if (unproven !== undefined) return unlessAnswered(context, caller, request, unproven, describe);
  const { ask, service, staff } = claim;
  const place = ask.candidates[0]?.place;
  if (place === undefined) return failed('not-found');
  const { approval, ...agreed } = { ...offeredTerms(service, body.seats), ...place };
  const draft = draftOf(caller, body, { serviceId: service.id, agreed, country: countryOfStaff(context, staff), override: ask.override });
  const busy = await refuseBusy(context, caller, { body, draft, at: spanOf(ask) });
  if (busy !== undefined) return unlessAnswered(context, caller, request, busy, describe);
  return withinGuestLimits(
    context,
    caller,
    { request, draft },
    (counted) => askCalendar(context, caller, request, { type: 'book', ask, draft: counted, approval }, describe),
    (refusal) => unlessAnswered(context, caller, request, refusal, describe),
  );
}

type Busy = { readonly body: Book; readonly draft: AppointmentDraft; readonly at: { readonly startsAt: Instant; readonly endsAt: Instant } };

function refuseBusy(context: GatewayContext, caller: Caller, { body: { allowOverlap }, draft, at: { startsAt, endsAt } }: Busy): Promise<Failed | undefined> {
  return refuseOverlap(context, caller, { operation: 'book', customerId: draft.customer.id, startsAt, endsAt, appointmentId: draft.id, allowOverlap });
}

function described(context: GatewayContext, caller: Caller): Describe<AppointmentReply> {
  const reader = { principal: caller.principal, place: WHOLE_BUSINESS, as: 'author' } as const;
  return describeAppointment(context, { status: caller.dryRun ? 200 : 201, reader, withToken: !caller.dryRun });
}

type Circumstances = {
  readonly serviceId: string;
  /** Later changes of the catalog leave it alone. */
  readonly agreed: Omit<HoldTerms, 'approval'>;
  /** Where the customer's telephone number is meant to be; null where that is not certain. */
  readonly country: string | null;
  readonly override: Override | null;
};

/** What the appointment says beside its time. */
function draftOf(caller: Caller, body: Book, { serviceId, agreed, country, override }: Circumstances): AppointmentDraft {
  return {
    id: body.id ?? randomUUIDv7(),
    reference: newReference(),
    serviceId,
    ...agreed,
    customer: customerOf(caller.principal, body.customer, country),
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
