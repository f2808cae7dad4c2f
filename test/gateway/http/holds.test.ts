import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { ChangesReply } from '../../../src/protocol/calendars.ts';
import type { HoldReply } from '../../../src/protocol/holds.ts';
import type { SlotsReply } from '../../../src/protocol/slots.ts';
import { dateIn } from '../../support/dates.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const customer = { name: 'Grace', email: 'grace@example.org' };
let shop: Business;
before(async () => {
  shop = await openBusiness();
});
after(() => shop?.[Symbol.asyncDispose]());

/** Each test has a day of its own, so that none stands in another's way. */
let day = 2;
const ask = (time = '10:00', more: object = {}) => ({ serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, time), ...more });
const hold = (time?: string, headers: Record<string, string> = {}) => shop.ask<HoldReply>('POST', '/v1/holds', { body: ask(time), headers });

describe('holds', () => {
  test('a hold keeps the slot, and the second caller is told what has it and what else is free', async () => {
    day += 1;
    const first = await hold();
    assert.equal(first.status, 201, first.text);
    assert.equal(first.body.startsAt, berlinTime(day, '10:00'));
    assert.equal(first.body.expiresInSeconds, 300);
    const second = await shop.ask('POST', '/v1/holds', { body: ask() });
    isProblem(second, 'slot-taken');
    assert.equal(second.body.conflict?.by, 'hold');
    // The holder is told the whole second before the end, everyone else the one after it.
    const until = Date.parse(second.body.conflict?.until) - Date.parse(first.body.expiresAt);
    assert.ok(until === 0 || until === 1_000, `${second.body.conflict?.until} for a hold until ${first.body.expiresAt}`);
    assert.ok((second.body.alternatives?.length ?? 0) >= 3);
    const listed = await shop.ask<SlotsReply>('GET', `/v1/slots?serviceId=${shop.haircut.id}&from=${dateIn(day)}&to=${dateIn(day + 1)}&staffId=${shop.ada.id}`);
    assert.ok(listed.body.slots?.every((slot) => slot.startsAt !== first.body.startsAt));
  });

  test('every alternative can be held', async () => {
    day += 1;
    await hold();
    const refused = await shop.ask('POST', '/v1/holds', { body: ask() });
    assert.ok(refused.body.alternatives.length >= 3);
    for (const { startsAt, staffId } of refused.body.alternatives) {
      const held = await shop.ask<HoldReply>('POST', '/v1/holds?dryRun=true', { body: { serviceId: shop.haircut.id, startsAt, staffId } });
      assert.equal(held.status, 200, held.text);
    }
  });

  test('the same key gives the same reply; with another request it is refused', async () => {
    day += 1;
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const first = await hold('10:00', headers);
    const again = await hold('10:00', headers);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.equal(first.headers.get('idempotency-replayed'), null);
    assert.equal(again.text, first.text);
    isProblem(await hold('11:00', headers), 'idempotency-key-reused');
    const samesame = await shop.ask<HoldReply>('POST', '/v1/holds', {
      body: ask('10:00', { startsAt: new Date(berlinTime(day, '10:00')).toISOString() }),
      headers,
    });
    assert.equal(samesame.text, first.text, 'the same moment with another offset is the same request');
  });

  test('a refusal is repeated under its key, even when the slot is free again', async () => {
    day += 1;
    const { body } = await hold();
    const headers = { 'idempotency-key': crypto.randomUUID() };
    isProblem(await hold('10:00', headers), 'slot-taken');
    assert.equal((await shop.ask('DELETE', `/v1/holds/${body.id}`, { headers: { 'hold-token': body.token ?? '' } })).status, 204);
    isProblem(await hold('10:00', headers), 'slot-taken');
    assert.equal((await hold()).status, 201);
  });

  test('the same holder and slot again is the same hold, renewed', async () => {
    day += 1;
    const { body } = await hold();
    const again = await hold('10:00', { 'hold-token': body.token ?? '' });
    assert.equal(again.body.id, body.id);
    assert.equal(again.body.renewalsLeft, body.renewalsLeft - 1);
  });

  test('only the holder sees, renews and releases a hold', async () => {
    day += 1;
    const { body } = await hold();
    const other = await hold('14:00');
    for (const headers of [{}, { 'hold-token': other.body.token ?? '' }, { 'hold-token': 'nonsense' }]) {
      isProblem(await shop.ask('GET', `/v1/holds/${body.id}`, { headers }), 'hold-not-yours');
      isProblem(await shop.ask('POST', `/v1/holds/${body.id}/renew`, { headers }), 'hold-not-yours');
      isProblem(await shop.ask('DELETE', `/v1/holds/${body.id}`, { headers }), 'hold-not-yours');
    }
    isProblem(await hold('15:00', { 'hold-token': 'nonsense' }), 'hold-not-yours');
    const headers = { 'hold-token': body.token ?? '' };
    assert.equal((await shop.ask<HoldReply>('GET', `/v1/holds/${body.id}`, { headers })).body.id, body.id);
    assert.equal((await shop.ask<HoldReply>('POST', `/v1/holds/${body.id}/renew`, { headers })).body.renewalsLeft, body.renewalsLeft - 1);
    assert.equal((await shop.ask<HoldReply>('GET', `/v1/holds/${body.id}`, { token: shop.tokens.staff })).body.token, undefined);
    assert.equal((await shop.ask('DELETE', `/v1/holds/${body.id}`, { headers })).status, 204);
    isProblem(await shop.ask('GET', `/v1/holds/${body.id}`, { headers }), 'hold-not-found');
  });

  test('a hold is also seen by those who look after its calendar, and by nobody who looks after others', async () => {
    day += 1;
    const heldWith = async (staffId: string) => (await shop.ask<HoldReply>('POST', '/v1/holds', { body: ask('16:00', { staffId }) })).body;
    const [bos, cys] = [await heldWith(shop.bo.id), await heldWith(shop.cy.id)];
    const { customer: anybody, staff: ada, desk, owner } = shop.tokens;
    const seen = (id: string, token: string) => shop.ask<HoldReply>('GET', `/v1/holds/${id}`, { token });
    for (const [id, token] of [[bos.id, desk] as const, [bos.id, owner] as const, [cys.id, owner] as const]) {
      const { status, body } = await seen(id, token);
      assert.deepEqual([status, body.id, body.token], [200, id, undefined]);
    }
    for (const [id, token] of [[bos.id, anybody] as const, [bos.id, ada] as const, [cys.id, desk] as const]) isProblem(await seen(id, token), 'hold-not-yours');
  });

  test('a user who is logged in needs no token', async () => {
    day += 1;
    const token = shop.tokens.customer;
    const { body } = await shop.ask<HoldReply>('POST', '/v1/holds', { body: ask(), token });
    assert.equal((await shop.ask<HoldReply>('GET', `/v1/holds/${body.id}`, { token })).body.id, body.id);
    assert.equal((await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body: { holdId: body.id, customer }, token })).status, 201);
  });

  test('a booking consumes the hold, and its repeat says the same though the hold is gone', async () => {
    day += 1;
    const held = await hold();
    const headers = { 'hold-token': held.body.token ?? '', 'idempotency-key': crypto.randomUUID() };
    const body = { holdId: held.body.id, customer };
    const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, headers });
    assert.equal(booked.status, 201, booked.text);
    assert.equal(booked.headers.get('location'), `/v1/appointments/${booked.body.id}`);
    const again = await shop.ask('POST', '/v1/appointments', { body, headers });
    assert.deepEqual([again.status, again.text, again.headers.get('idempotency-replayed')], [201, booked.text, 'true']);
    isProblem(await shop.ask('POST', '/v1/appointments', { body, headers: { 'hold-token': held.body.token ?? '' } }), 'hold-not-found');
  });

  test('nobody books on a hold of somebody else', async () => {
    day += 1;
    const { body } = await hold();
    isProblem(await shop.ask('POST', '/v1/appointments', { body: { holdId: body.id, customer } }), 'hold-not-yours');
    isProblem(await shop.ask('POST', '/v1/appointments', { body: { holdId: crypto.randomUUID(), customer } }), 'hold-not-found');
  });

  test('callers may bring their own ids', async () => {
    day += 1;
    const id = crypto.randomUUID();
    assert.equal((await shop.ask<HoldReply>('POST', '/v1/holds', { body: ask('10:00', { id }) })).body.id, id);
    isProblem(await shop.ask('POST', '/v1/holds', { body: ask('12:00', { id }) }), 'id-in-use');
  });

  test('a dry run stores nothing', async () => {
    day += 1;
    const dry = await shop.ask<HoldReply>('POST', '/v1/holds?dryRun=true', { body: ask() });
    assert.deepEqual([dry.status, dry.body.token], [200, undefined]);
    assert.equal((await hold()).status, 201);
    isProblem(await shop.ask('POST', '/v1/holds?dryRun=true', { body: ask() }), 'slot-taken');
    isProblem(await shop.ask('POST', '/v1/holds?dryRun=maybe', { body: ask() }), 'invalid-request', 'dryRun');
  });

  test('an abandoned key never does anything; one that has is told what', async () => {
    day += 1;
    const key = crypto.randomUUID();
    assert.deepEqual((await shop.ask<object>('POST', `/v1/requests/${key}/abandon`)).body, { outcome: 'abandoned' });
    isProblem(await hold('10:00', { 'idempotency-key': key }), 'abandoned');
    const used = crypto.randomUUID();
    const { body } = await hold('10:00', { 'idempotency-key': used });
    const abandoned = await shop.ask<{ outcome: string; event: { type: string; holdId: string } }>('POST', `/v1/requests/${used}/abandon`);
    assert.deepEqual([abandoned.body.outcome, abandoned.body.event.type, abandoned.body.event.holdId], ['done', 'hold.placed', body.id]);
    // The key of a guest is no secret among those who know it; whom the appointment is for is.
    const booking = crypto.randomUUID();
    const booked = await shop.ask('POST', '/v1/appointments', {
      body: { ...ask('14:00'), customer, notes: 'for Grace' },
      headers: { 'idempotency-key': booking },
    });
    assert.equal(booked.status, 201, booked.text);
    const told = await shop.ask<{ event: { type: string } }>('POST', `/v1/requests/${booking}/abandon`);
    assert.equal(told.body.event.type, 'appointment.booked');
    assert.doesNotMatch(told.text, /grace/i);
  });
});

test('a hold that has run out is seen expiring, frees the slot and can no longer be booked', async () => {
  await using short = await openBusiness({ HOLD_SECONDS: '1' });
  const body = { serviceId: short.haircut.id, staffId: short.ada.id, startsAt: berlinTime(3, '10:00') };
  const held = await short.ask<HoldReply>('POST', '/v1/holds', { body });
  const facts = async () => {
    const { body: feed } = await short.ask<ChangesReply>('GET', `/v1/calendars/${short.ada.calendarId}/changes`, { token: short.tokens.owner });
    return feed.changes.flatMap((change) => change.events.map((event) => event.type));
  };
  const deadline = performance.now() + 10_000;
  while (!(await facts()).includes('hold.expired')) assert.ok(performance.now() < deadline, 'it never expired');
  isProblem(
    await short.ask('POST', '/v1/appointments', { body: { holdId: held.body.id, customer }, headers: { 'hold-token': held.body.token ?? '' } }),
    'hold-expired',
  );
  isProblem(await short.ask('GET', `/v1/holds/${held.body.id}`, { headers: { 'hold-token': held.body.token ?? '' } }), 'hold-expired');
  assert.equal((await short.ask('POST', '/v1/holds', { body })).status, 201);
});
