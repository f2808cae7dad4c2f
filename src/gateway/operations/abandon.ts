import { type Caller, requestKeyOf } from '../../access/caller.ts';
import type { Reader } from '../../access/sight.ts';
import type { AbandonReply } from '../../protocol/calendars.ts';
import { done, isFailed, type Reply } from '../../protocol/reply.ts';
import type { GatewayContext } from '../context.ts';
import { replyOf } from './ask-calendar.ts';
import { refuseBytes } from './guest-bytes.ts';
import { readerOfCalendar, zoneOfCalendar } from './staff-directory.ts';
import { detailsFor, wireEvent } from './wire-events.ts';

/** After this the key can never do anything any more, unless it has done it already, which is then said. */
export async function abandonRequest(context: GatewayContext, caller: Caller, key: string): Promise<Reply<AbandonReply>> {
  const tooMany = await refuseBytes(context, caller, null);
  if (tooMany !== undefined) return tooMany;
  const answer = await context.scheduler.abandon(requestKeyOf({ ...caller, key }, 'abandon', {}));
  if (answer.outcome === 'no') return done(answer.refusal.code === 'abandoned' ? { outcome: 'abandoned' } : { outcome: 'refused', code: answer.refusal.code });
  const reply = await replyOf<AbandonReply>(context, answer, async ({ event, calendarId, revision }) => {
    const reader = readerOfOwn(context, caller, calendarId);
    const details = await detailsFor(context, reader, [event]);
    return {
      status: 200,
      body: { outcome: 'done', calendarId, revision, event: wireEvent(event, { timeZone: zoneOfCalendar(context, calendarId), reader, details }) },
    };
  });
  return isFailed(reply) ? reply : { ...reply, replayed: false };
}

/**
 * It is the caller's own request, so they know whom it was about. A guest's key may be known to others: whoever has it learns what was done, not for
 * whom. An API key that may not see customers does not learn it here either.
 */
function readerOfOwn(context: GatewayContext, { principal }: Caller, calendarId: string): Reader {
  const isPerson = principal !== null && principal.role !== 'integration';
  return { ...readerOfCalendar(context, principal, calendarId), ...(isPerson && { as: 'owner' }) };
}
