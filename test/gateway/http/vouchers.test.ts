// Vouchers, through a whole server: what is taken off, when one is refused, and that each use is counted once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { timeNow } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { openStripe, type TestStripe } from '../../support/stripe.ts';
import { type Json, makerOf } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace Hopper', email: 'grace@example.org' };
const euros = (amount: number) => ({ amount, currency: 'EUR' });

let stripe: TestStripe;
let shop: Business;
let massage: Json;
before(async () => {
  stripe = await openStripe();
  shop = await openBusiness(stripe.settings);
  const make = makerOf(shop, shop.tokens.owner);
  massage = await make('/v1/services', {
    name: 'Massage',
    minutes: 60,
    price: euros(8_001),
    depositPercent: 25,
    paymentPolicy: 'deposit',
    noShowFeePercent: 50,
  });
  await make('/v1/staff', { name: 'Mo', locationId: shop.berlin, serviceIds: [massage.id] });
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await stripe?.[Symbol.asyncDispose]();
});

const owner = () => ({ token: shop.tokens.owner });
const desk = () => ({ token: shop.tokens.desk });
const asHolder = ({ token }: Json) => ({ headers: { 'hold-token': token } });

async function voucher(body: object): Promise<Json> {
  const made = await shop.ask('POST', '/v1/vouchers', { ...owner(), body });
  assert.equal(made.status, 201, made.text);
  return made.body;
}
const usedOf = async ({ id }: Json): Promise<number> => (await shop.ask('GET', `/v1/vouchers/${id}`, owner())).body.used;

async function hold(service: Json, day: number, time: string, of: object = {}): Promise<Json> {
  const said = await shop.ask('POST', '/v1/holds', { body: { serviceId: service.id, startsAt: berlinTime(day, time), ...of } });
  assert.equal(said.status, 201, said.text);
  return said.body;
}
const give = (held: Json, code: string | null) => shop.ask('PUT', `/v1/holds/${held.id}/voucher`, { ...asHolder(held), body: { code } });
const book = (held: Json, email = customer.email) =>
  shop.ask('POST', '/v1/appointments', { ...asHolder(held), body: { holdId: held.id, customer: { ...customer, email }, allowOverlap: true } });

async function booked(service: Json, day: number, time: string, code: string, email?: string): Promise<Json> {
  const held = await hold(service, day, time);
  const given = await give(held, code);
  assert.equal(given.status, 200, given.text);
  const made = await book(held, email);
  assert.equal(made.status, 201, made.text);
  return made.body;
}

describe('a voucher for what is held', () => {
  test('takes a share off, rounded half up; deposit and no-show fee are of the new price, and all is frozen', async () => {
    const tenth = await voucher({ code: 'tenth-off', percent: 10 });
    assert.equal(tenth.code, 'TENTH-OFF');
    const held = await hold(massage, 3, '09:00');
    const given = await give(held, ' tenth-off ');
    assert.equal(given.status, 200, given.text);
    const { price, due, policy, voucher: agreed, expiresAt, renewalsLeft } = given.body;
    // 800.1 are 800; a quarter of 7201 is 1800.25, half of it 3600.5.
    assert.deepEqual([price, due, policy.noShowFee, agreed], [euros(7_201), euros(1_800), euros(3_601), { id: tenth.id, discount: euros(800) }]);
    assert.deepEqual([expiresAt, renewalsLeft], [held.expiresAt, held.renewalsLeft], 'it lives no longer for it');
    assert.equal(await usedOf(tenth), 1);
    const ended = await shop.ask('POST', `/v1/vouchers/${tenth.id}/end`, owner());
    assert.equal(ended.status, 200, ended.text);
    assert.deepEqual((await give(held, 'TENTH-OFF')).body.price, euros(7_201), 'the same again changes nothing, although it has ended');
    isProblem(await give(await hold(massage, 3, '13:00'), 'TENTH-OFF'), 'voucher-expired');
    const begun = await shop.ask('POST', `/v1/holds/${held.id}/payment`, { ...asHolder(held), body: { customer } });
    assert.deepEqual(begun.body.amount, euros(1_800), begun.text);
    isProblem(await give(held, null), 'wrong-status');
    stripe.pay(begun.body.clientSecret);
    const paid = (await shop.ask('GET', `/v1/holds/${held.id}/payment`, asHolder(held))).body;
    assert.equal(paid.state, 'booked');
    const made = (await shop.ask('GET', `/v1/appointments/${paid.appointmentId}`, owner())).body;
    assert.deepEqual([made.price, made.voucher], [euros(7_201), { id: tenth.id, discount: euros(800) }]);
    assert.deepEqual([made.payment.policy, made.payment.due], ['deposit', euros(5_401)]);
    const money = (await shop.ask('GET', `/v1/appointments/${made.id}/payment`, owner())).body;
    assert.deepEqual(money.voucher, { code: 'TENTH-OFF', discount: euros(800) });
    assert.equal(await usedOf(tenth), 1, 'once, from the hold to the appointment');
  });

  test('takes an amount off, never more than the price; another takes its place, and without one the price is as it was', async () => {
    const much = await voucher({ code: 'MUCH-OFF', amount: euros(100_000) });
    const little = await voucher({ amount: euros(500) });
    assert.match(little.code, /^[A-Z\d]{5}-[A-Z\d]{5}$/);
    const held = await hold(massage, 4, '09:00');
    const free = (await give(held, 'MUCH-OFF')).body;
    assert.deepEqual([free.price, free.due, free.policy.noShowFee], [euros(0), undefined, undefined]);
    assert.deepEqual([(await give(held, little.code)).body.price, await usedOf(much), await usedOf(little)], [euros(7_501), 0, 1]);
    const { price, due, policy, voucher: agreed } = (await give(held, null)).body;
    assert.deepEqual([price, due, policy, agreed], [held.price, held.due, held.policy, undefined]);
    assert.equal(await usedOf(little), 0);
    await give(held, 'MUCH-OFF');
    const made = await book(held);
    assert.deepEqual([made.status, made.body.price], [201, euros(0)], 'nothing is due, so it is booked without paying');
  });

  test('leaves less to reserve on a card, and nothing is said to be reserved where nothing is due', async () => {
    const make = makerOf(shop, shop.tokens.owner);
    const visit = await make('/v1/services', { name: 'Visit', minutes: 30, price: euros(8_000), paymentPolicy: 'reserve' });
    await make('/v1/staff', { name: 'Vi', locationId: shop.berlin, serviceIds: [visit.id] });
    await voucher({ code: 'NEARLY-ALL', amount: euros(7_960) });
    await voucher({ code: 'ONE-HALF', percent: 50 });
    const held = await hold(visit, 2, '09:00');
    const saidWith = async (code: string | null) => {
      const { due, policy } = (await give(held, code)).body;
      return [due, policy.reserves];
    };
    assert.deepEqual(await saidWith('ONE-HALF'), [euros(4_000), true]);
    assert.deepEqual(await saidWith('NEARLY-ALL'), [undefined, undefined]);
    assert.deepEqual(await saidWith(null), [euros(8_000), true]);
  });

  test('is refused in words where it cannot be used', async () => {
    const soon = new Date(timeNow() + 86_400_000).toISOString();
    await voucher({ code: 'NOT-YET', percent: 10, validFrom: soon });
    await voucher({ code: 'OTHERS', percent: 10, serviceIds: [massage.id] });
    await voucher({ code: 'DEARER', percent: 10, leastPrice: euros(4_001) });
    await voucher({ code: 'DOLLARS', amount: { amount: 100, currency: 'USD' } });
    const held = await hold(shop.haircut, 5, '09:00');
    isProblem(await give(held, 'NOT-YET'), 'voucher-expired');
    for (const code of ['OTHERS', 'DEARER', 'DOLLARS']) isProblem(await give(held, code), 'voucher-not-for-this');
    isProblem(await give(held, 'NEVER-MADE'), 'voucher-unknown');
    isProblem(await give(held, 'a b!'), 'invalid-request', 'code');
    isProblem(await shop.ask('PUT', `/v1/holds/${held.id}/voucher`, { body: { code: 'OTHERS' } }), 'hold-not-yours');
    assert.deepEqual((await shop.ask('GET', `/v1/holds/${held.id}`, asHolder(held))).body.price, held.price);
  });

  test('is counted once: by a hold until it ends, by an appointment until it is called off', async () => {
    const single = await voucher({ code: 'SINGLE', percent: 50, mostUses: 1 });
    const [first, second] = [await hold(shop.haircut, 6, '09:00'), await hold(shop.haircut, 6, '10:00')];
    assert.equal((await give(first, 'SINGLE')).status, 200);
    isProblem(await give(second, 'SINGLE'), 'voucher-used-up');
    assert.equal((await shop.ask('DELETE', `/v1/holds/${first.id}`, asHolder(first))).status, 204);
    assert.equal((await give(second, 'SINGLE')).status, 200, 'the hold that was let go has given it back');
    const made = (await book(second)).body;
    isProblem(await give(await hold(shop.haircut, 6, '11:00'), 'SINGLE'), 'voucher-used-up');
    assert.equal((await shop.ask('POST', `/v1/appointments/${made.id}/reschedule`, { ...desk(), body: { startsAt: berlinTime(6, '12:00') } })).status, 200);
    assert.equal(await usedOf(single), 1, 'a move keeps it');
    assert.equal((await shop.ask('POST', `/v1/appointments/${made.id}/cancel`, { ...desk(), body: {} })).status, 200);
    assert.equal(await usedOf(single), 0);
    await booked(shop.haircut, 6, '13:00', 'SINGLE');
    assert.equal(await usedOf(single), 1);
  });

  test('has only so many uses for one customer', async () => {
    await voucher({ code: 'ONCE-EACH', percent: 10, mostUsesEach: 1 });
    await booked(shop.haircut, 7, '09:00', 'ONCE-EACH', 'one@example.org');
    const again = await hold(shop.haircut, 7, '10:00');
    assert.equal((await give(again, 'ONCE-EACH')).status, 200, 'nobody knows yet whose it is');
    isProblem(await book(again, 'one@example.org'), 'voucher-used-up');
    assert.equal((await book(again, 'two@example.org')).status, 201);
  });

  test('the last use goes to one of those who ask at the same moment', async () => {
    const last = await voucher({ code: 'LAST-ONE', percent: 10, mostUses: 1 });
    const holds = await Promise.all(
      [shop.ada, shop.bo].flatMap(({ id }) => ['14:00', '14:30', '15:00'].map((time) => hold(shop.haircut, 8, time, { staffId: id }))),
    );
    const said = await Promise.all(holds.map((held) => give(held, 'LAST-ONE')));
    assert.equal(said.filter(({ status }) => status === 200).length, 1, said.map(({ text }) => text).join('\n'));
    for (const reply of said.filter(({ status }) => status !== 200)) isProblem(reply, 'voucher-used-up');
    assert.equal(await usedOf(last), 1);
    const prices = await Promise.all(holds.map(async (held) => (await shop.ask('GET', `/v1/holds/${held.id}`, asHolder(held))).body.price.amount));
    assert.deepEqual(
      prices.sort((one, other) => one - other),
      [3_600, 4_000, 4_000, 4_000, 4_000, 4_000],
      'who was refused has the price of before',
    );
  });
});

describe('a voucher at the desk', () => {
  test('is given with a booking, or for what is booked, and taken away again', async () => {
    const gift = await voucher({ code: 'GIFT-CARD', amount: euros(1_000), mostUses: 1 });
    const slot = { serviceId: shop.haircut.id, startsAt: berlinTime(9, '09:00'), customer };
    const made = await shop.ask('POST', '/v1/appointments', { ...desk(), body: { ...slot, voucherCode: 'GIFT-CARD' } });
    assert.deepEqual([made.status, made.body.price], [201, euros(3_000)], made.text);
    const edit = (body: object, id = made.body.id) => shop.ask('PATCH', `/v1/appointments/${id}`, { ...desk(), body });
    const other = await shop.ask('POST', '/v1/appointments', { ...desk(), body: { ...slot, startsAt: berlinTime(9, '10:00') } });
    isProblem(await edit({ voucherCode: 'GIFT-CARD' }, other.body.id), 'voucher-used-up');
    const without = await edit({ voucherCode: null });
    assert.deepEqual([without.body.price, without.body.voucher, await usedOf(gift)], [euros(4_000), undefined, 0], without.text);
    const given = await edit({ voucherCode: 'GIFT-CARD' }, other.body.id);
    assert.deepEqual([given.body.price, given.body.voucher.discount], [euros(3_000), euros(1_000)], given.text);
    assert.deepEqual((await edit({ voucherCode: 'GIFT-CARD' }, other.body.id)).body.price, euros(3_000), 'the same again changes nothing');
    const key = await shop.ask('POST', '/v1/api-keys', { ...owner(), body: { name: 'Reports', scopes: ['appointments:read'] } });
    const codeFor = async (as: object) => (await shop.ask('GET', `/v1/appointments/${other.body.id}/payment`, as)).body.voucher.code;
    const codes = [await codeFor(desk()), await codeFor({ headers: { 'manage-token': other.body.manageToken } }), await codeFor({ token: key.body.key })];
    assert.deepEqual(codes, ['GIFT-CARD', 'GIFT-CARD', null], 'who takes payments and the customer know it');
    const off = await edit({ voucherCode: 'GIFT-CARD', price: euros(5_000) }, other.body.id);
    assert.deepEqual([off.body.price, off.body.voucher.discount], [euros(4_000), euros(1_000)], 'off the price that is said with it');
    assert.deepEqual((await edit({ price: euros(4_000) }, other.body.id)).body.voucher.discount, euros(1_000), 'the price that it has changes nothing');
    const said = await edit({ price: euros(2_000) }, other.body.id);
    assert.deepEqual([said.body.price, said.body.voucher.discount, await usedOf(gift)], [euros(2_000), euros(0), 1], 'a price that is said is the price');
    isProblem(await shop.ask('PATCH', `/v1/appointments/${other.body.id}`, { token: shop.tokens.staff, body: { voucherCode: null } }), 'forbidden');
  });
});

describe('a voucher that takes all off', () => {
  test('takes off no more than there is once an add-on is left out, and gives back no more when it goes', async () => {
    const make = makerOf(shop, shop.tokens.owner);
    const wash = crypto.randomUUID();
    const cut = await make('/v1/services', { name: 'Cut', minutes: 30, price: euros(4_000), addOns: [{ id: wash, name: 'Wash', priceMinor: 1_000 }] });
    const plain = await make('/v1/services', { name: 'Plain', minutes: 30, price: euros(2_000) });
    const { id: staffId } = await make('/v1/staff', { name: 'Lu', locationId: shop.berlin, serviceIds: [cut.id, plain.id] });
    await voucher({ code: 'ALL-OFF', percent: 100 });
    const slot = { serviceId: cut.id, staffId, startsAt: berlinTime(11, '09:00'), customer, addOnIds: [wash] };
    const made = await shop.ask('POST', '/v1/appointments', { ...desk(), body: { ...slot, voucherCode: 'ALL-OFF' } });
    const edit = async (body: object) => {
      const { status, body: said, text } = await shop.ask('PATCH', `/v1/appointments/${made.body.id}`, { ...desk(), body });
      assert.equal(status, 200, text);
      return [said.price.amount, said.voucher?.discount.amount];
    };
    assert.deepEqual([made.body.price, made.body.voucher.discount], [euros(0), euros(5_000)], made.text);
    assert.deepEqual(await edit({ serviceId: plain.id }), [0, 2_000]);
    assert.deepEqual(await edit({ serviceId: cut.id, addOnIds: [] }), [0, 4_000], 'as it was agreed, less the add-on');
    assert.deepEqual(await edit({ voucherCode: null }), [4_000, undefined]);
    assert.deepEqual(await edit({ addOnIds: [wash], voucherCode: 'ALL-OFF' }), [0, 5_000]);
    assert.deepEqual(await edit({ addOnIds: [] }), [0, 4_000]);
    assert.deepEqual(await edit({ addOnIds: [wash], voucherCode: 'ALL-OFF' }), [0, 5_000], 'said again, it is taken off the new price');
    assert.deepEqual(await edit({ addOnIds: [] }), [0, 4_000]);
    assert.deepEqual(await edit({ voucherCode: null }), [4_000, undefined]);
    await voucher({ code: 'FOR-CUTS', percent: 50, serviceIds: [cut.id] });
    assert.deepEqual(await edit({ voucherCode: 'FOR-CUTS' }), [2_000, 2_000]);
    const wrong = await shop.ask('PATCH', `/v1/appointments/${made.body.id}`, { ...desk(), body: { serviceId: plain.id, voucherCode: 'FOR-CUTS' } });
    isProblem(wrong, 'voucher-not-for-this');
  });
});

describe('vouchers, for those who manage them', () => {
  test('are made once, listed, and ended', async () => {
    const id = crypto.randomUUID();
    const body = { id, percent: 5 };
    const made = await voucher(body);
    assert.deepEqual(await voucher(body), made, 'a repeat');
    isProblem(await shop.ask('POST', '/v1/vouchers', { ...owner(), body: { ...body, percent: 6 } }), 'id-in-use', 'id');
    isProblem(await shop.ask('POST', '/v1/vouchers', { ...owner(), body: { percent: 6, code: made.code } }), 'id-in-use', 'code');
    const wrong: readonly (readonly [object, string])[] = [
      [{}, 'percent'],
      [{ percent: 5, amount: euros(5) }, 'percent'],
      [{ amount: euros(0) }, 'amount.amount'],
      [{ percent: 101 }, 'percent'],
      [{ percent: 5, code: 'SHORT' }, 'code'],
      [{ percent: 5, validTo: '2020-01-01T00:00:00Z' }, 'validTo'],
      [{ amount: euros(5), leastPrice: { amount: 5, currency: 'USD' } }, 'leastPrice.currency'],
    ];
    for (const [of, field] of wrong) isProblem(await shop.ask('POST', '/v1/vouchers', { ...owner(), body: of }), 'invalid-request', field);
    isProblem(await shop.ask('POST', '/v1/vouchers', { ...owner(), body: { percent: 5, serviceIds: [id] } }), 'not-found', 'serviceIds.0');
    const page = (await shop.ask('GET', '/v1/vouchers?limit=2', owner())).body;
    const next = (await shop.ask('GET', `/v1/vouchers?limit=2&cursor=${page.nextCursor}`, owner())).body;
    assert.deepEqual([page.items[0].id, page.items.length, next.items.length], [id, 2, 2]);
    assert.ok(next.items.every((one: Json) => page.items.every((other: Json) => other.id !== one.id)));
    const [first, second] = [await shop.ask('POST', `/v1/vouchers/${id}/end`, owner()), await shop.ask('POST', `/v1/vouchers/${id}/end`, owner())];
    assert.deepEqual(second.body, first.body, 'it is ended once');
    const open: Json[] = (await shop.ask('GET', '/v1/vouchers?isOpen=true', owner())).body.items;
    assert.ok(open.length > 0 && open.every((one) => one.id !== id && one.endedAt === null));
    await eventually(async () => {
      const trail: Json[] = (await shop.ask('GET', '/v1/audit?limit=200', owner())).body.items;
      return trail.filter(({ subject }) => subject.id === id).length === 2;
    });
    isProblem(await shop.ask('GET', '/v1/vouchers', desk()), 'forbidden');
  });
});

describe('who guesses codes', () => {
  test('learns nothing more after some wrong ones, not even from a right one', async () => {
    await using strict = await openBusiness({ RATE_LIMIT_SCALE: '1' });
    const asOwner = { token: strict.tokens.owner };
    assert.equal((await strict.ask('POST', '/v1/vouchers', { ...asOwner, body: { code: 'REAL-ONE', percent: 10 } })).status, 201);
    const slot = { serviceId: strict.haircut.id, startsAt: berlinTime(10, '09:00'), customer };
    const guess = (voucherCode: string, as: object = {}) => strict.ask('POST', '/v1/appointments', { ...as, body: { ...slot, voucherCode } });
    const said = [];
    for (let number = 0; number < 25; number += 1) said.push((await guess(`GUESS-${number}`)).body.code);
    assert.ok(said[0] === 'voucher-unknown' && said.at(-1) === 'rate-limited', said.join());
    isProblem(await guess('REAL-ONE'), 'rate-limited');
    assert.equal((await guess('REAL-ONE', asOwner)).status, 201, 'those who work here are believed');
  });
});
