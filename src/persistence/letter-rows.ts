// Letters as rows of notifications.
import type { Letter, LetterPage, LetterTopic } from '../accounts/letters.ts';
import { type Instant, instant } from '../model/instant.ts';
import type { EntityManager } from './database.ts';
import { NotificationRow } from './entities/notification.ts';

export async function keepLetter(em: EntityManager, { secret, ...letter }: Letter): Promise<void> {
  await em.insert(NotificationRow, { ...letter, token: secret?.token ?? null, tokenExpiresAt: secret?.expiresAt ?? null });
}

export async function letters(em: EntityManager, limit: number, before: string | null, at: Instant): Promise<LetterPage> {
  // One more than the page shows whether there is a next one.
  const rows = await em.find(NotificationRow, before === null ? {} : { id: { $lt: before } }, { orderBy: { id: 'desc' }, limit: limit + 1 });
  const items = rows.slice(0, limit).map((row) => letterOf(row, at));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function letterOf({ id, topic, email, token, tokenExpiresAt, createdAt }: NotificationRow, at: Instant): Letter {
  const isGood = token != null && tokenExpiresAt != null && tokenExpiresAt > at;
  const secret = isGood ? { token, expiresAt: instant(tokenExpiresAt) } : null;
  // Written by this server, so it is one of them.
  return { id, topic: topic as LetterTopic, email, secret, createdAt: instant(createdAt) };
}
