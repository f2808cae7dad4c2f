// The audit trail: who did what, when, from where, with the state before and after.
import { randomUUIDv7 } from 'node:crypto';
import type { AuditAction } from '../model/audit-actions.ts';
import type { Instant } from '../model/instant.ts';
import type { Role } from '../model/roles.ts';

const AUDIT_SUBJECTS = [
  'location',
  'service',
  'staff-member',
  'resource',
  'settings',
  'session',
  'user',
  'login',
  'address',
  'appointment',
  'block',
  'calendar',
  'api-key',
  'webhook',
  'customer',
  'message',
  'message-template',
  'voucher',
  'ledger',
  'audit',
] as const;
export type AuditSubjectKind = (typeof AUDIT_SUBJECTS)[number];

const AUDIT_KINDS = ['user', 'api-key', 'guest', 'system'] as const;

/** Who did it. `system` is the server itself: a setting at startup, or the demo. */
export type AuditBy = {
  readonly kind: (typeof AUDIT_KINDS)[number];
  /** Of the user or the key; null for who has none. */
  readonly id: string | null;
  /** As it was then. null for customers too: their names are kept in one place only. */
  readonly name: string | null;
  readonly role: Role | null;
  readonly address: string | null;
};

/** Who asked, and under which request id the log has it. */
export type AuditSource = { readonly by: AuditBy; readonly requestId: string | null };

/** What it was done to. No `name` for customers, and for what has none. */
export type AuditSubject = { readonly kind: AuditSubjectKind; readonly id: string; readonly name: string | null };

/** Plain JSON. */
export type AuditRecord = { readonly [field: string]: unknown };

export type AuditEntry = AuditSource & {
  readonly id: string;
  readonly at: Instant;
  readonly action: AuditAction;
  readonly subject: AuditSubject;
  /** Only what has changed, both null where there is nothing to show. */
  readonly before: AuditRecord | null;
  readonly after: AuditRecord | null;
};

export const SYSTEM: AuditSource = { by: { kind: 'system', id: null, name: null, role: null, address: null }, requestId: null };

type SomeUser = { readonly id: string; readonly name: string; readonly role: Role };

/** The parts of an entry that are always new, and of the others those that may be left out. Throws for a field that has no place in the trail. */
export function auditEntry(
  { by, requestId }: AuditSource,
  at: Instant,
  what: Pick<AuditEntry, 'action' | 'subject'> & Partial<Pick<AuditEntry, 'before' | 'after'>>,
): AuditEntry {
  const { action, subject, before = null, after = null } = what;
  assertFit(before);
  assertFit(after);
  return { id: randomUUIDv7(), at, by, action, subject, before, after, requestId };
}

export function byUser(user: SomeUser, address: string): AuditBy {
  return { kind: 'user', id: user.id, name: nameOf(user), role: user.role, address };
}

/** A program, by its API key. */
export function byKey({ id, name }: { readonly id: string; readonly name: string }, address: string): AuditBy {
  return { kind: 'api-key', id, name, role: null, address };
}

export function byGuest(address: string): AuditBy {
  return { kind: 'guest', id: null, name: null, role: null, address };
}

export function userSubject(user: SomeUser): AuditSubject {
  return { kind: 'user', id: user.id, name: nameOf(user) };
}

/** The trail is kept forever, so it contains nothing that may have to be erased. */
function nameOf({ name, role }: SomeUser): string | null {
  return role === 'customer' ? null : name;
}

/** The trail contains no credentials, and of customers only ids. */
const UNFIT = /password|secret|token|hash|^customer$|notes$|^answers$/i;

function assertFit(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  for (const [field, inside] of Object.entries(value)) {
    if (UNFIT.test(field)) throw new Error(`"${field}" has no place in the audit trail.`);
    assertFit(inside);
  }
}
