// Letters as rows.
import type { KeptLetter, Letter, LetterChoice, LetterDelivery, LetterPage } from '../../accounts/letters.ts';
import { type Instant, instant } from '../../model/instant.ts';
import type { LetterTopic } from '../../protocol/account-emails.ts';
import { UserAccountRow } from '../accounts/account-entities.ts';
import type { EntityManager } from '../database/database.ts';
import { AccountEmailRow } from './account-email-row.ts';

/** A letter on its way into the table. `waiting` is for the relay, `kept` for the owner to hand on: so a letter leaves by mail only if the node that wrote it had a mail server then. */
export type NewLetter = Letter & { readonly delivery: 'kept' | 'waiting' };
export type NewLetterChoice = { readonly [Which in keyof LetterChoice]: NewLetter };

/** New letters go before those that are tried again; what a relay's clock says does not matter. */
const AT_ONCE = 0;

/** In the language of the account, where there is one that has a language. */
export async function keepLetter(em: EntityManager, { secret, ...letter }: NewLetter): Promise<void> {
  const nextAttemptAt = letter.delivery === 'waiting' ? AT_ONCE : null;
  const account = await em.findOne(UserAccountRow, { email: letter.email }, { fields: ['locale'] });
  const locale = account?.locale ?? letter.locale;
  await em.insert(AccountEmailRow, { ...letter, locale, token: secret?.token ?? null, tokenExpiresAt: secret?.expiresAt ?? null, nextAttemptAt });
}

type DeliveryColumns = Pick<AccountEmailRow, 'delivery' | 'attempts' | 'nextAttemptAt' | 'sentAt' | 'failure'>;

export async function letters(em: EntityManager, limit: number, before: string | null, at: Instant): Promise<LetterPage> {
  // One more than the page shows whether there is a next one.
  const rows = await em.find(AccountEmailRow, before === null ? {} : { id: { $lt: before } }, { orderBy: { id: 'desc' }, limit: limit + 1 });
  const kept = rows.slice(0, limit).map((row) => letterOf(row, at));
  const addresses = kept.filter(({ secret }) => secret !== null).map(({ email }) => email);
  const owners = await em.find(UserAccountRow, { email: { $in: addresses }, role: 'owner', removedAt: null }, { fields: ['email'] });
  const ofOwners = new Set(owners.map(({ email }) => email));
  const items = kept.map((letter) => ({ ...letter, opensOwner: letter.secret !== null && ofOwners.has(letter.email) }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function letterOf({ id, topic, email, locale, token, tokenExpiresAt, createdAt, ...row }: AccountEmailRow, at: Instant): Omit<KeptLetter, 'opensOwner'> {
  const delivery = deliveryOf(row);
  const isShown = delivery.state === 'kept' && token != null && tokenExpiresAt != null && tokenExpiresAt > at;
  const secret = isShown ? { token, expiresAt: instant(tokenExpiresAt) } : null;
  // Written by this server, so it is one of them.
  return { id, topic: topic as LetterTopic, email, locale: (locale as Letter['locale']) ?? null, secret, createdAt: instant(createdAt), delivery };
}

function deliveryOf({ delivery, attempts, nextAttemptAt, sentAt, failure }: DeliveryColumns): LetterDelivery {
  return {
    // The column's check lets in no other.
    state: delivery as LetterDelivery['state'],
    attempts,
    sentAt: sentAt == null ? null : instant(sentAt),
    nextAttemptAt: nextAttemptAt == null || nextAttemptAt === AT_ONCE ? null : instant(nextAttemptAt),
    reason: failure ?? null,
  };
}
