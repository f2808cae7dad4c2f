// Every route that writes, walked in the name of the owner: what each leaves in the audit trail, and how the trail is read.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { z } from 'zod';
import { ROUTES } from '../../../src/gateway/http/routes.ts';
import type { AuditAction } from '../../../src/model/audit-actions.ts';
import { auditEntries } from '../../../src/protocol/audit.ts';
import { shownCode } from '../../accounts/authenticator.ts';
import { timeNow } from '../../support/clock.ts';
import { type Json, TEST_OWNER, TEST_PASSWORD } from '../../support/test-server.ts';
import { type Business, begun, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';
import { TestScreen } from '../socket/test-screen.ts';
import { deedsElsewhere, messageAbout, nobody, SIGNED_MONEY, TABLES, TIME_OFF, UNAUDITED } from './deeds-elsewhere.ts';

type Entry = z.output<typeof auditEntries>['items'][number];
const customer = { name: 'Grace Hopper', email: 'grace@example.org', phone: '+49 30 1234567' };
const WEEKLY = [{ day: 'monday', from: '09:00', to: '12:00' }];
const DATE = '2027-03-01';

let shop: Business;
let ownerId: string;
before(async () => {
  shop = await openBusiness({ OUTSIDE_ALLOW: '127.0.0.1' }, { isAlone: true });
  ownerId = (await shop.ask('GET', '/v1/me', { token: shop.tokens.owner })).body.id;
});
after(() => shop?.[Symbol.asyncDispose]());

async function audit(query = '', token = shop.tokens.owner): Promise<readonly Entry[]> {
  const said = await shop.ask('GET', `/v1/audit${query}`, { token });
  assert.equal(said.status, 200, said.text);
  return auditEntries.parse(said.body).items;
}

/** Writes that leave nothing: what comes and goes by itself, what is of the caller alone, what changes nothing yet, and what nobody has decided who is logged in. */
const NOT_AUDITED = [
  ...['POST /v1/holds', 'DELETE /v1/holds/{id}', 'POST /v1/holds/{id}/renew', 'POST /v1/holds/{id}/proof', 'POST /v1/requests/{key}/abandon'],
  ...['POST /v1/webhooks/{id}/test', 'POST /v1/webhooks/{id}/replay', 'POST /v1/notifications/read', 'POST /v1/system/jobs/{id}/retry', ...UNAUDITED],
  ...['POST /v1/auth/refresh', 'POST /v1/auth/register', 'POST /v1/auth/password/forgot', 'POST /v1/auth/totp', 'PATCH /v1/me/notification-settings'],
];
/** Without a login: with a link from an e-mail (`test/accounts/account-entries.test.ts`), or signed by the provider of texts (`test/messages/sms.test.ts`). */
const SIGNED = ['POST /v1/auth/email/verify', 'POST /v1/auth/password/reset', 'POST /v1/sms/{provider}/status', 'POST /v1/sms/{provider}/inbound'];

type Deed = { readonly route: string; readonly leaves: AuditAction; readonly path?: () => string; readonly body?: () => object };
/** What a deed has made, for those after it. */
const made: Record<string, Json> = {};
const start = (days: number, time: string) => ({ startsAt: berlinTime(days, time) });
const bookAt = (days: number, time: string, serviceId = shop.haircut.id) => ({ serviceId, staffId: shop.ada.id, ...start(days, time), customer });
const appointment = (name: string) => `/v1/appointments/${made[name].id}`;
const staffOf = (name: string) => `/v1/staff/${made[name].id}`;

const location = () => `/v1/locations/${made['POST /v1/locations'].id}`;
const webhook = () => `/v1/webhooks/${made['POST /v1/webhooks'].id}`;
const userOf = (name: string) => `/v1/users/${made[name].id}`;
const withCodeOf = (name: string) => ({ password: 'violet tractor umbrella', code: made[name].recoveryCodes[0] });

const ofLocation = (method: string, rest: string, path: () => string, body?: object): Deed => ({
  ...{ route: `${method} /v1/locations/{id}/${rest}`, leaves: 'location.changed', path: () => `${location()}/${path()}`, ...(body && { body: () => body }) },
});

const CATALOG: readonly Deed[] = [
  { route: 'POST /v1/locations', leaves: 'location.added', body: () => ({ name: 'South', timeZone: 'Europe/Berlin', currency: 'EUR' }) },
  { route: 'PATCH /v1/locations/{id}', leaves: 'location.changed', path: () => location(), body: () => ({ name: 'North' }) },
  ofLocation('PUT', 'hours', () => 'hours', { weekly: WEEKLY }),
  ofLocation('PUT', 'special-dates/{date}', () => `special-dates/${DATE}`, { windows: [] }),
  ofLocation('PUT', 'special-dates', () => 'special-dates', { dates: { [DATE]: [{ from: '09:00', to: '10:00' }] } }),
  ofLocation('DELETE', 'special-dates/{date}', () => `special-dates/${DATE}`),
  { route: 'POST /v1/services', leaves: 'service.added', body: () => ({ name: 'Shave', minutes: 15 }) },
  { route: 'PATCH /v1/services/{id}', leaves: 'service.changed', path: () => `/v1/services/${made['POST /v1/services'].id}`, body: () => ({ minutes: 20 }) },
  { route: 'DELETE /v1/services/{id}', leaves: 'service.removed', path: () => `/v1/services/${made['POST /v1/services'].id}` },
  { route: 'POST /v1/staff', leaves: 'staff-member.added', body: () => ({ name: 'Di', locationId: made['POST /v1/locations'].id }) },
  { route: 'PATCH /v1/staff/{id}', leaves: 'staff-member.changed', path: () => staffOf('POST /v1/staff'), body: () => ({ bookable: false }) },
  { route: 'POST /v1/resources', leaves: 'resource.added', body: () => ({ name: 'Chair', locationId: made['POST /v1/locations'].id }) },
  {
    route: 'PATCH /v1/resources/{id}',
    leaves: 'resource.changed',
    path: () => `/v1/resources/${made['POST /v1/resources'].id}`,
    body: () => ({ kind: 'chair' }),
  },
  { route: 'PATCH /v1/settings', leaves: 'settings.changed', body: () => ({ name: 'Salt & Pine' }) },
];
/** Hours, time off and blocks of what was added there. */
function timesOf(base: '/v1/staff' | '/v1/resources'): readonly Deed[] {
  const one = () => `${base}/${made[`POST ${base}`].id}`;
  const deed = (method: string, rest: string, leaves: AuditAction, path: () => string, body?: object): Deed => ({
    route: `${method} ${base}/{id}/${rest}`,
    leaves,
    path: () => `${one()}/${path()}`,
    ...(body && { body: () => body }),
  });
  const madeBy = (rest: string) => `${rest}/${made[`POST ${base}/{id}/${rest}`].id}`;
  const later = { startsAt: '2027-03-02T09:30:00Z', endsAt: '2027-03-02T10:30:00Z' };
  const stretch = { startsAt: '2027-03-02T09:00:00Z', endsAt: '2027-03-02T10:00:00Z', reason: 'private matters' };
  return [
    deed('PUT', 'hours', 'hours.changed', () => 'hours', { weekly: WEEKLY }),
    deed('DELETE', 'hours', 'hours.changed', () => 'hours'),
    deed('PUT', 'date-overrides/{date}', 'hours.changed', () => `date-overrides/${DATE}`, { windows: [{ from: '09:00', to: '10:00' }] }),
    deed('DELETE', 'date-overrides/{date}', 'hours.changed', () => `date-overrides/${DATE}`),
    deed('POST', 'time-off', 'hours.changed', () => 'time-off', stretch),
    deed('DELETE', 'time-off/{timeOffId}', 'hours.changed', () => madeBy('time-off')),
    deed('POST', 'blocks', 'block.added', () => 'blocks', stretch),
    deed('PATCH', 'blocks/{blockId}', 'block.added', () => madeBy('blocks'), later),
    deed('DELETE', 'blocks/{blockId}', 'block.removed', () => madeBy('blocks')),
  ];
}

const CALENDARS: readonly Deed[] = [
  ...timesOf('/v1/staff'),
  ...timesOf('/v1/resources'),
  { route: 'POST /v1/appointments', leaves: 'appointment.booked', body: () => ({ ...bookAt(3, '10:00'), notes: 'private matters' }) },
  {
    route: 'POST /v1/appointments/{id}/reschedule',
    leaves: 'appointment.rescheduled',
    path: () => `${appointment('POST /v1/appointments')}/reschedule`,
    body: () => start(3, '11:00'),
  },
  { route: 'POST /v1/appointments/{id}/check-in', leaves: 'appointment.checked-in', path: () => `${appointment('visit')}/check-in` },
  { route: 'POST /v1/appointments/{id}/complete', leaves: 'appointment.completed', path: () => `${appointment('visit')}/complete` },
  { route: 'POST /v1/appointments/{id}/reopen', leaves: 'appointment.reopened', path: () => `${appointment('visit')}/reopen` },
  { route: 'POST /v1/appointments/{id}/no-show', leaves: 'appointment.no-show', path: () => `${appointment('missed')}/no-show` },
  {
    route: 'POST /v1/appointments/{id}/cancel',
    leaves: 'appointment.cancelled',
    path: () => `${appointment('cancelled')}/cancel`,
    body: () => ({ reason: 'private matters' }),
  },
  { route: 'POST /v1/appointments/cancel-by-source', leaves: 'appointment.cancelled', body: () => ({ sourceGroup: made.flood.sourceGroup }) },
  { route: 'POST /v1/appointments/{id}/approve', leaves: 'appointment.booked', path: () => `${appointment('asked')}/approve` },
  { route: 'POST /v1/appointments/{id}/decline', leaves: 'appointment.declined', path: () => `${appointment('declined')}/decline` },
];
const ACCOUNTS: readonly Deed[] = [
  { route: 'POST /v1/api-keys', leaves: 'api-key.added', body: () => ({ name: 'Website', scopes: ['catalog:read'] }) },
  { route: 'DELETE /v1/api-keys/{id}', leaves: 'api-key.removed', path: () => `/v1/api-keys/${made['POST /v1/api-keys'].id}` },
  { route: 'POST /v1/webhooks', leaves: 'webhook.added', body: () => ({ url: 'http://127.0.0.1:9/private matters', types: ['block.added'] }) },
  { route: 'PATCH /v1/webhooks/{id}', leaves: 'webhook.changed', path: () => webhook(), body: () => ({ types: ['block.removed'] }) },
  { route: 'POST /v1/webhooks/{id}/rotate-secret', leaves: 'webhook.secret-replaced', path: () => `${webhook()}/rotate-secret` },
  { route: 'DELETE /v1/webhooks/{id}', leaves: 'webhook.removed', path: () => webhook() },
  {
    route: 'POST /v1/users',
    leaves: 'user.added',
    body: () => ({ email: 'bo@example.org', name: 'Bo', role: 'front-desk', locationId: shop.berlin }),
  },
  { route: 'POST /v1/users/{id}/invite', leaves: 'user.invited', path: () => `${userOf('POST /v1/users')}/invite` },
  { route: 'PATCH /v1/users/{id}', leaves: 'user.changed', path: () => userOf('POST /v1/users'), body: () => ({ locationId: null }) },
  { route: 'DELETE /v1/users/{id}', leaves: 'user.removed', path: () => userOf('POST /v1/users') },
  { route: 'POST /v1/users/{id}/second-factor/remove', leaves: 'user.second-factor-removed', path: () => `${userOf('ada')}/second-factor/remove` },
  { route: 'POST /v1/auth/login', leaves: 'session.begun', body: () => ({ email: TEST_OWNER, password: TEST_PASSWORD }) },
  { route: 'POST /v1/auth/logout', leaves: 'session.ended', body: () => ({ refreshToken: made['POST /v1/auth/login'].refreshToken }) },
  {
    route: 'DELETE /v1/auth/sessions/{id}',
    leaves: 'session.ended',
    path: () => `/v1/auth/sessions/${made.sessions.items.find((one: Json) => !one.current).id}`,
  },
  { route: 'DELETE /v1/auth/sessions', leaves: 'session.ended' },
  { route: 'POST /v1/auth/step-up', leaves: 'session.proven', body: () => ({ password: TEST_PASSWORD }) },
  {
    route: 'POST /v1/auth/password/change',
    leaves: 'password.changed',
    body: () => ({ oldPassword: TEST_PASSWORD, newPassword: 'violet tractor umbrella' }),
  },
  {
    route: 'POST /v1/auth/totp/confirm',
    leaves: 'second-factor.added',
    body: () => ({ code: shownCode(made.factor.secret, timeNow()) }),
  },
  { route: 'POST /v1/auth/totp/recovery-codes', leaves: 'recovery-codes.replaced', body: () => withCodeOf('POST /v1/auth/totp/confirm') },
  { route: 'POST /v1/auth/totp/remove', leaves: 'second-factor.removed', body: () => withCodeOf('POST /v1/auth/totp/recovery-codes') },
  // What was made above and is in the way of nothing any more.
  { route: 'DELETE /v1/staff/{id}', leaves: 'staff-member.removed', path: () => staffOf('POST /v1/staff') },
  { route: 'DELETE /v1/resources/{id}', leaves: 'resource.removed', path: () => `/v1/resources/${made['POST /v1/resources'].id}` },
  { route: 'DELETE /v1/locations/{id}', leaves: 'location.removed', path: () => location() },
];
const DEEDS: readonly Deed[] = [...CATALOG, ...CALENDARS, ...deedsElsewhere(() => ({ staff: staffOf('POST /v1/staff'), made, url: shop.url })), ...ACCOUNTS];

const bookOf = (days: number, time: string, serviceId?: string) => bookWith(bookAt(days, time, serviceId));
const bookBegun = (halfHoursEarlier: number) => bookWith({ ...bookAt(1, '10:00'), ...begun(halfHoursEarlier) });
async function bookWith(body: object): Promise<Json> {
  const booked = await shop.ask('POST', '/v1/appointments', { token: shop.tokens.owner, body });
  assert.equal(booked.status, 201, booked.text);
  return booked.body;
}

async function factorOfOwner(): Promise<Json> {
  return (await shop.ask('POST', '/v1/auth/totp', { token: shop.tokens.owner, body: { password: 'violet tractor umbrella' } })).body;
}

async function prepare(): Promise<void> {
  for (const [halfHours, name] of ['visit', 'missed'].entries()) made[name] = await bookBegun(halfHours);
  [made.cancelled, made.message, made.nobody] = [await bookOf(4, '11:00'), await messageAbout(shop, (await bookOf(6, '11:00')).id), await nobody(shop)];
  for (const [name, time] of Object.entries({ asked: '10:00', declined: '12:00' })) made[name] = await bookOf(5, time, shop.colour.id);
  made.pair = [await bookOf(4, '13:00'), await bookOf(4, '15:00')];
  const { id } = (await shop.ask('POST', '/v1/appointments', { body: bookAt(6, '12:00') })).body;
  made.flood = (await shop.ask('GET', `/v1/appointments/${id}`, { token: shop.tokens.owner })).body;
  const ada = { token: shop.tokens.staff };
  made.ada = (await shop.ask('GET', '/v1/me', ada)).body;
  const { secret } = (await shop.ask('POST', '/v1/auth/totp', { ...ada, body: { password: TEST_PASSWORD } })).body;
  assert.equal((await shop.ask('POST', '/v1/auth/totp/confirm', { ...ada, body: { code: shownCode(secret, timeNow()) } })).status, 200);
  // One to end by itself, one to be ended with the others.
  for (let times = 0; times < 2; times += 1) await shop.login(TEST_OWNER);
}

describe('what is written leaves an entry in the audit trail', () => {
  before(prepare);

  test('every route that writes is walked here, or has a reason to leave none', () => {
    const writes = ROUTES.filter(({ method }) => method !== 'get').map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    assert.deepEqual(writes.toSorted(), [...DEEDS.map(({ route }) => route), ...NOT_AUDITED, ...SIGNED, ...SIGNED_MONEY, ...TABLES, ...TIME_OFF].toSorted());
  });

  for (const { route, leaves, path, body } of DEEDS) {
    test(`${route} leaves ${leaves}`, async () => {
      const [method = '', template = ''] = route.split(' ');
      if (route.includes('/auth/sessions')) made.sessions = (await shop.ask('GET', '/v1/auth/sessions', { token: shop.tokens.owner })).body;
      if (route === 'POST /v1/auth/totp/confirm') made.factor = await factorOfOwner();
      const requestId = randomUUID();
      // With an access token, logging out would end the session of that one, too.
      const asking = {
        ...(route !== 'POST /v1/auth/logout' && { token: shop.tokens.owner }),
        headers: { 'x-request-id': requestId },
        ...(body && { body: body() }),
      };
      const said = await shop.ask(method, path?.() ?? template, asking);
      assert.ok(said.status < 300, `${route}: ${said.status} ${said.text}`);
      made[route] = said.body;
      const [entry, ...more] = (await audit('?limit=10')).filter((one) => one.requestId === requestId);
      assert.deepEqual(more, []);
      assert.deepEqual([entry?.action, entry?.by.kind, entry?.by.id, entry?.by.role], [leaves, 'user', ownerId, 'owner'], JSON.stringify(entry));
      assert.match(entry?.by.address ?? '', /127\.0\.0\.1$/);
    });
  }

  test('nothing in it is a secret, a customer’s, or a private matter', async () => {
    const text = JSON.stringify(await audit('?limit=200'));
    const secrets = [TEST_PASSWORD, 'violet tractor', '$2b$', 'whsec_'];
    const words = [...Object.values(customer), ...secrets, 'private matters', 'private%20matters', 'Clara', 'clara@example.org'];
    for (const word of words) assert.ok(!text.includes(word), word);
    assert.ok(!text.includes(made['POST /v1/auth/login'].refreshToken) && !text.includes(made['POST /v1/api-keys'].key));
  });

  test('a change shows what was and what is, moments in UTC', async () => {
    const [service] = await audit(`?subjectId=${made['POST /v1/services'].id}&action=service.changed`);
    assert.deepEqual([service?.before, service?.after], [{ minutes: 15 }, { minutes: 20 }]);
    const [moved] = await audit(`?subjectId=${made['POST /v1/appointments'].id}&action=appointment.rescheduled`);
    const utc = (days: number, time: string) => `${Temporal.Instant.from(berlinTime(days, time)).toString().slice(0, -1)}+00:00`;
    assert.deepEqual([moved?.before?.startsAt, moved?.after?.startsAt], [utc(3, '10:00'), utc(3, '11:00')]);
    assert.match(moved?.at ?? '', /\+00:00$/);
  });

  test('over a socket it is the same', async () => {
    const booked = await bookOf(6, '10:00');
    const screen = await TestScreen.open(shop.url, shop.tokens.owner);
    const answer = await screen.ask('cancel', { key: randomUUID(), appointmentId: booked.id });
    screen.close();
    assert.equal(answer.ok, true, JSON.stringify(answer));
    const [entry] = await audit(`?subjectId=${booked.id}`);
    assert.deepEqual([entry?.action, entry?.by.id, entry?.before?.status, entry?.after?.status], ['appointment.cancelled', ownerId, 'booked', 'cancelled']);
  });

  test('a customer who is logged in is named by id alone, and a guest leaves nothing', async () => {
    const mine = await shop.ask('POST', '/v1/appointments', { token: shop.tokens.customer, body: bookAt(7, '10:00') });
    const theirs = await shop.ask('POST', '/v1/appointments', { body: bookAt(7, '11:00') });
    const [entry] = await audit(`?subjectId=${mine.body.id}`);
    assert.deepEqual([entry?.by.kind, entry?.by.role, entry?.by.name], ['user', 'customer', null]);
    assert.deepEqual(await audit(`?subjectId=${theirs.body.id}`), []);
  });

  test('what is refused or repeated leaves nothing more', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = bookAt(8, '10:00');
    const [first, again] = [
      await shop.ask('POST', '/v1/appointments', { token: shop.tokens.owner, headers, body }),
      await shop.ask('POST', '/v1/appointments', { token: shop.tokens.owner, headers, body }),
    ];
    assert.deepEqual([first.status, again.headers.get('idempotency-replayed')], [201, 'true']);
    assert.equal((await audit(`?subjectId=${first.body.id}`)).length, 1);
    const newest = (await audit('?limit=1'))[0]?.id;
    const taken = await shop.ask('POST', '/v1/appointments', { token: shop.tokens.owner, body });
    assert.equal(taken.status, 409);
    const wrong = await shop.ask('POST', '/v1/services', { token: shop.tokens.owner, body: { name: 'X' } });
    assert.equal(wrong.status, 400);
    assert.equal((await audit('?limit=1'))[0]?.id, newest);
  });
});

describe('the audit trail is read', () => {
  test('by the owner alone', async () => {
    for (const token of [shop.tokens.desk, shop.tokens.staff, shop.tokens.customer]) assert.equal((await shop.ask('GET', '/v1/audit', { token })).status, 403);
    assert.equal((await shop.ask('GET', '/v1/audit')).status, 401);
  });

  test('without an entry about it', async () => {
    const [newest] = await audit('?limit=1');
    assert.deepEqual(await audit('?limit=1'), [newest]);
  });

  test('page by page, in one order', async () => {
    const all = await audit('?limit=200');
    const read: Entry[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const said: Json = await shop.ask('GET', `/v1/audit?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`, { token: shop.tokens.owner });
      read.push(...said.body.items);
      cursor = said.body.nextCursor;
    }
    assert.deepEqual(read.slice(0, all.length), all);
    assert.ok(all.every((entry, index) => index === 0 || entry.at <= (all[index - 1]?.at ?? '')));
  });

  test('between two moments, the first included', async () => {
    const all = await audit('?limit=200');
    const middle = all[Math.floor(all.length / 2)]?.at ?? '';
    const text = encodeURIComponent(middle);
    const [since, until] = [await audit(`?limit=200&from=${text}`), await audit(`?limit=200&to=${text}`)];
    assert.ok(since.length > 0 && until.length > 0);
    assert.ok(since.every(({ at }) => at >= middle) && until.every(({ at }) => at < middle));
  });

  test('with a word about what is not understood', async () => {
    for (const [query, field] of [
      ['action=coffee.made', 'action'],
      ['cursor=abc', 'cursor'],
      ['from=yesterday', 'from'],
      ['userId=me', 'userId'],
      ['limit=201', 'limit'],
    ] as const)
      isProblem(await shop.ask('GET', `/v1/audit?${query}`, { token: shop.tokens.owner }), 'invalid-request', field);
  });
});
