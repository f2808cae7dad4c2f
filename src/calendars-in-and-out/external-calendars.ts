// External calendars whose busy times hold on a staff member's calendar.
import { type AuditSource, auditEntry } from '../audit/audit-entry.ts';
import { type Instant, MINUTE } from '../model/instant.ts';
import type { Outside, OutsideRefusal } from '../model/outside.ts';
import { type StaffSubject, subjectOf } from './calendar-feeds.ts';
import type { CalendarsStore, ExternalCalendar } from './store-port.ts';

/** How often each is asked. */
export const REFRESH_MS = 15 * MINUTE;
/** Three refreshes have not succeeded. */
const LATE_AFTER_MS = 3 * REFRESH_MS;
const JUDGE_MS = 4_000;
/** About the address, and not about the moment. */
const WRONG: ReadonlySet<OutsideRefusal> = new Set([
  'not-an-address',
  'scheme-not-allowed',
  'credentials-in-address',
  'port-not-allowed',
  'not-public',
  'name-not-known',
]);

/** `failed`: the last attempt failed, and the busy times of the last good one hold. `late`: none has succeeded for 45 minutes, or ever. */
export type ExternalState = 'ok' | 'late' | 'failed';

type Seal = { seal(text: string): string };
type Parts = { readonly store: CalendarsStore; readonly outside: Outside; readonly seal: Seal; readonly now: () => Instant; readonly onAdded: () => void };

export class ExternalCalendars {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Why nothing would be fetched from there; `undefined`: nothing speaks against it. Sends nothing. */
  async judge(url: string): Promise<OutsideRefusal | undefined> {
    const refusal = await this.#parts.outside.judge({ url: addressOf(url), timeoutMilliseconds: JUDGE_MS });
    return refusal !== undefined && WRONG.has(refusal) ? refusal : undefined;
  }

  /** After its calendar has begun to follow it. It is asked at once. */
  async add(
    added: { readonly id: string; readonly calendarId: string; readonly url: string },
    staff: StaffSubject,
    source: AuditSource,
  ): Promise<'added' | 'id-in-use'> {
    const { store, seal, now, onAdded } = this.#parts;
    const { id, calendarId } = added;
    const url = addressOf(added.url);
    const createdAt = now();
    const nothing = { lastOkAt: null, failedAt: null, failure: null, failures: 0, busyTimes: 0, readUntil: null };
    const host = new URL(url).host;
    const audited = auditEntry(source, createdAt, { action: 'external-calendar.added', subject: subjectOf(staff), after: { externalCalendarId: id, host } });
    const calendar = { ...nothing, id, staffId: staff.id, calendarId, host, createdAt, nextRefreshAt: createdAt, sealedUrl: seal.seal(url) };
    const outcome = await store.addExternal(calendar, audited);
    if (outcome === 'added') onAdded();
    return outcome;
  }

  list(staffId: string): Promise<readonly ExternalCalendar[]> {
    return this.#parts.store.externalOf(staffId);
  }

  /** After its calendar has let it go. */
  remove({ id, host }: Pick<ExternalCalendar, 'id' | 'host'>, staff: StaffSubject, source: AuditSource): Promise<boolean> {
    const before = { externalCalendarId: id, host };
    return this.#parts.store.removeExternal(
      id,
      auditEntry(source, this.#parts.now(), { action: 'external-calendar.removed', subject: subjectOf(staff), before }),
    );
  }

  stateOf({ failure, lastOkAt }: ExternalCalendar): ExternalState {
    if (failure !== null) return 'failed';
    return lastOkAt !== null && this.#parts.now() - lastOkAt <= LATE_AFTER_MS ? 'ok' : 'late';
  }
}

/** What programs offer to subscribe to is https by another name. */
function addressOf(url: string): string {
  return url.replace(/^webcals?:\/\//i, 'https://');
}
