// Coming in for the first time, and coming back without a password. None of these answers says whether an address has an account.

import { forgotBody, registerBody, resetBody, verifyBody } from '../../../protocol/auth.ts';
import { done, failed, failedField } from '../../../protocol/reply.ts';
import type { LoggingIn, Mailing } from '../../parts.ts';
import { refuseEmail } from '../allowance.ts';
import { tooManyPasswords, whereabouts } from '../logging-in.ts';
import { type RouteFacts, route } from '../route.ts';

const shared = { tag: 'Logging in', method: 'post', action: 'log-in', allowance: 'login' } as const satisfies Partial<RouteFacts>;
const accepted = done({}, { status: 202 });
const notValid = failed('link-not-valid', { detail: 'The link is unknown, used, expired or replaced by a newer one.' });

const register = route({
  ...shared,
  path: '/v1/auth/register',
  summary: 'Register as a customer',
  body: registerBody,
  replies: { 202: { description: 'An e-mail is sent to the address: with a link that verifies it, or saying that it already has an account.' } },
  problems: ['overloaded'],
  handle: async (parts: LoggingIn & Mailing, request) => {
    const { body } = request;
    const outcome = await parts.accounts.registrations.register(body, whereabouts(request), () => refuseEmail(parts, body.email, request.caller));
    if (outcome === 'overloaded') return tooManyPasswords;
    if (outcome === 'guessable') return guessable('password');
    return outcome === 'told-by-email' ? accepted : outcome;
  },
});

const verifyEmail = route({
  ...shared,
  path: '/v1/auth/email/verify',
  summary: 'Verify an e-mail address',
  body: verifyBody,
  replies: { 204: { description: 'The account exists, and its user can log in.' } },
  problems: ['link-not-valid', 'overloaded'],
  handle: async (parts: LoggingIn & Mailing, request) => {
    const { token, password } = request.body;
    const outcome = await parts.accounts.registrations.verify(token, whereabouts(request), password);
    if (outcome === 'overloaded') return tooManyPasswords;
    if (outcome === 'wrong-password') return failedField('invalid-request', 'password', 'is not the password you chose when you registered');
    return outcome === 'verified' ? done({}, { status: 204 }) : notValid;
  },
});

const forgotPassword = route({
  ...shared,
  path: '/v1/auth/password/forgot',
  summary: 'Get a link that sets a new password',
  body: forgotBody,
  replies: { 202: { description: 'An e-mail is sent to the address.' } },
  handle: async (parts: LoggingIn & Mailing, request) => {
    const refusal = await refuseEmail(parts, request.body.email, request.caller);
    if (refusal !== undefined) return refusal;
    await parts.accounts.passwordResets.forgot(request.body.email, whereabouts(request));
    return accepted;
  },
});

const resetPassword = route({
  ...shared,
  path: '/v1/auth/password/reset',
  summary: 'Set a new password with the token of a link',
  body: resetBody,
  replies: { 204: { description: 'The password is changed, and all sessions of the account have ended.' } },
  problems: ['link-not-valid', 'overloaded'],
  handle: async (parts: LoggingIn & Mailing, request) => {
    const { body } = request;
    const outcome = await parts.accounts.passwordResets.reset(body.token, body.password, whereabouts(request));
    if (outcome === 'overloaded') return tooManyPasswords;
    if (outcome === 'guessable') return guessable('password');
    return outcome === 'reset' ? done({}, { status: 204 }) : notValid;
  },
});

export function guessable(field: string) {
  return failedField('invalid-request', field, 'is a common password; choose three unrelated words, for example');
}

export const registrationRoutes = [register, verifyEmail, forgotPassword, resetPassword];
