// A process that tells endpoints what waits for them, until it is killed: `deliverer-kill.test.ts` does that.
import { randomUUID } from 'node:crypto';
import { secretBox } from '../../src/accounts/sealed-secrets.ts';
import { Consumers } from '../../src/consumers/consumers.ts';
import { guardedFetch } from '../../src/integrations/outside/guarded-fetch.ts';
import { timers } from '../../src/integrations/this-machine.ts';
import { instant } from '../../src/model/instant.ts';
import { ChangeLogReads } from '../../src/persistence/change-log/change-log-reads.ts';
import { SqlConsumers } from '../../src/persistence/change-log/consumer-store.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { deliveryWriting } from '../../src/persistence/webhooks/webhook-queue.ts';
import { webhookStore } from '../../src/persistence/webhooks/webhook-store.ts';
import { webhookConsumer } from '../../src/webhooks/webhook-consumer.ts';
import { WebhookDeliverer } from '../../src/webhooks/webhook-deliverer.ts';
import { quiet } from '../consumers/followed-log.ts';
import { realNow } from '../support/clock.ts';
import { ERA, SECRET } from './some-endpoint.ts';

const [url = ''] = process.argv.slice(2);
const database = await openDatabase({ kind: 'postgres', url }, { migrates: false });
// Looks all the time, so that there is always something to be killed in; what it leaves behind is taken up after two seconds.
const node = randomUUID();
const hurried = { ...timers, after: (milliseconds: number, run: () => void) => timers.after(milliseconds / 20, run) };
const consumer = webhookConsumer(deliveryWriting(), { era: () => ERA, locationOf: () => undefined }, () => undefined);
new Consumers([consumer], { store: new SqlConsumers(database), log: new ChangeLogReads(database), timers: hurried, node, logger: quiet, leaseMs: 150 });
new WebhookDeliverer({
  store: webhookStore(database),
  outside: guardedFetch({ exempt: new Set(['127.0.0.1']) }),
  teller: { tell: async (_, facts) => facts.map((fact) => ({ occurredAt: 'then', data: fact })) },
  box: secretBox([SECRET], 'test'),
  now: () => instant(realNow()),
  chance: () => 0.5,
  node,
  disable: async () => undefined,
  onDisabled: async () => undefined,
  log: quiet,
  lookEveryMs: 20,
  leaseMs: 2_000,
});
process.stdout.write('running\n');
