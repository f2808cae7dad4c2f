// What the log says of requests that were refused, and of those that an outage met: they were answered, so it is no error and no stack.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { pino } from 'pino';
import { openNode } from '../../src/actors/cluster/node.ts';
import { CatalogKeeper } from '../../src/catalog/catalog-keeper.ts';
import { ids, timers } from '../../src/integrations/this-machine.ts';
import { catalogStore } from '../../src/persistence/catalog/catalog-store.ts';
import { SqlCluster } from '../../src/persistence/cluster/sql-cluster.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { asReadFailure } from '../../src/persistence/database/read-failure.ts';
import { SqlJournal } from '../../src/persistence/journal/journal-database.ts';
import { TEST_SEAL } from '../actors/practice.ts';
import { dateIn, everyDay } from '../support/dates.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { makerOf, openTestServer, TEST_OWNER } from '../support/test-server.ts';

type Line = { readonly level: number; readonly msg: string; readonly requests?: number };
const WARN = 40;

describe('the log', { skip: POSTGRES_MISSING }, () => {
  test('says nothing of an id that is refused, and of an outage one line for hundreds of requests', { timeout: 120_000 }, async () => {
    await using postgres = await startPostgres({ fsync: false });
    const direct = await postgres.createDatabase();
    const { hostname, port } = new URL(direct);
    await using proxy = await startFaultProxy({ host: hostname, port: Number(port) });
    const lines: string[] = [];
    const told = (): readonly Line[] => lines.map((line) => JSON.parse(line));
    const settings = { DATABASE_URL: proxy.urlThrough(direct) };
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    await using server = await openTestServer({ isDemo: false, settings, logger });
    const owner = await server.login(TEST_OWNER);
    const make = makerOf(server, owner);
    const location = await make('/v1/locations', { name: 'Here', timeZone: 'Etc/UTC', currency: 'EUR', weekly: everyDay('00:00', '24:00') });
    const service = await make('/v1/services', {
      name: 'Haircut',
      minutes: 30,
      slotIntervalMinutes: 30,
      leadTimeMinutes: 0,
      price: { amount: 100, currency: 'EUR' },
    });
    const staff = [];
    for (const name of ['Ana', 'Ben'])
      staff.push(await make('/v1/staff', { name, locationId: location.id, ownHours: false, bookable: true, serviceIds: [service.id] }));

    const id = crypto.randomUUID();
    const hold = (staffId: string, hour: string) =>
      server.ask('POST', '/v1/holds', { token: owner, body: { id, serviceId: service.id, staffId, startsAt: `${dateIn(2)}T${hour}:00:00Z` } });
    assert.equal((await hold(staff[0].id, '10')).status, 201);
    for (let count = 10; count < 20; count += 1) assert.equal((await hold(staff[1].id, String(count))).body.code, 'id-in-use');
    for (const bad of ['x', '0', '%00', id.slice(1)]) assert.equal((await server.ask('GET', `/v1/appointments/${bad}`, { token: owner })).status, 404);
    assert.deepEqual(
      told().filter(({ level }) => level >= WARN),
      [],
    );

    proxy.cut();
    const refused = await Promise.all(Array.from({ length: 300 }, () => server.ask('GET', '/v1/appointments?limit=1', { token: owner })));
    assert.deepEqual(new Set(refused.map(({ status }) => status)), new Set([503]));
    const outage = told().filter(({ msg }) => msg === 'the database does not answer; requests are refused');
    assert.ok(outage.length >= 1 && outage.length <= 20, `${outage.length} lines for 300 requests`);
    assert.ok(!lines.some((line) => line.includes('request failed')));
    assert.ok(lines.every((line) => !line.includes('the database does not answer') || (line.length < 500 && !line.includes('stack'))));
    proxy.pass();
  });

  test('of a node that leaves during an outage, and of a catalog that cannot be read, it says what happened without a stack', {
    timeout: 120_000,
  }, async () => {
    await using postgres = await startPostgres({ fsync: false });
    const direct = await postgres.createDatabase();
    const { hostname, port } = new URL(direct);
    await using proxy = await startFaultProxy({ host: hostname, port: Number(port) });
    await using database = await openDatabase({ kind: 'postgres', url: proxy.urlThrough(direct) });
    const lines: { readonly message: string; readonly facts: object }[] = [];
    const note = (facts: object, message: string) => void lines.push({ message, facts });
    const log = { info: () => undefined, warn: note, error: note };
    const catalog = await CatalogKeeper.open(catalogStore(database));
    const onCatalog = (version: number) => catalog.catchUp(version + 1).catch(asReadFailure);
    const storage = { database: new SqlJournal(database), cluster: new SqlCluster(database) };
    const announced = Promise.withResolvers<void>();
    let isOpen = false;
    const node = await openNode({
      ...storage,
      nodeId: randomUUID(),
      bus: null,
      seal: TEST_SEAL,
      timers,
      ids,
      log,
      onLost: () => undefined,
      onCatalog: async (version) => {
        if (!isOpen) return;
        proxy.cut();
        await onCatalog(version).finally(announced.resolve);
      },
    });
    isOpen = true;
    await announced.promise;
    await node.handOver();
    await node.close();
    const told = new Map(lines.map(({ message, facts }) => [message, facts]));
    for (const message of [
      'the catalog could not be read again',
      'shards could not be handed over; others will take them',
      'the database could not record that this node has left',
    ])
      assert.deepEqual(Object.keys(told.get(message) ?? {}), ['reason'], message);
  });
});
