// Who is at the desk. The access token lives in this page's memory only; a reload gets a new one by the httpOnly cookie.
import { signal } from '@preact/signals';
import type { z } from 'zod';
import type { TokensReply, user } from '../../src/protocol/auth.ts';
import { type Answer, ask, type Method, type Problem, type Question, write } from '../api.ts';

export type User = z.output<typeof user>;
export type Session = { readonly state: 'opening' } | { readonly state: 'out'; readonly problem?: Problem } | { readonly state: 'in'; readonly user: User };

export const session = signal<Session>({ state: 'opening' });

/** Requests that a cookie speaks for carry this, so that a form on another site cannot make them. */
const OWN_PAGE = { 'x-requested-with': 'slotkeeper' };
/** Renewed this long before the token ends. */
const AHEAD_SECONDS = 60;
/** Set while somebody is logged in with this browser, so that a stranger's first visit does not begin with a refused request. */
const WAS_HERE = 'slotkeeper-was-here';
let accessToken: string | undefined;
let renewing: Promise<boolean> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

export function currentToken(): string | undefined {
  return accessToken;
}

export async function logIn(email: string, password: string): Promise<Problem | undefined> {
  const answer = await ask<TokensReply>('POST', '/v1/auth/login', { body: { email, password }, headers: OWN_PAGE });
  if (!answer.ok) return answer.problem;
  begin(answer.body);
  return undefined;
}

export async function logOut(): Promise<void> {
  await ask('POST', '/v1/auth/logout', { body: {}, headers: OWN_PAGE });
  end();
}

/** What a page does first: goes on with the session of before, if there was one. */
export async function resumeSession(): Promise<void> {
  if (localStorage.getItem(WAS_HERE) === null) end();
  else await renewSession();
}

/** Renews the session by the cookie. False: there is none any more. Several who ask at once share one answer. */
export function renewSession(): Promise<boolean> {
  renewing ??= oneTabAtATime(renewOnce).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

/** The refresh token is used up by its use: two tabs with the same one would look like a thief. */
function oneTabAtATime<T>(work: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request('slotkeeper-session', work) : work();
}

async function renewOnce(): Promise<boolean> {
  const answer = await ask<TokensReply>('POST', '/v1/auth/refresh', { body: {}, headers: OWN_PAGE });
  if (answer.ok) {
    begin(answer.body);
    return true;
  }
  const isOver = answer.problem.status === 401 || answer.problem.status === 403 || answer.problem.status === 400;
  // A server that cannot be reached says nothing about the session: it stays, and is tried again.
  if (isOver || session.value.state === 'opening') end(isOver ? undefined : answer.problem);
  return false;
}

function begin({ accessToken: token, expiresInSeconds, user: who }: TokensReply): void {
  accessToken = token;
  localStorage.setItem(WAS_HERE, 'yes');
  session.value = { state: 'in', user: who };
  clearTimeout(timer);
  timer = setTimeout(() => void renewSession(), Math.max(5, expiresInSeconds - AHEAD_SECONDS) * 1000);
}

function end(problem?: Problem): void {
  accessToken = undefined;
  clearTimeout(timer);
  if (problem === undefined) localStorage.removeItem(WAS_HERE);
  session.value = problem === undefined ? { state: 'out' } : { state: 'out', problem };
}

/** A question in the name of whoever is logged in; an ended token is renewed once. */
export function askAs<T>(method: Method, path: string, question: Question = {}): Promise<Answer<T>> {
  return withToken((headers) => ask<T>(method, path, { ...question, headers: { ...question.headers, ...headers } }));
}

export function writeAs<T>(method: Method, path: string, question: Question = {}): Promise<Answer<T>> {
  return withToken((headers) => write<T>(method, path, { ...question, headers: { ...question.headers, ...headers } }));
}

async function withToken<T>(send: (headers: { readonly authorization: string }) => Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await send({ authorization: `Bearer ${accessToken ?? ''}` });
  if (answer.ok || answer.problem.code !== 'unauthenticated') return answer;
  if (!(await renewSession())) return answer;
  return send({ authorization: `Bearer ${accessToken ?? ''}` });
}
