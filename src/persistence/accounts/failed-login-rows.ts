import { LockMode } from '@mikro-orm/core';
import type { KnownFailures } from '../../accounts/account-store-port.ts';
import type { Failures } from '../../accounts/backoff.ts';
import { instant } from '../../model/instant.ts';
import type { EntityManager } from '../database/database.ts';
import { FailedLoginRow } from './account-entities.ts';

const NONE = { count: 0, lastAt: 0, blockedUntil: 0 };

/** Rows are made first and locked in the order of their names: so two who have never failed wait for each other as well, and no two for ever. */
export async function changeFailures(em: EntityManager, subjects: readonly string[], change: (known: KnownFailures) => KnownFailures): Promise<KnownFailures> {
  const ordered = subjects.toSorted();
  await em.execute(
    `insert into failed_login (subject, count, last_at, blocked_until) values ${ordered.map(() => '(?, 0, 0, 0)').join(', ')} on conflict do nothing`,
    ordered,
  );
  const rows = await em.find(FailedLoginRow, { subject: { $in: ordered } }, { orderBy: { subject: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE });
  const known = subjects.map((subject) => failuresOf(rows.find((row) => row.subject === subject)));
  const changed = change(known);
  for (const [index, subject] of subjects.entries()) {
    if (changed[index] !== known[index]) await em.nativeUpdate(FailedLoginRow, { subject }, changed[index] ?? NONE);
  }
  return known;
}

/** A row of zeros is there to be locked and says nothing. */
function failuresOf(row: FailedLoginRow | undefined): Failures | undefined {
  if (row === undefined || row.lastAt === 0) return undefined;
  return { count: row.count, lastAt: instant(row.lastAt), blockedUntil: instant(row.blockedUntil) };
}
