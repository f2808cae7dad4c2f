// From a decision to a telephone: a whole server, and a double of Twilio that is as strict as its documentation.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { DAY } from '../../src/model/instant.ts';
import { timeNow } from '../support/clock.ts';
import { dateIn, everyDay } from '../support/dates.ts';
import { eventually } from '../support/eventually.ts';
import { type Json, makerOf, openTestServer, TEST_OWNER, type TestServer } from '../support/test-server.ts';
import { startTwilio, type TestTwilio, TWILIO_ACCOUNT, TWILIO_TOKEN } from '../support/twilio.ts';

const PATIENCE_MS = 60_000;
const PUBLIC = 'https://book.example.org';
/** In a currency's whole units. */
const COSTS = { perSegment: 0.05, perDay: 3 };
const FLOOD = 80;

describe('texts about appointments', () => {
  const logged: Json[] = [];
  let twilio: TestTwilio;
  let server: TestServer;
  let token: string;
  let serviceId: string;
  let starts: readonly string[];
  before(async () => {
    twilio = await startTwilio();
    const settings = {
      ...{ PUBLIC_URL: PUBLIC, OUTSIDE_ALLOW: '127.0.0.1', SMS_PROVIDER: 'twilio', SMS_URL: twilio.url, SMS_ACCOUNT: TWILIO_ACCOUNT, SMS_TOKEN: TWILIO_TOKEN },
      ...{ SMS_FROM: '+4915735985555', SMS_COUNTRIES: `DE:${COSTS.perSegment}`, SMS_COST_PER_DAY: String(COSTS.perDay) },
    };
    const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
    server = await openTestServer({ isDemo: false, settings, logger });
    token = await server.login(TEST_OWNER);
    const make = makerOf(server, token);
    const location = await make('/v1/locations', { name: 'Harbour', timeZone: 'Europe/Berlin', currency: 'EUR', weekly: everyDay('00:00', '24:00') });
    const service = await make('/v1/services', { name: 'Class', minutes: 60, capacity: 500 });
    await make('/v1/staff', { name: 'Mara', locationId: location.id, serviceIds: [service.id] });
    serviceId = service.id;
    const slots = await server.ask('GET', `/v1/slots?serviceId=${serviceId}&from=${dateIn(3)}&to=${dateIn(5)}`);
    starts = slots.body.slots.slice(0, 20).map((slot: Json) => slot.startsAt);
    const messages = { sms: { 'appointment-booked': true }, quietHours: null };
    const said = await server.ask('PATCH', '/v1/settings', { token, body: { messages } });
    assert.equal(said.status, 200, said.text);
    assert.deepEqual(
      [said.body.messages.sms['appointment-booked'], said.body.messages.sms['appointment-reminder'], said.body.messages.quietHours],
      [true, false, null],
    );
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await twilio?.[Symbol.asyncDispose]();
  });

  let guests = 0;
  async function book(phone: string | undefined): Promise<string> {
    guests += 1;
    const customer = { name: 'Grace', email: `guest${guests}@example.org`, ...(phone !== undefined && { phone }) };
    const said = await server.ask('POST', '/v1/appointments', { body: { serviceId, startsAt: starts[guests % starts.length], customer } });
    assert.equal(said.status, 201, said.text);
    return said.body.id;
  }
  const messagesOf = async (id: string): Promise<readonly Json[]> => (await server.ask('GET', `/v1/messages?appointmentId=${id}`, { token })).body.items;
  const smsOf = async (id: string): Promise<Json> => (await messagesOf(id)).find(({ channel }) => channel === 'sms');
  async function settled(id: string): Promise<Json> {
    await eventually(async () => !['waiting', undefined].includes((await smsOf(id))?.status), PATIENCE_MS);
    return smsOf(id);
  }
  const takenBy = (phone: string) => twilio.taken.filter(({ to }) => to === phone);

  test('a customer with a mobile number gets a short text, and reports about it are believed once and in any order', async () => {
    const id = await book('+49 151 23456001');
    const sent = await settled(id);
    const [text, ...more] = takenBy('+4915123456001');
    assert.ok(text !== undefined && more.length === 0);
    assert.match(text.text, /: booked\. Class, /);
    assert.deepEqual([sent.status, sent.to, sent.text, sent.segments, sent.subject], ['sent', '+4915123456001', text.text, 1, undefined]);
    for (const status of ['sent', 'delivered', 'delivered', 'sending', 'undelivered']) assert.equal(await twilio.report(server.url, text, status), 204);
    const told = await smsOf(id);
    assert.ok(told.status === 'sent' && told.deliveredAt !== undefined && told.failure === undefined, JSON.stringify(told));
    assert.equal(await twilio.report(server.url, { ...text, callback: text.callback.replace('https:', 'http:') }, 'failed'), 400, 'signed for another address');
    // Nobody is told by text who has left no number.
    const quiet = await book(undefined);
    await eventually(async () => (await messagesOf(quiet)).length > 0, PATIENCE_MS);
    assert.equal(await smsOf(quiet), undefined);
  });

  test('one that may have been sent is not sent again, and a later report says what has become of it', async () => {
    twilio.trouble('hang-up');
    const id = await book('+4915123456002');
    const lost = await settled(id);
    assert.deepEqual([lost.status, lost.failure], ['failed', 'outcome-unknown (unreachable)']);
    const [text, ...more] = takenBy('+4915123456002');
    assert.ok(text !== undefined && more.length === 0);
    assert.equal(await twilio.report(server.url, text, 'delivered'), 204);
    assert.equal((await smsOf(id)).status, 'sent');
  });

  test('one that was put off is tried again; one that is refused, or told of as lost, is not', async () => {
    twilio.trouble({ status: 429, code: 20_429 });
    assert.equal((await settled(await book('+4915123456003'))).status, 'sent');
    assert.equal(takenBy('+4915123456003').length, 1);
    assert.equal((await settled(await book('+4915112345604'))).failure, 'refused 400 21614');
    const id = await book('+4915123456004');
    await settled(id);
    const [text] = takenBy('+4915123456004');
    assert.ok(text !== undefined);
    await twilio.report(server.url, text, 'undelivered', { ErrorCode: '30005' });
    const lost = await smsOf(id);
    assert.deepEqual([lost.status, lost.failure], ['bounced', 'undelivered 30005']);
    const told = (await server.ask('GET', '/v1/notifications', { token })).body.items;
    assert.ok(told.some(({ kind, message }: Json) => kind === 'message-failed' && message.id === lost.id));
  });

  test('the business writes what texts say, and looks at them first', async () => {
    const path = '/v1/message-templates/appointment-booked/sms/en';
    const ask = (method: string, body?: object, at = path) => server.ask(method, at, { token, ...(body && { body }) });
    const before = (await ask('GET')).body;
    assert.deepEqual([before.isDefault, before.subject], [true, undefined]);
    const body = '{{staff}} waits for you: {{date}}';
    const { text, segments, html } = (await ask('POST', { body }, `${path}/preview`)).body;
    assert.match(text, /^Mara waits for you: \w/);
    assert.deepEqual([segments, html], [1, undefined]);
    for (const method of ['PUT', 'POST']) {
      const said = await ask(method, { subject: 'x', body }, method === 'PUT' ? path : `${path}/preview`);
      assert.deepEqual([said.status, said.body.errors[0].path], [400, 'subject']);
    }
    assert.equal((await ask('PUT', { body: 'x'.repeat(300) })).body.errors[0].path, 'body');
    assert.equal((await ask('PUT', { body })).status, 200);
    assert.match((await settled(await book('+4915123456009'))).text, /^Mara waits for you/);
    assert.equal((await ask('DELETE')).status, 204);
    const channels = async (channel: string) => (await server.ask('GET', `/v1/messages?channel=${channel}&limit=200`, { token })).body.items;
    for (const channel of ['email', 'sms']) assert.deepEqual([...new Set((await channels(channel)).map((one: Json) => one.channel))], [channel]);
  });

  test('who answers STOP gets no more, and START begins them again; an old STOP that is sent again changes nothing', async () => {
    const phone = '+4915123456005';
    const after = async (word: string, sid: string) => {
      assert.equal(await twilio.answer(server.url, PUBLIC, phone, word, sid), 204);
      return (await settled(await book(phone))).failure;
    };
    assert.equal(await after(' Stop. ', 'SM1'), 'opted-out');
    assert.equal(await after('see you', 'SM2'), 'opted-out');
    assert.equal(await after('START', 'SM3'), undefined);
    assert.equal(await after('STOP', 'SM1'), undefined);
    assert.equal((await settled(await book('+4915112345603'))).failure, 'opted-out', 'as the provider says');
  });

  test('only mobile numbers in allowed countries are texted', async () => {
    assert.equal((await settled(await book('+43 664 1234567'))).failure, 'country-not-allowed');
    assert.equal((await settled(await book('+49 30 12345678'))).failure, 'not-a-mobile-number');
  });

  test('a flood of bookings costs what a day may cost, and no more, and is told of once', async () => {
    const dayBefore = Math.floor(timeNow() / DAY);
    await server.ask('PATCH', '/v1/settings', { token, body: { messages: { email: { 'appointment-booked': false } } } });
    const numbers = Array.from({ length: FLOOD }, (_, index) => `+49151777${String(index).padStart(5, '0')}`);
    for (let first = 0; first < FLOOD; first += 20) await Promise.all(numbers.slice(first, first + 20).map((number) => book(number)));
    const waiting = async () => (await server.ask('GET', '/v1/messages?status=waiting&limit=1', { token })).body.items.length;
    const skipped = async () =>
      Number(/slotkeeper_messages_over_budget_total\{budget="sms-cost-day"\} (\d+)/.exec((await server.ask('GET', '/metrics')).text)?.[1] ?? 0);
    await eventually(async () => (await skipped()) > 0 && (await waiting()) === 0, 4 * PATIENCE_MS);
    const days = Math.floor(timeNow() / DAY) - dayBefore + 1;
    const segments = twilio.taken.reduce((sum, text) => sum + text.segments, 0);
    assert.ok(segments * COSTS.perSegment <= days * COSTS.perDay + 1e-9, `${segments} segments`);
    // What was asked for counts, also where it was refused.
    assert.ok(days > 1 || segments + twilio.refused.length === COSTS.perDay / COSTS.perSegment, `${segments} segments: what a day may cost is used`);
    const told = logged.filter(({ budget }) => budget === 'sms-cost-day').map(({ code }) => code);
    assert.deepEqual(told.slice(0, 2), ['message-budget-low', 'message-budget-used-up']);
    assert.ok(told.length <= 2 * days, 'each is told once a day');
  });
});
