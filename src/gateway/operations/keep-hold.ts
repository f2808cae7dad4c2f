// What a holder does with a hold: looks at it, renews it, lets it go.

import { type Caller, proofOf, requestKeyOf } from '../../access/caller.ts';
import { may } from '../../access/rights.ts';
import type { Hold, HolderProof } from '../../actors/calendar/calendar.ts';
import { SECOND } from '../../model/instant.ts';
import type { HoldReply } from '../../protocol/holds.ts';
import { done, type Failed, failed, isFailed, type Reply } from '../../protocol/reply.ts';
import type { GatewayContext } from '../context.ts';
import { placeOfHold } from './agreed-terms.ts';
import { askCalendar } from './ask-calendar.ts';
import { describeHold, wireHold } from './wire-holds.ts';

export async function renewHold(context: GatewayContext, caller: Caller, holdId: string): Promise<Reply<HoldReply>> {
  const proof = proofOf(context.tokens, caller);
  if (isFailed(proof)) return proof;
  const { holdSeconds } = context.config;
  return askCalendar(context, caller, requestKeyOf(caller, 'renew-hold', { holdId }), { type: 'renew-hold', holdId, proof, holdSeconds }, (answer) => {
    const told = describeHold(context, answer, caller.dryRun);
    return isFailed(told) ? told : { ...told, status: 200 };
  });
}

export async function releaseHold(context: GatewayContext, caller: Caller, holdId: string): Promise<Reply> {
  const proof = proofOf(context.tokens, caller);
  if (isFailed(proof)) return proof;
  return askCalendar(context, caller, requestKeyOf(caller, 'release-hold', { holdId }), { type: 'release-hold', holdId, proof }, () => ({
    status: 204,
    body: {},
  }));
}

/** For the holder, and for those who look after the calendar, who see it without its token. */
export async function readHold(context: GatewayContext, caller: Caller, holdId: string): Promise<Reply<HoldReply>> {
  const proof = proofOf(context.tokens, caller);
  if (isFailed(proof)) return proof;
  const hold = await holdOrGone(context, holdId);
  if (isFailed(hold)) return hold;
  const isHolder = isHeldBy(hold, proof);
  if (!isHolder && !may(caller.principal, 'read-hold', placeOfHold(context, hold))) return failed('hold-not-yours');
  const left = Math.max(0, Math.ceil((hold.expiresAt - context.scheduler.now()) / SECOND));
  return done(wireHold(context, hold, left, isHolder ? { token: context.tokens.holdToken(holdId) } : {}));
}

/** The hold, for its holder alone. */
export async function heldBy(context: GatewayContext, caller: Caller, holdId: string): Promise<Hold | Failed> {
  const proof = proofOf(context.tokens, caller);
  if (isFailed(proof)) return proof;
  const hold = await holdOrGone(context, holdId);
  return isFailed(hold) || isHeldBy(hold, proof) ? hold : failed('hold-not-yours');
}

async function holdOrGone({ scheduler }: GatewayContext, holdId: string): Promise<Hold | Failed> {
  return (await scheduler.hold(holdId)) ?? failed((await scheduler.hasHoldExpired(holdId)) ? 'hold-expired' : 'hold-not-found');
}

export function isHeldBy(hold: Hold, { tokenFor, userId }: HolderProof): boolean {
  return tokenFor === hold.id || (hold.holder !== null && hold.holder === userId);
}
