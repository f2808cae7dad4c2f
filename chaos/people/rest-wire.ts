// How people talk to a node over REST.
import type { z } from 'zod';
import { readProblem, restRequest } from '../../bench/traffic/claims.ts';
import type { Answer, Asked } from '../history/lines.ts';

type Request = { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: object };

/** Sends a write once. `token` null is a guest. */
export async function askOverRest(url: string, asked: Asked, token: string | null, patienceMs: number): Promise<Answer> {
  return send(url, requestOf(asked), token, patienceMs);
}

/** Reads once; whatever is not a good answer is none. */
export async function readOverRest<Schema extends z.ZodType>(
  url: string,
  path: string,
  { schema, token, patienceMs }: { readonly schema: Schema; readonly token: string | null; readonly patienceMs: number },
): Promise<z.output<Schema> | undefined> {
  const answer = await send(url, { method: 'GET', path, headers: {}, body: {} }, token, patienceMs);
  return answer.type === 'ok' ? schema.parse(answer.body) : undefined;
}

function requestOf(asked: Asked): Request {
  if (asked.operation === 'abandon') return { method: 'POST', path: `/v1/requests/${encodeURIComponent(asked.key)}/abandon`, headers: {}, body: {} };
  return restRequest({ ...asked, operation: asked.operation });
}

async function send(url: string, { method, path, headers, body }: Request, token: string | null, patienceMs: number): Promise<Answer> {
  const hasBody = method !== 'DELETE' && method !== 'GET';
  try {
    const reply = await fetch(url + path, {
      method,
      headers: { ...headers, ...(hasBody && { 'content-type': 'application/json' }), ...(token !== null && { authorization: `Bearer ${token}` }) },
      ...(hasBody && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = await reply.text();
    return judge(reply.status, text === '' ? {} : JSON.parse(text));
  } catch (failure) {
    const why = reasonOf(failure);
    if (why === 'ECONNREFUSED') return { type: 'unreached', why };
    return { type: 'lost', why, isGivenUp: failure instanceof Error && failure.name === 'TimeoutError' };
  }
}

function judge(status: number, body: object): Answer {
  if (status < 300) return { type: 'ok', body };
  const problem = readProblem(body);
  return problem === undefined ? { type: 'lost', why: `status ${status} without a problem: ${JSON.stringify(body)}` } : { type: 'problem', problem };
}

/** The system's word for what went wrong, which `fetch` keeps in the cause. */
function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const cause = failure.cause;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return failure.name === 'TimeoutError' ? 'no answer in time' : failure.message;
}
