// What is typed about an appointment at the desk: what of it is sent, what undoes it, and how it is said. No page is opened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backTo, changesOf, linesOf, type Typed, withAddOns, withPrice, withService } from '../../web/desk/editing.ts';
import type { Service } from '../../web/kit/shop.ts';

const TYPED: Typed = {
  serviceId: 'cut',
  addOns: '',
  staffId: 'ana',
  minutes: '45',
  price: '40',
  priceType: 'fixed',
  name: 'Mia',
  email: '',
  phone: '',
  notes: '',
  staffNotes: 'window',
};
const COLOUR = { id: 'colour', minutes: 90, price: { amount: 8_000, currency: 'EUR' }, priceType: 'fixed' } as Service;

test('only what differs is sent, and what another service brings along is not', () => {
  const other = withService(TYPED, COLOUR, { seats: 2 });
  assert.deepEqual([other.minutes, other.price], ['90', '160']);
  assert.deepEqual(changesOf(TYPED, other, 'EUR', COLOUR, { seats: 2 }), { serviceId: 'colour' });
  const longer = { ...other, minutes: '105', price: '150.50', staffNotes: ' ' };
  assert.deepEqual(changesOf(TYPED, longer, 'EUR', COLOUR, { seats: 2 }), {
    serviceId: 'colour',
    minutes: 105,
    price: { amount: 15_050, currency: 'EUR' },
    staffNotes: null,
  });
  assert.equal(changesOf(TYPED, { ...TYPED, minutes: 'an hour' }, 'EUR', undefined, { seats: 1 }), null);
});

test('with a service that it had before comes the price that was agreed, and undoing names a price only for those who may', () => {
  const priced = { seats: 1, agreedBefore: [{ serviceId: 'colour', price: { amount: 6_500, currency: 'EUR' }, priceType: 'fixed' as const }] };
  const back = withService(TYPED, COLOUR, priced);
  const undoing = { currency: 'EUR', seats: 1, known: [] };
  assert.equal(back.price, '65');
  assert.deepEqual(changesOf(TYPED, back, 'EUR', COLOUR, priced), { serviceId: 'colour' });
  assert.deepEqual(backTo(TYPED, back, { ...undoing, mayPrice: false }), { serviceId: 'cut', minutes: 45 });
  assert.deepEqual(backTo(TYPED, back, { ...undoing, mayPrice: true }), { serviceId: 'cut', minutes: 45, price: { amount: 4_000, currency: 'EUR' } });
});

test('add-ons change length and price by the difference, of which the server is told the choice alone', () => {
  const known = [
    { id: 'beard', name: 'Beard trim', priceMinor: 1_200, durationMinutes: 15 },
    { id: 'tea', name: 'Tea', priceMinor: 300, durationMinutes: 0 },
  ];
  const about = { currency: 'EUR', seats: 2 };
  const more = withAddOns(TYPED, ['beard', 'tea'], known, about);
  assert.deepEqual([more.addOns, more.minutes, more.price], ['beard tea', '60', '70']);
  assert.deepEqual(withAddOns(more, [], known, about), TYPED);
  assert.deepEqual(changesOf(TYPED, more, 'EUR', undefined, about, known), { addOnIds: ['beard', 'tea'] });
  assert.deepEqual(changesOf(TYPED, { ...more, minutes: '50' }, 'EUR', undefined, about, known), { addOnIds: ['beard', 'tea'], minutes: 50 });
  const undoing = { ...about, known };
  assert.deepEqual(backTo(TYPED, more, { ...undoing, mayPrice: false }), { addOnIds: [], minutes: 45 });
  assert.deepEqual(backTo(TYPED, more, { ...undoing, mayPrice: true }), { addOnIds: [], minutes: 45, price: { amount: 4_000, currency: 'EUR' } });
  const priced = {
    seats: 2,
    agreedBefore: [{ serviceId: 'colour', price: { amount: 6_500, currency: 'EUR' }, priceType: 'fixed' as const, addOns: known.slice(0, 1) }],
  };
  const { addOns, minutes, price } = withService(TYPED, COLOUR, priced);
  assert.deepEqual([addOns, minutes, price], ['beard', '105', '65'], 'those that it had with this service come back');
});

test('a price that is only the least becomes final with the amount or by itself, and undoing says again that it is the least', () => {
  const least = { ...TYPED, priceType: 'from' } as const;
  const about = { currency: 'EUR', seats: 1, known: [], mayPrice: true };
  const changed = (typed: Typed) => changesOf(least, typed, 'EUR', undefined, { seats: 1 });
  const dearer = withPrice(least, '55');
  assert.deepEqual(changed(dearer), { price: { amount: 5_500, currency: 'EUR' } });
  assert.deepEqual(changed({ ...dearer, priceType: 'from' }), { price: { amount: 5_500, currency: 'EUR' }, priceType: 'from' });
  assert.deepEqual(changed({ ...least, priceType: 'fixed' }), { priceType: 'fixed' });
  assert.deepEqual(backTo(least, dearer, about), { price: { amount: 4_000, currency: 'EUR' }, priceType: 'from' });
  const other = withService(least, COLOUR, { seats: 1 });
  assert.equal(other.priceType, 'fixed');
  assert.deepEqual(backTo(least, other, about), { serviceId: 'cut', minutes: 45, price: { amount: 4_000, currency: 'EUR' }, priceType: 'from' });
});

test('each change is a line, with the end, and the difference in price', () => {
  const naming = {
    service: (id: string) => id,
    addOn: (id: string) => id,
    person: (id: string) => id,
    currency: 'EUR',
    startsAt: Date.parse('2027-03-05T10:00:00Z'),
    timeZone: 'UTC',
  };
  const lines = linesOf(TYPED, { ...TYPED, minutes: '60', price: '35', phone: '030 1' }, naming);
  assert.deepEqual(
    lines.map(({ label, before: was, after: is }) => `${label}: ${was} → ${is}`),
    ['Length: 45 min → 1 h', 'Price: €40 → €35', 'Phone: none → 030 1'],
  );
  assert.match(lines[0]?.more ?? '', /^until 11:00/);
  assert.equal(lines[1]?.more, '€5 less');
});
