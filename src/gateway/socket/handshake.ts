import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../access/principal.ts';
import { problemOfTooMany } from '../../limits/rate-limits.ts';
import { type Problem, type ProblemDraft, problemOf } from '../../protocol/problems.ts';
import type { Recognising } from '../parts.ts';
import { principalOfToken } from '../security/bearer.ts';
import { visitorAddress } from '../security/visitor-address.ts';

/** Who a screen is, and where it comes from. `principal` null is a guest; `apiKey` is what a program has shown, so that it can be looked up again. */
export type Visitor = { readonly principal: Principal | null; readonly apiKey: string | null; readonly address: string };

/** Reads `auth: { token? }`, and says why it is not let in if the token is not good: such a one is nobody, never a guest. */
export async function readVisitor(parts: Recognising, auth: unknown, request: IncomingMessage): Promise<Visitor | { readonly refusal: ProblemDraft }> {
  const token = typeof auth === 'object' && auth !== null && 'token' in auth ? auth.token : undefined;
  const address = visitorAddress(request, parts.config.trustedProxies);
  if (token === undefined || token === null) return { principal: null, apiKey: null, address };
  const shown = await principalOfToken(parts, typeof token === 'string' ? token : '', address);
  if ('taken' in shown) return { refusal: shown.taken.isAllowed ? BAD_TOKEN : problemOfTooMany(shown.taken) };
  const { principal } = shown;
  return { principal, apiKey: principal.role === 'integration' ? String(token) : null, address };
}

const BAD_TOKEN = problemOf('unauthenticated', { detail: 'The token is not valid or has expired.' });

/** Why a visitor is not let in; `undefined` if they are. A connection counts as one read of its caller. */
export async function refuseVisitor(parts: Pick<Recognising, 'limits'>, visitor: Visitor): Promise<ProblemDraft | undefined> {
  const taken = await parts.limits.take('read', visitor.address, visitor.principal);
  return taken.isAllowed ? undefined : problemOfTooMany(taken);
}

/** The error a refused screen gets as `connect_error`: `data` holds the problem. */
export function refusalOf(draft: ProblemDraft, requestId: string): Error & { data: { problem: Problem } } {
  return Object.assign(new Error(draft.code), { data: { problem: { ...draft, requestId } } });
}
