// Each test is an attack on the sockets of a server with the limits it has by default.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { RawWebSocket } from '../../../chaos/attacks/raw-websocket.ts';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import type { Json } from '../../support/test-server.ts';
import { ADA, newKey, openSmallShop, type SmallShop } from './small-shop.ts';
import { TestScreen } from './test-screen.ts';

/** Each test comes from an address of its own: what one has used up is not missing to the next. */
let addresses = 0;
const nextAddress = () => {
  addresses += 1;
  return `127.0.7.${addresses}`;
};
const GREETING_MILLISECONDS = 500;
/** Far less than the half minute for which a polite end would wait. */
const AT_ONCE_MILLISECONDS = 5_000;

let shop: SmallShop;
before(async () => {
  shop = await openSmallShop({ RATE_LIMIT_SCALE: '1' }, { sockets: { greetingMilliseconds: GREETING_MILLISECONDS } });
});
after(() => shop?.[Symbol.asyncDispose]());

async function gauge(name: string): Promise<number> {
  const said = await shop.ask('GET', '/metrics');
  return Number(new RegExp(`^slotkeeper_${name} (\\d+)$`, 'm').exec(said.text)?.[1]);
}

/** A guest who has greeted, and whose first answer it was. */
async function comeAs(from: string): Promise<RawWebSocket> {
  const socket = await RawWebSocket.open(shop.url, { from });
  socket.send('40');
  await eventually(() => socket.heard.some((text) => text.startsWith('40')));
  return socket;
}

const slots = (watchId: string, days: number, more: object = {}): Json => ({ watchId, serviceId: shop.haircut, from: dateIn(0), to: dateIn(days), ...more });
const answerOf = (text: string): Json => JSON.parse(text.slice(text.indexOf('[')))[0];

test('a guest who opens as many lists as can be thought of and reads none has a few of them, and costs little', async () => {
  const from = nextAddress();
  const sockets = await Promise.all(Array.from({ length: 9 }, () => comeAs(from)));
  const zones = Intl.supportedValuesOf('timeZone').slice(0, 50);
  for (const [number, socket] of sockets.entries()) {
    socket.stopReading();
    // No two are alike, so that none is answered by the list of another.
    for (const [index, timeZone] of zones.entries()) socket.emit('watch-slots', slots(`w${index}`, 62 - number, { timeZone }), index);
  }
  const watcher = await comeAs(nextAddress());
  // Answered after everything that had come before it.
  watcher.emit('watch-slots', slots('mine', 7), 1);
  await eventually(() => watcher.heard.some((text) => text.startsWith('431')));
  for (let look = 0; look < 20; look += 1) {
    assert.ok((await gauge('unread_bytes')) < 16_000_000);
    assert.ok((await gauge('slot_views')) <= 9 * 10 * shop.staff.length + shop.staff.length);
    assert.ok((await gauge('slot_view_starts')) <= 1_000_000);
    watcher.emit('unwatch', { watchId: 'none' }, 100 + look);
    await eventually(() => watcher.heard.some((text) => text.startsWith(`43${100 + look}`)));
  }
  for (const socket of [...sockets, watcher]) socket.destroy();
});

test('a flood of questions from many connections holds up neither the event loop nor a customer elsewhere', async () => {
  const sockets = await Promise.all(Array.from({ length: 40 }, () => comeAs(nextAddress())));
  const customer = nextAddress();
  for (const socket of sockets) for (let number = 0; number < 500; number += 1) socket.emit('make-coffee', {}, number);
  const answers = () => sockets.reduce((sum, { heard }) => sum + heard.length, 0);
  const before = answers();
  assert.match(await askFrom(customer, `/v1/slots?serviceId=${shop.haircut}&from=${dateIn(0)}&to=${dateIn(1)}`), /^HTTP\/1.1 200/);
  assert.ok(answers() - before < 10_000, `${answers() - before} messages were answered before the customer`);
  for (const socket of sockets) socket.destroy();
});

test('who asks for too much is told which limit that is', async () => {
  const guest = await comeAs(nextAddress());
  for (let number = 0; number < 11; number += 1) {
    guest.emit('watch-slots', slots(`w${number}`, 1), number);
    await eventually(() => guest.heard.some((text) => text.startsWith(`43${number}[`)));
  }
  const { problem } = answerOf(guest.heard.find((text) => text.startsWith('4310[')) ?? '');
  assert.equal(problem.code, 'invalid-request');
  assert.match(problem.detail, /limit of a connection: 10 watches/);
  guest.destroy();
});

test('a hold or a watch whose name is no text, and cannot be made one, is refused like any other mistake', async () => {
  const guest = await comeAs(nextAddress());
  const name = { toString: 1, valueOf: 1 };
  const messages = [
    ['place-hold', { key: 'a', id: name }],
    ['renew-hold', { key: 'b', holdId: name }],
    ['release-hold', { key: 'c', holdId: name }],
    ['book', { key: 'd', holdId: name }],
    ['watch-slots', slots('', 1, { watchId: name })],
    ['unwatch', { watchId: name }],
  ] as const;
  for (const [number, [message, body]] of messages.entries()) {
    guest.emit(message, body, number);
    await eventually(() => guest.heard.some((text) => text.startsWith(`43${number}[`)));
    const answer = answerOf(guest.heard.find((text) => text.startsWith(`43${number}[`)) ?? '');
    assert.equal(answer.problem?.code, 'invalid-request', message);
  }
  guest.destroy();
});

test('a message of thousands of fields is refused before any of them is looked at', async () => {
  const guest = await comeAs(nextAddress());
  const revisions = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, number) => [`r${number}`, 0]));
  const asked = [
    revisions(2_000),
    slots('w', 1, { since: { era: 'e', revisions: revisions(2_000) } }),
    slots('other', 1, { since: { era: 'e', revisions: revisions(5) } }),
  ];
  for (const [number, body] of asked.entries()) guest.emit('watch-slots', body, number);
  await eventually(() => asked.every((_, number) => guest.heard.some((text) => text.startsWith(`43${number}[`))));
  const errorsOf = (number: number) => answerOf(guest.heard.find((text) => text.startsWith(`43${number}[`)) ?? '').problem.errors;
  const tooMany = [{ path: '', message: 'must have at most 1000 fields, those of its parts included' }];
  assert.deepEqual([errorsOf(0), errorsOf(1)], [tooMany, tooMany]);
  assert.equal(errorsOf(2)[0].path, 'since.revisions.r0');
  guest.destroy();
});

test('messages that want no answer are counted, and who goes on and on is sent away and told why', async () => {
  const from = nextAddress();
  const socket = await comeAs(from);
  for (let number = 0; number < 1_500; number += 1) socket.emit('unwatch', { watchId: 'none' });
  await eventually(() => socket.isClosed);
  assert.ok(socket.heard.some((text) => text.includes('"session-ended"') && text.includes('"too-many-messages"')));
  const next = await RawWebSocket.open(shop.url, { from });
  next.send('40');
  await eventually(() => next.heard.some((text) => text.startsWith('44') && text.includes('rate-limited')));
  next.destroy();
});

const NOISE: readonly (readonly [string, number, string])[] = [
  ['pongs', 3_100, '3'],
  ['messages that are refused', 3_100, '421["make-coffee",{}]'],
  ['messages of 60 kB', 80, `42["unwatch",${JSON.stringify('x'.repeat(60_000))}]`],
];
for (const [what, times, packet] of NOISE)
  test(`a flood of ${what} ends the connection`, async () => {
    const socket = await comeAs(nextAddress());
    for (let number = 0; number < times; number += 1) socket.send(packet);
    await eventually(() => socket.isClosed);
    assert.ok(socket.heard.some((text) => text.includes('"too-many-messages"')));
  });

test('what is no packet of Socket.IO, or a binary one without its pieces, ends the connection', async () => {
  for (const packet of ['4x', '451-["unwatch",{"_placeholder":true,"num":0}]', '4{']) {
    const socket = await comeAs(nextAddress());
    socket.send(packet);
    for (let number = 0; number < 3_100 && !socket.isClosed; number += 1) socket.send('42["unwatch",{}]');
    await eventually(() => socket.isClosed);
  }
});

test('one connection is one screen, however often it greets', async () => {
  const before = await gauge('screens');
  for (const greeting of ['40', '40/other,']) {
    const socket = await RawWebSocket.open(shop.url, { from: nextAddress() });
    for (let number = 0; number < 60; number += 1) socket.send(number === 0 ? '40' : greeting);
    await eventually(() => socket.isClosed);
    await eventually(async () => (await gauge('screens')) === before);
    assert.ok(socket.heard.filter((text) => text.startsWith('40') || text.startsWith('44')).length <= 1, JSON.stringify(socket.heard));
  }
});

test('who talks before greeting is not listened to for long', async () => {
  const socket = await RawWebSocket.open(shop.url, { from: nextAddress() });
  for (let number = 0; number < 30; number += 1) socket.send('3');
  await eventually(() => socket.isClosed, GREETING_MILLISECONDS);
});

test('a connection that does not greet is gone when its time is over, whether or not it says goodbye', async () => {
  const silent = await RawWebSocket.open(shop.url, { from: nextAddress() });
  await eventually(() => silent.isClosed, AT_ONCE_MILLISECONDS);
});

test('a connection that polls and does not greet is gone when its time is over', async () => {
  const opened = await fetch(`${shop.url}/socket.io/?EIO=4&transport=polling`);
  const { sid } = JSON.parse((await opened.text()).slice(1));
  const poll = () => fetch(`${shop.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body: '3' });
  await eventually(async () => (await poll()).status === 400, AT_ONCE_MILLISECONDS);
});

test('an upgrade that is begun and never finished is cut', async () => {
  const opened = await fetch(`${shop.url}/socket.io/?EIO=4&transport=polling`);
  const { sid } = JSON.parse((await opened.text()).slice(1));
  const half = await RawWebSocket.open(shop.url, { from: nextAddress(), search: `&sid=${sid}` });
  await eventually(() => half.isClosed, AT_ONCE_MILLISECONDS);
});

test('requests of long polling are counted: before the greeting there are only a few', async () => {
  const opened = await fetch(`${shop.url}/socket.io/?EIO=4&transport=polling`);
  const { sid } = JSON.parse((await opened.text()).slice(1));
  const statuses: number[] = [];
  for (let number = 0; number < 30; number += 1)
    statuses.push((await fetch(`${shop.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body: '3' })).status);
  assert.ok(statuses.includes(400), JSON.stringify(statuses));
});

test('who is sent away and does not hang up is cut soon', async () => {
  const login = await shop.ask('POST', '/v1/auth/login', { body: { email: 'owner@example.org', password: 'a password for tests' } });
  const socket = await RawWebSocket.open(shop.url, { from: nextAddress() });
  socket.send(`40${JSON.stringify({ token: login.body.accessToken })}`);
  await eventually(() => socket.heard.some((text) => text.startsWith('40')));
  await shop.ask('POST', '/v1/auth/logout', { body: { refreshToken: login.body.refreshToken } });
  await eventually(() => socket.isClosed, AT_ONCE_MILLISECONDS);
});

/** One request over a connection from that address. */
async function askFrom(from: string, path: string): Promise<string> {
  const { hostname, port, host } = new URL(shop.url);
  const socket = connect({ host: hostname, port: Number(port), localAddress: from });
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  let said = '';
  for await (const chunk of socket) said += String(chunk);
  return said;
}
const leftIn = (said: string) => Number(/ratelimit: "[^"]+";r=(\d+)/i.exec(said)?.[1]);

test('a question costs by the days of all calendars it asks about, over REST and over a socket alike', async () => {
  const from = nextAddress();
  const path = (days: number, more = '') => `/v1/slots?serviceId=${shop.haircut}&from=${dateIn(0)}&to=${dateIn(days)}${more}`;
  const first = leftIn(await askFrom(from, path(1, `&staffId=${shop.staff[0]?.id}`)));
  const second = leftIn(await askFrom(from, path(62)));
  assert.equal(first - second, Math.ceil((62 * shop.staff.length) / 7));
  const third = leftIn(await askFrom(from, path(62, '&grain=day')));
  assert.equal(second - third, Math.ceil((62 * shop.staff.length) / 4 / 7));
  const socket = await comeAs(from);
  socket.emit('watch-slots', slots('w', 62), 1);
  await eventually(() => socket.heard.some((text) => text.startsWith('431')));
  const fourth = leftIn(await askFrom(from, path(1, `&staffId=${shop.staff[0]?.id}`)));
  // The connection and this request are one each.
  assert.equal(third - fourth, Math.ceil((62 * shop.staff.length) / 7) + 2);
  socket.destroy();
});

test('free times without an appointment in the way are for those who may move it, over REST and over a socket alike', async () => {
  const appointment = await shop.post('/v1/appointments', { serviceId: shop.haircut, startsAt: shop.nextStart(), customer: ADA });
  const guest = await TestScreen.open(shop.url);
  const owner = await TestScreen.open(shop.url, shop.owner);
  const path = `/v1/slots?serviceId=${shop.haircut}&from=${dateIn(1)}&to=${dateIn(2)}&movingAppointmentId=`;
  const cases: readonly (readonly [string, string | undefined, string | undefined])[] = [
    [appointment.id, undefined, 'unauthenticated'],
    [newKey(), undefined, 'unauthenticated'],
    [appointment.id, `${appointment.id}.nonsense`, 'forbidden'],
    [newKey(), appointment.manageToken, 'forbidden'],
    [appointment.id, appointment.manageToken, undefined],
  ];
  for (const [movingAppointmentId, manageToken, code] of cases) {
    const headers = manageToken === undefined ? {} : { 'manage-token': manageToken };
    const said = await shop.ask('GET', path + movingAppointmentId, { headers });
    assert.equal(said.body.code, code, `REST ${movingAppointmentId} ${manageToken}`);
    const answer = await guest.ask('watch-slots', slots('w', 2, { movingAppointmentId, ...(manageToken && { manageToken }) }));
    assert.equal(answer.problem?.code, code, `socket ${movingAppointmentId} ${manageToken}`);
  }
  assert.ok((await owner.ask('watch-slots', slots('w', 2, { movingAppointmentId: appointment.id }))).ok);
  assert.equal((await owner.ask('watch-slots', slots('w', 2, { movingAppointmentId: newKey() }))).problem.code, 'not-found');
  for (const screen of [guest, owner]) screen.close();
});
