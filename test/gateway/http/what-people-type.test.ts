import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import { everyDay } from '../../support/dates.ts';
import { makerOf, type Said } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

let shop: Business;
let day = 2;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

const booking = (customer: object, staffId = shop.ada.id) => {
  day += 1;
  return {
    serviceId: shop.haircut.id,
    staffId,
    startsAt: berlinTime(day, '15:00'),
    customer: { name: 'Kim', email: 'kim@example.org', ...customer },
    allowOverlap: true,
  };
};
const book = (customer: object, staffId?: string) => shop.ask<AppointmentReply>('POST', '/v1/appointments', { body: booking(customer, staffId) });
const phonesOf = ({ body, text, status }: Said<AppointmentReply>) => {
  assert.equal(status, 201, text);
  return [body.customer?.phone, body.customer?.phoneE164];
};

test('a telephone number is kept as it was typed, and beside it as it is dialled, by the country of the location', async () => {
  const inBerlin = {
    '\u202a+49 30 1234567\u202c': ['+49 30 1234567', '+49301234567'],
    '+49\u00a030\u00a01234567': ['+49 30 1234567', '+49301234567'],
    '030\u20111234567': ['030-1234567', '+49301234567'],
    '\u200e030 1234567': ['030 1234567', '+49301234567'],
    '0049 30 1234567': ['0049 30 1234567', '+49301234567'],
    '00 1 202 555 0100': ['00 1 202 555 0100', '+12025550100'],
    '+1 202 555 0100 ext. 12': ['+1 202 555 0100 ext. 12', '+12025550100'],
    'tel:+44-20-7946-0018': ['tel:+44-20-7946-0018', '+442079460018'],
    '1234': ['1234', undefined],
    '': [null, undefined],
  };
  for (const [typed, kept] of Object.entries(inBerlin)) assert.deepEqual(phonesOf(await book({ phone: typed })), kept, JSON.stringify(typed));
  assert.deepEqual(phonesOf(await book({ phone: '(202) 555-0100' }, shop.cy.id)), ['(202) 555-0100', '+12025550100'], 'in New York');
  assert.deepEqual(phonesOf(await book({ phone: null })), [null, undefined]);
});

test('a number without a country is kept as it was typed where the location does not tell the country, until it does', async () => {
  const make = makerOf(shop, shop.tokens.owner);
  const nowhere = await make('/v1/locations', { name: 'Nowhere', timeZone: 'etc/utc', currency: 'EUR', weekly: everyDay('00:00', '24:00') });
  assert.deepEqual([nowhere.timeZone, nowhere.country], ['Etc/UTC', null]);
  const member = await make('/v1/staff', { name: 'Una', locationId: nowhere.id, serviceIds: [shop.haircut.id] });
  assert.deepEqual(phonesOf(await book({ phone: '030 1234567' }, member.id)), ['030 1234567', undefined]);
  const change = (body: object) => shop.ask('PATCH', `/v1/locations/${nowhere.id}`, { body, token: shop.tokens.owner });
  assert.equal((await change({ country: 'de' })).body.country, 'DE');
  assert.deepEqual(phonesOf(await book({ phone: '030 1234567' }, member.id)), ['030 1234567', '+49301234567']);
  assert.equal((await change({ country: null, timeZone: 'europe/vienna' })).body.country, 'AT');
  isProblem(await change({ country: 'EU' }), 'invalid-request', 'country');
  const listed = (await shop.ask('GET', '/v1/locations')).body.items as { name: string; country: string | null }[];
  assert.deepEqual(
    new Map(listed.map(({ name, country }) => [name, country])),
    new Map([
      ['Berlin', 'DE'],
      ['New York', 'US'],
      ['Nowhere', 'AT'],
    ]),
  );
});

test('one mailbox is one customer, however its address is spelled', async () => {
  const ids = await Promise.all(
    ['jörg@müller-example.de', 'JO\u0308RG@xn--mller-example-wob.de'].map(async (email) => (await book({ email })).body.customer?.id),
  );
  assert.ok(ids[0] !== undefined);
  assert.equal(ids[0], ids[1]);
});

test('a name that cannot be seen is refused by name, and one that could turn the page around is taken without its marks', async () => {
  isProblem(await book({ name: '\u3164\u200b' }), 'invalid-request', 'customer.name');
  assert.equal((await book({ name: '\u202eKim\nExample' })).body.customer?.name, 'Kim Example');
});

test('a body that is not UTF-8 is refused, whatever it says of itself, and nothing of it is kept', async () => {
  const send = (bytes: Uint8Array, contentType: string) =>
    fetch(`${shop.url}/v1/appointments`, { method: 'POST', headers: { 'content-type': contentType }, body: new Uint8Array(bytes) });
  const body = JSON.stringify(booking({ name: 'Müller' }));
  const json = 'application/json';
  const others: [Buffer, string][] = [
    [Buffer.from(body, 'latin1'), json],
    [Buffer.from(body, 'latin1'), `${json}; charset=iso-8859-1`],
    [Buffer.from(body, 'latin1'), `${json}; charset=utf-8`],
    [Buffer.from(body, 'utf16le'), `${json}; charset=utf-16`],
    [Buffer.from(body, 'utf16le'), `${json}; charset=utf-16le`],
    // A surrogate on its own, as CESU-8 and some databases write it.
    [Buffer.concat([Buffer.from(body.slice(0, -3)), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(body.slice(-3))]), json],
  ];
  for (const [bytes, contentType] of others) {
    const refused = await send(bytes, contentType);
    assert.deepEqual([refused.status, (await refused.json()).code], [415, 'unsupported-media-type'], contentType);
  }
  const taken = await send(Buffer.from(body), `${json}; charset=UTF-8`);
  assert.deepEqual([taken.status, (await taken.json()).customer.name], [201, 'Müller']);
});
