import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../accounts/principal.ts';
import { type Problem, type ProblemDraft, problemOf } from '../../protocol/problems.ts';
import type { GatewayContext } from '../context.ts';

/** Who a screen is, and where it comes from. `principal` null is a guest. */
export type Visitor = { readonly principal: Principal | null; readonly address: string };

/** Reads `auth: { token? }`. A token that is not good is nobody, never a guest. */
export async function readVisitor(context: GatewayContext, auth: unknown, request: IncomingMessage): Promise<Visitor | undefined> {
  const token = typeof auth === 'object' && auth !== null && 'token' in auth ? auth.token : undefined;
  const address = addressOf(request, context.config.trustedProxies);
  if (token === undefined || token === null) return { principal: null, address };
  const principal = typeof token === 'string' ? await context.verifier.verify(token) : undefined;
  return principal && { principal, address };
}

/** Why a screen is not let in; `undefined` if it is. A connection counts as one reading request of whoever makes it. */
export async function refuseVisitor(context: GatewayContext, visitor: Visitor | undefined): Promise<ProblemDraft | undefined> {
  if (visitor === undefined) return problemOf('unauthenticated', { detail: 'The token is not valid or has expired.' });
  const taken = await context.limits.take('read', visitor.address, visitor.principal);
  return taken.isAllowed ? undefined : problemOf('rate-limited', { detail: `At most ${taken.limit} a minute.`, retryAfterSeconds: taken.resetSeconds });
}

/** The error a refused screen gets as `connect_error`: `data` holds the problem. */
export function refusalOf(draft: ProblemDraft, requestId: string): Error & { data: { problem: Problem } } {
  return Object.assign(new Error(draft.code), { data: { problem: { ...draft, requestId } } });
}

/** Pages of other sites may not open sockets unless they are listed; programs send no `Origin`. */
export function isOriginAllowed(context: GatewayContext, request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { corsOrigins, publicUrl } = context.config;
  return new URL(origin).host === host || corsOrigins.includes(origin) || (URL.canParse(publicUrl) && new URL(publicUrl).origin === origin);
}

/** The visitor's address: as many hops before the last proxy as there are proxies that are believed. */
export function addressOf(request: IncomingMessage, trustedProxies: number): string {
  const forwarded = trustedProxies > 0 ? String(request.headers['x-forwarded-for'] ?? '') : '';
  const hops = [
    ...forwarded
      .split(',')
      .map((hop) => hop.trim())
      .filter((hop) => hop !== ''),
    request.socket.remoteAddress ?? '',
  ];
  return hops[Math.max(0, hops.length - 1 - trustedProxies)] ?? '';
}
