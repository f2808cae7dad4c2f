import { randomUUID } from 'node:crypto';
import type { Principal } from '../access/principal.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { secretBox, textSeal } from '../accounts/sealed-secrets.ts';
import type { Log } from '../actors/ports.ts';
import type { AppointmentReads } from '../booking/appointment-reads-port.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogKeeper } from '../catalog/catalog-keeper.ts';
import type { Consumers } from '../consumers/consumers.ts';
import type { GatewayMetrics } from '../gateway/metrics.ts';
import type { Instant } from '../model/instant.ts';
import type { Outside } from '../model/outside.ts';
import { ChangeLogReads } from '../persistence/change-log/change-log-reads.ts';
import type { Database, EntityManager } from '../persistence/database/database.ts';
import { deliveryWriting } from '../persistence/webhooks/webhook-queue.ts';
import { webhookStore } from '../persistence/webhooks/webhook-store.ts';
import { webhookTeller } from '../webhooks/tell-webhook.ts';
import type { Maker } from '../webhooks/webhook.ts';
import { webhookConsumer } from '../webhooks/webhook-consumer.ts';
import { WebhookDeliverer } from '../webhooks/webhook-deliverer.ts';
import { Webhooks } from '../webhooks/webhooks.ts';
import { followLog } from './open-consumers.ts';

/** Never changed: what is sealed could not be read any more. */
export const SECRETS_PURPOSE = 'slotkeeper webhook secret';
const REPLIES_PURPOSE = 'slotkeeper answers about webhooks';

type Needs = {
  readonly database: Database;
  readonly catalog: CatalogKeeper;
  readonly outside: Outside;
  /** The first is in use; the others can still be read. */
  readonly secrets: readonly string[];
  readonly era: () => string;
  readonly now: () => Instant;
  /** There is a mail server for notices. */
  readonly isMailed: boolean;
  readonly log: Log;
};

export type OpenWebhooks = {
  readonly webhooks: Webhooks;
  /** Begins to follow the change log, with what becomes of money. */
  follow(): Consumers<EntityManager>;
  /** Begins to tell endpoints what waits for them. */
  deliver(told: { readonly accounts: Accounts; readonly appointments: AppointmentReads }): WebhookDeliverer;
};

export function openWebhooks({ database, catalog, outside, secrets, era, now, isMailed, log }: Needs): OpenWebhooks {
  const notices = isMailed ? 'waiting' : 'kept';
  const store = webhookStore(database, notices);
  const box = secretBox(secrets, SECRETS_PURPOSE);
  const places = { era, locationOf: locationsIn(catalog) };
  let deliverer: WebhookDeliverer | null = null;
  const onDue = (): void => deliverer?.nudge();
  const followed = new ChangeLogReads(database, { withPayments: true });
  const webhooks = new Webhooks({ store, outside, log: followed, places, box, replySeal: textSeal(secrets, REPLIES_PURPOSE), now, onDue });
  const disabling = {
    disable: (id: string, because: 'maker-gone') => webhooks.disable(id, because),
    onDisabled: (...disabled: Parameters<Webhooks['noteDisabled']>) => webhooks.noteDisabled(...disabled),
  };
  return {
    webhooks,
    follow: () => followLog(database, log, [webhookConsumer(deliveryWriting(notices), places, onDue)], followed),
    deliver({ accounts, appointments }) {
      const teller = webhookTeller({ catalog, appointments, principalOf: (maker) => principalOf(accounts, maker, now()) });
      deliverer = new WebhookDeliverer({ store, outside, teller, box, now, chance: Math.random, node: randomUUID(), ...disabling, log });
      return deliverer;
    },
  };
}

/** Who made an endpoint, as they are now; `undefined`: they are not any more. */
async function principalOf(accounts: Accounts, { kind, id }: Maker, now: Instant): Promise<Principal | undefined> {
  const identity = { userId: id, sessionId: id, email: '', customerId: null, expiresAt: now };
  if (kind === 'api-key') {
    const key = await accounts.apiKeys.find(id);
    if (key === undefined || (key.expiresAt !== null && key.expiresAt <= now)) return undefined;
    return { ...identity, name: key.name, staffId: null, locationId: key.locationId, role: 'integration', scopes: key.scopes };
  }
  const user = await accounts.users.byId(id);
  if (user === undefined || user.isDisabled || user.isInvited) return undefined;
  const { name, role, staffId, locationId } = user;
  return { ...identity, name, role, staffId, locationId };
}

/** Where calendars are now, those of who has left included. */
function locationsIn(catalog: Needs['catalog']): (calendarId: string) => string | undefined {
  const known = new WeakMap<Catalog, ReadonlyMap<string, string>>();
  return (calendarId) => {
    const snapshot = catalog.snapshotWithArchived();
    let locations = known.get(snapshot);
    if (locations === undefined) {
      locations = new Map([...snapshot.staff.values(), ...snapshot.resources.values()].map((one) => [one.calendarId, one.locationId]));
      known.set(snapshot, locations);
    }
    return locations.get(calendarId);
  };
}

export function watchWebhooks(metrics: GatewayMetrics, deliverer: Pick<WebhookDeliverer, 'gauges'>): void {
  metrics.watchTotal('webhooks_sent_total', 'Webhooks that a receiver has taken from this node.', () => deliverer.gauges().sent);
  metrics.watchTotal('webhook_attempts_failed_total', 'Attempts of this node that a receiver has not taken.', () => deliverer.gauges().failed);
  metrics.watch('webhooks_waiting', 'Facts that wait for endpoints, of all nodes, as of the last look.', () => deliverer.gauges().waiting);
  metrics.watch('oldest_webhook_seconds', 'How long the oldest of those that are due next has been waiting.', () => deliverer.gauges().oldestSeconds);
  metrics.watch('webhook_endpoints_failing', 'Endpoints of which the last attempts have all failed.', () => deliverer.gauges().failing);
}
