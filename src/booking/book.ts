import { randomInt, randomUUIDv7 } from 'node:crypto';
import { type Caller, proofOf, requestKeyOf } from '../access/caller.ts';
import { mayAtAll, refuseAt, WHOLE_BUSINESS } from '../access/rights.ts';
import type { Hold, HoldTerms, Override } from '../actors/calendar/calendar.ts';
import type { PersonalDetails } from '../actors/calendar/typed.ts';
import type { AppointmentDraft, BookedFor, ClaimAsk, RequestKey } from '../actors/scheduler.ts';
import type { BookableService } from '../catalog/catalog.ts';
import { inWords } from '../model/field-error.ts';
import type { Instant } from '../model/instant.ts';
import type { Money } from '../model/money.ts';
import { agreedPolicy } from '../model/payment-words.ts';
import { type Answers, wrongAnswers } from '../model/questions.ts';
import { rangesOf } from '../model/staff-terms.ts';
import type { Voucher } from '../model/voucher.ts';
import type { AppointmentReply, Book } from '../protocol/appointments.ts';
import { type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { offeredTerms, otherwiseWith, placeOfHold, termsOfHold } from './agreed-terms.ts';
import { askCalendar, type Describe, unlessAnswered } from './ask-calendar.ts';
import { type ResolvedClaim, resolveClaim, resolveOverride, spanOf } from './candidates.ts';
import { customerFor, refuseBlocked, refuseOverlap } from './customers.ts';
import { refuseText, withinGuestLimits } from './guest-limit.ts';
import { refuseUnprovenGuest } from './guest-proof.ts';
import { isHeldBy } from './holds.ts';
import type { Booking, Catalogs } from './parts.ts';
import { countryAt, countryOfStaff } from './staff-directory.ts';
import { refuseUsedUp, voucherFor } from './vouchers.ts';
import { describeAppointment } from './wire-appointments.ts';

/** By consuming a hold, or directly. */
export async function book(parts: Booking, caller: Caller, body: Book): Promise<Reply<AppointmentReply>> {
  if (body.source !== undefined && body.source !== 'online' && !mayAtAll(caller.principal, 'name-source'))
    return failedField('forbidden', 'source', 'can only be set by staff');
  if (body.notify !== undefined && !mayAtAll(caller.principal, 'name-source')) return failedField('forbidden', 'notify', 'is for staff to say');
  if (body.staffNotes != null && !mayAtAll(caller.principal, 'name-source')) return failedField('forbidden', 'staffNotes', 'can only be written by staff');
  const refused = refuseWords(caller, body);
  if (refused !== undefined) return refused;
  return body.by === 'hold' ? bookHold(parts, caller, body) : bookSlot(parts, caller, body);
}

/** Whom it is for, and what is said beside, by those who book for themselves. */
export function refuseWords(caller: Caller, body: Pick<Book, 'customer' | 'notes' | 'answers'>): Failed | undefined {
  if (body.customer.email == null && body.customer.id === undefined && !mayAtAll(caller.principal, 'name-source'))
    return failedField('invalid-request', 'customer.email', 'is needed to book for yourself');
  return refuseText(caller, body);
}

/** Those who book for others may leave questions open, and may write down what a service does not ask, as long as it asks nothing. */
function refuseAnswers(caller: Caller, { questions }: Pick<BookableService, 'questions'>, answers: Answers = {}): Failed | undefined {
  const isForOthers = mayAtAll(caller.principal, 'name-source');
  const errors = isForOthers && questions.length === 0 ? [] : wrongAnswers(questions, answers, isForOthers);
  return errors.length === 0 ? undefined : failed('invalid-request', { detail: inWords(errors), errors: [...errors] });
}

const HOW_TO_PAY = 'Hold the time first, then pay: POST /v1/holds/{id}/payment.';

type By<How extends Book['by']> = Extract<Book, { by: How }>;

async function bookHold(parts: Booking, caller: Caller, body: By<'hold'>): Promise<Reply<AppointmentReply>> {
  const proof = proofOf(parts.tokens, caller);
  if (isFailed(proof)) return proof;
  const request = requestKeyOf(caller, 'book', body, body.notify);
  const describe = described(parts, caller);
  const hold = await parts.scheduler.hold(body.holdId);
  if (hold === undefined) return askCalendar(parts, caller, request, { type: 'seek-hold', holdId: body.holdId }, describe(null));
  const refused = (refusal: Failed) => unlessAnswered(parts, caller, request, refusal, describe(null));
  const asked = { body, hold, request, isHolder: isHeldBy(hold, proof) };
  return withCheckedHold(
    parts,
    caller,
    asked,
    (checked) => askCalendar(parts, caller, request, { type: 'confirm-hold', holdId: hold.id, proof, ...checked }, describe(checked)),
    refused,
  );
}

/** What a hold is booked with, once nothing that is asked before its calendar speaks against it. */
export type CheckedHold = BookedFor & { readonly draft: AppointmentDraft; readonly approval: 'automatic' | 'manual' };
/** `isHolder`: the calendar refuses who does not have the hold. */
type HoldAsked = { readonly body: By<'hold'>; readonly hold: Hold; readonly request: RequestKey; readonly isHolder: boolean };

/** `refused` answers in the place of a refusal, since it may be a repeat of what was done. */
export async function withCheckedHold<Body extends object>(
  parts: Booking,
  caller: Caller,
  { body, hold, request, isHolder }: HoldAsked,
  ask: (checked: CheckedHold) => Promise<Reply<Body>>,
  refused: (refusal: Failed) => Promise<Reply<Body>>,
): Promise<Reply<Body>> {
  const drafted = draftForHold(parts, caller, body, hold);
  if (isFailed(drafted)) return refused(drafted);
  const { approval, draft, country } = drafted;
  const customer = await customerFor(parts, caller, body.customer, country);
  if (isFailed(customer)) return refused(customer);
  const { customerId } = customer;
  const details = detailsOf(body, customer.person);
  const refusal = isHolder
    ? ((await refuseUnprovenGuest(parts, caller, hold, body)) ??
      refuseBlocked(parts, caller, customer) ??
      (await refuseUsedUp(parts, draft.voucher, customerId)) ??
      (await refuseBusy(parts, caller, { body, draft, customerId, at: hold })))
    : undefined;
  if (refusal !== undefined) return refused(refusal);
  const counted = { request, draft, email: details.email };
  return withinGuestLimits(parts, caller, counted, (allowed) => ask({ approval, draft: allowed, customerId, details }), refused);
}

/** The draft has the hold's terms; the calendar sees to it that they are those of the hold it has. */
function draftForHold(parts: Catalogs, caller: Caller, body: By<'hold'>, hold: Hold) {
  const { serviceId } = hold;
  const service = parts.catalog.snapshot().services.get(serviceId);
  if (service === undefined) return failed('not-found', { detail: 'The service that this time was held for is not offered any more.' });
  const terms = termsOfHold(parts, hold);
  if (terms === undefined) return failed('hold-not-found');
  const place = placeOfHold(parts, hold);
  const barred = refuseAt(caller.principal, 'book', place);
  if (barred !== undefined) return barred;
  const wrong = refuseAnswers(caller, service, body.answers);
  if (wrong !== undefined) return wrong;
  const override = resolveOverride(caller, body.override, [place]);
  if (override !== null && isFailed(override)) return override;
  const { approval, due, ...agreed } = terms;
  return { approval, draft: draftOf(caller, body, { serviceId, agreed, override, due }), country: countryAt(parts, terms.locationId) };
}

async function bookSlot(parts: Booking, caller: Caller, body: By<'slot'>): Promise<Reply<AppointmentReply>> {
  const request = requestKeyOf(caller, 'book', body, body.notify);
  const describe = described(parts, caller);
  const claim = resolveClaim(parts, caller, body);
  if (isFailed(claim)) return unlessAnswered(parts, caller, request, claim, describe(null));
  const unproven = refuseAnswers(caller, claim.service, body.answers) ?? (await refuseUnprovenGuest(parts, caller, undefined, body));
  if (unproven !== undefined) return unlessAnswered(parts, caller, request, unproven, describe(null));
  const { service, staff } = claim;
  const place = claim.ask.candidates[0]?.place;
  if (place === undefined) return failed('not-found');
  // It has to fit each person who may take it.
  const { least } = rangesOf(
    service,
    staff.map(({ id }) => id),
  ).price;
  const price = { ...least, amount: least.amount * body.seats };
  const voucher = body.voucherCode === undefined ? undefined : await voucherFor(parts, caller, body.voucherCode, { serviceId: service.id, price });
  if (voucher !== undefined && isFailed(voucher)) return unlessAnswered(parts, caller, request, voucher, describe(null));
  const ask = lessVoucher(claim, body.seats, voucher);
  const { approval, due, ...agreed } = { ...offeredTerms(claim, body.seats, voucher), ...place };
  const draft = draftOf(caller, body, { serviceId: service.id, agreed, override: ask.override, due });
  if (ask.candidates.some(({ agreed: own }) => (own ?? { due }).due !== undefined) && !mayAtAll(caller.principal, 'name-source'))
    return unlessAnswered(parts, caller, request, failed('payment-required', { detail: HOW_TO_PAY }), describe(null));
  const customer = await customerFor(parts, caller, body.customer, countryOfStaff(parts, staff));
  if (isFailed(customer)) return unlessAnswered(parts, caller, request, customer, describe(null));
  const { customerId } = customer;
  const bookedFor = { customerId, details: detailsOf(body, customer.person) };
  const refused =
    refuseBlocked(parts, caller, customer) ??
    (await refuseUsedUp(parts, draft.voucher, customerId)) ??
    (await refuseBusy(parts, caller, { body, draft, customerId, at: spanOf(ask) }));
  if (refused !== undefined) return unlessAnswered(parts, caller, request, refused, describe(null));
  return withinGuestLimits(
    parts,
    caller,
    { request, draft, email: bookedFor.details.email },
    (counted) => askCalendar(parts, caller, request, { type: 'book', ask, draft: counted, approval, ...bookedFor }, describe(bookedFor)),
    (refusal) => unlessAnswered(parts, caller, request, refusal, describe(null)),
  );
}

function lessVoucher({ ask, ...chosen }: ResolvedClaim, seats: number, voucher: Voucher | undefined): ClaimAsk {
  if (voucher === undefined) return ask;
  return { ...ask, candidates: ask.candidates.map((candidate) => ({ ...candidate, ...otherwiseWith(chosen, candidate.staffId, seats, voucher) })) };
}

type Busy = Pick<BookedFor, 'customerId'> & {
  readonly body: Book;
  readonly draft: AppointmentDraft;
  readonly at: { readonly startsAt: Instant; readonly endsAt: Instant };
};

/** Who has never booked is not busy. */
async function refuseBusy(parts: Booking, caller: Caller, { body: { allowOverlap }, draft, customerId, at }: Busy): Promise<Failed | undefined> {
  const { startsAt, endsAt } = at;
  if (customerId === null) return undefined;
  return refuseOverlap(parts, caller, { operation: 'book', customerId, startsAt, endsAt, appointmentId: draft.id, allowOverlap });
}

/** null: it can only be a repeat. */
function described(parts: Booking, caller: Caller): (bookedFor: BookedFor | null) => Describe<AppointmentReply> {
  const reader = { principal: caller.principal, place: WHOLE_BUSINESS, as: 'author' } as const;
  return (bookedFor) =>
    describeAppointment(parts, { status: caller.dryRun ? 200 : 201, reader, withToken: !caller.dryRun, details: bookedFor?.details ?? null });
}

type Circumstances = {
  readonly serviceId: string;
  /** Later changes of the catalog leave it alone. */
  readonly agreed: Omit<HoldTerms, 'approval' | 'due'>;
  readonly override: Override | null;
  /** What has to be paid before. The business may book without, and settles it with the customer. */
  readonly due: Money | undefined;
};

/** What the appointment says beside its time. */
function draftOf(caller: Caller, body: Book, { serviceId, agreed, override, due }: Circumstances): AppointmentDraft {
  return {
    id: body.id ?? randomUUIDv7(),
    reference: newReference(),
    serviceId,
    ...agreed,
    ...(due && mayAtAll(caller.principal, 'name-source') && { payment: { due, paymentId: null, policy: agreedPolicy(due, agreed.price) } }),
    source: body.source ?? usualSourceOf(caller),
    ...(body.locale && { locale: body.locale }),
    override,
    createdBy: caller.principal?.userId ?? null,
  };
}

/** What was typed. */
function detailsOf({ notes, staffNotes, answers, override }: Book, person: Pick<PersonalDetails, 'name' | 'email' | 'phone' | 'phoneE164'>): PersonalDetails {
  return {
    ...person,
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

/** No I, L, O, 0, 1: it is read over the phone. */
const CHARACTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const HALF = 4;

/** `K7QM-2FXR`: 8·10¹¹ of them, so that two appointments of one business do not meet. */
export function newReference(): string {
  const half = () => Array.from({ length: HALF }, () => CHARACTERS.charAt(randomInt(CHARACTERS.length))).join('');
  return `${half()}-${half()}`;
}
