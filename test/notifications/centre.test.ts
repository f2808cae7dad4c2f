// From a decision to the notification centre of everybody whom it concerns.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { berlinTime } from '../gateway/business.ts';
import { type Cast, type CastMember, openCast } from '../gateway/cast.ts';
import { isProblem } from '../gateway/is-problem.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { eventually } from '../support/eventually.ts';
import type { Json } from '../support/test-server.ts';

const PATIENCE_MS = 60_000;
const AT_FIRST = { 'time-off-decided': true, 'staff-booked': false, 'staff-requested': false, 'staff-changed': false, 'staff-cancelled': false };
const GRACE = { name: 'Grace', email: 'grace@example.org' };

describe('the notification centre', () => {
  let cast: Cast;
  let day = 10;
  before(async () => {
    cast = await openCast();
  });
  after(() => cast?.[Symbol.asyncDispose]());
  const ask = (who: CastMember, method: string, path: string, body?: object) =>
    cast.ask(method, path, { token: cast.tokenOf[who], ...(body !== undefined && { body }) });
  const centre = async (who: CastMember, query = '') => (await ask(who, 'GET', `/v1/notifications${query}`)).body;
  /** With Ada in Berlin. */
  async function book(who: CastMember, notify: object = { customer: false }): Promise<Json> {
    day += 1;
    const booking = {
      serviceId: cast.haircut.id,
      staffId: cast.ada.id,
      startsAt: berlinTime(day, '16:00'),
      customer: GRACE,
      allowOverlap: true,
      notify,
    };
    const said = await ask(who, 'POST', '/v1/appointments', booking);
    assert.equal(said.status, 201, said.text);
    return said.body;
  }
  const hears = (who: CastMember, appointmentId: string) =>
    eventually(async () => (await centre(who)).items.some(({ appointment }: Json) => appointment?.id === appointmentId), PATIENCE_MS);

  test('a booking reaches those whom it concerns, with the name for those who may see it, and not who made it', async () => {
    const { id, reference } = await book('desk@example.org');
    for (const who of ['owner@example.org', 'manager.berlin@example.org', 'ada@example.org'] as const) await hears(who, id);
    const { items, unread } = await centre('ada@example.org');
    assert.equal(unread, 1);
    assert.deepEqual([items[0].kind, items[0].appointment.customerName, items[0].appointment.reference], ['appointment-booked', 'Grace', reference]);
    for (const who of ['desk@example.org', 'desk.newyork@example.org', 'bo@example.org', 'cy@example.org'] as const)
      assert.deepEqual((await centre(who)).items, [], who);
  });

  test('reading some, or all until one, is counted, and the list can show what is left', async () => {
    const ids = [(await book('desk@example.org')).id, (await book('desk@example.org')).id, (await book('desk@example.org')).id];
    for (const id of ids) await hears('manager@example.org', id);
    const { items, unread } = await centre('manager@example.org');
    assert.equal(unread, items.length);
    const first = await centre('manager@example.org', '?limit=1');
    assert.equal(first.items[0].id, items[0].id);
    assert.equal((await centre('manager@example.org', `?limit=1&cursor=${first.nextCursor}`)).items[0].id, items[1].id);
    const read = (body: object) => ask('manager@example.org', 'POST', '/v1/notifications/read', body);
    assert.deepEqual((await read({ until: items[1].id })).body, { unread: 1 });
    assert.deepEqual(
      (await centre('manager@example.org', '?unread=true')).items.map(({ id }: Json) => id),
      [items[0].id],
    );
    assert.deepEqual((await read({ ids: [items[0].id, crypto.randomUUID()] })).body, { unread: 0 });
    isProblem(await read({ until: crypto.randomUUID() }), 'invalid-request', 'until');
    isProblem(await read({}), 'invalid-request', 'ids');
    assert.ok((await centre('owner@example.org')).unread > 0, 'others have not read theirs');
  });

  test('an open page is told live, and what it missed in between, each once', async () => {
    const token = cast.tokenOf['manager.berlin@example.org'];
    const open = async (after?: number) => {
      const screen = await TestScreen.open(cast.url, token);
      return { screen, answer: await screen.ask('watch-notifications', { watchId: 'n', ...(after !== undefined && { after }) }) };
    };
    const first = await open();
    const { id } = await book('desk@example.org');
    const { last, notification } = await first.screen.hears('notification', (body) => body.notification?.appointment?.id === id);
    assert.equal(notification.appointment.customerName, 'Grace');
    await ask('manager.berlin@example.org', 'POST', '/v1/notifications/read', { ids: [notification.id] });
    await first.screen.hears('notification', (body) => body.notification === undefined && body.last === last);
    first.screen.close();
    const missed = [(await book('desk@example.org')).id, (await book('desk@example.org')).id];
    for (const one of missed) await hears('manager.berlin@example.org', one);
    const second = await open(last);
    assert.deepEqual(
      second.answer.items.map(({ appointment }: Json) => appointment.id),
      missed,
    );
    const { id: next } = await book('desk@example.org');
    await second.screen.hears('notification', (body) => body.notification?.appointment?.id === next);
    assert.deepEqual(
      second.screen.told.filter(({ name }) => name === 'notification').map(({ body }) => body.notification?.appointment?.id),
      [next],
    );
    second.screen.close();
  });

  test('who wants it has e-mails about their appointments, for what others do, without a name and unless it was to be kept quiet', async () => {
    const chosen = await ask('ada@example.org', 'PATCH', '/v1/me/notification-settings', { email: { 'staff-booked': true, 'staff-changed': true } });
    assert.deepEqual(chosen.body.email, { ...AT_FIRST, 'daily-agenda': true, 'staff-booked': true, 'staff-changed': true });
    const own = await book('ada@example.org');
    const quiet = await book('manager@example.org', { customer: false, staff: false });
    const { id } = await book('manager@example.org');
    const about = async (appointment: string) => (await ask('owner@example.org', 'GET', `/v1/messages?appointmentId=${appointment}`)).body.items;
    await eventually(async () => (await about(id))[0]?.status === 'skipped', PATIENCE_MS);
    const [{ userId, customerId, ...email }] = await about(id);
    assert.deepEqual([email.kind, email.appointmentId, email.failure, customerId], ['staff-booked', id, 'no-mail-server', undefined]);
    assert.equal((await ask('owner@example.org', 'GET', `/v1/users/${userId}`)).body.email, 'ada@example.org');
    assert.match(email.text, /\/desk#appointment=/);
    assert.ok(!email.text.includes(GRACE.name) && !email.text.includes(GRACE.email));
    isProblem(await ask('owner@example.org', 'POST', `/v1/messages/${email.id}/resend`), 'wrong-status');
    const ownOf = async (who: CastMember, query = '') => (await ask(who, 'GET', `/v1/me/messages${query}`)).body;
    assert.deepEqual(
      await ownOf('ada@example.org'),
      { items: [{ ...email, userId }], nextCursor: null },
      'its reader has it in full, as it would have been sent',
    );
    assert.deepEqual(await ownOf('ada@example.org', `?limit=1&cursor=${email.id}`), { items: [], nextCursor: null });
    for (const who of ['bo@example.org', 'desk@example.org', 'owner@example.org'] as const)
      assert.deepEqual((await ownOf(who)).items, [], `${who} has no mail`);
    isProblem(await ask('ada@example.org', 'GET', '/v1/me/messages?cursor=1'), 'invalid-request', 'cursor');
    isProblem(await ask('ada@example.org', 'GET', '/v1/messages'), 'forbidden');
    // Both were decided before it, so they are not still to come.
    assert.deepEqual([await about(own.id), await about(quiet.id)], [[], []]);
    assert.ok(!(await centre('owner@example.org')).items.some(({ message }: Json) => message?.id === email.id), 'the desk is told only of what customers miss');
    const back = { 'staff-booked': false, 'staff-changed': false };
    await ask('ada@example.org', 'PATCH', '/v1/me/notification-settings', { email: back });
  });

  test('what is switched off is not told any more, and a role chooses among its own kinds', async () => {
    const settings = (who: CastMember, inApp: object) => ask(who, 'PATCH', '/v1/me/notification-settings', { inApp });
    assert.equal((await settings('ada@example.org', { 'appointment-cancelled': false })).body.inApp['appointment-cancelled'], false);
    const { inApp } = (await settings('ada@example.org', { 'appointment-requested': true })).body;
    assert.equal(inApp['appointment-cancelled'], false, 'what is left out stays');
    assert.equal(inApp['webhook-disabled'], undefined);
    isProblem(await settings('ada@example.org', { 'webhook-disabled': false }), 'invalid-request', 'inApp.webhook-disabled');
    const email = (who: CastMember, isWanted: boolean) => ask(who, 'PATCH', '/v1/me/notification-settings', { email: { 'daily-agenda': isWanted } });
    assert.deepEqual((await email('ada@example.org', false)).body, { inApp, email: { ...AT_FIRST, 'daily-agenda': false } });
    isProblem(await email('owner@example.org', false), 'invalid-request', 'email.daily-agenda');
    const { id } = await book('manager@example.org');
    await hears('ada@example.org', id);
    assert.equal((await ask('manager@example.org', 'POST', `/v1/appointments/${id}/cancel`, { notify: { customer: false } })).status, 200);
    await eventually(async () => (await centre('owner@example.org')).items[0].kind === 'appointment-cancelled', PATIENCE_MS);
    assert.equal((await centre('ada@example.org')).items[0].kind, 'appointment-booked');
  });
});
