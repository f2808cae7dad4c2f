// What goes back of a payment, as rows: asked for by several at once, never for more than there is.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { instant } from '../../src/model/instant.ts';
import type { Payment } from '../../src/payments/payment-store-port.ts';
import type { RefundAsked } from '../../src/payments/refund-consumer.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { paymentEffects } from '../../src/persistence/payments/payment-effects.ts';
import { paymentStore } from '../../src/persistence/payments/payment-store.ts';
import { timeNow } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';

const RECEIVED = 2_000;
const TAKEN_BEFORE = 500;
const WAITING = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
const ASK = `insert into payment_refund (id, payment_id, amount, why, state, created_at) values ($1, $2, $3, 'late', 'asked', 0)`;
const NEXT_VERSION = 'update payment set version = version + 1, refunded = refunded + $1 where id = $2';

describe('money that a cancellation gives back', { skip: POSTGRES_MISSING }, () => {
  const stack = new AsyncDisposableStack();
  let database: Database;
  let desk: pg.Client;
  before(async () => {
    const postgres = stack.use(await sharedPostgres());
    const { url } = stack.use(await postgres.fresh());
    database = stack.use(await openDatabase({ kind: 'postgres', url }));
    desk = stack.adopt(new pg.Client(url), (client) => client.end());
    await desk.connect();
  });
  after(() => stack.disposeAsync());
  const store = () => paymentStore(database, { add: async () => undefined, channelsOf: () => [] });

  async function paid(): Promise<Payment> {
    const [id, appointmentId, locationId] = [randomUUID(), randomUUID(), randomUUID()];
    const now = instant(timeNow());
    const money = { amount: RECEIVED, currency: 'EUR' };
    return store().add({
      ...({ id, holdId: null, appointmentId, locationId, state: 'booked', method: 'stripe', money, received: RECEIVED, refunded: 0 } as const),
      ...{
        taxPercent: null,
        providerId: `pi_${id}`,
        payUntil: null,
        booking: null,
        alarm: null,
        card: null,
        isFee: false,
        refusal: null,
        createdAt: now,
        lookAt: null,
        version: 1,
      },
    });
  }

  /** What is asked for by the cancellation, where others have changed the payment and commit while the cancellation waits for it. */
  async function askedBeside({ id, appointmentId }: Payment, first: () => Promise<unknown>): Promise<number> {
    const cancelled: RefundAsked = { id: `cancelled/${appointmentId}`, appointmentId, price: RECEIVED, percent: 100, why: 'cancelled', at: instant(timeNow()) };
    await desk.query('begin');
    await first();
    const asking = database.transaction((em) => paymentEffects.askForRefunds(em, [cancelled]));
    await eventually(async () => (await database.sql(WAITING)).length > 0);
    await desk.query('commit');
    await asking;
    return (await store().refundsOf(id)).find((one) => one.why === 'cancelled')?.amount ?? 0;
  }
  const askAtDesk = ({ id }: Payment) => desk.query(ASK, [`desk/${id}`, id, TAKEN_BEFORE]);

  test('leaves out what the desk asks for at the same moment', async () => {
    const payment = await paid();
    const amount = await askedBeside(payment, async () => {
      await askAtDesk(payment);
      await desk.query(NEXT_VERSION, [0, payment.id]);
    });
    assert.equal(amount, RECEIVED - TAKEN_BEFORE);
  });

  test('counts what goes back at the same moment once', async () => {
    const payment = await paid();
    await askAtDesk(payment);
    const amount = await askedBeside(payment, async () => {
      await desk.query(`update payment_refund set state = 'done' where payment_id = $1`, [payment.id]);
      await desk.query(NEXT_VERSION, [TAKEN_BEFORE, payment.id]);
    });
    assert.equal(amount, RECEIVED - TAKEN_BEFORE);
  });
});
