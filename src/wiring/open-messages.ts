import type { Log } from '../actors/ports.ts';
import type { Consumer } from '../consumers/consumer.ts';
import type { Gateway } from '../gateway/compose.ts';
import type { GatewayMetrics } from '../gateway/metrics.ts';
import { SmtpMailer } from '../integrations/smtp/smtp-mailer.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { agendaJob } from '../messages/agenda.ts';
import type { NewMessage } from '../messages/message.ts';
import { type ChannelsOf, messageConsumer } from '../messages/message-consumer.ts';
import { adoptMessageJob, MessageSender, MOST_AT_ONCE, type SenderParts } from '../messages/message-sender.ts';
import { Messages } from '../messages/messages.ts';
import { remindJob } from '../messages/remind.ts';
import { SEND_SMS, type SmsParts, sendSmsJob } from '../messages/send-sms.ts';
import { senderOf } from '../messages/sender.ts';
import { Templates } from '../messages/templates.ts';
import type { Instant } from '../model/instant.ts';
import type { Database, EntityManager } from '../persistence/database/database.ts';
import { isOutage } from '../persistence/database/read-failure.ts';
import type { BossJobs } from '../persistence/jobs/boss-jobs.ts';
import { agendaStore } from '../persistence/messages/agenda-store.ts';
import { messageQueue } from '../persistence/messages/message-queue.ts';
import { addMessages, addStaffEmails, messageStore } from '../persistence/messages/message-store.ts';
import { delaySms, smsStore } from '../persistence/messages/sms-store.ts';
import { withMoney } from '../persistence/payments/tell-payer.ts';
import type { Config } from '../settings/config.ts';
import { followLog } from './open-consumers.ts';

type MessagingNeeds = {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly store: BossJobs;
  readonly context: Pick<Gateway, 'catalog' | 'scheduler' | 'tokens' | 'config' | 'guestSources' | 'metrics' | 'messages' | 'notifications' | 'sms'>;
  /** Consumers that begin together with that of messages: what a demo is filled with is not told. */
  readonly others: readonly Consumer<EntityManager>[];
  readonly log: Log;
};

type PeopleNeeds = { readonly hosts: readonly string[]; readonly now: () => Instant; readonly onTold: (userIds: readonly string[]) => void };

/** What people who work here do with messages, and what they make them say. `hosts`: where links may lead. */
export function messagePartsOf(database: Database, { store: { add } }: Pick<MessagingNeeds, 'store'>, { hosts, now, onTold }: PeopleNeeds) {
  const store = messageStore(database, add, onTold);
  return { messages: new Messages({ store, now }), templates: new Templates({ store, hosts, now }) };
}

/** Follows the log for messages, sends them, and reminds. Nothing decided before its first start is sent. `onCommit`: something was committed here. */
export async function openMessages(config: Config, { database, jobs, store, context, others, log }: MessagingNeeds) {
  await using opened = new AsyncDisposableStack();
  const { catalog, scheduler, tokens, guestSources, metrics, notifications } = context;
  const { publicUrl } = context.config;
  const mailer = config.mail === null ? null : new SmtpMailer({ ...config.mail, connections: MOST_AT_ONCE });
  // What is under way still needs it.
  if (mailer !== null) opened.defer(() => mailer.close());
  opened.defer(() => jobs[Symbol.asyncDispose]());
  const now = () => scheduler.now();
  const settings = () => catalog.snapshot().business.messages;
  const common = {
    ...{ settings, now, ...budgetsOf(config, metrics, log) },
    sender: () => senderOf(catalog.snapshot(), config.mail?.from.address ?? `noreply@${new URL(publicUrl).hostname}`),
    nameOf: (recipient: string) => guestSources.mailboxOf(recipient),
  };
  const email: SenderParts = {
    ...{ ...common, queue: messageQueue(database, notifications.onChanged), mailer, isOutage, log },
    deskLink: `${publicUrl}/desk`,
    bookingLink: `${publicUrl}/`,
    linkTo: (id, corrections, receiptIn) => {
      const page = receiptIn === undefined ? '' : `receipt?lang=${receiptIn}`;
      return `${publicUrl}/${page}#appointment=${id}&token=${tokens.manageToken(id, corrections)}`;
    },
    unsubscribeLinkTo: (customerId, address) => `${publicUrl}/unsubscribe/${tokens.unsubscribeToken(customerId, address)}`,
  };
  const sms = sendSmsJob({
    ...common,
    ...{ store: smsStore(database, notifications.onChanged), provider: context.sms?.provider ?? null },
    costs: { perSegment: config.sms?.perSegment ?? new Map(), perDay: config.sms?.costPerDay ?? 0 },
    delay: (id, until) => database.transaction((em) => delaySms(em, id, until, store.add)),
  });
  await jobs.work(sms);
  const sender = opened.use(new MessageSender(email));
  await jobs.work(adoptMessageJob(email.queue, sender.nudge));
  watchSender(metrics, sender);
  const nudge = () => {
    sender.nudge();
    jobs.nudge(SEND_SMS);
  };
  context.messages.whenAdded(nudge);
  const addTold = async (em: EntityManager, written: readonly NewMessage[]) => addMessages(em, await withMoney(em, written), store.add);
  const write = async (written: readonly NewMessage[]) => {
    await database.transaction((em) => addTold(em, written));
    nudge();
  };
  const channelsOf: ChannelsOf = (kind) => (settings().sms[kind] ? ['email', 'sms'] : ['email']);
  await jobs.work(remindJob({ store: messageStore(database, store.add), settings, channelsOf, write, now }));
  await jobs.work(agendaJob({ store: agendaStore(database), locations: () => catalog.snapshot().locations.values(), onAdded: nudge, now }));
  const consumer: Consumer<EntityManager> = messageConsumer({ add: addTold, addForStaff: addStaffEmails }, channelsOf, nudge);
  const consumers = opened.use(followLog(database, log, [consumer, ...others]));
  const parts = opened.move();
  return { consumers, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

function watchSender(metrics: GatewayMetrics, sender: MessageSender): void {
  metrics.watchTotal('messages_sent_total', 'E-mails to customers this node has handed to the mail server.', () => sender.gauges().sent);
  metrics.watch('messages_waiting', 'E-mails to customers waiting to be sent, on all nodes.', () => sender.gauges().waiting);
  metrics.watch('oldest_message_seconds', 'How long the oldest waiting e-mail to a customer has been waiting.', () => sender.gauges().oldestSeconds);
}

/** What may be sent, and how it is told that there was no room for more. */
function budgetsOf(
  { emails, sms, guestBookings, rateLimitScale }: Config,
  metrics: GatewayMetrics,
  log: Log,
): Pick<SmsParts, 'limits' | 'onOverBudget' | 'onBudgetLow'> {
  const skipped = new Map<string, number>();
  metrics.watchEach('messages_over_budget_total', 'budget', 'Messages to customers that this node has skipped because of a budget.', () => [...skipped]);
  return {
    limits: {
      ...{ emailsPerHour: emails.perHour, emailsPerDay: emails.perDay, smsPerHour: sms?.perHour ?? 0, smsPerDay: sms?.perDay ?? 0 },
      ...{ guestBookings: guestBookings.perAddress, scale: rateLimitScale },
    },
    onOverBudget(budget, isNews) {
      skipped.set(budget, (skipped.get(budget) ?? 0) + 1);
      if (isNews) log.warn({ code: 'message-budget-used-up', budget }, 'a budget of messages is used up; messages are skipped until its hour or day is over');
    },
    onBudgetLow: (budget) => log.warn({ code: 'message-budget-low', budget }, 'four fifths of a budget of messages are used up'),
  };
}
