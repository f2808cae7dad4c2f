// The only file that uses fetch. Callers get an answer or a problem, never an exception.

import type { Problem as WireProblem } from '../../src/protocol/problems.ts';

/** A problem of the server, or `unreachable` if there was no answer. */
export type Problem = Omit<WireProblem, 'code' | 'type' | 'requestId'> & { readonly code: WireProblem['code'] | 'unreachable' };
export type Answer<T> = { readonly ok: true; readonly body: T } | { readonly ok: false; readonly problem: Problem };
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Question = {
  /** JSON; a Blob as it is, by its own type. */
  readonly body?: object;
  readonly headers?: { readonly [name: string]: string };
  readonly signal?: AbortSignal /** Outlives the page. */;
  readonly keepalive?: boolean;
};

/** Whether another site shows this page: then its visitor is a guest, and no cookie is sent or used. */
export const isEmbedded = document.documentElement.dataset.embedded !== undefined;

/** How far the server's clock is ahead, from the `Date` of its last answer: right to the second. */
let serverAheadMilliseconds = 0;

/** The server's time, so that countdowns do not depend on this machine's clock. */
export function serverNow(): number {
  return Date.now() + serverAheadMilliseconds;
}

/** While the page is being left, the browser cuts off what it has asked. That says nothing about the server, so it is not shown. */
let isLeaving = false;
addEventListener('pagehide', () => {
  isLeaving = true;
});
addEventListener('pageshow', () => {
  isLeaving = false;
});

export const UNREACHABLE: Problem = { code: 'unreachable', status: 0, title: 'The server did not answer' };
async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('retry-after'));
  const pause = Number.isFinite(retryAfter) && retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {};
  // An error page of a proxy says nothing about the request.
  const plain: Problem = { ...UNREACHABLE, status: response.status };
  if (!(response.headers.get('content-type') ?? '').includes('json')) return { ...plain, ...pause };
  return { ...plain, ...((await response.json()) as Partial<Problem>), ...pause };
}

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) return {};
  return (response.headers.get('content-type') ?? '').startsWith('text/') ? await response.text() : await response.json();
}

/** The server answers a read within seconds, or says that it cannot: a connection that is silent for so long has gone. Writes have a limit of their own, in `writing.ts`. */
const READ_WITHIN_MILLISECONDS = 30_000;

/** One question, asked once. `path` begins with `/v1`. */
export async function ask<T>(method: Method, path: string, question: Question = {}): Promise<Answer<T>> {
  const { body, headers = {}, signal, keepalive = false } = question;
  const silence = new AbortController();
  const timer = method === 'GET' ? setTimeout(() => silence.abort(), READ_WITHIN_MILLISECONDS) : undefined;
  try {
    const response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': body instanceof Blob ? body.type : 'application/json' }),
        ...headers,
      },
      credentials: isEmbedded ? 'omit' : 'same-origin',
      keepalive,
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
    });
    const saidAt = Date.parse(response.headers.get('date') ?? '');
    // The header leaves out the fraction of the second: on average it is half a second late.
    if (!Number.isNaN(saidAt)) serverAheadMilliseconds = saidAt + 500 - Date.now();
    if (!response.ok) return { ok: false, problem: await problemOf(response) };
    return { ok: true, body: (await bodyOf(response)) as T };
  } catch (failure) {
    // fetch rejects with a TypeError when nothing answered and a SyntaxError when the answer was cut off; anything else is a fault of ours.
    if (failure instanceof TypeError || failure instanceof SyntaxError || (failure instanceof DOMException && failure.name === 'AbortError')) {
      return isLeaving ? new Promise(() => {}) : { ok: false, problem: UNREACHABLE };
    }
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}

/** The problem's message for a field of the request body; `path` as the server names it, such as `customer.email`. */
export function fieldError(problem: Problem | undefined, path: string): string | undefined {
  return problem?.errors?.find((error) => error.path === path)?.message;
}

/** `?name=value&…` without what is undefined. */
export function query(values: { readonly [name: string]: string | number | readonly string[] | undefined }): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, String(one));
  return `?${search}`;
}
