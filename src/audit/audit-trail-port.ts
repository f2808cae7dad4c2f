// What the audit trail needs of its storage. `persistence/audit/audit-reads.ts` implements it.

import type { AuditAction } from '../model/audit-actions.ts';
import type { Instant } from '../model/instant.ts';
import type { AuditEntry } from './audit-entry.ts';

/** What is left out does not filter. `from` and `to` are a half-open range of moments. */
export type AuditFilter = {
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly action?: AuditAction | undefined;
  /** The user or API key that did it. */
  readonly userId?: string | undefined;
  readonly subjectId?: string | undefined;
};

export type AuditPage = { readonly items: readonly AuditEntry[] /** Where to go on; null on the last page. */; readonly nextCursor: string | null };

export type AuditReads = {
  /** Newest first. `unknown-cursor`: no page has given it. */
  list(filter: AuditFilter, limit: number, cursor: string | null): Promise<AuditPage | 'unknown-cursor'>;
  /** That the trail itself was taken away. */
  noteExport(entry: AuditEntry): Promise<void>;
};
