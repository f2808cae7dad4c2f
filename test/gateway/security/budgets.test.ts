// Every input at its limit, one after the other, on a server of its own process with the settings it has by default. What is refused says which limit that is,
// memory stays bounded, and a customer at another address books meanwhile. How late the server was is printed and not judged: this machine may be busy.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { RawWebSocket } from '../../../chaos/attacks/raw-websocket.ts';
import { type ServerProcess, startServer } from '../../faults/demo-process.ts';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import { freshPgliteDirectory, type TestDirectory } from '../../support/pglite.ts';
import type { Json } from '../../support/test-server.ts';
import { RawConnection } from '../http/raw-connection.ts';

/** What all attacks together may add to the memory of the process: the 64 MB that may wait unread, 100 MB of free times in open lists, and half as much again for what is not collected yet. */
const MOST_GROWTH_BYTES = 250_000_000;
/** Past any program's patience for three requests: a customer who waits longer is not served. How long it is on an idle machine is a tenth of a second to a second, and depends on what else runs here. */
const SERVED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;
/** The longest time that is waited for: a body that never ends is cut after 30 seconds. */
const CUT_WITHIN_MS = 60_000;
const MEGABYTE = 1_000_000;

let place: TestDirectory;
let server: ServerProcess;
let service: string;
const slowHeads: RawConnection[] = [];
const slowBodies: RawConnection[] = [];

type Said = { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: Json; readonly text: string };
type Asking = { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

/** One request over a connection of its own, from that address of this machine. */
async function ask(from: string, method: string, path: string, { body, headers = {} }: Asking = {}): Promise<Said> {
  const asked = request(server.url + path, {
    method,
    agent: false,
    localAddress: from,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
  asked.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const isJson = /json/.test(response.headers['content-type'] ?? '');
  return { status: response.statusCode, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
}

let addresses = 0;
/** Each attack comes from an address of its own: what one has used up is not missing to the next. */
function nextAddress(): string {
  addresses += 1;
  return `127.0.11.${addresses}`;
}
let customers = 0;
function nextCustomer(): string {
  customers += 1;
  return `127.0.12.${customers}`;
}

const slotsOf = (from: string, first: number, last: number) => ask(from, 'GET', `/v1/slots?serviceId=${service}&from=${dateIn(first)}&to=${dateIn(last)}`);
type Start = { readonly startsAt: string; readonly staffId: string };
const startOf = ({ startsAt, staffId }: Start) => ({ serviceId: service, startsAt, staffId });

/** Free times that do not overlap: every fourth of each staff member, of a service of half an hour that starts every quarter. */
async function startsApart(first: number, last: number): Promise<readonly Start[]> {
  const { slots } = (await slotsOf(nextCustomer(), first, last)).body;
  const ofEach = Map.groupBy<string, Start>(slots, ({ staffId }) => staffId).values();
  return [...ofEach].flatMap((own) => own.filter((_, index) => index % 4 === 0));
}

/** Looks for a time, keeps it and books it. Tells how many milliseconds that took. */
async function bookAsCustomer(): Promise<number> {
  const from = nextCustomer();
  const began = performance.now();
  const listed = await slotsOf(from, 2, 9);
  assert.equal(listed.status, 200, listed.text);
  const start: Start = listed.body.slots[customers] ?? assert.fail('no time is free');
  const held = await ask(from, 'POST', '/v1/holds', { body: startOf(start) });
  assert.equal(held.status, 201, held.text);
  const customer = { name: `Customer ${customers}`, email: `customer-${customers}@example.org` };
  const booked = await ask(from, 'POST', '/v1/appointments', { body: { holdId: held.body.id, customer }, headers: { 'hold-token': held.body.token } });
  assert.equal(booked.status, 201, booked.text);
  return performance.now() - began;
}

const OBSERVER = '127.0.13.1';
/** `lateMs`: how late the event loop was at the worst since it was last asked. */
async function look(): Promise<{ readonly residentBytes: number; readonly unreadBytes: number; readonly lateMs: number }> {
  const { text } = await ask(OBSERVER, 'GET', '/metrics');
  const read = (name: string) => Number(new RegExp(`^slotkeeper_${name} (\\S+)$`, 'm').exec(text)?.[1] ?? assert.fail(`${name} is not among the metrics`));
  return { residentBytes: read('process_resident_memory_bytes'), unreadBytes: read('unread_bytes'), lateMs: read('nodejs_eventloop_lag_max_seconds') * 1_000 };
}

let restBytes = 0;
/** Carries out an attack while a customer books and memory is looked at, and prints what was seen. */
async function under(what: string, attack: () => Promise<void>): Promise<void> {
  await look();
  const seen = { resident: 0, unread: 0, late: 0 };
  const over = new AbortController();
  const watching = (async () => {
    do {
      const { residentBytes, unreadBytes, lateMs } = await look();
      Object.assign(seen, { resident: Math.max(seen.resident, residentBytes), unread: Math.max(seen.unread, unreadBytes), late: Math.max(seen.late, lateMs) });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    } while (!over.signal.aborted);
  })();
  const attacked = attack().finally(() => over.abort());
  const [waited] = await Promise.all([bookAsCustomer(), attacked, watching]);
  const grown = seen.resident - restBytes;
  console.log(
    `${what}: ${Math.round(seen.resident / MEGABYTE)} MB resident (${Math.round(grown / MEGABYTE)} more than at rest), event loop ${Math.round(seen.late)} ms late at most, a customer booked in ${Math.round(waited)} ms`,
  );
  assert.ok(grown < MOST_GROWTH_BYTES, `${grown} bytes more than at rest`);
  assert.ok(seen.unread <= 64 * 1024 * 1024, `${seen.unread} bytes unread`);
  assert.ok(waited < SERVED_WITHIN_MS, `a customer waited ${waited} ms`);
}

function isRefused(said: Said | undefined, status: number, words: RegExp): void {
  assert.equal(said?.status, status, said?.text ?? 'nothing is refused');
  assert.match(said?.text ?? '', words);
}
const many = <Made>(count: number, make: (index: number) => Promise<Made>) => Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const withStatus = (answers: readonly Said[], status: number) => answers.filter((said) => said.status === status);

before(async () => {
  place = await freshPgliteDirectory();
  server = await startServer({ kind: 'pglite', directory: place.directory }, { RATE_LIMIT_SCALE: '1' });
  const [first] = (await ask(OBSERVER, 'GET', '/v1/services')).body.items;
  service = first.id;
  await bookAsCustomer();
  restBytes = (await look()).residentBytes;
  // They go on beside everything else, and are looked at last.
  const from = nextAddress();
  const begin = async (text: string, into: RawConnection[]) => {
    const connection = await RawConnection.open(server.url, from);
    connection.send(text);
    into.push(connection);
  };
  await many(100, () => begin('GET /v1/services HTTP/1.1\r\nHost: localhost\r\n', slowHeads));
  const head = 'POST /v1/holds HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{';
  // No more than the holds that an address may ask for in a minute.
  await many(50, () => begin(head, slowBodies));
});
after(async () => {
  for (const connection of [...slowHeads, ...slowBodies]) connection.close();
  await server?.end('SIGTERM');
  await place?.[Symbol.asyncDispose]();
});

describe('at the settings of a new installation', () => {
  test('a body has at most 64 kB', () =>
    under('bodies that are too large', async () => {
      const from = nextAddress();
      for (const said of await many(50, () => ask(from, 'POST', '/v1/holds', { body: `"${'x'.repeat(64 * 1024)}"` }))) isRefused(said, 413, /64 kB/);
    }));

  test('the head of a request has at most 100 fields and 16 kB', () =>
    under('heads that are too large', async () => {
      const from = nextAddress();
      const send = async (lines: string) => {
        const connection = await RawConnection.open(server.url, from);
        connection.send(`GET /v1/services HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${lines}\r\n`);
        return connection.lastWords();
      };
      for (const { status, body } of await many(100, () => send('X: y\r\n'.repeat(101))))
        assert.deepEqual([status, /at most 100 header fields/.test(body)], [431, true]);
      for (const { status, body } of await many(100, () => send(`X: ${'y'.repeat(20_000)}\r\n`))) assert.deepEqual([status, /16 kB/.test(body)], [431, true]);
    }));

  test('an address has at most 1,000 connections', () =>
    under('connections', async () => {
      const from = nextAddress();
      const connections = await many(1_000, () => RawConnection.open(server.url, from));
      assert.equal(connections.filter(({ isOver }) => isOver).length, 0);
      const further = await many(100, () => RawConnection.open(server.url, from));
      await eventually(() => further.every(({ isOver }) => isOver));
      for (const connection of connections) connection.close();
    }));

  test('questions about two months cost by their size, and 1,200 reads a minute are all', () =>
    under('questions about 62 days', async () => {
      const from = nextAddress();
      const answers = await many(200, () => slotsOf(from, 0, 61));
      assert.ok(withStatus(answers, 200).length > 0);
      isRefused(withStatus(answers, 429)[0], 429, /At most 1200 a minute/);
    }));

  test('guests at one address have at most ten holds, and may ask for 60 a minute', () =>
    under('holds', async () => {
      const from = nextAddress();
      const starts = await startsApart(15, 28);
      const answers = await many(80, (index) => ask(from, 'POST', '/v1/holds', { body: startOf(starts[index] ?? assert.fail('not enough free times')) }));
      assert.equal(withStatus(answers, 201).length, 10);
      isRefused(withStatus(answers, 422)[0], 422, /At most 10 holds at once/);
      isRefused(withStatus(answers, 429)[0], 429, /At most 60 a minute/);
    }));

  test('guests at one address have at most 20 appointments ahead, and say at most 4 kB each', () =>
    under('bookings', async () => {
      const from = nextAddress();
      const starts = await startsApart(30, 43);
      const book = (index: number, notes: string) => {
        const customer = { name: `Invented ${index}`, email: `invented-${index}@example.org` };
        return ask(from, 'POST', '/v1/appointments', { body: { ...startOf(starts[index] ?? assert.fail('not enough free times')), customer, notes } });
      };
      isRefused(await book(0, '€'.repeat(2_000)), 413, /the limit is 4096/);
      const answers = await many(60, (index) => book(index, 'x'.repeat(2_000)));
      assert.equal(withStatus(answers, 201).length, 20, JSON.stringify(answers.map(({ status }) => status)));
      isRefused(withStatus(answers, 422)[0], 422, /guest-bookings-per-address/);
    }));

  test('an address has 20 logins a minute, and four at once', () =>
    under('logins with wrong passwords', async () => {
      const from = nextAddress();
      const answers = await many(40, (index) => ask(from, 'POST', '/v1/auth/login', { body: { email: `guessed-${index}@example.org`, password: 'wrong' } }));
      assert.equal(withStatus(answers, 429).length, 20);
      isRefused(withStatus(answers, 429)[0], 429, /At most 20 a minute/);
    }));

  test('a mailbox is sent ten e-mails an hour, and an address asks for 20', () =>
    under('e-mails', async () => {
      const from = nextAddress();
      const forgot = (email: string) => ask(from, 'POST', '/v1/auth/password/forgot', { body: { email } });
      const answers = await many(15, () => forgot('flooded@example.org'));
      isRefused(withStatus(answers, 429)[0], 429, /At most 10 an hour/);
      assert.equal(withStatus(answers, 429).length, 5);
      const register = (index: number) => ({ email: `registered-${index}@example.org`, name: 'Invented', password: 'violet tractor umbrella' });
      const registered = await many(40, (index) => ask(from, 'POST', '/v1/auth/register', { body: register(index) }));
      isRefused(withStatus(registered, 429)[0], 429, /At most 20 (a minute|an hour)/);
      assert.ok(withStatus(registered, 202).length <= 10);
    }));

  test('who sends messages without end is sent away', () =>
    under('messages of sockets', async () => {
      const sockets = await many(5, () => greet(nextAddress()));
      for (const socket of sockets) for (let number = 0; number < 3_100; number += 1) socket.emit('unwatch', { watchId: 'none' });
      await eventually(() => sockets.every(({ isClosed }) => isClosed), CUT_WITHIN_MS);
      for (const { heard } of sockets) assert.ok(heard.some((text) => text.includes('"too-many-messages"')));
    }));

  test('an address has at most 200 connections that have not greeted', () =>
    under('sockets that do not greet', async () => {
      const from = nextAddress();
      const sockets = await many(250, () => RawWebSocket.open(server.url, { from }));
      await eventually(() => sockets.filter(({ isClosed }) => isClosed).length >= 50);
      for (const socket of sockets) socket.destroy();
    }));

  test('who reads nothing has at most ten lists, and little is kept for them', () =>
    under('sockets that do not read', async () => {
      const from = nextAddress();
      const sockets = await many(9, () => greet(from));
      const zones = Intl.supportedValuesOf('timeZone').slice(0, 50);
      const list = (watchId: string, timeZone: string) => ({ watchId, serviceId: service, from: dateIn(0), to: dateIn(61), timeZone });
      for (const socket of sockets) {
        socket.stopReading();
        for (const [index, timeZone] of zones.entries()) socket.emit('watch-slots', list(`w${index}`, timeZone), index);
      }
      const reader = await greet(nextAddress());
      for (let number = 0; number < 11; number += 1) reader.emit('watch-slots', list(`w${number}`, 'Europe/Berlin'), number);
      await eventually(() => reader.heard.some((text) => text.startsWith('4310[')), CUT_WITHIN_MS);
      assert.match(reader.heard.find((text) => text.startsWith('4310[')) ?? '', /limit of a connection: 10 watches/);
      for (const socket of [...sockets, reader]) socket.destroy();
    }));

  test('a head has ten seconds to arrive, and a body thirty', async () => {
    for (const connection of [...slowHeads, ...slowBodies]) {
      await eventually(() => connection.isOver, CUT_WITHIN_MS);
      assert.match(connection.text, /^HTTP\/1\.1 408 .*Headers must arrive within 10 seconds, the whole request within 30\./s);
    }
    await bookAsCustomer();
  });
});

/** A guest over a socket, who has been let in. */
async function greet(from: string): Promise<RawWebSocket> {
  const socket = await RawWebSocket.open(server.url, { from });
  socket.send('40');
  await eventually(() => socket.heard.some((text) => text.startsWith('40')));
  return socket;
}
