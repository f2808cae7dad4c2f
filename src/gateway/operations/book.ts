import { randomUUIDv7 } from 'node:crypto';
import { type Caller, proofOf, requestKeyOf } from '../../access/caller.ts';
import { mayAtAll, refuseAt, WHOLE_BUSINESS } from '../../access/rights.ts';
import type { Hold, HoldTerms, Override } from '../../actors/calendar/calendar.ts';
import type { PersonalDetails } from '../../actors/calendar/typed.ts';
import type { AppointmentDraft, BookedFor } from '../../actors/scheduler.ts';
import type { Instant } from '../../model/instant.ts';
import type { AppointmentReply, Book } from '../../protocol/appointments.ts';
import { type Failed, failed, failedField, isFailed, type Reply } from '../../protocol/reply.ts';
import type { GatewayContext } from '../context.ts';
import { offeredTerms, placeOfHold, termsOfHold } from './agreed-terms.ts';
import { askCalendar, type Describe, unlessAnswered } from './ask-calendar.ts';
import { resolveClaim, resolveOverride, spanOf } from './claim-ask.ts';
import { customerIdOf, personOf } from './customer-of.ts';
import { refuseOverlap } from './customer-overlap.ts';
import { refuseText, withinGuestLimits } from './guest-limit.ts';
import { refuseUnprovenGuest } from './guest-proof.ts';
import { isHeldBy } from './keep-hold.ts';
import { newReference } from './reference.ts';
import { countryAt, countryOfStaff } from './staff-directory.ts';
import { describeAppointment } from './wire-appointments.ts';

/** By consuming a hold, or directly. */
export async function book(context: GatewayContext, caller: Caller, body: Book): Promise<Reply<AppointmentReply>> {
  if (body.source !== undefined && body.source !== 'online' && !mayAtAll(caller.principal, 'name-source'))
    return failedField('forbidden', 'source', 'can only be set by staff');
  if (body.staffNotes != null && !mayAtAll(caller.principal, 'name-source')) return failedField('forbidden', 'staffNotes', 'can only be written by staff');
  const tooMuch = refuseText(caller, body);
  if (tooMuch !== undefined) return tooMuch;
  return body.by === 'hold' ? bookHold(context, caller, body) : bookSlot(context, caller, body);
}

type By<How extends Book['by']> = Extract<Book, { by: How }>;

async function bookHold(context: GatewayContext, caller: Caller, body: By<'hold'>): Promise<Reply<AppointmentReply>> {
  const proof = proofOf(context.tokens, caller);
  if (isFailed(proof)) return proof;
  const request = requestKeyOf(caller, 'book', body);
  const describe = described(context, caller);
  const hold = await context.scheduler.hold(body.holdId);
  if (hold === undefined) return askCalendar(context, caller, request, { type: 'seek-hold', holdId: body.holdId }, describe(null));
  const drafted = draftForHold(context, caller, body, hold);
  if (isFailed(drafted)) return unlessAnswered(context, caller, request, drafted, describe(null));
  const { approval, draft, details } = drafted;
  const bookedFor = { customerId: await customerIdOf(context, caller.principal, details.email), details };
  // The calendar refuses who does not have the hold.
  const refused = isHeldBy(hold, proof)
    ? ((await refuseUnprovenGuest(context, caller, hold, body)) ??
      (await refuseBusy(context, caller, { body, draft, customerId: bookedFor.customerId, at: hold })))
    : undefined;
  if (refused !== undefined) return unlessAnswered(context, caller, request, refused, describe(null));
  return withinGuestLimits(
    context,
    caller,
    { request, draft, email: details.email },
    (counted) =>
      askCalendar(context, caller, request, { type: 'confirm-hold', holdId: hold.id, proof, draft: counted, approval, ...bookedFor }, describe(bookedFor)),
    (refusal) => unlessAnswered(context, caller, request, refusal, describe(null)),
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
  return { approval, draft: draftOf(caller, body, { serviceId, agreed, override }), details: detailsOf(body, countryAt(context, terms.locationId)) };
}

async function bookSlot(context: GatewayContext, caller: Caller, body: By<'slot'>): Promise<Reply<AppointmentReply>> {
  const request = requestKeyOf(caller, 'book', body);
  const describe = described(context, caller);
  const claim = resolveClaim(context, caller, body);
  if (isFailed(claim)) return unlessAnswered(context, caller, request, claim, describe(null));
  const unproven = await refuseUnprovenGuest(context, caller, undefined, body);
  if (unproven !== undefined) return unlessAnswered(context, caller, request, unproven, describe(null));
  const { ask, service, staff } = claim;
  const place = ask.candidates[0]?.place;
  if (place === undefined) return failed('not-found');
  const { approval, ...agreed } = { ...offeredTerms(service, body.seats), ...place };
  const draft = draftOf(caller, body, { serviceId: service.id, agreed, override: ask.override });
  const details = detailsOf(body, countryOfStaff(context, staff));
  const bookedFor = { customerId: await customerIdOf(context, caller.principal, details.email), details };
  const busy = await refuseBusy(context, caller, { body, draft, customerId: bookedFor.customerId, at: spanOf(ask) });
  if (busy !== undefined) return unlessAnswered(context, caller, request, busy, describe(null));
  return withinGuestLimits(
    context,
    caller,
    { request, draft, email: details.email },
    (counted) => askCalendar(context, caller, request, { type: 'book', ask, draft: counted, approval, ...bookedFor }, describe(bookedFor)),
    (refusal) => unlessAnswered(context, caller, request, refusal, describe(null)),
  );
}

type Busy = Pick<BookedFor, 'customerId'> & {
  readonly body: Book;
  readonly draft: AppointmentDraft;
  readonly at: { readonly startsAt: Instant; readonly endsAt: Instant };
};

/** Who has never booked is not busy. */
async function refuseBusy(context: GatewayContext, caller: Caller, { body: { allowOverlap }, draft, customerId, at }: Busy): Promise<Failed | undefined> {
  const { startsAt, endsAt } = at;
  if (customerId === null) return undefined;
  return refuseOverlap(context, caller, { operation: 'book', customerId, startsAt, endsAt, appointmentId: draft.id, allowOverlap });
}

/** null: it can only be a repeat. */
function described(context: GatewayContext, caller: Caller): (bookedFor: BookedFor | null) => Describe<AppointmentReply> {
  const reader = { principal: caller.principal, place: WHOLE_BUSINESS, as: 'author' } as const;
  return (bookedFor) =>
    describeAppointment(context, { status: caller.dryRun ? 200 : 201, reader, withToken: !caller.dryRun, details: bookedFor?.details ?? null });
}

type Circumstances = {
  readonly serviceId: string;
  /** Later changes of the catalog leave it alone. */
  readonly agreed: Omit<HoldTerms, 'approval'>;
  readonly override: Override | null;
};

/** What the appointment says beside its time. */
function draftOf(caller: Caller, body: Book, { serviceId, agreed, override }: Circumstances): AppointmentDraft {
  return {
    id: body.id ?? randomUUIDv7(),
    reference: newReference(),
    serviceId,
    ...agreed,
    source: body.source ?? usualSourceOf(caller),
    override,
    createdBy: caller.principal?.userId ?? null,
  };
}

/** What was typed. `country`: where the customer's telephone number is meant to be; null where that is not certain. */
function detailsOf({ customer, notes, staffNotes, answers, override }: Book, country: string | null): PersonalDetails {
  return {
    ...personOf(customer, country),
    notes: notes ?? null,
    staffNotes: staffNotes ?? null,
    answers: answers ?? {},
    reason: null,
    overrideReason: override?.reason ?? null,
  };
}

function usualSourceOf({ principal }: Caller): AppointmentDraft['source'] {
  if (principal?.role === 'integration') return 'integration';
  return mayAtAll(principal, 'name-source') ? 'desk' : 'online';
}
