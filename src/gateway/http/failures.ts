// The one file that turns exceptions into answers.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorRequestHandler, Request } from 'express';
import { type ProblemDraft, problemOf } from '../../protocol/problems.ts';
import { problemOfOutage } from '../outage.ts';
import type { Failing } from '../parts.ts';
import { requestIdOf } from './request-ids.ts';
import { sendProblem } from './send.ts';

/** What body-parser and Express throw for a request they cannot read. */
type UnreadableRequest = { readonly type?: unknown; readonly status?: unknown; readonly limit?: unknown };

/** `undefined`: it is not the request's fault. */
function problemOfUnreadable(failure: unknown): ProblemDraft | undefined {
  if (failure instanceof URIError) return problemOf('invalid-request', { detail: 'The address is not properly percent-encoded.' });
  if (typeof failure !== 'object' || failure === null) return undefined;
  const { type, status, limit } = failure as UnreadableRequest;
  if (type === 'entity.too.large') return problemOf('too-large', { detail: `A body can be at most ${Number(limit) / 1_024} kB here.` });
  if (type === 'entity.parse.failed')
    return problemOf('invalid-request', { detail: 'The body is not valid JSON.', errors: [{ path: '', message: 'is not valid JSON' }] });
  if (type === 'charset.unsupported' || type === 'encoding.unsupported')
    return problemOf('unsupported-media-type', { detail: 'The body must be JSON in UTF-8.' });
  if (typeof type === 'string' && typeof status === 'number' && status < 500)
    return problemOf('invalid-request', { detail: 'The body could not be read completely.' });
  if (status === 400) return problemOf('invalid-request', { detail: 'The request could not be read.' });
  return undefined;
}

/** An unforeseen failure is `internal`: the caller gets the request id, the log gets the rest. False: part of an answer is out already. */
export function answerFailure(
  { logger, outages }: Failing,
  failure: unknown,
  path: string | null,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const requestId = requestIdOf(request);
  const unreadable = problemOfUnreadable(failure);
  const problem = unreadable ?? problemOfOutage(failure, request.method === 'GET' || request.method === 'HEAD');
  if (problem === undefined) logger.error({ err: failure, requestId, method: request.method, path }, 'request failed');
  else if (unreadable === undefined) outages.note(failure);
  if (response.headersSent) return false;
  sendProblem(response, requestId, problem ?? problemOf('internal'));
  return true;
}

export function failures(parts: Failing): ErrorRequestHandler {
  return (failure, request, response, next) => {
    if (!answerFailure(parts, failure, pathOf(request), request, response)) next(failure);
  };
}

/** With the names of its parameters, not what was sent in their places: a key may be among it. `null` for what is at no route. */
function pathOf(request: Request): string | null {
  const path: unknown = request.route?.path;
  return typeof path === 'string' ? path : null;
}
