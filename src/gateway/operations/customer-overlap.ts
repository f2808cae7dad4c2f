// One customer with two appointments at the same time: refused unless the caller allows it. Asked before a calendar is, since none knows the others'.

import type { Caller } from '../../access/caller.ts';
import { WHOLE_BUSINESS } from '../../access/rights.ts';
import { toldOf } from '../../access/sight.ts';
import type { Instant } from '../../model/instant.ts';
import { type Failed, failed } from '../../protocol/reply.ts';
import { wireTime } from '../../protocol/wire-times.ts';
import type { GatewayContext } from '../context.ts';

type Asked = {
  readonly operation: 'book' | 'reschedule';
  readonly customerId: string;
  /** Without buffers. */
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** The one that is made or moved: it is not in its own way. */
  readonly appointmentId: string;
  readonly allowOverlap: boolean | undefined;
};

/** `undefined`: as far as the customer's other appointments go, it may be done. What is decided at the same moment is not seen. */
export async function refuseOverlap(context: GatewayContext, caller: Caller, asked: Asked): Promise<Failed | undefined> {
  if (asked.allowOverlap === true) return undefined;
  const { operation, customerId, startsAt, endsAt, appointmentId } = asked;
  const question = { customerId, from: startsAt, to: endsAt, except: appointmentId, among: comparedFor(context, caller, customerId) };
  const others = await context.appointments.overlapping(question);
  if (others.length === 0) return undefined;
  context.metrics.operationEnded(operation, 'customer-busy');
  const told = others.find((other) => toldOf({ principal: caller.principal, place: WHOLE_BUSINESS }, other, null) !== null);
  return failed('customer-busy', {
    detail: 'The customer has another appointment at this time. To book both, send allowOverlap: true.',
    ...(told && {
      conflict: {
        by: 'appointment',
        startsAt: wireTime(told.startsAt, told.timeZone),
        endsAt: wireTime(told.endsAt, told.timeZone),
        appointmentId: told.id,
      },
    }),
  });
}

/**
 * Which appointments of a customer count. A refusal says that the owner of an e-mail address is busy, and anybody can type an address: so people who book
 * for themselves are compared with what they may know of anyway, and guests with what guests have booked from where they are.
 */
function comparedFor(context: GatewayContext, { principal, address }: Caller, customerId: string) {
  if (principal === null) return { sources: context.guestSources.countedFor(address)[0]?.prefixes ?? [] };
  if (principal.role !== 'customer' || principal.customerId === customerId) return 'all' as const;
  return { createdBy: principal.userId };
}
