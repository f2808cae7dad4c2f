// A business in a node that is killed when it asks the provider for something, and what must be so afterwards.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Deliveries } from '../../src/integrations/stripe-double/deliveries.ts';
import { balances, type LedgerEntry } from '../../src/payments/ledger.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { timeNow } from '../support/clock.ts';
import { dateIn } from '../support/dates.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import { openStripe, type TestStripe } from '../support/stripe.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { startServer } from './demo-process.ts';
import type { randomFrom } from './load.ts';
import { NodeAtProvider } from './node-at-provider.ts';

export const PRICE = 8_000;
/** A job looks at open payments every minute. */
export const SETTLE_MS = 100_000;
const WEATHER = { drop: 0.5, duplicate: 0.25, delay: 0.5 };
const ANY_TIME = { rules: ['slot-in-past', 'too-soon', 'outside-hours', 'off-grid'], reason: 'It was a while ago.' };

export type World = { readonly node: NodeAtProvider; readonly stripe: TestStripe; readonly token: string; readonly service: Json; readonly staffId: string };

export type Killed = 'before' | 'after';

export function ask({ node, token }: Pick<World, 'node' | 'token'>, method: string, path: string, body?: object) {
  return askOver(node.url ?? assert.fail('the node is gone'), method, path, { token, ...(body && { body }) });
}

/** What was asked has no answer: the node is gone. It is started again. */
export async function killedAt(world: World, act: () => Promise<unknown>, isHit: Parameters<NodeAtProvider['killAt']>[0], isAfter: boolean): Promise<Killed> {
  const { node } = world;
  const said = { isAnswered: false };
  const aimed = Promise.withResolvers<void>();
  const killing = node.killAt(isHit, isAfter, aimed.promise);
  await act().then(
    () => {
      said.isAnswered = true;
      aimed.resolve();
    },
    () => undefined,
  );
  assert.ok((await killing) && !said.isAnswered, 'it asks the provider, and is killed there');
  await node.start();
  return isAfter ? 'after' : 'before';
}

/** A node of its own with the provider beside it; the stack ends both. */
export async function openedIn(stack: AsyncDisposableStack, terms: object, random: ReturnType<typeof randomFrom>) {
  const postgres = stack.use(await sharedPostgres());
  const { url } = stack.use(await postgres.fresh());
  const stripe = stack.use(await openStripe({ deliveries: new Deliveries(WEATHER, random) }));
  const node = stack.use(new NodeAtProvider(stripe, (settings) => startServer({ kind: 'postgres', url }, settings)));
  await node.start();
  const database = stack.use(await openDatabase({ kind: 'postgres', url }));
  return { world: await opened(node, stripe, terms), database };
}

async function opened(node: NodeAtProvider, stripe: TestStripe, terms: object): Promise<World> {
  const login = await askOver(node.url ?? '', 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } });
  const token = login.body.accessToken;
  const make = async (path: string, body: object): Promise<Json> => {
    const made = await ask({ node, token }, 'POST', path, body);
    assert.equal(made.status, 201, made.text);
    return made.body;
  };
  const location = (await ask({ node, token }, 'GET', '/v1/locations')).body.items.find(({ currency }: Json) => currency === 'EUR');
  const service = await make('/v1/services', { name: 'Massage', minutes: 30, price: { amount: PRICE, currency: 'EUR' }, ...terms });
  const { id: staffId } = await make('/v1/staff', { name: 'Mo', locationId: location.id, serviceIds: [service.id] });
  return { node, stripe, token, service, staffId };
}

/** An appointment whose customer has entered their card, which was some hours ago by now. */
export async function past(world: World, number: number): Promise<string> {
  const { stripe, service, staffId } = world;
  const free = await ask(world, 'GET', `/v1/slots?serviceId=${service.id}&from=${dateIn(3)}&to=${dateIn(10)}`);
  const held = await ask(world, 'POST', '/v1/holds', { serviceId: service.id, staffId, startsAt: free.body.slots[0].startsAt });
  assert.equal(held.status, 201, held.text);
  const ofHold = { headers: { 'hold-token': held.body.token } };
  const where = `/v1/holds/${held.body.id}/payment`;
  const body = { customer: { name: 'Cora', email: `${randomUUID()}@example.org` } };
  const begun = await askOver(world.node.url ?? '', 'POST', where, { ...ofHold, body });
  assert.equal(begun.status, 201, begun.text);
  stripe.pay(begun.body.clientSecret);
  const id = (await askOver(world.node.url ?? '', 'GET', where, ofHold)).body.appointmentId;
  const startsAt = new Date(Math.floor(timeNow() / 60_000) * 60_000 - (number + 1) * 3_600_000).toISOString();
  const moved = await ask(world, 'POST', `/v1/appointments/${id}/reschedule`, { startsAt, override: ANY_TIME, staffId });
  assert.equal(moved.status, 200, moved.text);
  return id;
}

export async function moneyOf(world: World, id: string): Promise<Json> {
  return (await ask(world, 'GET', `/v1/appointments/${id}/payment`)).body;
}

/** `there`: what is left with the provider, before its fees. */
export async function judgeBooks(database: Database, there: number): Promise<void> {
  const rows = await database.sql('select debit, credit, amount, currency from ledger_entry');
  const sums = balances(rows.map(([debit, credit, amount, currency]) => ({ debit, credit, amount: Number(amount), currency }) as LedgerEntry));
  const keptByProvider = ['fees', 'payouts', 'other'].reduce((sum, account) => sum + (sums.get(`EUR ${account}`) ?? 0), 0);
  assert.deepEqual(
    [(sums.get('EUR provider') ?? 0) + keptByProvider, sums.get('EUR customers') ?? 0],
    [there, there === 0 ? 0 : -there],
    'the books and the provider',
  );
  assert.deepEqual(await database.sql('select id, alarm from payment where alarm is not null'), []);
}
