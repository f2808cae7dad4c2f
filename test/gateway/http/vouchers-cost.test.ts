// What vouchers cost a business, told with its takings.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Json, makerOf } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
let shop: Business;
let nails: Json;
before(async () => {
  shop = await openBusiness();
  const make = makerOf(shop, shop.tokens.owner);
  nails = await make('/v1/services', { name: 'Nails', minutes: 15, slotIntervalMinutes: 15, price: euros(4_000) });
  await make('/v1/staff', { name: 'Nia', locationId: shop.berlin, serviceIds: [nails.id] });
});
after(() => shop?.[Symbol.asyncDispose]());

const owner = () => ({ token: shop.tokens.owner });
const make = (path: string, body: object): Promise<Json> => makerOf(shop, shop.tokens.owner)(path, body);

async function booked(day: number, time: string, voucherCode: string): Promise<Json> {
  const email = `${day}-${time.replace(':', '-')}@example.org`;
  return make('/v1/appointments', { serviceId: nails.id, startsAt: berlinTime(day, time), voucherCode, customer: { name: 'Grace Hopper', email } });
}

describe('what vouchers cost', () => {
  test('is told with the takings by day, location and voucher, of visits that were not called off and not missed, and in the table', async () => {
    const [half, five] = [
      await make('/v1/vouchers', { code: 'COST-HALF', percent: 50 }),
      await make('/v1/vouchers', { code: 'COST-FIVE', amount: euros(500) }),
    ];
    const [date = '', later = ''] = [16, 17].map((day) => berlinTime(day, '09:00').slice(0, 10));
    const takings = async () => (await shop.ask('GET', `/v1/takings?from=${date}&to=${later}`, owner())).body;
    await booked(16, '09:00', 'COST-HALF');
    const second = await booked(16, '09:15', 'COST-HALF');
    const off = await booked(16, '09:30', 'COST-HALF');
    await booked(16, '09:45', 'COST-FIVE');
    await booked(17, '09:00', 'COST-FIVE');
    const place = { date, locationId: shop.berlin, locationName: 'Berlin' };
    const fives = { ...place, voucherId: five.id, code: 'COST-FIVE', uses: 1, discount: euros(500) };
    assert.deepEqual((await takings()).vouchers, [fives, { ...place, voucherId: half.id, code: 'COST-HALF', uses: 3, discount: euros(6_000) }]);
    assert.equal((await shop.ask('POST', `/v1/appointments/${off.id}/cancel`, { ...owner(), body: {} })).status, 200);
    // With another price nothing counts as taken off.
    assert.equal((await shop.ask('PATCH', `/v1/appointments/${second.id}`, { ...owner(), body: { price: euros(1_900) } })).status, 200);
    assert.deepEqual((await takings()).vouchers, [fives, { ...place, voucherId: half.id, code: 'COST-HALF', uses: 1, discount: euros(2_000) }]);
    const { text } = await shop.ask('GET', `/v1/takings.csv?from=${date}&to=${later}`, owner());
    const [head = '', ...lines] = text.replace('\ufeff', '').trim().split('\n');
    assert.ok(head.endsWith('voucher,uses,discount'), head);
    assert.deepEqual(lines, [`${date},Berlin,voucher,EUR,,,,,COST-FIVE,1,500`, `${date},Berlin,voucher,EUR,,,,,COST-HALF,1,2000`]);
    const elsewhere = await shop.ask('GET', `/v1/takings?from=${date}&to=${later}&locationId=${shop.newYork}`, owner());
    assert.deepEqual(elsewhere.body.vouchers, []);
  });
});

describe('a voucher of an appointment', () => {
  const edit = (id: string, body: object) => shop.ask('PATCH', `/v1/appointments/${id}`, { ...owner(), body });

  test('takes nothing off a final price that is said alone, which the answer says, and something once it is given again', async () => {
    const colour = await make('/v1/services', { name: 'Colour', minutes: 30, price: euros(10_000), priceType: 'from' });
    const { id: staffId } = await make('/v1/staff', { name: 'Coco', locationId: shop.berlin, serviceIds: [colour.id] });
    await make('/v1/vouchers', { code: 'FROM-TENTH', percent: 10, mostUses: 1 });
    const slot = { serviceId: colour.id, staffId, startsAt: berlinTime(18, '09:00'), voucherCode: 'FROM-TENTH' };
    const made = await make('/v1/appointments', { ...slot, customer: { name: 'Ada Holm', email: 'ada@example.org' } });
    assert.deepEqual([made.price, made.priceType, made.voucher.discount], [euros(9_000), 'from', euros(1_000)]);
    const least = await edit(made.id, { priceType: 'fixed' });
    assert.deepEqual([least.body.price, least.body.voucher.discount], [euros(9_000), euros(1_000)], 'the least one is final as it is');
    const final = await edit(made.id, { price: euros(12_000) });
    assert.deepEqual([final.body.price, final.body.priceType, final.body.voucher.discount], [euros(12_000), 'fixed', euros(0)], final.text);
    const again = await edit(made.id, { voucherCode: 'FROM-TENTH', price: euros(12_000) });
    assert.deepEqual([again.body.price, again.body.voucher.discount], [euros(10_800), euros(1_200)], again.text);
  });

  test('comes back with the service it was given for, unless its last use is another’s by then: then it goes back without it', async () => {
    const [cut, wash] = [
      await make('/v1/services', { name: 'Cut', minutes: 30, price: euros(4_000) }),
      await make('/v1/services', { name: 'Wash', minutes: 30, price: euros(1_000) }),
    ];
    const { id: staffId } = await make('/v1/staff', { name: 'Lu', locationId: shop.berlin, serviceIds: [cut.id, wash.id] });
    await make('/v1/vouchers', { code: 'LAST-HALF', percent: 50, mostUses: 1 });
    const at = (time: string, more: object = {}) => ({ serviceId: cut.id, staffId, startsAt: berlinTime(18, time), ...more });
    const made = await make('/v1/appointments', { ...at('10:00', { voucherCode: 'LAST-HALF' }), customer: { name: 'Ada Holm', email: 'ada@example.org' } });
    assert.deepEqual((await edit(made.id, { serviceId: wash.id, voucherCode: null })).body.price, euros(1_000));
    const back = await edit(made.id, { serviceId: cut.id });
    assert.deepEqual([back.body.price, back.body.voucher?.discount], [euros(2_000), euros(2_000)], back.text);
    assert.equal((await edit(made.id, { serviceId: wash.id, voucherCode: null })).status, 200);
    await make('/v1/appointments', { ...at('11:00', { voucherCode: 'LAST-HALF' }), customer: { name: 'Bo Lind', email: 'bo@example.org' } });
    isProblem(await edit(made.id, { serviceId: cut.id }), 'voucher-used-up');
    assert.deepEqual((await shop.ask('GET', `/v1/appointments/${made.id}`, owner())).body.price, euros(1_000), 'nothing has changed');
    const without = await edit(made.id, { serviceId: cut.id, voucherCode: null });
    assert.deepEqual([without.body.price, without.body.voucher], [euros(4_000), undefined], without.text);
  });
});
