// E-mails and their delivery, for the owner. Without a mail server their links are found here only.

import type { EmailDelivery, KeptEmail } from '../../../accounts/account-emails.ts';
import type { Catalog } from '../../../catalog/catalog.ts';
import { accountEmailSender, composeAccountEmail, type Sender } from '../../../mail/compose-account-email.ts';
import { emailLink } from '../../../mail/email-link.ts';
import { accountEmails, accountEmailsQuery, EMAIL_TOPICS } from '../../../protocol/account-emails.ts';
import { MESSAGE_LOCALES } from '../../../protocol/messages.ts';
import { done } from '../../../protocol/reply.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import type { LoggingIn } from '../../parts.ts';
import { route } from '../route.ts';

const LISTED_BY_DEFAULT = 50;
const ZONE = 'UTC';

/** Stands where the secret is, which readers have in `link` or `code` as long as they may. */
const NO_SECRET = '[…]';

type Showing = { readonly sender: Sender; readonly isProven: boolean };

const view = (mail: KeptEmail, { sender, isProven }: Showing) => {
  const { id, topic, email, secret, createdAt, delivery, opensOwner } = mail;
  return {
    id,
    topic,
    to: email,
    ...(secret && topic === 'booking-code' && { code: secret.token }),
    ...(secret && topic !== 'booking-code' && (isProven || !opensOwner) && { link: emailLink(sender.publicUrl, topic, secret.token) }),
    ...(secret && { linkExpiresAt: wireTime(secret.expiresAt, ZONE) }),
    ...(secret && topic !== 'booking-code' && !isProven && opensOwner && { linkNeedsStepUp: true }),
    createdAt: wireTime(createdAt, ZONE),
    delivery: deliveryView(delivery),
    ...sayings(mail, sender),
  };
};

function sayings({ secret, locale: known, ...mail }: KeptEmail, sender: Sender) {
  const locale = known ?? MESSAGE_LOCALES[0];
  // What a newer version has written beside this one has no words here.
  if (!EMAIL_TOPICS.includes(mail.topic)) return { locale };
  const composed = composeAccountEmail({ ...mail, locale, token: secret === null ? null : NO_SECRET, tokenExpiresAt: secret?.expiresAt ?? null }, sender);
  return { locale, ...(composed !== 'link-expired' && { subject: composed.subject, text: composed.text }) };
}

const deliveryView = ({ state, attempts, sentAt, nextAttemptAt, reason }: EmailDelivery) => ({
  state,
  attempts,
  ...(sentAt !== null && { sentAt: wireTime(sentAt, ZONE) }),
  ...(nextAttemptAt !== null && { nextAttemptAt: wireTime(nextAttemptAt, ZONE) }),
  ...(reason !== null && { reason }),
});

const listAccountEmails = route({
  method: 'get',
  path: '/v1/account-emails',
  tag: 'Account e-mails',
  summary: 'E-mails about accounts, newest first',
  action: 'read-account-emails',
  query: accountEmailsQuery,
  replies: {
    200: {
      description:
        'What had to be told, and how far its delivery has come. Links of e-mails that do not leave by mail are there as long as they are good; those that open the account of an owner only for a token from `POST /v1/auth/step-up` or a login of the last five minutes.',
      schema: accountEmails,
    },
  },
  handle: async (
    parts: LoggingIn & { readonly catalog: { snapshot(): Catalog } },
    { caller: { principal }, query: { limit = LISTED_BY_DEFAULT, cursor = null } },
  ) => {
    const { items, nextCursor } = await parts.accounts.mails(limit, cursor);
    const isProven = principal !== null && parts.accounts.isProven(principal);
    const { business, locations } = parts.catalog.snapshot();
    const sender = accountEmailSender(
      business.name,
      locations.values().map(({ timeZone }) => timeZone),
      parts.config.publicUrl,
    );
    return done({ items: items.map((mail) => view(mail, { sender, isProven })), nextCursor });
  },
});

export const accountEmailRoutes = [listAccountEmails];
