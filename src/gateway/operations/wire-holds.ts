import type { AppointmentPolicy, Hold, HoldTerms } from '../../actors/calendar/calendar.ts';
import { SECOND } from '../../model/instant.ts';
import type { HoldReply } from '../../protocol/holds.ts';
import { type Failed, failed } from '../../protocol/reply.ts';
import { wireTime } from '../../protocol/wire-times.ts';
import type { GatewayContext } from '../context.ts';
import { namesOf, termsOfHold } from './agreed-terms.ts';
import type { OkAnswer } from './ask-calendar.ts';

export function wireHold(context: GatewayContext, hold: Hold, expiresInSeconds: number, more: Pick<HoldReply, 'token' | 'revision'> = {}): HoldReply {
  const terms = termsOfHold(context, hold);
  const zone = terms?.timeZone ?? 'UTC';
  return {
    id: hold.id,
    ...more,
    serviceId: hold.serviceId,
    staffId: hold.staffId,
    calendarId: hold.calendarId,
    startsAt: wireTime(hold.startsAt, zone),
    endsAt: wireTime(hold.endsAt, zone),
    seats: hold.seats,
    state: hold.state,
    expiresAt: wireTime(hold.expiresAt, zone),
    expiresInSeconds,
    renewalsLeft: hold.renewalsLeft,
    ...(terms && wireTerms(context, hold, terms)),
  };
}

function wireTerms(context: GatewayContext, { serviceId, staffId, resource }: Hold, terms: HoldTerms) {
  const { price, policy, approval, locationId, timeZone } = terms;
  return {
    ...namesOf(context, { ...terms, serviceId, staffId, ...(resource && { resource }) }),
    locationId,
    timeZone,
    price,
    policy: wirePolicy(policy),
    approval,
  };
}

function wirePolicy({ cancelUntilMinutes, rescheduleUntilMinutes, refundRules }: AppointmentPolicy): NonNullable<HoldReply['policy']> {
  return { cancelUntilMinutes, rescheduleUntilMinutes, refundRules: [...refundRules] };
}

/** Of a hold just placed or renewed. `expiresInSeconds` is the time that was given, not what is left of it, so that a repeat says the same. */
export function describeHold(context: GatewayContext, { event, revision }: OkAnswer, isDryRun: boolean): { status: number; body: HoldReply } | Failed {
  if (event.type !== 'hold.placed' && event.type !== 'hold.renewed') return failed('idempotency-key-reused');
  const { hold } = event;
  const given = event.type === 'hold.placed' ? Math.round((hold.expiresAt - hold.placedAt) / SECOND) : context.config.holdSeconds;
  if (isDryRun) return { status: 200, body: wireHold(context, hold, given) };
  return { status: 201, body: wireHold(context, hold, given, { token: context.tokens.holdToken(hold.id), revision }) };
}
