// What becomes of money as rows: one for each receipt, refund and refusal, there if and only if the change of the payment is.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { instant } from '../../src/model/instant.ts';
import { disputeEndEntry, disputeEntry, receiptEntry, refundEntry } from '../../src/payments/ledger.ts';
import type { NewPayment, Payment } from '../../src/payments/payment-store-port.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { paymentStore } from '../../src/persistence/payments/payment-store.ts';
import { USUAL_ENGINES } from './engines.ts';

const AMOUNT = 1_500;
const AT = instant(1_000);

const LOCATION = `insert into location (id, name, time_zone, currency, weekly, special_dates) values ($1::uuid, 'Here', 'Etc/UTC', 'EUR', '{}', '[]')`;

for (const kind of USUAL_ENGINES) {
  describe(`what becomes of money (${kind.name})`, { skip: kind.skip }, () => {
    const stack = new AsyncDisposableStack();
    const locationId = randomUUID();
    let database: Database;
    before(async () => {
      const fresh = stack.use(await stack.use(await kind.start()).fresh());
      database = stack.use(await openDatabase(fresh.config));
      await database.sql(LOCATION, [locationId]);
    });
    after(() => stack.disposeAsync());
    beforeEach(() => database.sql('delete from payment_fact'));

    const store = () => paymentStore(database, { add: async () => undefined, channelsOf: () => [] });
    const newPayment = (more: Partial<NewPayment> = {}): NewPayment => ({
      ...({ id: randomUUID(), holdId: randomUUID(), appointmentId: randomUUID(), locationId, state: 'paying', method: 'test' } as const),
      ...{ money: { amount: AMOUNT, currency: 'EUR' }, received: 0, refunded: 0, taxPercent: null, providerId: null, payUntil: null, booking: null },
      ...{ alarm: null, card: null, isFee: false, refusal: null, createdAt: AT, lookAt: null, version: 1, ...more },
    });
    const come = async (payment: Payment): Promise<Payment> =>
      (await store().change(payment, { received: AMOUNT, ledger: [receiptEntry(payment, AMOUNT, AT)] })) ?? assert.fail();
    const facts = () => database.sql('select type, kind, method, amount::int, refund_id, failure from payment_fact order by xid, position');

    test('is told of money that has come, once', async () => {
      const added = await store().add(newPayment());
      const paid = await come(added);
      assert.equal(await store().change(added, { ledger: [receiptEntry(added, AMOUNT, AT)] }), undefined, 'another was faster');
      await store().change(paid, { alarm: 'x', ledger: [receiptEntry(paid, AMOUNT, AT)] });
      assert.deepEqual(await facts(), [['payment.succeeded', 'booking', 'test', AMOUNT, null, null]]);
      const [row] = await database.sql('select payment_id, appointment_id, location_id, currency, at::int from payment_fact');
      assert.deepEqual(row, [paid.id, paid.appointmentId, paid.locationId, 'EUR', AT]);
    });
    test('says what was paid', async () => {
      const kinds = [
        { holdId: null, method: 'cash' },
        { holdId: null },
        { reservation: { capture: null, takeAt: null } },
        { holdId: null, isFee: true },
      ] as const;
      for (const more of kinds) {
        const payment = newPayment(more);
        await store().add({ ...payment, received: AMOUNT }, { ledger: [receiptEntry(payment, AMOUNT, AT)] });
      }
      assert.deepEqual(
        (await facts()).map(([, what]) => what),
        ['desk', 'link', 'reservation', 'no-show-fee'],
      );
    });
    test('is told of what goes back, each with its amount, and of what a bank takes back for good', async () => {
      const paid = await come(await store().add(newPayment()));
      const once = (await store().change(paid, { refunded: 100, ledger: [refundEntry(paid, 'desk/one', 100, AT)] })) ?? assert.fail();
      const twice = (await store().change(once, { refunded: 300, ledger: [refundEntry(once, 'cancelled/two', 200, AT)] })) ?? assert.fail();
      const disputed = (await store().change(twice, { ledger: [disputeEntry(twice, 'dp_1', 400, AT), disputeEntry(twice, 'dp_2', 500, AT)] })) ?? assert.fail();
      await store().change(disputed, { ledger: [disputeEndEntry(disputed, 'dp_1', 400, false, AT), disputeEndEntry(disputed, 'dp_2', 500, true, AT)] });
      assert.deepEqual((await facts()).slice(1), [
        ['payment.refunded', 'booking', 'test', 100, 'desk/one', null],
        ['payment.refunded', 'booking', 'test', 200, 'cancelled/two', null],
        ['payment.refunded', 'booking', 'test', 400, 'dispute/dp_1', null],
      ]);
    });
    test('is told of a card that was declined, once for each reason, and nothing where the change is not written', async () => {
      const added = await store().add(newPayment());
      const declined = { state: 'held', failed: { why: 'declined', at: AT } } as const;
      const held = (await store().change(added, declined)) ?? assert.fail();
      assert.equal(await store().change(added, declined), undefined);
      const again = (await store().change(held, declined)) ?? assert.fail();
      const ended = (await store().change(again, { failed: { why: 'reservation-ended', at: AT } })) ?? assert.fail();
      assert.deepEqual(await facts(), [
        ['payment.failed', 'booking', 'test', AMOUNT, null, 'declined'],
        ['payment.failed', 'booking', 'test', AMOUNT, null, 'reservation-ended'],
      ]);
      await assert.rejects(store().change(ended, { received: AMOUNT + 1, failed: { why: 'needs-owner', at: AT } }));
      assert.equal((await facts()).length, 2);
    });
  });
}
