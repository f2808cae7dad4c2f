// What a provider of text messages tells: what has become of them, and that a customer wants no more.
import { z } from 'zod';
import { type CallbackOutcome, type SmsListening, takeReply, takeReport } from '../../../messages/sms-callbacks.ts';
import { done, type Reply } from '../../../protocol/reply.ts';
import { smsProvider, smsReportQuery } from '../../../protocol/sms.ts';
import { type RouteRequest, route, signedBody } from '../route.ts';

const LISTENING = {
  method: 'post',
  tag: 'Messages',
  action: 'tell-of-messages',
  allowance: 'callback',
  isSigned: true,
  params: z.object({ provider: smsProvider }),
  body: signedBody,
  replies: { 204: { description: 'It is noted.' } },
  problems: ['not-found'],
} as const;
type Signed = RouteRequest<{ readonly provider: string }, unknown, Uint8Array>;
type Parts = { readonly sms: SmsListening | null; readonly config: { readonly publicUrl: string } };

/** The address as the provider was given it: in front of a proxy, it is not the one that arrives here. */
function callbackOf({ config }: Parts, { url, headers, body }: Signed) {
  return { url: config.publicUrl + url, headers, body };
}

function replyTo(outcome: CallbackOutcome): Reply {
  return outcome === 'taken' ? done({}, { status: 204 }) : outcome;
}

export const smsRoutes = [
  route({
    ...LISTENING,
    path: '/v1/sms/{provider}/status',
    summary: 'For the provider of texts: what has become of one',
    query: smsReportQuery,
    handle: async (parts: Parts, request: Signed) => replyTo(await takeReport(parts.sms, request.params.provider, callbackOf(parts, request))),
  }),
  route({
    ...LISTENING,
    path: '/v1/sms/{provider}/inbound',
    summary: 'For the provider of texts: an answer, such as STOP',
    handle: async (parts: Parts, request: Signed) => replyTo(await takeReply(parts.sms, request.params.provider, callbackOf(parts, request))),
  }),
];
