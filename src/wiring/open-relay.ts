import type { Log } from '../actors/ports.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { GatewayMetrics } from '../gateway/metrics.ts';
import { SmtpMailer } from '../integrations/smtp/smtp-mailer.ts';
import { accountEmailSender } from '../mail/compose-account-email.ts';
import { EmailRelay, MOST_AT_ONCE } from '../mail/email-relay.ts';
import type { Database } from '../persistence/database/database.ts';
import { isOutage } from '../persistence/database/read-failure.ts';
import { emailQueue } from '../persistence/mail/email-queue.ts';
import type { Config } from '../settings/config.ts';

type RelayNeeds = {
  readonly database: Database;
  readonly catalog: { snapshot(): Catalog };
  /** Where people reach the server. */
  readonly publicUrl: string;
  readonly metrics: GatewayMetrics;
  readonly log: Log;
};

/** The relay of this node; null without a mail server. */
export function openRelay(config: Config, { database, catalog, publicUrl, metrics, log }: RelayNeeds): EmailRelay | null {
  if (config.mail === null) return null;
  if (config.publicUrl === null) log.warn({ publicUrl }, 'PUBLIC_URL is not set; links in e-mails use the address this server listens on');
  const relay = new EmailRelay({
    queue: emailQueue(database),
    mailer: new SmtpMailer({ ...config.mail, connections: MOST_AT_ONCE }),
    sender() {
      const { business, locations } = catalog.snapshot();
      return accountEmailSender(
        business.name,
        locations.values().map(({ timeZone }) => timeZone),
        publicUrl,
      );
    },
    isOutage,
    log,
  });
  metrics.watchTotal('account_emails_sent_total', 'E-mails this node has handed to the mail server.', () => relay.gauges().sent);
  metrics.watchTotal('account_emails_failed_total', 'E-mails this node has given up on.', () => relay.gauges().failed);
  metrics.watch('account_emails_waiting', 'E-mails waiting to be sent, on all nodes.', () => relay.gauges().waiting);
  metrics.watch('oldest_account_email_seconds', 'How long the oldest waiting e-mail has been waiting.', () => relay.gauges().oldestSeconds);
  return relay;
}
