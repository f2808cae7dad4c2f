// The logged-in user of this browser, for every page. The access token is only in the memory of a page; a reload gets a new one with the
// httpOnly cookie, which all tabs share: logging in or out in one tab does so in all.
import { batch, signal } from '@preact/signals';
import type { z } from 'zod';
import type { provenToken, TokensReply, user } from '../../src/protocol/auth.ts';
import { type Answer, ask, isEmbedded, type Method, type Problem, type Question } from './api.ts';
import { browserStorage } from './tab-storage.ts';

export type User = z.output<typeof user>;
/** Why the session has ended. */
type WhyOut = 'ended' | 'logged-out-elsewhere';
export type Session =
  | { readonly state: 'opening' }
  | { readonly state: 'out'; readonly problem?: Problem; readonly why?: WhyOut }
  | { readonly state: 'in'; readonly user: User };

export const session = signal<Session>({ state: 'opening' });
/** Changes with every renewal. */
export const accessToken = signal<string | undefined>(undefined);

/** Sent with requests that use the cookie, so that a form on another site cannot make them. */
const OWN_PAGE = { 'x-requested-with': 'slotkeeper' };
/** Renewed this long before the token ends. */
const AHEAD_SECONDS = 60;
/** After a renewal that was not answered. */
const AGAIN_SECONDS = 5;
/** Holds the id of the user logged in with this browser, so that a first visit does not begin with a refused request. */
const WAS_HERE = 'slotkeeper-was-here';
/** The time an unfinished renewal began. A page that is closed meanwhile leaves it behind. */
const RENEWING_SINCE = 'slotkeeper-renewing-since';
/** How long the next page waits for a renewal of a closed page: the browser still stores its cookie. */
const RENEWAL_MILLISECONDS = 2_000;
const LOOK_AGAIN_MILLISECONDS = 40;
let renewing: Promise<boolean> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

export function currentToken(): string | undefined {
  return accessToken.peek();
}

/** `code`: of an authenticator, or a recovery code; asked for by the problem `second-factor-required`. */
export function logIn(email: string, password: string, code?: string): Promise<Problem | undefined> {
  return oneTabAtATime(async () => {
    const answer = await ask<TokensReply>('POST', '/v1/auth/login', { body: { email, password, ...(code !== undefined && { code }) }, headers: OWN_PAGE });
    if (!answer.ok) return answer.problem;
    begin(answer.body);
    return undefined;
  });
}

/** Confirms the password or a code again. For five minutes this page may then do what needs a step-up; a renewal ends it. */
export async function stepUp(evidence: { readonly password: string } | { readonly code: string }): Promise<Problem | undefined> {
  const answer = await askAs<z.output<typeof provenToken>>('POST', '/v1/auth/step-up', { body: evidence });
  if (!answer.ok) return answer.problem;
  // Logged out in another tab meanwhile: the token must not restore the session.
  if (session.value.state !== 'in') return undefined;
  accessToken.value = answer.body.accessToken;
  renewIn(Math.max(5, answer.body.expiresInSeconds - AHEAD_SECONDS));
  return undefined;
}

/** Logs out of this page in any case; if the server could not be reached, the problem says so and the browser is still logged in. */
export function logOut(): Promise<void> {
  return oneTabAtATime(async () => {
    const answer = await ask('POST', '/v1/auth/logout', { body: {}, headers: OWN_PAGE });
    end(answer.ok ? undefined : answer.problem);
  });
}

/** Call first on every page: continues the previous session, if there was one. */
export async function resumeSession(): Promise<void> {
  if (isEmbedded) {
    // Nothing is read or stored: the logins of other tabs are no business of a page in another site.
    session.value = { state: 'out' };
    return;
  }
  addEventListener('storage', ({ key, newValue }) => {
    if (key === WAS_HERE) followOtherTab(newValue);
  });
  if (browserStorage.getItem(WAS_HERE) === null) end();
  else await renewSession();
}

/** The cookie has changed: a page must not act for a user who has logged out, or for one while it shows another. */
function followOtherTab(userId: string | null): void {
  if (userId === null) end(undefined, session.value.state === 'in' ? 'logged-out-elsewhere' : undefined);
  else if (session.value.state !== 'in' || session.value.user.id !== userId) void renewSession();
}

/** Renews the session with the cookie. False: it has ended. Concurrent callers share one renewal. */
export function renewSession(): Promise<boolean> {
  const wasIn = session.peek().state === 'in';
  renewing ??= oneTabAtATime(async () => !hasLoggedOut(wasIn) && renewOnce()).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

/**
 * A refresh token works once: two tabs using the same one would look like theft and end the session.
 * Only secure pages have locks; others rely on the mark that `othersAreDone` checks.
 */
function oneTabAtATime<T>(work: () => Promise<T>): Promise<T> {
  const takeTurn = async () => {
    await othersAreDone();
    return work();
  };
  return 'locks' in navigator ? navigator.locks.request('slotkeeper-session', takeTurn) : takeTurn();
}

/** The socket may report the end of the session before the reply to the logout arrives: the page must not say that it expired. */
function hasLoggedOut(wasIn: boolean): boolean {
  return wasIn && session.peek().state === 'out';
}

async function renewOnce(): Promise<boolean> {
  browserStorage.setItem(RENEWING_SINCE, String(Date.now()));
  // `keepalive`: a reload at this moment must not lose the new token.
  const answer = await ask<TokensReply>('POST', '/v1/auth/refresh', { body: {}, headers: OWN_PAGE, keepalive: true });
  // Not so without an answer, also where the page is about to go: the server may have renewed it, and the browser may yet get the cookie.
  if (answer.ok || answer.problem.status !== 0) browserStorage.removeItem(RENEWING_SINCE);
  if (answer.ok) {
    begin(answer.body);
    return true;
  }
  const isOver = answer.problem.status === 401 || answer.problem.status === 403 || answer.problem.status === 400;
  // An unreachable server says nothing about the session: keep it and retry.
  if (isOver) end(undefined, 'ended');
  else if (session.value.state === 'opening') end(answer.problem);
  else renewIn(answer.problem.retryAfterSeconds ?? AGAIN_SECONDS);
  return false;
}

/** Waits until renewals of closed pages are over. */
async function othersAreDone(): Promise<void> {
  const isUnderWay = () => Math.abs(Date.now() - Number(browserStorage.getItem(RENEWING_SINCE))) < RENEWAL_MILLISECONDS;
  while (isUnderWay()) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS));
}

function begin({ accessToken: token, expiresInSeconds, user: who }: TokensReply): void {
  browserStorage.setItem(WAS_HERE, who.id);
  const before = session.peek();
  // A renewal is not a change: otherwise everything that watches the session would load again.
  const isSame = before.state === 'in' && JSON.stringify(before.user) === JSON.stringify(who);
  batch(() => {
    accessToken.value = token;
    if (!isSame) session.value = { state: 'in', user: who };
  });
  renewIn(Math.max(5, expiresInSeconds - AHEAD_SECONDS));
}

function renewIn(seconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void renewSession(), seconds * 1000);
}

function end(problem?: Problem, why?: WhyOut): void {
  accessToken.value = undefined;
  clearTimeout(timer);
  if (problem === undefined) browserStorage.removeItem(WAS_HERE);
  session.value = { state: 'out', ...(problem !== undefined && { problem }), ...(why !== undefined && { why }) };
}

/** A request as the logged-in user; an expired token is renewed once. */
export function askAs<T>(method: Method, path: string, question: Question = {}): Promise<Answer<T>> {
  return withToken((headers) => ask<T>(method, path, { ...question, headers: { ...question.headers, ...headers } }));
}

async function withToken<T>(send: (headers: { readonly authorization: string }) => Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await send({ authorization: `Bearer ${currentToken() ?? ''}` });
  if (answer.ok || answer.problem.code !== 'unauthenticated') return answer;
  if (!(await renewSession())) return answer;
  return send({ authorization: `Bearer ${currentToken() ?? ''}` });
}
