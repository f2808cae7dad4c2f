import { type Caller, requestKeyOf } from '../access/caller.ts';
import type { Reader } from '../access/sight.ts';
import type { AbandonReply } from '../protocol/calendars.ts';
import { done, isFailed, type Reply } from '../protocol/reply.ts';
import { replyOf } from './ask-calendar.ts';
import { refuseBytes } from './guest-limit.ts';
import type { Asking, Catalogs, Reading } from './parts.ts';
import { readerOfCalendar, zoneOfCalendar } from './staff-directory.ts';
import { detailsFor, wireEvent } from './wire-events.ts';

/** After this the key can never do anything any more, unless it has done it already, which is then said. */
export async function abandonRequest(parts: Asking & Reading, caller: Caller, key: string): Promise<Reply<AbandonReply>> {
  const tooMany = await refuseBytes(parts, caller, null);
  if (tooMany !== undefined) return tooMany;
  const answer = await parts.scheduler.abandon(requestKeyOf({ ...caller, key }, 'abandon', {}));
  if (answer.outcome === 'no') return done(answer.refusal.code === 'abandoned' ? { outcome: 'abandoned' } : { outcome: 'refused', code: answer.refusal.code });
  const reply = await replyOf<AbandonReply>(parts, answer, async ({ event, calendarId, revision }) => {
    const reader = readerOfOwn(parts, caller, calendarId);
    const details = await detailsFor(parts, reader, [event]);
    return {
      status: 200,
      body: { outcome: 'done', calendarId, revision, event: wireEvent(event, { timeZone: zoneOfCalendar(parts, calendarId), reader, details }) },
    };
  });
  return isFailed(reply) ? reply : { ...reply, replayed: false };
}

/**
 * It is the caller's own request, so they know whom it was about. A guest's key may be known to others: they learn what was done, but not for
 * whom. An API key that may not see customers does not learn it here either.
 */
function readerOfOwn(parts: Catalogs, { principal }: Caller, calendarId: string): Reader {
  const isPerson = principal !== null && principal.role !== 'integration';
  return { ...readerOfCalendar(parts, principal, calendarId), ...(isPerson && { as: 'owner' }) };
}
