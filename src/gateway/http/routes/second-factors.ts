// The caller's second factor.

import { PROOF_LIFE } from '../../../accounts/accounts.ts';
import type { NoChange } from '../../../accounts/second-factors.ts';
import type { Catalogs } from '../../../booking/parts.ts';
import { SECOND } from '../../../model/instant.ts';
import {
  passwordAndCode,
  provenToken,
  recoveryCodes,
  secondFactorBody,
  secondFactorCode,
  secondFactorSetup,
  secondFactorStatus,
  stepUpBody,
} from '../../../protocol/auth.ts';
import { done, type Failed, failed, failedField } from '../../../protocol/reply.ts';
import type { WithAccounts } from '../../parts.ts';
import { isLockedOut, lockedOut, tooManyPasswords, whereabouts } from '../logging-in.ts';
import { type RouteFacts, route } from '../route.ts';

const shared = { tag: 'Logging in', action: 'manage-own-account' } as const satisfies Partial<RouteFacts>;
/** What looks at a password or a code. */
const guarded = { ...shared, method: 'post', allowance: 'login' } as const satisfies Partial<RouteFacts>;
const nobody = failed('unauthenticated');
const wrongCode = failedField('forbidden', 'code', 'is wrong or already used');

const readSecondFactor = route({
  ...shared,
  method: 'get',
  path: '/v1/auth/totp',
  summary: 'Whether I have a second factor',
  replies: { 200: { description: 'And how many recovery codes are left.', schema: secondFactorStatus } },
  handle: async (parts: WithAccounts, { caller: { principal } }) => (principal === null ? nobody : done(await parts.accounts.secondFactors.status(principal))),
});

const beginSecondFactor = route({
  ...guarded,
  path: '/v1/auth/totp',
  summary: 'Begin to set up a second factor',
  body: secondFactorBody,
  replies: {
    201: {
      description: 'A secret for an authenticator app. It takes effect once a code from it is confirmed, within 15 minutes; a new one replaces it.',
      schema: secondFactorSetup,
    },
  },
  problems: ['wrong-status', 'overloaded'],
  handle: async (parts: WithAccounts & Catalogs, request) => {
    const { caller, body } = request;
    if (caller.principal === null) return nobody;
    const issuer = parts.catalog.snapshot().business.name;
    const made = await parts.accounts.secondFactors.begin(caller.principal, body.password, issuer, whereabouts(request));
    if (made === 'is-on') return failed('wrong-status', { detail: 'A second factor is already on. Remove it first.' });
    return typeof made === 'string' || isLockedOut(made) ? refused(made) : done(made, { status: 201 });
  },
});

const confirmSecondFactor = route({
  ...guarded,
  path: '/v1/auth/totp/confirm',
  summary: 'Confirm the second factor',
  body: secondFactorCode,
  replies: { 200: { description: 'From now on logging in requires a code. All other sessions have ended.', schema: recoveryCodes } },
  problems: ['wrong-status'],
  handle: async (parts: WithAccounts, request) => {
    const { caller, body } = request;
    if (caller.principal === null) return nobody;
    const made = await parts.accounts.secondFactors.confirm(caller.principal, body.code, whereabouts(request));
    if (made === 'nothing-begun') return failed('wrong-status', { detail: 'There is nothing to confirm, or it has expired. Start again.' });
    return made === 'wrong-code' || isLockedOut(made) ? refused(made) : done({ recoveryCodes: made });
  },
});

const removeSecondFactor = route({
  ...guarded,
  path: '/v1/auth/totp/remove',
  summary: 'Remove my second factor',
  body: passwordAndCode,
  replies: { 204: { description: 'Removed. The recovery codes no longer work.' } },
  problems: ['wrong-status', 'overloaded'],
  handle: async (parts: WithAccounts, request) => {
    const { caller, body } = request;
    if (caller.principal === null) return nobody;
    const outcome = await parts.accounts.secondFactors.remove(caller.principal, body, whereabouts(request));
    return outcome === 'removed' ? done({}, { status: 204 }) : refused(outcome);
  },
});

const renewRecoveryCodes = route({
  ...guarded,
  path: '/v1/auth/totp/recovery-codes',
  summary: 'Get new recovery codes',
  body: passwordAndCode,
  replies: { 200: { description: 'The old codes no longer work.', schema: recoveryCodes } },
  problems: ['wrong-status', 'overloaded'],
  handle: async (parts: WithAccounts, request) => {
    const { caller, body } = request;
    if (caller.principal === null) return nobody;
    const made = await parts.accounts.secondFactors.renewRecoveryCodes(caller.principal, body, whereabouts(request));
    return typeof made === 'string' || isLockedOut(made) ? refused(made) : done({ recoveryCodes: made });
  },
});

const stepUp = route({
  ...guarded,
  path: '/v1/auth/step-up',
  summary: 'Confirm my password or a code again',
  body: stepUpBody,
  replies: {
    200: {
      description:
        'An access token of the same session. For five minutes it may create API keys and owners, change other owners, remove the second factor of others and read links to owners’ accounts. Other tokens do not change, and renewed tokens lose these rights.',
      schema: provenToken,
    },
  },
  problems: ['second-factor-required', 'wrong-status', 'overloaded'],
  handle: async (parts: WithAccounts, request) => {
    const { caller, body } = request;
    if (caller.principal === null) return nobody;
    const shown = body.code === undefined ? { password: body.password ?? '' } : { code: body.code };
    const made = await parts.accounts.stepUp(caller.principal, shown, whereabouts(request));
    if (made === 'session-over') return nobody;
    if (made === 'second-factor-required') return failed('second-factor-required', { detail: 'Send the code from the app instead of the password.' });
    return typeof made === 'string' || isLockedOut(made) ? refused(made) : done({ ...made, provenForSeconds: PROOF_LIFE / SECOND });
  },
});

export const secondFactorRoutes = [stepUp, readSecondFactor, beginSecondFactor, confirmSecondFactor, removeSecondFactor, renewRecoveryCodes];

function refused(answer: NoChange): Failed {
  if (isLockedOut(answer)) return lockedOut(answer);
  if (answer === 'overloaded') return tooManyPasswords;
  if (answer === 'is-off') return failed('wrong-status', { detail: 'There is no second factor.' });
  return answer === 'wrong-code' ? wrongCode : failedField('forbidden', 'password', 'is not your current password');
}
