// From a decision to a mailbox: whole servers, the real mail server of the tests.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import ICAL from 'ical.js';
import { tokenLike } from '../gateway/socket/test-screen.ts';
import { dateIn } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { type ReceivedMail, startSmtp, type TestSmtp } from '../support/smtp.ts';
import { type Json, openTestServer, TEST_OWNER, type TestServer } from '../support/test-server.ts';

const PATIENCE_MS = 60_000;
const ZONE = 'Europe/Berlin';

type Shop = {
  readonly server: TestServer;
  readonly token: string;
  readonly serviceId: string;
  readonly locationId: string;
  starts(count: number): Promise<readonly string[]>;
};

/** A business with one person who can be booked at any time. */
async function openShop(settings: Record<string, string> = {}): Promise<Shop & AsyncDisposable> {
  const server = await openTestServer({ isDemo: false, settings });
  const token = await server.login(TEST_OWNER);
  const make = async (path: string, body: object) => {
    const said = await server.ask('POST', path, { body, token });
    assert.ok(said.status < 300, said.text);
    return said.body;
  };
  const location = await make('/v1/locations', { name: 'Harbour', timeZone: ZONE, currency: 'EUR' });
  const weekly = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => ({ day, from: '00:00', to: '24:00' }));
  assert.equal((await server.ask('PUT', `/v1/locations/${location.id}/hours`, { body: { weekly }, token })).status, 200);
  const price = { amount: 4_500, currency: 'EUR' };
  const service = await make('/v1/services', { name: 'Cut', minutes: 30, price });
  await make('/v1/staff', { name: 'Mara', locationId: location.id, serviceIds: [service.id] });
  const starts = async (count: number) => {
    const said = await server.ask('GET', `/v1/slots?serviceId=${service.id}&from=${dateIn(3, ZONE)}&to=${dateIn(5, ZONE)}`);
    return said.body.slots.slice(0, count).map((slot: Json) => slot.startsAt);
  };
  return { server, token, serviceId: service.id, locationId: location.id, starts, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const GRACE = { name: 'Grace', email: 'grace@example.org' };
const to = ({ mails }: TestSmtp, address: string): readonly ReceivedMail[] => mails.filter(({ recipients }) => recipients.includes(address));

describe('messages about appointments', () => {
  let smtp: TestSmtp;
  const gone = new Set(['gone@example.org']);
  let shop: Awaited<ReturnType<typeof openShop>>;
  before(async () => {
    smtp = await startSmtp({ doorkeeper: (recipient) => (gone.has(recipient) ? '550 5.1.1 nobody there' : null) });
    shop = await openShop({ SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, MAIL_FROM: 'Salt & Pine <hello@pine.example>', PUBLIC_URL: 'https://book.example.org' });
  });
  after(async () => {
    await shop?.[Symbol.asyncDispose]();
    await smtp?.[Symbol.asyncDispose]();
  });
  const book = async (customer: object, more: object = {}, token?: string) => {
    const [startsAt] = await shop.starts(1);
    const said = await shop.server.ask('POST', '/v1/appointments', {
      body: { serviceId: shop.serviceId, startsAt, customer, ...more },
      ...(token !== undefined && { token }),
    });
    assert.equal(said.status, 201, said.text);
    return said.body;
  };
  const messagesOf = async (id: string): Promise<readonly Json[]> =>
    (await shop.server.ask('GET', `/v1/messages?appointmentId=${id}`, { token: shop.token })).body.items;
  const resend = (id: string, token = shop.token, key: string = randomUUID()) =>
    shop.server.ask('POST', `/v1/messages/${id}/resend`, { token, headers: { 'idempotency-key': key } });
  const change = (id: string, step: string, body: object = {}) => shop.server.ask('POST', `/v1/appointments/${id}/${step}`, { body, token: shop.token });

  test('a guest who books is told, moved and cancelled, each once, and the calendar entry follows', async () => {
    const appointment = await book(GRACE, { locale: 'de' });
    await eventually(() => to(smtp, GRACE.email).length === 1, PATIENCE_MS);
    const startsAt = (await shop.starts(4)).at(-1);
    assert.equal((await change(appointment.id, 'reschedule', { startsAt })).status, 200);
    await eventually(() => to(smtp, GRACE.email).length === 2, PATIENCE_MS);
    assert.equal((await change(appointment.id, 'cancel')).status, 200);
    await eventually(() => to(smtp, GRACE.email).length === 3, PATIENCE_MS);
    const mails = to(smtp, GRACE.email);
    assert.deepEqual(
      mails.map((mail) => mail.header('subject')?.split(':')[0]),
      ['Gebucht', 'Geändert', 'Abgesagt'],
    );
    assert.match(mails[0]?.part('text/html') ?? '', /#appointment=/);
    await eventually(async () => (await messagesOf(appointment.id)).every(({ status }) => status === 'sent'), PATIENCE_MS);
    const messages = await messagesOf(appointment.id);
    assert.deepEqual(
      messages.map(({ kind }) => kind),
      ['appointment-cancelled', 'appointment-changed', 'appointment-booked'],
    );
    assert.ok(
      messages.every(({ text }) => !text.includes('token=')),
      'the list does not show the link',
    );
    const events = mails.map((mail) => new ICAL.Component(ICAL.parse(mail.part('text/calendar') ?? '')));
    assert.deepEqual(
      events.map((calendar) => calendar.getFirstPropertyValue('method')),
      ['REQUEST', 'REQUEST', 'CANCEL'],
    );
    const [made, moved, cancelled] = events.map((calendar) => new ICAL.Event(calendar.getFirstSubcomponent('vevent') ?? undefined));
    assert.ok(made && moved && cancelled && made.uid === moved.uid && moved.uid === cancelled.uid);
    assert.ok(made.sequence < moved.sequence && moved.sequence < cancelled.sequence);
    assert.equal(moved.startDate.toJSDate().getTime(), Date.parse(startsAt ?? ''));
  });

  test('a customer without an address is not told, and the list says so', async () => {
    const appointment = await book({ name: 'Walter', phone: '+49 1512 3456789' }, {}, shop.token);
    await eventually(async () => (await messagesOf(appointment.id)).some(({ status }) => status !== 'waiting'), PATIENCE_MS);
    const [message, ...more] = await messagesOf(appointment.id);
    assert.deepEqual([message?.status, message?.failure, message?.to, more.length], ['skipped', 'no-address', null, 0]);
  });

  test('notify says that a customer is not told, which staff may say and customers may not', async () => {
    const customer = { name: 'Ada', email: 'ada@example.org' };
    const quiet = await book(customer, { notify: { customer: false } }, shop.token);
    const told = await book({ name: 'Lin', email: 'lin@example.org' }, { notify: { customer: true } }, shop.token);
    await eventually(() => to(smtp, 'lin@example.org').length === 1, PATIENCE_MS);
    assert.deepEqual([(await messagesOf(quiet.id)).length, (await messagesOf(told.id)).length], [0, 1]);
    const [startsAt] = await shop.starts(1);
    const refused = await shop.server.ask('POST', '/v1/appointments', { body: { serviceId: shop.serviceId, startsAt, customer, notify: { customer: false } } });
    assert.deepEqual([refused.status, refused.body.errors[0].path], [403, 'notify']);
  });

  test('each switch and the reminders are settings by themselves, and what is wrong is named', async () => {
    const settings = async (messages: object) => shop.server.ask('PATCH', '/v1/settings', { body: { messages }, token: shop.token });
    const before = (await shop.server.ask('GET', '/v1/settings', { token: shop.token })).body.messages;
    assert.deepEqual([Object.values(before.email).every((isOn) => isOn === true), before.reminderMinutes], [true, [1_440]]);
    assert.deepEqual([Object.values(before.sms).some((isOn) => isOn === true), before.quietHours], [false, { from: '21:00', to: '08:00' }]);
    const told = (await settings({ email: { 'appointment-declined': false }, reminderMinutes: [60, 20_160] })).body.messages;
    assert.deepEqual(told, { ...before, email: { ...before.email, 'appointment-declined': false }, reminderMinutes: [20_160, 60] });
    assert.deepEqual((await settings({ reminderMinutes: [] })).body.messages, { ...told, reminderMinutes: [] });
    const wrong: [object, string][] = [
      [{ reminderMinutes: [59] }, 'messages.reminderMinutes.0'],
      [{ reminderMinutes: [1_440, 60, 1_440] }, 'messages.reminderMinutes.2'],
      [{ reminderMinutes: [60, 61, 62, 63] }, 'messages.reminderMinutes'],
      [{ email: { 'appointment-boked': false } }, 'messages.email.appointment-boked'],
      [{ quietHours: { from: '21:00', to: '24:00' } }, 'messages.quietHours.to'],
      [{ quietHours: { from: '21:00', to: '21:00' } }, 'messages.quietHours.to'],
    ];
    for (const [change, path] of wrong) assert.equal((await settings(change)).body.errors[0].path, path);
    assert.deepEqual((await settings(before)).body.messages, before);
  });

  test('what is switched off is listed and not sent', async () => {
    const turn = async (isOn: boolean) => {
      const body = { messages: { email: { 'appointment-booked': isOn } } };
      assert.equal((await shop.server.ask('PATCH', '/v1/settings', { body, token: shop.token })).status, 200);
    };
    await turn(false);
    const { id } = await book({ name: 'Off', email: 'off@example.org' });
    await eventually(async () => (await messagesOf(id))[0]?.failure === 'switched-off', PATIENCE_MS);
    await turn(true);
    assert.equal((await change(id, 'cancel')).status, 200);
    await eventually(() => to(smtp, 'off@example.org').length === 1, PATIENCE_MS);
    assert.match(to(smtp, 'off@example.org')[0]?.header('subject') ?? '', /^Cancelled/);
    assert.equal((await messagesOf(id))[1]?.status, 'skipped');
  });

  test('the list is paged, newest first, and shows a front desk only its own location', async () => {
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three']) ids.unshift((await book({ name, email: `${name}@example.org` })).id);
    const { server, token } = shop;
    const page = async (query: string, as = token) => (await server.ask('GET', `/v1/messages?${query}`, { token: as })).body;
    await eventually(async () => (await page('')).items[0]?.appointmentId === ids[0], PATIENCE_MS);
    const first = await page('limit=2');
    const second = await page(`limit=2&cursor=${first.nextCursor}`);
    const shown = [...first.items, ...second.items].map(({ appointmentId }: Json) => appointmentId);
    assert.deepEqual(shown.slice(0, 3), ids);
    const elsewhere = await server.ask('POST', '/v1/locations', { body: { name: 'Hill', timeZone: ZONE, currency: 'EUR' }, token });
    const desk = (locationId: string) => tokenLike(token, { role: 'front-desk', locationId });
    assert.deepEqual((await page('', desk(elsewhere.body.id))).items, []);
    assert.equal((await page('limit=1', desk(shop.locationId))).items[0]?.appointmentId, ids[0]);
  });

  test('an address that is refused for good gets nothing more until a message is sent again, which tells the new state', async () => {
    const { id } = await book({ name: 'Gone', email: 'gone@example.org' });
    await eventually(async () => (await messagesOf(id))[0]?.status === 'bounced', PATIENCE_MS);
    const [first] = await messagesOf(id);
    assert.equal(first.failure, 'refused 550 5.1.1');
    const told = async () => (await shop.server.ask('GET', '/v1/notifications', { token: shop.token })).body.items;
    await eventually(async () => (await told()).some(({ kind, appointment }: Json) => kind === 'message-failed' && appointment.id === id), PATIENCE_MS);
    const startsAt = (await shop.starts(6)).at(-1);
    assert.equal((await change(id, 'reschedule', { startsAt })).status, 200);
    await eventually(async () => (await messagesOf(id))[0]?.status === 'skipped', PATIENCE_MS);
    const [moved] = await messagesOf(id);
    assert.equal(moved.failure, 'address-refused (550 5.1.1)');
    gone.clear();
    const stale = await resend(first.id);
    assert.deepEqual([stale.status, stale.body.code], [409, 'wrong-status']);
    assert.equal((await resend(moved.id)).status, 201);
    await eventually(() => to(smtp, 'gone@example.org').length === 1, PATIENCE_MS);
    await eventually(async () => (await messagesOf(id))[0]?.status === 'sent', PATIENCE_MS);
    assert.deepEqual([(await messagesOf(id))[0].kind, (await messagesOf(id))[0].resendOf], ['appointment-changed', moved.id]);
    assert.equal((await change(id, 'cancel')).status, 200);
    await eventually(() => to(smtp, 'gone@example.org').length === 2, PATIENCE_MS);
  });

  test('an e-mail that bounces later marks its address, once, and the desk is told', async () => {
    const { id } = await book({ name: 'Later', email: 'later@example.org' });
    await eventually(async () => (await messagesOf(id))[0]?.status === 'sent', PATIENCE_MS);
    const [sent] = await messagesOf(id);
    const report = `Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; m\n\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <${sent.id}@pine.example>\n--b--\n`;
    const bounce = (text: string) => shop.server.ask('POST', '/v1/messages/bounces', { body: { report: text }, token: shop.token });
    const said = [await bounce(report + 'x'.repeat(180_000)), await bounce(report)].map(({ status, body }) => [status, body.messageIds]);
    assert.deepEqual(said, [
      [200, [sent.id]],
      [200, []],
    ]);
    const wrong = await bounce('Subject: Away\n\nback on Monday');
    assert.deepEqual([wrong.status, wrong.body.errors[0].path], [400, 'report']);
    const [bounced] = await messagesOf(id);
    assert.deepEqual([bounced.status, bounced.failure], ['bounced', 'refused 5.1.1']);
    const told = (await shop.server.ask('GET', '/v1/notifications', { token: shop.token })).body.items;
    assert.ok(told.some(({ kind, message }: Json) => kind === 'message-failed' && message.id === sent.id));
    assert.equal((await change(id, 'cancel')).status, 200);
    await eventually(async () => (await messagesOf(id))[0]?.failure === 'address-refused (5.1.1)', PATIENCE_MS);
  });

  test('a message is sent again once for a key, three times in all, and by the desk of its location alone', async () => {
    const { id } = await book({ name: 'Twice', email: 'twice@example.org' });
    await eventually(async () => (await messagesOf(id))[0]?.status === 'sent', PATIENCE_MS);
    const [first] = await messagesOf(id);
    const elsewhere = await shop.server.ask('POST', '/v1/locations', { body: { name: 'Dale', timeZone: ZONE, currency: 'EUR' }, token: shop.token });
    const desk = (locationId: string) => tokenLike(shop.token, { role: 'front-desk', locationId });
    assert.equal((await resend(first.id, desk(elsewhere.body.id))).status, 403);
    assert.equal((await resend(randomUUID())).status, 404);
    const again = await Promise.all([1, 2].map(() => resend(first.id, desk(shop.locationId), 'one-and-the-same-key')));
    assert.deepEqual([again[0]?.status, again[0]?.body.id], [201, again[1]?.body.id]);
    await eventually(async () => (await messagesOf(id))[0]?.status === 'sent', PATIENCE_MS);
    // Of what was sent again itself, the first one counts.
    for (const expected of [201, 201, 422]) {
      const said = await resend(again[0]?.body.id);
      assert.deepEqual([said.status, said.body.limit], [expected, expected === 422 ? 'resends-per-message' : undefined]);
    }
    await eventually(() => to(smtp, 'twice@example.org').length === 4, PATIENCE_MS);
  });
});

describe('without a mail server', () => {
  test('every message can be read as it would have been sent', async () => {
    await using shop = await openShop();
    const [startsAt] = await shop.starts(1);
    const said = await shop.server.ask('POST', '/v1/appointments', { body: { serviceId: shop.serviceId, startsAt, customer: GRACE } });
    assert.equal(said.status, 201);
    const list = async () => (await shop.server.ask('GET', '/v1/messages', { token: shop.token })).body.items;
    await eventually(async () => (await list())[0]?.status === 'skipped', PATIENCE_MS);
    const [message] = await list();
    assert.deepEqual([message.to, message.failure, message.kind], [GRACE.email, 'no-mail-server', 'appointment-booked']);
    assert.match(message.text, /Your appointment is booked/);
    const kept = async () =>
      (await shop.server.ask('GET', '/v1/notifications', { token: shop.token })).body.items.find(({ kind }: Json) => kind === 'message-kept');
    await eventually(async () => (await kept()) !== undefined, PATIENCE_MS);
    assert.deepEqual((await kept()).message, { id: message.id, kind: 'appointment-booked', status: 'skipped', failure: 'no-mail-server' });
  });

  test('the business writes what they say, with a version, looks at it first, and takes it back', async () => {
    await using shop = await openShop();
    const path = '/v1/message-templates/appointment-booked/email/en';
    const ask = (method: string, body?: object, headers: Record<string, string> = {}, at = path) =>
      shop.server.ask(method, at, { token: shop.token, headers, ...(body && { body }) });
    const before = await ask('GET');
    assert.deepEqual([before.body.isDefault, before.headers.get('etag')], [true, '"0"']);
    const text = { subject: 'See you, {{staff}} waits', body: 'Welcome to {{business}}\n\n{{details}}' };
    const preview = await ask('POST', text, {}, `${path}/preview`);
    assert.deepEqual([preview.status, preview.body.subject], [200, 'See you, Mara waits'], preview.text);
    for (const [field, value] of Object.entries({ subject: 'two\nlines', body: '{{nothing}}' })) {
      for (const [method, at] of [
        ['PUT', path],
        ['POST', `${path}/preview`],
      ] as const) {
        const said = await ask(method, { ...text, [field]: value }, {}, at);
        assert.deepEqual([said.status, said.body.errors?.[0]?.path], [400, field], said.text);
      }
    }
    const written = await ask('PUT', text, { 'if-match': '"0"' });
    assert.deepEqual([written.status, written.body.isDefault, written.headers.get('etag')], [200, false, '"1"'], written.text);
    assert.equal((await ask('PUT', text, { 'if-match': '"0"' })).status, 412);
    const [startsAt] = await shop.starts(1);
    const booked = await shop.server.ask('POST', '/v1/appointments', { body: { serviceId: shop.serviceId, startsAt, customer: GRACE } });
    const list = async () => (await shop.server.ask('GET', `/v1/messages?appointmentId=${booked.body.id}`, { token: shop.token })).body.items;
    await eventually(async () => (await list())[0]?.status === 'skipped', PATIENCE_MS);
    assert.equal((await list())[0].subject, 'See you, Mara waits');
    assert.match((await ask('POST', { appointmentId: booked.body.id }, {}, `${path}/preview`)).body.text, new RegExp(booked.body.reference));
    assert.equal((await ask('DELETE', undefined, { 'if-match': '"1"' })).status, 204);
    const after = await ask('GET');
    assert.deepEqual([after.body.isDefault, after.body.subject, after.headers.get('etag')], [true, before.body.subject, '"2"']);

    const versions = async () => (await ask('GET', undefined, {}, `${path}/versions`)).body.items;
    const [reset, first] = await versions();
    assert.deepEqual([reset.version, reset.isDefault, reset.subject], [2, true, before.body.subject]);
    assert.deepEqual([first.version, first.isDefault, first.subject, first.body], [1, false, text.subject, text.body]);
    const [owner] = (await shop.server.ask('GET', '/v1/users?role=owner', { token: shop.token })).body.items;
    assert.deepEqual([first.by, Number.isNaN(Date.parse(first.at))], [{ kind: 'user', id: owner.id }, false]);
    for (let version = 3; version <= 12; version += 1) assert.equal((await ask('PUT', { ...text, subject: `Text ${version}` })).status, 200);
    assert.equal((await versions()).map((one: Json) => one.version).join(), '12,11,10,9,8,7,6,5,4,3');
    const paid = await ask('POST', { appointmentId: booked.body.id }, {}, '/v1/message-templates/receipt/email/en/preview');
    assert.match(paid.body.text, /has received .*\d/);

    const toStaff = {
      'daily-agenda': ['{{appointments}} for {{staff}}\n{{details}}', /^1 appointment for Mara\n\d\d:\d\d – \d\d:\d\d: /, /^1 appointment on /],
      'staff-changed': ['{{service}} for {{staff}}\nBefore: {{before}}', /^.* for Mara\nBefore: .*\d{4}/, /^Changed: /],
    } as const;
    for (const [kind, [own, asOwn, byDefault]] of Object.entries(toStaff)) {
      const at = `/v1/message-templates/${kind}/email/en`;
      const [subject, body] = own.split('\n');
      assert.equal((await ask('PUT', { subject, body: `Hello\n\n${body}` }, {}, at)).status, 200);
      for (const about of [{}, { appointmentId: booked.body.id }]) {
        const said = (await ask('POST', about, {}, `${at}/preview`)).body;
        assert.match(`${said.subject}\n${said.text.replace('Hello\n\n', '')}`, asOwn);
      }
      assert.equal((await ask('DELETE', undefined, {}, at)).status, 204);
      assert.match((await ask('POST', {}, {}, `${at}/preview`)).body.subject, byDefault);
      assert.equal((await ask('PUT', { body: 'x' }, {}, at.replace('email', 'sms'))).body.errors?.[0]?.path, 'channel');
    }
  });
});
