// Those who ask, in processes of their own. They speak the protocols by hand: clients of libraries would need more processor time than the servers.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { answerQuestions, type Pinned, startPinned } from './one-core.ts';

/** Claims are numbered: the number says whose calendar and which start, and no two are the same. */
export type Claims = { readonly serviceId: string; readonly staffIds: readonly string[]; readonly firstStart: number; readonly stepMilliseconds: number };
export type Job =
  | { readonly type: 'socket-claims'; readonly url: string; readonly connections: number; readonly claims: Claims | null }
  | { readonly type: 'rest-claims'; readonly url: string; readonly connections: number; readonly claims: Claims | null }
  | { readonly type: 'reads'; readonly url: string; readonly connections: number; readonly path: string }
  | { readonly type: 'listeners'; readonly url: string; readonly connections: number; readonly watch: object | null };
type Question =
  | ({ readonly type: 'open' } & { readonly job: Job })
  | { readonly type: 'run'; readonly milliseconds: number; readonly from: number; readonly by: number }
  | { readonly type: 'heard' };
/** What came of a round: how many operations, the last answer, and for listeners what each of them has heard. */
type Ran = { readonly operations: number; readonly next: number; readonly sample: string };
type Heard = { readonly frames: number; readonly lastAt: number };

/** One operation of one connection, from asking to the whole answer. */
type Connection = (claim: number) => Promise<string>;

export type LoadProcess = AsyncDisposable & {
  open(job: Job): Promise<void>;
  run(milliseconds: number, from: number, by: number): Promise<Ran>;
  heard(): Promise<Heard>;
};

export async function startLoad(): Promise<LoadProcess> {
  const pinned: Pinned = await startPinned(import.meta.filename, [], 'other-cores');
  return {
    open: async (job) => void (await pinned.ask({ type: 'open', job } satisfies Question)),
    run: (milliseconds, from, by) => pinned.ask<Ran>({ type: 'run', milliseconds, from, by } satisfies Question),
    heard: () => pinned.ask<Heard>({ type: 'heard' } satisfies Question),
    [Symbol.asyncDispose]: () => pinned[Symbol.asyncDispose](),
  };
}

let connections: readonly Connection[] = [];
let heard = { frames: 0, lastAt: 0 };

async function open(job: Job): Promise<object> {
  const all = Array.from({ length: job.connections });
  switch (job.type) {
    case 'socket-claims':
      connections = await Promise.all(all.map(() => socketClaims(job.url, job.claims)));
      return {};
    case 'rest-claims':
      connections = await Promise.all(all.map(() => restClaims(job.url, job.claims)));
      return {};
    case 'reads':
      connections = await Promise.all(all.map(() => reads(job)));
      return {};
    case 'listeners':
      for (const _ of all) await listener(job.url, job.watch);
      return {};
    default:
      return job satisfies never;
  }
}

/** Every connection asks again as soon as it is answered. */
async function run({ milliseconds, from, by }: Extract<Question, { type: 'run' }>): Promise<Ran> {
  const until = performance.now() + milliseconds;
  let next = from;
  let operations = 0;
  let sample = '';
  await Promise.all(
    connections.map(async (ask) => {
      do {
        const claim = next;
        next += by;
        sample = await ask(claim);
        operations += 1;
      } while (performance.now() < until);
    }),
  );
  return { operations, next, sample };
}

function bodyOf({ serviceId, staffIds, firstStart, stepMilliseconds }: Claims, claim: number): object {
  const startsAt = new Date(firstStart + Math.floor(claim / staffIds.length) * stepMilliseconds).toISOString();
  return { serviceId, staffId: staffIds[claim % staffIds.length], startsAt };
}

/** `claims` null: a server that does not look at what it is sent. */
const NOTHING: Claims = { serviceId: randomUUID(), staffIds: [randomUUID()], firstStart: 2e12, stepMilliseconds: 1 };

async function socketClaims(url: string, claims: Claims | null): Promise<Connection> {
  let answered: (text: string) => void = () => undefined;
  const socket = await openSocketIo(url, (text) => {
    if (text.startsWith('43')) answered(text);
  });
  let packet = 0;
  return async (claim) => {
    packet += 1;
    const body = { key: randomUUID(), ...bodyOf(claims ?? NOTHING, claim) };
    const answer = new Promise<string>((resolve) => {
      answered = resolve;
    });
    socket.send(`42${packet}${JSON.stringify(['place-hold', body])}`);
    const text = await answer;
    if (claims !== null && !text.includes('"ok":true')) throw new Error(`a claim was answered with ${text}`);
    return text.slice(text.indexOf('[') + 1, -1);
  };
}

/** A connection of Engine.IO 4 over a WebSocket, with a greeting of Socket.IO 5. */
async function openSocketIo(url: string, hear: (text: string) => void): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, { perMessageDeflate: false });
  const greeted = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    const text = String(data);
    if (text.startsWith('0')) socket.send('40{}');
    else if (text === '2') socket.send('3');
    else if (text.startsWith('40')) greeted.resolve();
    else hear(text);
  });
  socket.on('error', greeted.reject);
  await greeted.promise;
  return socket;
}

async function listener(url: string, watch: object | null): Promise<void> {
  const note = () => {
    heard = { frames: heard.frames + 1, lastAt: performance.timeOrigin + performance.now() };
  };
  if (watch === null) {
    const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false });
    socket.on('message', note);
    await once(socket, 'open');
    return;
  }
  const watched = Promise.withResolvers<void>();
  const socket = await openSocketIo(url, (text) => {
    if (text.startsWith('42["slots-changed"')) note();
    else if (text.startsWith('431') && text.includes('"ok":true')) watched.resolve();
    else if (text.startsWith('431')) watched.reject(new Error(text));
  });
  socket.send(`421${JSON.stringify(['watch-slots', watch])}`);
  await watched.promise;
}

type Asker = (request: string) => Promise<string>;

/** HTTP/1.1 over one connection that is kept: an answer is as long as its Content-Length. */
async function openHttp(url: string): Promise<Asker> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay(true);
  await once(socket, 'connect');
  let parts: Buffer[] = [];
  let missing = -1;
  let answered = Promise.withResolvers<string>();
  socket.on('error', (failure) => answered.reject(failure));
  socket.on('data', (data: Buffer) => {
    parts.push(data);
    if (missing < 0) {
      const text = Buffer.concat(parts);
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      missing = end + 4 + Number(/content-length: (\d+)/i.exec(text.toString('latin1', 0, end))?.[1] ?? 0) - text.length;
    } else missing -= data.length;
    if (missing > 0) return;
    const whole = Buffer.concat(parts).toString();
    parts = [];
    missing = -1;
    answered.resolve(whole);
  });
  return (request) => {
    answered = Promise.withResolvers<string>();
    socket.write(request);
    return answered.promise;
  };
}

function claimRequest(claims: Claims, claim: number): string {
  const body = JSON.stringify(bodyOf(claims, claim));
  return `POST /v1/holds HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

async function restClaims(url: string, claims: Claims | null): Promise<Connection> {
  const ask = await openHttp(url);
  return async (claim) => bodyOfAnswer(await ask(claimRequest(claims ?? NOTHING, claim)), '201');
}

async function reads({ url, path }: Extract<Job, { type: 'reads' }>): Promise<Connection> {
  const ask = await openHttp(url);
  const question = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  return async () => bodyOfAnswer(await ask(question), '200');
}

function bodyOfAnswer(answer: string, status: string): string {
  if (!answer.startsWith(`HTTP/1.1 ${status}`)) throw new Error(`answered with ${answer.slice(0, 1_000)}`);
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

if (process.argv[1] === import.meta.filename)
  answerQuestions<Question>((question) => {
    switch (question.type) {
      case 'open':
        return open(question.job);
      case 'run':
        return run(question);
      case 'heard':
        return heard;
      default:
        return question satisfies never;
    }
  });
