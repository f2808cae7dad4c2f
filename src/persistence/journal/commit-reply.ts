import type { CalendarEvent, Refusal } from '../../actors/calendar/calendar.ts';
import type { CommitResult, ShardOwner, StoredRequest } from '../../actors/ports.ts';
import { instant } from '../../model/instant.ts';

/** What `commit_v5` returns. */
export type CommitReply = {
  readonly now: number;
  readonly fenced?: readonly ShardOwner[];
  readonly lost?: readonly { readonly calendar: string; readonly revision: number }[];
  readonly duplicates?: readonly RequestReply[];
};
/** A row of `request` with the fact that answered it. */
export type RequestReply = {
  readonly caller: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly entry: string;
  readonly outcome: 'ok' | 'no' | 'abandoned';
  readonly calendar: string | null;
  readonly revision: number | null;
  readonly event: CalendarEvent | null;
  readonly refusal: Refusal | null;
};

export const REQUEST_BY_KEY = `select json_build_object('caller', r.caller, 'key', r.key, 'fingerprint', r.fingerprint, 'entry', r.entry_id, 'outcome', r.outcome, 'calendar', r.calendar_id,
  'revision', r.revision, 'refusal', r.refusal, 'event', (select h.events -> (r.event_index::int) from change h where h.calendar_id = r.calendar_id and h.revision = r.revision))
  from request r where r.caller = $1 and r.key = $2`;

export function readCommitReply(reply: CommitReply): CommitResult {
  const databaseTime = instant(reply.now);
  if (reply.fenced !== undefined) return { type: 'fenced', databaseTime, shards: reply.fenced };
  const lost = new Set((reply.lost ?? []).map(({ calendar }) => calendar));
  return { type: 'written', databaseTime, lost, duplicates: (reply.duplicates ?? []).map(readRequest) };
}

export function readRequest({ entry, calendar, ...rest }: RequestReply): StoredRequest {
  return { ...rest, entryId: entry, calendarId: calendar };
}
