// What a request costs its caller, and how the reply tells what is left. Every answer under `/v1` goes through here once.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import type { Caller } from '../../access/caller.ts';
import { type Allowance, allowanceHeaders, isOfHold, isOfInstallation, problemOfTooMany, type Taken } from '../../limits/rate-limits.ts';
import { type Failed, failed } from '../../protocol/reply.ts';
import type { Admitting, Mailing } from '../parts.ts';
import { principalOf } from '../security/bearer.ts';
import { visitorAddress } from '../security/visitor-address.ts';
import { requestIdOf } from './request-ids.ts';
import { notFoundProblem, sendReply, setHeaders } from './send.ts';

/** Counts the request and says so in its answer. */
export async function takeAllowance({ limits, config }: Admitting, kind: Allowance, request: IncomingMessage, response: ServerResponse): Promise<Taken> {
  const taken = await limits.take(kind, visitorAddress(request, config.trustedProxies), principalOf(request));
  setHeaders(response, allowanceHeaders(taken));
  return taken;
}

/** The headers are of the limit that was reached, which need not be the one that every request of its kind counts for. */
export function tooMany(taken: Taken): Failed {
  return { problem: problemOfTooMany(taken), headers: allowanceHeaders(taken) };
}

/** `undefined` if another e-mail may go to this mailbox. Reaching the limit of the installation is logged as an error. */
export function refuseEmail(parts: Mailing, email: string, { address }: Pick<Caller, 'address'>): Promise<Failed | undefined> {
  return refuseMail(parts, () => parts.limits.takeEmail(parts.guestSources.mailboxOf(email), address));
}

/** The same for any of the limits that an e-mail has. */
export async function refuseMail({ metrics, logger }: Pick<Mailing, 'metrics' | 'logger'>, take: () => Promise<Taken>): Promise<Failed | undefined> {
  const taken = await take();
  if (taken.isAllowed) return undefined;
  metrics.emailRefused(taken.name);
  if (isOfHold(taken)) return failed('limit-reached', { detail: `At most ${taken.limit} codes can be sent for one hold.` });
  if (taken.isNews && isOfInstallation(taken))
    logger.error({ limit: taken.name, most: taken.limit, resetSeconds: taken.resetSeconds }, 'the installation has reached its e-mail limit for now');
  return tooMany(taken);
}

/** For a request that no route takes: looking around is counted like reading, whatever the answer is. */
export function refuseCounted(parts: Admitting, refusal: (request: Request) => Failed): RequestHandler {
  return async (request, response) => {
    const taken = await takeAllowance(parts, 'read', request, response);
    sendReply(response, requestIdOf(request), taken.isAllowed ? refusal(request) : tooMany(taken));
  };
}

/** Where nothing is. */
export function nothingThere(parts: Admitting): RequestHandler {
  return refuseCounted(parts, () => ({ problem: notFoundProblem() }));
}

/** For a request that failed before its route could count it, such as one for an address that cannot be decoded. */
export function countFailed(parts: Admitting): ErrorRequestHandler {
  return async (failure, request, response, next) => {
    if (response.hasHeader('RateLimit')) return next(failure);
    const taken = await takeAllowance(parts, 'read', request, response);
    if (taken.isAllowed) return next(failure);
    sendReply(response, requestIdOf(request), tooMany(taken));
  };
}
