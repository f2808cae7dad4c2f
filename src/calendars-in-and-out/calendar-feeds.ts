// The secret feed of a staff member: anyone with its address can read it, so the address can be replaced.
import { createHash, randomBytes } from 'node:crypto';
import { type AuditSource, auditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { CalendarFeed, CalendarsStore } from './store-port.ts';

const SECRET_BYTES = 32;
/** What is no secret of ours is not looked up. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;

export type StaffSubject = { readonly id: string; readonly name: string };

export class CalendarFeeds {
  readonly #store: CalendarsStore;
  readonly #now: () => Instant;

  constructor(store: CalendarsStore, now: () => Instant) {
    this.#store = store;
    this.#now = now;
  }

  /** The new secret, which is told now and never again. The old one ends. */
  async replace(staff: StaffSubject, customerNames: boolean, source: AuditSource): Promise<string> {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const createdAt = this.#now();
    const audited = auditEntry(source, createdAt, { action: 'calendar-feed.replaced', subject: subjectOf(staff), after: { customerNames } });
    await this.#store.putFeed({ staffId: staff.id, customerNames, createdAt, secretHash: hashOf(secret) }, audited);
    return secret;
  }

  /** True if there was one. */
  remove(staff: StaffSubject, source: AuditSource): Promise<boolean> {
    return this.#store.removeFeed(staff.id, auditEntry(source, this.#now(), { action: 'calendar-feed.removed', subject: subjectOf(staff) }));
  }

  async open(secret: string): Promise<CalendarFeed | undefined> {
    return SECRET.test(secret) ? this.#store.feedOf(hashOf(secret)) : undefined;
  }
}

export function subjectOf({ id, name }: StaffSubject) {
  return { kind: 'staff-member', id, name } as const;
}

/** A secret of 256 bits needs no salt and no slowness. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
