// Writes and their outcomes. A lost answer is not a "no": the request may have been carried out, or may still be.
//
//   sending → done | refused                         the first answer is definite
//   sending → unsure → done | refused | abandoned    answers are lost: the page says that it is checking
//
// A write keeps its key and retries with it until the answer is definite. Key and request are in the tab's storage from before the first
// attempt until the page has the outcome, so a reload continues. `abandon` makes sure that the request will never be carried out, unless it
// already was; then its answer is fetched. After a lost answer a "no" is not definite, because it may be about this copy only: the key is
// abandoned first.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { AbandonReply } from '../../src/protocol/calendars.ts';
import { type Answer, ask, type Method, type Problem, type Question, UNREACHABLE } from './api.ts';
import { askAs, session } from './session.ts';
import { tabStorage } from './tab-storage.ts';

export type WriteRequest = {
  readonly method: Method;
  readonly path: string;
  readonly body?: object;
  readonly headers?: { readonly [name: string]: string };
  /** The first attempt continues after the page is closed. */
  readonly keepalive?: boolean;
  /** After this many milliseconds the outcome no longer matters to the page, and is no longer asked for. */
  readonly mattersForMilliseconds?: number;
};
/** `isLate`: answers were lost before, so what the reply says about "from now on" counts from an earlier moment. */
export type Outcome<Reply> =
  | { readonly outcome: 'done'; readonly body: Reply; readonly isLate: boolean }
  | { readonly outcome: 'refused'; readonly problem: Problem }
  | { readonly outcome: 'abandoned' };
/** What a page needs to continue a write after a reload. Plain JSON. */
export type About = { readonly page: 'booking' | 'desk' | 'account' | 'admin' };
export type Writing<Subject extends About, Reply> = {
  readonly about: Subject;
  readonly state: ReadonlySignal<'sending' | 'unsure' | 'settled'>;
  readonly outcome: Promise<Outcome<Reply>>;
  /** Asks the server never to do it. The outcome is then `abandoned`, or what has already happened. */
  abandon(): void;
};
type StoredWrite = {
  readonly key: string;
  /** The id of the user who asked; null for a guest. */
  readonly by: string | null;
  readonly about: About;
  readonly request: WriteRequest;
  readonly until: number;
};
type Attempt = { readonly stored: StoredWrite; isLost: boolean; isGivenUp: boolean; isWrittenDown: boolean; isHurried: boolean; interrupt: () => void };

/** The server answers within ten seconds, if only to say that it does not know. */
const ANSWER_TIMEOUT_MILLISECONDS = 12_000;
/** After this long without an answer the page says that it is not sure. */
const UNSURE_AFTER_MILLISECONDS = 3_000;
const FIRST_PAUSE_MILLISECONDS = 400;
const LONGEST_PAUSE_MILLISECONDS = 5_000;
/** How often an overloaded server is asked while no answer was lost. */
const BUSY_ATTEMPTS = 4;
/** The server keeps keys for 24 hours; one hour is a margin for clocks that differ. */
const KEY_LIFE_MILLISECONDS = 23 * 3_600_000;
/** With this many writes unanswered no more are started: the connection is gone, and requests would pile up. */
const MOST_OPEN = 20;
const STORAGE = 'slotkeeper-writes-1';

/** Answers that say nothing about the outcome. */
const SILENT: readonly Problem['code'][] = ['unreachable', 'outcome-unknown', 'internal'];
/** This copy was not processed. An earlier one may have been. */
const NOT_NOW: readonly Problem['code'][] = ['overloaded', 'rate-limited', 'too-slow', 'unauthenticated'];
const LOGGED_OUT: Problem = { code: 'unauthenticated', status: 401, title: 'Log in first' };
const NEVER_HEARD: Problem = { code: 'outcome-unknown', status: 504, title: 'The outcome is unknown' };

/** Begins a write as the logged-in user or a guest. Never rejects: a "no" is an outcome. */
export function beginWriting<Reply, Subject extends About>(about: Subject, request: WriteRequest): Writing<Subject, Reply> {
  const { mattersForMilliseconds = KEY_LIFE_MILLISECONDS } = request;
  const by = session.peek().state === 'in' ? userId() : null;
  const stored = { key: newKey(), by, about, request, until: Date.now() + mattersForMilliseconds };
  const open = readStored();
  if (open.length >= MOST_OPEN) {
    return { about, state: signal('settled' as const), outcome: Promise.resolve({ outcome: 'refused', problem: UNREACHABLE }), abandon: () => undefined };
  }
  writeStored([...open, stored]);
  return pursue(about, stored, false);
}

/** Continues the writes of a page that were open when it was left or reloaded. Call once, when the page opens. */
export function resumeWritings<Subject extends About>(page: Subject['page']): readonly Writing<Subject, unknown>[] {
  return readStored()
    .filter(({ about }) => about.page === page)
    .map((stored) => pursue(stored.about as Subject, stored, true));
}

function pursue<Reply, Subject extends About>(about: Subject, stored: StoredWrite, isResumed: boolean): Writing<Subject, Reply> {
  const state = signal<'sending' | 'unsure' | 'settled'>(isResumed ? 'unsure' : 'sending');
  const attempt: Attempt = { stored, isLost: isResumed, isGivenUp: false, isWrittenDown: false, isHurried: false, interrupt: () => undefined };
  const doubt = setTimeout(() => {
    state.value = 'unsure';
  }, UNSURE_AFTER_MILLISECONDS);
  const settled = settle<Reply>(attempt).then((outcome) => {
    clearTimeout(doubt);
    state.value = 'settled';
    // Only after the page has handled the outcome: a reload in between asks again and gets the same answer.
    setTimeout(() => writeStored(readStored().filter(({ key }) => key !== stored.key)));
    return outcome;
  });
  const abandon = () => {
    Object.assign(attempt, { isGivenUp: true, isHurried: true });
    attempt.interrupt();
  };
  return { about, state, outcome: settled, abandon };
}

async function settle<Reply>(attempt: Attempt): Promise<Outcome<Reply>> {
  const { stored } = attempt;
  for (let count = 1; Date.now() < stored.until; count += 1) {
    if (attempt.isGivenUp && !attempt.isWrittenDown && (await abandonKey(attempt))) return { outcome: 'abandoned' };
    const answer = await send<Reply>(attempt, stored.request, count === 1 && !attempt.isLost);
    if (answer.ok) return { outcome: 'done', body: answer.body, isLate: attempt.isLost };
    const { problem } = answer;
    if (SILENT.includes(problem.code)) attempt.isLost = true;
    else if (await isDefinite(attempt, problem, count)) return { outcome: 'refused', problem };
    await pause(attempt, count, problem.retryAfterSeconds);
  }
  return { outcome: 'refused', problem: NEVER_HEARD };
}

/** True if a "no" means that the request was not carried out and never will be. */
async function isDefinite(attempt: Attempt, { code }: Problem, count: number): Promise<boolean> {
  if (NOT_NOW.includes(code)) return !attempt.isLost && (code !== 'overloaded' || count >= BUSY_ATTEMPTS);
  if (!attempt.isLost) return true;
  return attempt.isWrittenDown || (await abandonKey(attempt));
}

/** True once the key is abandoned. False: the request was answered before, and a retry gives that answer; or there was no answer. */
async function abandonKey(attempt: Attempt): Promise<boolean> {
  const path = `/v1/requests/${encodeURIComponent(attempt.stored.key)}/abandon`;
  const answer = await send<AbandonReply>(attempt, { method: 'POST', path, body: {} }, false);
  if (!answer.ok) {
    attempt.isLost = true;
    return false;
  }
  attempt.isWrittenDown = answer.body.outcome !== 'abandoned';
  return !attempt.isWrittenDown;
}

/** One attempt, as the user who sent the first: a key belongs to its sender. */
async function send<Reply>(attempt: Attempt, request: WriteRequest, isFirst: boolean): Promise<Answer<Reply>> {
  const { key, by } = attempt.stored;
  if (by !== null && userId() !== by) return { ok: false, problem: LOGGED_OUT };
  const { method, path, body, headers = {}, keepalive = false } = request;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), ANSWER_TIMEOUT_MILLISECONDS);
  attempt.interrupt = () => timeout.abort();
  const question: Question = {
    headers: { 'idempotency-key': key, ...headers },
    signal: timeout.signal,
    keepalive: keepalive && isFirst,
    ...(body !== undefined && { body }),
  };
  const answer = await (by === null ? ask<Reply>(method, path, question) : askAs<Reply>(method, path, question));
  clearTimeout(timer);
  return answer;
}

function userId(): string | null {
  const here = session.peek();
  return here.state === 'in' ? here.user.id : null;
}

/** Ends early when the write is given up, or the browser is online again. */
async function pause(attempt: Attempt, count: number, retryAfterSeconds = 0): Promise<void> {
  const { isHurried } = attempt;
  attempt.isHurried = false;
  if (isHurried) return;
  const longest = Math.min(LONGEST_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** (count - 1));
  // Random, so that pages do not retry at the same moment.
  const milliseconds = Math.max(longest * (0.5 + Math.random() / 2), Math.min(retryAfterSeconds * 1000, LONGEST_PAUSE_MILLISECONDS));
  const ended = new AbortController();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const wake = () => {
      clearTimeout(timer);
      resolve();
    };
    attempt.interrupt = wake;
    addEventListener('online', wake, { signal: ended.signal });
  });
  ended.abort();
}

/** A key for one write, long enough to be unique. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function readStored(): readonly StoredWrite[] {
  return JSON.parse(tabStorage.getItem(STORAGE) ?? '[]') as readonly StoredWrite[];
}

function writeStored(open: readonly StoredWrite[]): void {
  if (open.length === 0) tabStorage.removeItem(STORAGE);
  else tabStorage.setItem(STORAGE, JSON.stringify(open));
}
