// Sends requests over REST and holds every answer against what the document says of its operation.
import { Agent, type IncomingMessage, request as openRequest } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { Route } from '../../../src/gateway/http/route.ts';
import { ROUTES } from '../../../src/gateway/http/routes.ts';
import { problem } from '../../../src/protocol/problems.ts';
import { type Cast, tokenApart } from '../cast.ts';
import { type Answered, bodyOf, type Contract } from './contract.ts';
import type { KnownIds } from './known-ids.ts';
import { mutated } from './mutations.ts';
import type { FuzzRequest, RequestTree } from './operations.ts';

/** An answer takes milliseconds, a password a quarter of a second; a hang takes for ever. */
const PATIENCE_MILLISECONDS = 20_000;
const CALLERS = 8;
/** Less than Node's own limit, which counts more than path and headers. */
const LARGEST_HEAD = 15_000;
const RESTOCK_EVERY = 200;
const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });

type RawRequest = { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string | null };
/** How often each status was answered, and what was wrong. */
export type Findings = { readonly statuses: Map<number, number>; readonly complaints: string[] };

export async function fuzzRest(cast: Cast, known: KnownIds, contract: Contract, requests: readonly FuzzRequest[]): Promise<Findings> {
  const findings: Findings = { statuses: new Map(), complaints: [] };
  let next = 0;
  const call = async () => {
    while (next < requests.length) {
      const index = next;
      next += 1;
      if (index % RESTOCK_EVERY === 0) await known.restock();
      const asked = requests[index];
      if (asked === undefined) continue;
      const raw = rawOf(asked, known, cast);
      const answer = await send(cast.url, raw).catch((failure: unknown) => String(failure));
      const complaint = typeof answer === 'string' ? answer : complaintOf(asked, raw, answer, { known, contract });
      if (typeof answer !== 'string') findings.statuses.set(answer.status, (findings.statuses.get(answer.status) ?? 0) + 1);
      if (complaint !== undefined) findings.complaints.push(`#${index} ${describeRaw(asked, raw)}\n   ${complaint}`);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return findings;
}

function describeRaw({ by, twist, operation }: FuzzRequest, { method, path, headers, body }: RawRequest): string {
  const { authorization: _, ...shown } = headers;
  return `${operation.method} ${operation.path} by ${by ?? 'a guest'} (${twist})\n   ${method} ${path.slice(0, 400)} ${JSON.stringify(shown).slice(0, 400)} ${(body ?? '').slice(0, 600)}`;
}

function rawOf({ operation, tree: original, by, mutations, twist }: FuzzRequest, known: KnownIds, cast: Cast): RawRequest {
  const tree = mutations.reduce<RequestTree>((changed, mutation) => mutated(changed, mutation) as RequestTree, original);
  // Of what others stand on nothing is changed.
  const isSpare = operation.method !== 'get' && /^\/v1\/(locations|services|staff)/.test(operation.path);
  const textOf = (value: unknown) => known.resolve(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), isSpare).toWellFormed();
  const params = Object.fromEntries(Object.entries(tree.params ?? {}).map(([name, value]) => [name, textOf(value)]));
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const query = Object.entries(tree.query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(textOf(one))}`),
  );
  const headers = Object.fromEntries(Object.entries(tree.headers ?? {}).map(([name, value]) => [name, headerText(textOf(value), params.id ?? '', known)]));
  const token = by === null ? undefined : tokenApart(cast, by);
  const body = tree.body === undefined ? null : known.resolve(JSON.stringify(tree.body) ?? 'null', isSpare);
  const plain = {
    method: operation.method.toUpperCase(),
    path: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: {
      ...(body !== null && { 'content-type': 'application/json' }),
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => /^[A-Za-z-]+$/.test(name))),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body,
  };
  return twisted(plain, twist);
}

/** What Node can send as a header at all. */
function headerText(text: string, id: string, known: KnownIds): string {
  const token = text === '@own' ? known.tokenOf(id) : known.tokenOf(text);
  return (token ?? text).replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '?').slice(0, 2_000);
}

function twisted(raw: RawRequest, twist: FuzzRequest['twist']): RawRequest {
  const { path, headers, body } = raw;
  const withHeaders = (more: Readonly<Record<string, string>>) => ({ ...raw, headers: { ...headers, ...more } });
  const more = path.includes('?') ? '&' : '?';
  switch (twist) {
    case 'none':
      return raw;
    case 'cut-body':
      return { ...raw, body: body === null ? null : body.slice(0, body.length >> 1) };
    case 'no-body':
      return { ...raw, body: null };
    case 'no-json':
      return { ...raw, body: body === null ? null : `${body}, NaN` };
    case 'other-type':
      return withHeaders({ 'content-type': 'text/html; charset=utf-16' });
    case 'zipped':
      return withHeaders({ 'content-encoding': 'gzip' });
    case 'repeated-query':
      return { ...raw, path: `${path}${more}${path.split('?')[1] ?? 'dryRun=true'}&dryRun=true&dryRun=false&limit=1&limit=2` };
    case 'bad-percent-in-query':
      return { ...raw, path: `${path}${more}from=%E0%A4%A&limit=%ZZ&cursor=%00` };
    case 'bad-percent-in-path':
      return { ...raw, path: path.replace(/[^/?]+(?=\?|$)/, '%E0%A4%A') };
    case 'slash-at-the-end':
      return { ...raw, path: path.replace(/(?=\?|$)/, '/') };
    case 'junk-headers':
      return withHeaders({
        'Idempotency-Key': '\u00e9\u00ff',
        'If-Match': 'W/"x", *',
        'Hold-Token': '.'.repeat(600),
        'Manage-Token': '=',
        cookie: 'a; =b; __proto__=1;;',
        accept: '/',
        'x-request-id': '{}',
      });
    case 'other-method':
      return { ...raw, method: 'PROPFIND' }; // which no route has
    case 'bad-token':
      return withHeaders({ authorization: `${headers.authorization ?? 'Bearer '}x` });
    default:
      return twist satisfies never;
  }
}

async function send(url: string, { method, path, headers, body }: RawRequest): Promise<Answered> {
  // Who follows the changes may wait for half a minute where there are none. Here a second is enough.
  const sent = openRequest(url + path.replaceAll(/(?<=[?&]wait=)(?:[12]?\d|30)(?=&|$)/g, (seconds) => String(Math.min(1, Number(seconds)))), {
    method,
    agent,
    headers,
    signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  // Node names no length for the body of a DELETE by itself, and what follows would be read as the next request.
  if (body !== null) sent.setHeader('content-length', Buffer.byteLength(body));
  sent.end(body ?? '');
  const response = await answered;
  return {
    status: response.statusCode ?? 0,
    type: response.headers['content-type'] ?? '',
    text: await readText(response),
    headers: Object.keys(response.headers),
  };
}

type Against = { readonly known: KnownIds; readonly contract: Contract };

/** Where the request is not of the operation any more, or nobody could read it. */
const BESIDE: ReadonlySet<string> = new Set(['not-found', 'method-not-allowed', 'invalid-request', 'unauthenticated']);
const MOVED: ReadonlySet<string> = new Set(['other-method', 'bad-percent-in-path', 'slash-at-the-end']);

function complaintOf(asked: FuzzRequest, raw: RawRequest, answer: Answered, { known, contract }: Against): string | undefined {
  const { status, type, text } = answer;
  const { operation, twist } = asked;
  const isMoved = MOVED.has(twist) || raw.path.split('?')[0]?.includes('//') === true || /\/(\?|$)/.test(raw.path);
  const told = `${status} ${type} ${text.slice(0, 600)}`;
  const codes = operation.codes.get(status);
  // Node itself answers a head that is larger than it reads.
  if (status === 431 && raw.path.length + JSON.stringify(raw.headers).length > LARGEST_HEAD) return undefined;
  if (status >= 400) {
    if (!type.startsWith('application/problem+json')) return `is no problem: ${told}`;
    const read = problem.safeParse(JSON.parse(text));
    if (!read.success) return `is not what a problem looks like: ${told}`;
    if (read.data.code === 'internal') return `has failed: ${told}`;
    if (codes?.has(read.data.code) !== true && !(isMoved && BESIDE.has(read.data.code))) return `is a problem that the document does not know here: ${told}`;
    return codes?.has(read.data.code) === true ? contract.complaintOf(operation.method, operation.path, answer) : undefined;
  }
  if (isMoved) return undefined;
  // Of every read with a tag; the document says so, not each route.
  if (status === 304 && codes !== undefined)
    return text === '' ? contract.complaintOf(operation.method, operation.path, answer) : `says something beside 304: ${told}`;
  const reply = routeOf(operation.method, operation.path)?.replies[status];
  if (codes === undefined || reply === undefined) return `is a status that the document does not know here: ${told}`;
  if (reply.schema === undefined) return text === '' || text === '{}' ? undefined : `has a body that nobody announced: ${told}`;
  const body = bodyOf(answer);
  if (operation.method === 'post') known.learn(raw.path.split('?')[0] ?? '', body);
  const read = reply.schema.safeParse(body);
  if (read.success) return contract.complaintOf(operation.method, operation.path, answer);
  return `is not as the schema says: ${read.error.message.slice(0, 500)} ${told}`;
}

function routeOf(method: string, path: string): Route | undefined {
  return ROUTES.find((route) => route.method === method && route.path === path);
}
