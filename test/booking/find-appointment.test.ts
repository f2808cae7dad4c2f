import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { HOUR, MINUTE } from '../../src/model/instant.ts';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { type Business, berlinTime, openBusiness } from '../gateway/business.ts';
import { isProblem } from '../gateway/is-problem.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { timeNow } from '../support/clock.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';

const customer = { name: 'Grace Marker', email: 'clara@example.org', phone: '+49 30 7654321' };
const notes = 'allergic to marker ink';
/** What of an appointment tells whom it is for. */
const PERSONAL = /Marker|clara@example|7654321|marker ink|a marked reason/;

describe('a manage token', { skip: POSTGRES_MISSING }, () => {
  const opened = new AsyncDisposableStack();
  let shop: Business;
  let client: pg.Client;
  let day = 2;
  before(async () => {
    const postgres = opened.use(await startPostgres({ fsync: false }));
    const url = await postgres.createDatabase();
    shop = opened.use(await openBusiness({ DATABASE_URL: url, RATE_LIMIT_SCALE: '1' }));
    client = new pg.Client(url);
    await client.connect();
    opened.defer(() => client.end());
  });
  after(() => opened.disposeAsync());

  async function book(more: object = {}, token?: string): Promise<AppointmentReply> {
    day += 1;
    const body = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(day, '10:00'), customer, notes, allowOverlap: true, ...more };
    const booked = await shop.ask<AppointmentReply>('POST', '/v1/appointments', { body, ...(token !== undefined && { token }) });
    assert.equal(booked.status, 201, booked.text);
    return booked.body;
  }

  /** The desk writes down what was: an appointment that ended so many hours ago. */
  function bookEnded(hoursAgo: number): Promise<AppointmentReply> {
    const endedAt = Math.floor(timeNow() / MINUTE) * MINUTE - hoursAgo * HOUR;
    const rules = ['slot-in-past', 'too-soon', 'outside-hours', 'off-grid'];
    return book({ startsAt: new Date(endedAt - 30 * MINUTE).toISOString(), override: { rules, reason: 'a marked reason' } }, shop.tokens.owner);
  }

  const bearing = ({ manageToken = '' }: AppointmentReply) => ({ 'manage-token': manageToken });
  const read = (made: AppointmentReply, what = '') => shop.ask<AppointmentReply>('GET', `/v1/appointments/${made.id}${what}`, { headers: bearing(made) });
  const cancel = (made: AppointmentReply, key: string = crypto.randomUUID()) =>
    shop.ask<AppointmentReply>('POST', `/v1/appointments/${made.id}/cancel`, {
      body: { reason: 'a marked reason' },
      headers: { ...bearing(made), 'idempotency-key': key },
    });
  const reschedule = (made: AppointmentReply) =>
    shop.ask('POST', `/v1/appointments/${made.id}/reschedule`, { body: { startsAt: berlinTime(day, '14:00') }, headers: bearing(made) });
  const cancelledAgo = (made: AppointmentReply, milliseconds: number) =>
    client.query(`update change set at = at - $1::int8 where events::jsonb @> $2::jsonb and events::text like '%appointment.cancelled%'`, [
      milliseconds,
      JSON.stringify([{ appointment: { id: made.id } }]),
    ]);

  test('shows whom the appointment is for while it is ahead', async () => {
    const { body, status } = await read(await book());
    assert.deepEqual([status, body.customer?.name, body.notes], [200, customer.name, notes]);
  });

  test('shows nothing personal from the cancellation on, and what was booked still', async () => {
    const made = await book();
    const key = crypto.randomUUID();
    const answers = [await cancel(made, key), await cancel(made, key), await read(made), await read(made, '/history')];
    for (const { status, text } of answers) {
      assert.equal(status, 200, text);
      assert.doesNotMatch(text, PERSONAL);
    }
    assert.equal(answers[1]?.headers.get('idempotency-replayed'), 'true');
    const { body } = await read(made);
    assert.deepEqual([body.status, body.startsAt, body.customer, body.notes], ['cancelled', made.startsAt, null, null]);
  });

  test('shows nothing personal from the end of the appointment on', async () => {
    const made = await bookEnded(1);
    for (const { status, text } of [await read(made), await read(made, '/history')]) {
      assert.equal(status, 200, text);
      assert.doesNotMatch(text, PERSONAL);
    }
    isProblem(await cancel(made), 'cancel-too-late');
  });

  test('is masked for those alone who show nothing else: the desk and the customer’s own login see whom it was for', async () => {
    const made = await book();
    await cancel(made);
    for (const token of [shop.tokens.desk, shop.tokens.customer]) {
      const { text } = await shop.ask('GET', `/v1/appointments/${made.id}`, { token, headers: bearing(made) });
      assert.match(text, /allergic to marker ink/);
    }
  });

  test('is refused for everything two days after the end of the appointment', async () => {
    const made = await bookEnded(48);
    for (const answer of [await read(made), await read(made, '/history'), await cancel(made), await reschedule(made)]) isProblem(answer, 'manage-token-ended');
    using screens = new DisposableStack();
    const guest = screens.adopt(await TestScreen.open(shop.url), (screen) => screen.close());
    const said = await guest.ask('cancel', { key: crypto.randomUUID(), appointmentId: made.id, manageToken: made.manageToken });
    assert.equal(said.problem?.code, 'manage-token-ended');
  });

  test('is good until two days after a cancellation, however far ahead the appointment was', async () => {
    const made = await book();
    await cancel(made);
    await cancelledAgo(made, 47 * HOUR);
    assert.equal((await read(made)).status, 200);
    await cancelledAgo(made, HOUR);
    isProblem(await read(made), 'manage-token-ended');
  });

  test('is taken from its header only: as a query parameter it is refused by name, and so are other tokens', async () => {
    const made = await book();
    for (const [parameter, header] of [
      ['manageToken', 'Manage-Token'],
      ['holdToken', 'Hold-Token'],
      ['token', 'Authorization'],
      ['access_token', 'Authorization'],
    ]) {
      const said = await shop.ask('GET', `/v1/appointments/${made.id}?${parameter}=${made.manageToken}`, { headers: bearing(made) });
      isProblem(said, 'invalid-request');
      assert.equal(said.body.errors[0].path, parameter);
      assert.match(said.body.errors[0].message, new RegExp(`${header} header`));
      assert.ok(!said.text.includes(made.manageToken ?? '-'));
    }
    assert.notEqual((await shop.ask('GET', `/v1/appointments/${made.id}?manageToken=${made.manageToken}`)).status, 200);
  });
});
