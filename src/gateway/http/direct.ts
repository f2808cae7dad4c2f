// The routes that are asked most, without Express, which costs more than they do. They go through the same steps, limits, schemas and answers; what is out of
// the ordinary about a request (a query, another type of body, an encoding) is left to Express.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Gateway } from '../compose.ts';
import type { Step } from '../parts.ts';
import { answerFailure } from './failures.ts';
import { requestIdOf } from './request-ids.ts';
import type { Route } from './route.ts';
import { sendReply } from './send.ts';
import { isAdmitted, LARGEST_BODY, replyTo } from './serve-route.ts';

/** Some programs write it in front; it is no part of the text (RFC 8259, 8.1). */
const BYTE_ORDER_MARK = '\uFEFF';
const JSON_TYPES: ReadonlySet<string | undefined> = new Set(['application/json', 'application/json; charset=utf-8']);

/** `routes`: of POST, with bodies of the usual size and nothing in their paths. `rest` gets everything else. */
export function direct(parts: Gateway, steps: readonly Step[], routes: readonly Route<Gateway>[], rest: RequestListener): RequestListener {
  const byUrl = new Map<string | undefined, Route<Gateway>>(routes.map((route) => [route.path, route]));
  return (request, response) => {
    const route = request.method === 'POST' ? byUrl.get(request.url) : undefined;
    if (route === undefined || !isOrdinary(request)) return rest(request, response);
    const fail = (failure: unknown) => {
      if (!answerFailure(parts, failure, route.path, request, response)) request.socket.destroy();
    };
    go(steps, request, response, (failure) => {
      if (failure === undefined) serve(parts, route, request, response).catch(fail);
      else fail(failure);
    });
  };
}

function isOrdinary({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? 0);
  const isPlain = headers['content-encoding'] === undefined && headers['transfer-encoding'] === undefined && headers.expect === undefined;
  return isPlain && JSON_TYPES.has(headers['content-type']) && length > 0 && length <= LARGEST_BODY;
}

/** One after the other, until one of them answers or fails, or all are done. */
function go(steps: readonly Step[], request: IncomingMessage, response: ServerResponse, done: (failure?: unknown) => void): void {
  let number = 0;
  const next = (failure?: unknown): void => {
    const step = steps[number];
    number += 1;
    if (failure !== undefined || step === undefined) return done(failure);
    try {
      const answered = step(request, response, next);
      if (answered instanceof Promise) answered.catch(done);
    } catch (thrown) {
      done(thrown);
    }
  };
  next();
}

async function serve(parts: Gateway, route: Route<Gateway>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!(await isAdmitted(parts, route, request, response))) return;
  const body = await readBody(request);
  sendReply(response, requestIdOf(request), await replyTo(parts, route, { request, response, url: route.path, params: {}, query: {}, body }));
}

/** Rejects as `express.json` does. Node sees to it that it is as long as was said. */
function readBody(request: IncomingMessage): Promise<unknown> {
  const cutOff = () => unreadable('request.aborted', 'the request was cut off');
  return new Promise((resolve, reject) => {
    // While it was looked up who asks; what would tell of it has been told.
    if (request.destroyed) return reject(cutOff());
    const chunks: Buffer[] = [];
    const isCut = () => reject(cutOff());
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      request.off('close', isCut);
      try {
        resolve(parse(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
      } catch (failure) {
        reject(failure);
      }
    });
    request.once('close', isCut);
  });
}

function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw unreadable('charset.unsupported', 'the body is not UTF-8');
  try {
    const text = bytes.toString();
    const body: unknown = JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
    if (typeof body === 'object' && body !== null) return body;
  } catch (cause) {
    throw unreadable('entity.parse.failed', 'the body is not JSON', cause);
  }
  throw unreadable('entity.parse.failed', 'the body is a single value');
}

function unreadable(type: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { type, status: 400 });
}
