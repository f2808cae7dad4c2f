// What waits for endpoints, on both databases: real receivers, and some that do their worst.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { secretBox } from '../../src/accounts/sealed-secrets.ts';
import { guardedFetch } from '../../src/integrations/outside/guarded-fetch.ts';
import { DAY, instant } from '../../src/model/instant.ts';
import { accountStore } from '../../src/persistence/accounts/account-store.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { deliveryWriting } from '../../src/persistence/webhooks/webhook-queue.ts';
import { webhookStore } from '../../src/persistence/webhooks/webhook-store.ts';
import { webhookConsumer } from '../../src/webhooks/webhook-consumer.ts';
import { WebhookDeliverer } from '../../src/webhooks/webhook-deliverer.ts';
import { addChanges, quiet, runnerOf } from '../consumers/followed-log.ts';
import { USUAL_ENGINES } from '../persistence/engines.ts';
import { certificateFor } from '../support/certificates.ts';
import { realNow } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { addEndpoint, ERA, SECRET } from './some-endpoint.ts';

for (const kind of USUAL_ENGINES) {
  describe(`what waits for endpoints (${kind.name})`, { skip: kind.skip }, () => {
    let opened: AsyncDisposableStack;
    let database: Database;
    let receiver: Receiver;
    let runner: ReturnType<typeof runnerOf>;
    const deliverers: WebhookDeliverer[] = [];
    const disabled: string[] = [];
    before(async () => {
      opened = new AsyncDisposableStack();
      const engine = opened.use(await kind.start());
      database = opened.use(await openDatabase(opened.use(await engine.fresh()).config));
      receiver = opened.use(await startReceiver());
      runner = runnerOf(
        database,
        webhookConsumer(deliveryWriting(), { era: () => ERA, locationOf: () => undefined }, () => undefined),
      );
      await runner.run();
    });
    after(() => opened?.[Symbol.asyncDispose]());
    beforeEach(() => {
      receiver.reset();
      disabled.splice(0);
    });
    afterEach(async () => {
      for (const deliverer of deliverers.splice(0)) await deliverer[Symbol.asyncDispose]();
      await database.sql('delete from webhook_endpoint');
    });

    const store = () => webhookStore(database);
    const deliver = (secret = SECRET) =>
      deliverers.push(
        new WebhookDeliverer({
          store: store(),
          outside: guardedFetch({ exempt: new Set(['127.0.0.1']) }),
          teller: { tell: async (_, facts) => facts.map((fact) => ({ occurredAt: 'then', data: fact })) },
          box: secretBox([secret], 'test'),
          now: () => instant(realNow()),
          chance: () => 0.5,
          node: randomUUID(),
          disable: async () => undefined,
          onDisabled: async (endpoint, because) => void disabled.push(`${endpoint.url} ${because}`),
          log: quiet,
          lookEveryMs: 20,
        }),
      );
    const happen = async (count: number) => {
      const calendarId = await addChanges(database, count);
      // A reader of the log waits for every open transaction of the server.
      const written = async () =>
        (await database.sql('select distinct revision from webhook_delivery where calendar_id = $1::uuid', [calendarId])).length === count;
      await eventually(async () => {
        await runner.run();
        return written();
      });
      return calendarId;
    };
    const lastOf = async (endpointId: string) => (await store().deliveries(endpointId, { state: null, before: null }, 1))[0];

    test('several nodes tell one endpoint once, and in order', async () => {
      const id = await addEndpoint(database, receiver.url);
      const calendars = [await happen(20), await happen(20)];
      for (let nodes = 0; nodes < 3; nodes += 1) deliver();
      await eventually(async () => (await store().endpoint(id))?.waiting === 0, 30_000);
      for (const calendarId of calendars)
        assert.deepEqual(
          receiver.got.filter(({ json }) => json.calendarId === calendarId).map(({ json }) => json.revision),
          Array.from({ length: 20 }, (_, index) => index + 1),
        );
      assert.equal(receiver.got.length, 40);
    });

    test('an endpoint is told what was committed since it was made or enabled, though a transaction that is open keeps readers back', async () => {
      const revisions = 'select json_agg(distinct revision order by revision) from webhook_delivery';
      const open = Promise.withResolvers<void>();
      // On PGlite nothing runs beside a transaction.
      const opened = Promise.withResolvers<void>();
      const keeping = kind.name === 'PostgreSQL' && {
        over: database.transaction(async (em) => {
          await em.execute('select pg_current_xact_id()');
          opened.resolve();
          await open.promise;
        }),
      };
      if (keeping) await opened.promise;
      const further = { calendarId: randomUUID() };
      await addChanges(database, 2, further);
      const id = await addEndpoint(database, receiver.url);
      await addChanges(database, 1, { ...further, from: 2 });
      await store().changing((transaction) => transaction.disable(id, instant(realNow()), 'by-hand'));
      await addChanges(database, 1, { ...further, from: 3 });
      await store().changing((transaction) => transaction.enable(id));
      await addChanges(database, 2, { ...further, from: 4 });
      open.resolve();
      if (keeping) await keeping.over;
      await eventually(async () => {
        await runner.run();
        return (await store().endpoint(id))?.waiting === 2;
      });
      assert.deepEqual(await database.sql(revisions), [[[5, 6]]]);
    });

    test('receivers that do their worst keep nobody else waiting', { timeout: 120_000 }, async () => {
      await using hostile = new AsyncDisposableStack();
      const listening = async (listener: RequestListener) => {
        const server = createServer(listener).listen(0, '127.0.0.1');
        await once(server, 'listening');
        hostile.defer(() => {
          server.close();
          server.closeAllConnections();
        });
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      };
      const tls = createTlsServer(await certificateFor('shop.example'), (_request, response) => void response.end()).listen(0, '127.0.0.1');
      await once(tls, 'listening');
      hostile.defer(() => void tls.close());
      const endless: RequestListener = (_request, response) => {
        const more = () => response.write('x'.repeat(10_000)) && setImmediate(more);
        response.on('drain', more).on('close', () => response.removeAllListeners('drain'));
        more();
      };
      const redirect: RequestListener = (_request, response) => void response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
      const strange: RequestListener = (_request, response) => void response.writeHead(500).end(Buffer.from([0, 1, 0xff, 0xfe, 0x41, 0x0a]));
      const worst: Record<string, string> = {
        [await addEndpoint(database, await listening(() => undefined))]: 'null too-slow null',
        [await addEndpoint(database, await listening(endless))]: 'null too-large null',
        [await addEndpoint(database, await listening(redirect))]: '307 refused ""',
        [await addEndpoint(database, await listening(strange))]: '500 refused "  \ufffd\ufffdA\\n"',
        [await addEndpoint(database, `https://127.0.0.1:${(tls.address() as AddressInfo).port}/`)]: 'null unreachable null',
        [await addEndpoint(database, 'https://169.254.169.254/')]: 'null not-public null',
        [await addEndpoint(database, 'https://0xa9fea9fe/')]: 'null not-public null',
      };
      const slow = Object.keys(worst)[0] ?? '';
      await addEndpoint(database, receiver.url);
      await happen(3);
      deliver();
      await eventually(() => receiver.taken.length === 3);
      assert.equal((await lastOf(slow))?.last ?? null, null, 'it is still waited for');
      for (const [id, expected] of Object.entries(worst)) {
        const first = async () =>
          (await database.sql('select last_status, last_failure, last_reply from webhook_delivery where endpoint_id = $1::uuid order by id limit 1', [id]))[0];
        await eventually(async () => (await first())?.[1] !== null, 20_000);
        const [status, failure, reply] = (await first()) ?? [];
        assert.equal(`${status} ${failure} ${JSON.stringify(reply)}`, expected);
        assert.deepEqual([(await store().endpoint(id))?.waiting, (await store().endpoint(id))?.disabled], [3, null]);
      }
    });

    test('an endpoint of which everything has failed for five days is disabled, and what waits stays', async () => {
      const id = await addEndpoint(database, receiver.url);
      receiver.answer = () => 500;
      await database.sql('update webhook_endpoint set failing_since = $1::int8', [realNow() - 5 * DAY - 60_000]);
      await happen(2);
      deliver();
      await eventually(() => disabled.length === 1);
      assert.deepEqual(disabled, [`${receiver.url} failing`]);
      const endpoint = await store().endpoint(id);
      assert.deepEqual([endpoint?.disabled?.because, endpoint?.waiting], ['failing', 2]);
      await addChanges(database, 1);
      await runner.run();
      assert.equal((await store().endpoint(id))?.waiting, 2, 'it hears of nothing more');
      receiver.answer = () => 200;
      await store().changing((transaction) => transaction.enable(id));
      await eventually(() => receiver.taken.length === 2);
    });
    test('one success and it is active again', async () => {
      const id = await addEndpoint(database, receiver.url);
      await database.sql('update webhook_endpoint set failing_since = 1, failures = 9');
      await happen(1);
      deliver();
      await eventually(async () => (await store().endpoint(id))?.failingSince === null);
      assert.equal((await store().endpoint(id))?.disabled, null);
    });
    test('a fact that is given up lets the next one about the same thing go', async () => {
      const id = await addEndpoint(database, receiver.url);
      await happen(2);
      await database.sql('update webhook_delivery set first_attempt_at = $1::int8, attempts = 12', [realNow() - 3 * DAY - 60_000]);
      receiver.answer = ({ json }) => (json.revision === 1 ? 500 : 200);
      deliver();
      await eventually(() => receiver.taken.length === 1);
      await eventually(async () => (await store().endpoint(id))?.waiting === 0);
      const states = (await store().deliveries(id, { state: null, before: null }, 10)).map(({ revision, state }) => [revision, state]);
      assert.deepEqual(states, [
        [2, 'sent'],
        [1, 'failed'],
      ]);
    });
    test('a fact of which the log knows nothing more is given up without a request', async () => {
      const id = await addEndpoint(database, receiver.url);
      const calendarId = await happen(1);
      await database.sql('delete from change where calendar_id = $1::uuid', [calendarId]);
      deliver();
      await eventually(async () => (await lastOf(id))?.state === 'failed');
      assert.deepEqual([(await lastOf(id))?.last?.failure, receiver.got.length], ['no-longer-kept', 0]);
    });
    test('without the secret that has sealed its own, an endpoint fails, and goes on with what waits once its secret is replaced', async () => {
      const id = await addEndpoint(database, receiver.url);
      const other = 'o'.repeat(32);
      await happen(1);
      deliver(other);
      await eventually(async () => (await lastOf(id))?.last?.failure === 'secret-lost');
      assert.deepEqual([receiver.got.length, (await store().endpoint(id))?.waiting], [0, 1]);
      assert.notEqual((await store().endpoint(id))?.failingSince, null);
      const current = secretBox([other], 'test').seal(`whsec_${'A'.repeat(43)}=`, id);
      await store().changing(async (transaction) => {
        const { current: lost } = await transaction.secrets(id);
        await transaction.replaceSecret(id, { current, old: { ...lost, until: instant(realNow() + DAY) } });
      });
      await database.sql('update webhook_delivery set next_attempt_at = 0 where endpoint_id = $1::uuid', [id]);
      await eventually(() => receiver.taken.length === 1);
    });
    test('more than an endpoint may have waiting disables it, and who may manage it is written to', async () => {
      const place = randomUUID();
      const people = [
        ['owner', null],
        ['manager', null],
        ['manager', place],
        ['front-desk', null],
      ];
      for (const [index, [role, locationId]] of people.entries())
        await database.sql(`insert into user_account (id, email, name, role, password_hash, location_id, created_at) values ($1, $2, 'x', $3, 'x', $4, 0)`, [
          randomUUID(),
          `${index}@example.org`,
          role,
          locationId,
        ]);
      const id = await addEndpoint(database, receiver.url);
      await database.sql('update webhook_endpoint set waiting = 99999');
      await happen(2);
      assert.equal((await store().endpoint(id))?.disabled?.because, 'too-many-waiting');
      const told = (await accountStore(database).mails(10, null, instant(realNow()))).items.filter(({ topic }) => topic === 'webhook-disabled');
      assert.deepEqual(told.map(({ email }) => email).toSorted(), ['0@example.org', '1@example.org']);
      assert.equal((await database.sql(`select 1 from staff_notification where kind = 'webhook-disabled'`)).length, 2);
    });
  });
}
