// What the routes that look at a password have in common.

import type { Caller } from '../../access/caller.ts';
import type { Visit } from '../../accounts/account.ts';
import { deviceOf } from '../../accounts/device.ts';
import type { LockedOut } from '../../accounts/failed-logins.ts';
import { QUEUE_RETRY_SECONDS } from '../../accounts/password-queue.ts';
import { NOT_PROVEN } from '../../accounts/user-answer.ts';
import { type Failed, failed } from '../../protocol/reply.ts';
import type { WithAccounts } from '../parts.ts';
import type { RouteRequest } from './route.ts';
import { spokenLocale } from './spoken-locale.ts';

export function whereabouts({ headers, caller, requestId }: RouteRequest): Visit {
  return { device: deviceOf(headers['user-agent']), address: caller.address, requestId, locale: spokenLocale(headers) };
}

/** For what a stolen access token must not do. `undefined`: go on. */
export function refuseUnproven({ accounts }: WithAccounts, { principal }: Caller): Failed | undefined {
  if (principal !== null && accounts.isProven(principal)) return undefined;
  return failed('step-up-required', { detail: NOT_PROVEN.refusal.detail });
}

export function isLockedOut(answer: object | string): answer is LockedOut {
  return typeof answer === 'object' && 'lockedForSeconds' in answer;
}

export function lockedOut({ lockedForSeconds }: LockedOut): Failed {
  return failed('rate-limited', { detail: 'Too many failed logins. Wait and try again.', retryAfterSeconds: lockedForSeconds });
}

/** Nothing was looked at, and no failed login counted. Claims go on meanwhile. */
export const tooManyPasswords: Failed = failed('overloaded', {
  detail: 'Too many people are logging in right now.',
  retryAfterSeconds: QUEUE_RETRY_SECONDS,
});
