import { randomUUIDv7 } from 'node:crypto';
import { type Caller, proofOf, requestKeyOf } from '../../access/caller.ts';
import type { HoldReply, PlaceHold } from '../../protocol/holds.ts';
import { isFailed, type Reply } from '../../protocol/reply.ts';
import type { GatewayContext } from '../context.ts';
import { offeredTerms } from './agreed-terms.ts';
import { askCalendar, type Describe, unlessAnswered } from './ask-calendar.ts';
import { resolveClaim } from './claim-ask.ts';
import { reservePlace } from './hold-limit.ts';
import { describeHold } from './wire-holds.ts';

/** The same holder and slot again is the same hold, renewed. */
export async function placeHold(context: GatewayContext, caller: Caller, body: PlaceHold): Promise<Reply<HoldReply>> {
  const holder = proofOf(context.tokens, caller);
  if (isFailed(holder)) return holder;
  const request = requestKeyOf(caller, 'place-hold', body);
  const describe: Describe<HoldReply> = (answer) => describeHold(context, answer, caller.dryRun);
  const claim = resolveClaim(context, caller, body);
  if (isFailed(claim)) return unlessAnswered(context, caller, request, claim, describe);
  const ask = await reservePlace(context, caller, { request, ask: claim.ask, holder });
  if (isFailed(ask)) return unlessAnswered(context, caller, request, ask, describe);
  const { holdSeconds } = context.config;
  const terms = offeredTerms(claim.service, body.seats);
  return askCalendar(context, caller, request, { type: 'place-hold', holdId: body.id ?? randomUUIDv7(), ask, holder, holdSeconds, terms }, describe);
}
