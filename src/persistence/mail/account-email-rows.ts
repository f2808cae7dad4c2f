// E-mails as rows.
import type { AccountEmail, EmailDelivery, EmailPage, KeptEmail } from '../../accounts/account-emails.ts';
import { type Instant, instant } from '../../model/instant.ts';
import type { EmailTopic } from '../../protocol/account-emails.ts';
import { UserAccountRow } from '../accounts/account-entities.ts';
import type { EntityManager } from '../database/database.ts';
import { AccountEmailRow } from './account-email-row.ts';

/** An e-mail on its way into the table. `waiting` is for the relay, `kept` for the owner to hand on: so an e-mail leaves by mail only if the node that wrote it had a mail server then. */
export type NewEmail = AccountEmail & { readonly delivery: 'kept' | 'waiting' };

/** New e-mails go before those that are tried again; what a relay's clock says does not matter. */
const AT_ONCE = 0;

/** In the language of the account, where there is one that has a language. */
export async function keepEmail(em: EntityManager, { secret, ...mail }: NewEmail): Promise<void> {
  const nextAttemptAt = mail.delivery === 'waiting' ? AT_ONCE : null;
  const account = await em.findOne(UserAccountRow, { email: mail.email }, { fields: ['locale'] });
  const locale = account?.locale ?? mail.locale;
  await em.insert(AccountEmailRow, { ...mail, locale, token: secret?.token ?? null, tokenExpiresAt: secret?.expiresAt ?? null, nextAttemptAt });
}

type DeliveryColumns = Pick<AccountEmailRow, 'delivery' | 'attempts' | 'nextAttemptAt' | 'sentAt' | 'failure'>;

export async function mails(em: EntityManager, limit: number, before: string | null, at: Instant): Promise<EmailPage> {
  // One more than the page shows whether there is a next one.
  const rows = await em.find(AccountEmailRow, before === null ? {} : { id: { $lt: before } }, { orderBy: { id: 'desc' }, limit: limit + 1 });
  const kept = rows.slice(0, limit).map((row) => emailOf(row, at));
  const addresses = kept.filter(({ secret }) => secret !== null).map(({ email }) => email);
  const owners = await em.find(UserAccountRow, { email: { $in: addresses }, role: 'owner', removedAt: null }, { fields: ['email'] });
  const ofOwners = new Set(owners.map(({ email }) => email));
  const items = kept.map((mail) => ({ ...mail, opensOwner: mail.secret !== null && ofOwners.has(mail.email) }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function emailOf({ id, topic, email, locale, token, tokenExpiresAt, createdAt, ...row }: AccountEmailRow, at: Instant): Omit<KeptEmail, 'opensOwner'> {
  const delivery = deliveryOf(row);
  const isShown = delivery.state === 'kept' && token != null && tokenExpiresAt != null && tokenExpiresAt > at;
  const secret = isShown ? { token, expiresAt: instant(tokenExpiresAt) } : null;
  // Written by this server, so it is one of them.
  return { id, topic: topic as EmailTopic, email, locale: (locale as AccountEmail['locale']) ?? null, secret, createdAt: instant(createdAt), delivery };
}

function deliveryOf({ delivery, attempts, nextAttemptAt, sentAt, failure }: DeliveryColumns): EmailDelivery {
  return {
    // The column's check lets in no other.
    state: delivery as EmailDelivery['state'],
    attempts,
    sentAt: sentAt == null ? null : instant(sentAt),
    nextAttemptAt: nextAttemptAt == null || nextAttemptAt === AT_ONCE ? null : instant(nextAttemptAt),
    reason: failure ?? null,
  };
}
