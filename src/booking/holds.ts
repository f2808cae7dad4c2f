// What a holder does with a hold: looks at it, renews it, lets it go.

import { randomUUIDv7 } from 'node:crypto';
import { type Caller, proofOf, requestKeyOf } from '../access/caller.ts';
import { may } from '../access/rights.ts';
import type { AppointmentPolicy, Hold, HolderProof } from '../actors/calendar/calendar.ts';
import type { ClaimAsk } from '../actors/scheduler.ts';
import { DAY, MINUTE, SECOND } from '../model/instant.ts';
import { RESERVE_DAYS } from '../model/payment-words.ts';
import type { HoldReply, PlaceHold } from '../protocol/holds.ts';
import { done, type Failed, failed, isFailed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import { namesOf, offeredTerms, placeOfHold, termsOfHold } from './agreed-terms.ts';
import { askCalendar, type Describe, type OkAnswer, unlessAnswered } from './ask-calendar.ts';
import { resolveClaim } from './candidates.ts';
import { reservePlace } from './hold-limit.ts';
import type { Catalogs, Holding } from './parts.ts';
import { wireVoucher } from './vouchers.ts';

export async function renewHold(parts: Holding, caller: Caller, holdId: string): Promise<Reply<HoldReply>> {
  const proof = proofOf(parts.tokens, caller);
  if (isFailed(proof)) return proof;
  const { holdSeconds } = parts.config;
  return askCalendar(parts, caller, requestKeyOf(caller, 'renew-hold', { holdId }), { type: 'renew-hold', holdId, proof, holdSeconds }, (answer) => {
    const told = describeHold(parts, answer, caller.dryRun);
    return isFailed(told) ? told : { ...told, status: 200 };
  });
}

export async function releaseHold(parts: Holding, caller: Caller, holdId: string): Promise<Reply> {
  const proof = proofOf(parts.tokens, caller);
  if (isFailed(proof)) return proof;
  return askCalendar(parts, caller, requestKeyOf(caller, 'release-hold', { holdId }), { type: 'release-hold', holdId, proof }, () => ({
    status: 204,
    body: {},
  }));
}

/** For the holder, and for those who look after the calendar, who see it without its token. */
export async function readHold(parts: Holding, caller: Caller, holdId: string): Promise<Reply<HoldReply>> {
  const proof = proofOf(parts.tokens, caller);
  if (isFailed(proof)) return proof;
  const hold = await holdOrGone(parts, holdId);
  if (isFailed(hold)) return hold;
  const isHolder = isHeldBy(hold, proof);
  if (!isHolder && !may(caller.principal, 'read-hold', placeOfHold(parts, hold))) return failed('hold-not-yours');
  const left = Math.max(0, Math.ceil((hold.expiresAt - parts.scheduler.now()) / SECOND));
  return done(wireHold(parts, hold, left, isHolder ? { token: parts.tokens.holdToken(holdId) } : {}));
}

/** The hold, for its holder alone. */
export async function heldBy(parts: Pick<Holding, 'scheduler' | 'tokens'>, caller: Caller, holdId: string): Promise<Hold | Failed> {
  const proof = proofOf(parts.tokens, caller);
  if (isFailed(proof)) return proof;
  const hold = await holdOrGone(parts, holdId);
  return isFailed(hold) || isHeldBy(hold, proof) ? hold : failed('hold-not-yours');
}

async function holdOrGone({ scheduler }: Pick<Holding, 'scheduler'>, holdId: string): Promise<Hold | Failed> {
  return (await scheduler.hold(holdId)) ?? failed((await scheduler.hasHoldExpired(holdId)) ? 'hold-expired' : 'hold-not-found');
}

export function isHeldBy(hold: Hold, { tokenFor, userId }: HolderProof): boolean {
  return tokenFor === hold.id || (hold.holder !== null && hold.holder === userId);
}

/** The same holder and slot again is the same hold, renewed. */
export async function placeHold(parts: Holding, caller: Caller, body: PlaceHold): Promise<Reply<HoldReply>> {
  const holder = proofOf(parts.tokens, caller);
  if (isFailed(holder)) return holder;
  const request = requestKeyOf(caller, 'place-hold', body);
  const describe: Describe<HoldReply> = (answer) => describeHold(parts, answer, caller.dryRun);
  const claim = resolveClaim(parts, caller, body);
  if (isFailed(claim)) return unlessAnswered(parts, caller, request, claim, describe);
  const reserving = reservePlace(parts, caller, { request, ask: claim.ask, addOns: claim.addOns, holder });
  const ask = reserving instanceof Promise ? await reserving : reserving;
  if (isFailed(ask)) return unlessAnswered(parts, caller, request, ask, describe);
  const { holdSeconds } = parts.config;
  const isSoon = body.startsAt + claim.service.minutes * MINUTE <= parts.scheduler.now() + RESERVE_DAYS * DAY;
  const terms = offeredTerms(claim, body.seats, undefined, isSoon);
  const reserves = isSoon && claim.service.paymentPolicy === 'reserve';
  return await askCalendar(
    parts,
    caller,
    request,
    { type: 'place-hold', holdId: body.id ?? randomUUIDv7(), ask: reserves ? reservedWithAll(ask) : ask, holder, holdSeconds, terms },
    describe,
  );
}

/** Also with those who have a price of their own, where others do it for nothing. */
function reservedWithAll(ask: ClaimAsk): ClaimAsk {
  const candidates = ask.candidates.map(({ agreed, ...candidate }) => ({
    ...candidate,
    ...(agreed && { agreed: agreed.due === undefined ? agreed : { ...agreed, policy: { ...agreed.policy, reserves: true as const } } }),
  }));
  return { ...ask, candidates };
}

/** Every field stands here, absent ones as undefined: put together from parts, it would cost several times as much to make and to write. */
export function wireHold(parts: Catalogs, hold: Hold, expiresInSeconds: number, { token, revision }: Pick<HoldReply, 'token' | 'revision'> = {}): HoldReply {
  const terms = termsOfHold(parts, hold);
  const zone = terms?.timeZone ?? 'UTC';
  const names = terms && namesOf(parts, hold, terms);
  return {
    id: hold.id,
    token,
    revision,
    serviceId: hold.serviceId,
    staffId: hold.staffId,
    calendarId: hold.calendarId,
    startsAt: wireTime(hold.startsAt, zone),
    endsAt: wireTime(hold.endsAt, zone),
    seats: hold.seats,
    state: hold.state,
    expiresAt: wireTime(hold.expiresAt, zone),
    expiresInSeconds,
    renewalsLeft: hold.renewalsLeft,
    serviceName: names?.serviceName,
    staffName: names?.staffName,
    resourceId: names?.resourceId,
    resourceName: names?.resourceName,
    locationName: names?.locationName,
    locationId: terms?.locationId,
    timeZone: terms?.timeZone,
    price: terms?.price,
    voucher: terms?.voucher && wireVoucher(terms.voucher, terms.price),
    addOns: terms?.addOns && [...terms.addOns],
    due: terms?.due,
    policy: terms && wirePolicy(terms.policy),
    approval: terms?.approval,
  };
}

function wirePolicy({ refundRules, ...policy }: AppointmentPolicy): NonNullable<HoldReply['policy']> {
  return { ...policy, refundRules: [...refundRules] };
}

/** Of a hold just placed or renewed. `expiresInSeconds` is the time that was given, not what is left of it, so that a repeat says the same. */
function describeHold(
  parts: Catalogs & Pick<Holding, 'tokens' | 'config'>,
  { event, revision }: OkAnswer,
  isDryRun: boolean,
): { status: number; body: HoldReply } | Failed {
  if (event.type !== 'hold.placed' && event.type !== 'hold.renewed') return failed('idempotency-key-reused');
  const { hold } = event;
  const given = event.type === 'hold.placed' ? Math.round((hold.expiresAt - hold.placedAt) / SECOND) : parts.config.holdSeconds;
  if (isDryRun) return { status: 200, body: wireHold(parts, hold, given) };
  return { status: 201, body: wireHold(parts, hold, given, { token: parts.tokens.holdToken(hold.id), revision }) };
}
