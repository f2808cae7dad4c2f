import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LiveRoom } from '../../../src/gateway/socket/live-room.ts';
import { answerMessage } from '../../../src/gateway/socket/messages.ts';
import { Screen } from '../../../src/gateway/socket/screen.ts';
import { RateLimits } from '../../../src/limits/rate-limits.ts';
import { screenMessages } from '../../../src/protocol/socket.ts';
import { dateIn } from '../../support/dates.ts';
import { eventually } from '../../support/eventually.ts';
import type { Json } from '../../support/test-server.ts';
import { begun } from '../business.ts';
import { bareParts, openBareSocket } from './bare-socket.ts';
import { ADA, newKey, openSmallShop, type SmallShop } from './small-shop.ts';
import { TestScreen, tokenLike } from './test-screen.ts';

let shop: SmallShop;
let guest: TestScreen;
let desk: TestScreen;

before(async () => {
  shop = await openSmallShop();
  guest = await TestScreen.open(shop.url);
  desk = await TestScreen.open(shop.url, shop.owner);
});
after(async () => {
  guest?.close();
  desk?.close();
  await shop?.[Symbol.asyncDispose]();
});

const slots = (watchId: string): Json => ({ watchId, serviceId: shop.haircut, from: dateIn(1), to: dateIn(3) });
const staffId = () => shop.staff[0]?.id ?? '';

test('a message that nobody knows is answered with a problem, whatever it is called', async () => {
  for (const name of ['make-coffee', 'constructor', '__proto__', 'toString', 'hasOwnProperty', '']) {
    const answer = await guest.ask(name, {});
    assert.deepEqual([answer.ok, answer.problem.code, answer.problem.status], [false, 'not-found', 404], name);
  }
});

test('a message carries exactly one object', async () => {
  for (const body of [undefined, null, 'text', 7, true, [], [{}], Buffer.from('bytes')]) {
    const answer = await guest.ask('watch-slots', body);
    assert.equal(answer.problem.code, 'invalid-request', JSON.stringify(body));
  }
  const twice = await new Promise<Json>((resolve) => guest.socket.emit('unwatch', { watchId: 'one' }, { watchId: 'two' }, resolve));
  assert.equal(twice.problem.code, 'invalid-request');
});

test('a message without an acknowledgement is not acted upon, and the connection lives on', async () => {
  const startsAt = shop.nextStart();
  guest.socket.emit('place-hold', { key: newKey(), serviceId: shop.haircut, startsAt, staffId: staffId() });
  guest.socket.emit('make-coffee');
  guest.socket.emit('watch-slots', null);
  const answer = await guest.ask('place-hold', { key: newKey(), serviceId: shop.haircut, startsAt, staffId: staffId() });
  assert.equal(answer.ok, true);
});

test('every message names the fields that are missing', async () => {
  for (const name of Object.keys(screenMessages)) {
    const answer = await desk.ask(name, {});
    assert.equal(answer.ok, false, name);
    assert.equal(answer.problem.code, 'invalid-request', name);
    const paths = answer.problem.errors.map((error: Json) => error.path);
    const missing = name === 'refresh-token' ? 'token' : name.startsWith('watch') || name === 'unwatch' ? 'watchId' : 'key';
    assert.ok(paths.includes(missing), `${name}: ${paths}`);
    assert.equal(typeof answer.problem.requestId, 'string');
  }
});

test('a wrong value is blamed on its field', async () => {
  const cases: readonly [string, Json, string, string][] = [
    ['watch-slots', { ...slots('w'), serviceId: 'nonsense' }, 'invalid-request', 'serviceId'],
    ['watch-slots', { ...slots('w'), serviceId: newKey() }, 'not-found', 'serviceId'],
    ['watch-slots', { ...slots('w'), staffIds: [newKey()] }, 'not-found', 'staffIds'],
    ['watch-slots', { ...slots('w'), to: dateIn(64) }, 'invalid-request', 'to'],
    ['watch-slots', { ...slots('w'), to: dateIn(1) }, 'invalid-request', 'to'],
    ['watch-slots', { ...slots('w'), from: '2026-02-30' }, 'invalid-request', 'from'],
    ['watch-slots', { ...slots('w'), timeZone: 'Mars/Olympus' }, 'invalid-request', 'timeZone'],
    ['watch-slots', { ...slots('w'), seats: 2 }, 'invalid-request', 'seats'],
    ['watch-board', { watchId: 'w', from: dateIn(0), to: dateIn(1), staffIds: [newKey()] }, 'not-found', 'staffIds.0'],
    ['watch-board', { watchId: 'w', from: dateIn(0), to: dateIn(1), locationId: newKey() }, 'not-found', 'locationId'],
    [
      'watch-board',
      { watchId: 'w', from: dateIn(0), to: dateIn(1), since: { era: 'x', revisions: { nobody: -1 } } },
      'invalid-request',
      'since.revisions.nobody',
    ],
    ['place-hold', { key: newKey(), serviceId: shop.haircut, startsAt: 'soon' }, 'invalid-request', 'startsAt'],
    [
      'place-hold',
      { key: newKey(), serviceId: shop.haircut, startsAt: '2027-03-28T02:30:00', timeZone: 'Europe/Berlin' },
      'nonexistent-local-time',
      'startsAt',
    ],
    [
      'book',
      { key: newKey(), serviceId: shop.haircut, startsAt: shop.nextStart(), customer: { name: 'Ada', email: 'nobody' } },
      'invalid-request',
      'customer.email',
    ],
  ];
  for (const [name, body, code, path] of cases) {
    const { problem } = await desk.ask(name, body);
    assert.deepEqual([problem?.code, problem?.errors?.[0]?.path], [code, path], `${name} ${JSON.stringify(body)}`);
  }
});

test('an id of nothing is not found, and a start beside the grid is told with the nearest ones on it', async () => {
  const claim = () => ({ key: newKey(), serviceId: shop.haircut, staffId: staffId(), startsAt: shop.nextStart() });
  const cases: readonly [string, Json, string, string?][] = [
    ['place-hold', { ...claim(), serviceId: newKey() }, 'not-found', 'serviceId'],
    ['place-hold', { ...claim(), staffId: newKey() }, 'not-found', 'staffId'],
    ['place-hold', { ...claim(), locationId: newKey() }, 'not-found', 'locationId'],
    ['book', { ...claim(), serviceId: newKey(), customer: ADA }, 'not-found', 'serviceId'],
    ['book', { key: newKey(), holdId: newKey(), customer: ADA }, 'hold-not-found'],
    ['renew-hold', { key: newKey(), holdId: newKey() }, 'hold-not-found'],
    ['release-hold', { key: newKey(), holdId: newKey() }, 'hold-not-found'],
    ['cancel', { key: newKey(), appointmentId: newKey() }, 'not-found'],
    ['reschedule', { key: newKey(), appointmentId: newKey(), startsAt: shop.nextStart() }, 'not-found'],
    ['add-block', { key: newKey(), staffId: newKey(), startsAt: shop.nextStart(), endsAt: shop.nextStart() }, 'not-found'],
    ['remove-block', { key: newKey(), staffId: staffId(), blockId: newKey() }, 'not-found'],
  ];
  for (const [name, body, code, path] of cases) {
    const { problem } = await desk.ask(name, body);
    assert.deepEqual([problem?.code, problem?.errors?.[0]?.path], [code, path], `${name} ${JSON.stringify(body)}`);
  }
  const { problem } = await desk.ask('place-hold', { ...claim(), startsAt: shop.nextStart().replace(':00.', ':01.') });
  assert.equal(problem.code, 'off-grid');
  assert.ok(problem.alternatives.length >= 3);
});

test('boards are for those who work here', async () => {
  const answer = await guest.ask('watch-board', { watchId: 'b', from: dateIn(0), to: dateIn(1) });
  assert.equal(answer.problem.code, 'unauthenticated');
});

test('a hold goes its whole way over a socket', async () => {
  const startsAt = shop.nextStart();
  const hold = await guest.ask('place-hold', { key: newKey(), serviceId: shop.haircut, startsAt, staffId: staffId() });
  assert.equal(hold.ok, true);
  assert.equal(Date.parse(hold.startsAt), Date.parse(startsAt));
  const renewed = await guest.ask('renew-hold', { key: newKey(), holdId: hold.id, holdToken: hold.token });
  assert.equal(renewed.renewalsLeft, hold.renewalsLeft - 1);
  const stranger = await guest.ask('release-hold', { key: newKey(), holdId: hold.id });
  assert.equal(stranger.problem.code, 'hold-not-yours');
  const taken = await desk.ask('place-hold', { key: newKey(), serviceId: shop.haircut, startsAt, staffId: staffId() });
  assert.deepEqual([taken.problem.code, taken.problem.conflict.by, taken.problem.alternatives.length >= 3], ['slot-taken', 'hold', true]);
  const booked = await guest.ask('book', { key: newKey(), holdId: hold.id, holdToken: hold.token, customer: ADA });
  assert.deepEqual([booked.ok, booked.status, booked.customer.name], [true, 'booked', 'Ada']);
  const moved = await guest.ask('reschedule', { key: newKey(), appointmentId: booked.id, manageToken: booked.manageToken, startsAt: shop.nextStart() });
  assert.equal(moved.ok, true);
  const cancelled = await guest.ask('cancel', { key: newKey(), appointmentId: booked.id, manageToken: booked.manageToken, reason: 'ill' });
  assert.deepEqual([cancelled.status, cancelled.reason], ['cancelled', null]);
  const other = await guest.ask('place-hold', { key: newKey(), serviceId: shop.haircut, startsAt, staffId: staffId() });
  const released = await guest.ask('release-hold', { key: newKey(), holdId: other.id, holdToken: other.token });
  assert.deepEqual(released, { ok: true });
});

test('a desk leads an appointment through its day', async () => {
  const book = async (serviceId: string): Promise<Json> =>
    desk.ask('book', { key: newKey(), serviceId, startsAt: shop.nextStart(), staffId: staffId(), customer: ADA });
  const pending = await book(shop.treatment);
  assert.equal(pending.status, 'pending');
  assert.equal((await guest.ask('approve', { key: newKey(), appointmentId: pending.id })).ok, false);
  assert.equal((await desk.ask('approve', { key: newKey(), appointmentId: pending.id })).status, 'booked');
  const declined = await book(shop.treatment);
  assert.equal((await desk.ask('decline', { key: newKey(), appointmentId: declined.id, reason: 'full' })).status, 'declined');
  const early = await book(shop.haircut);
  const tooEarly = await desk.ask('no-show', { key: newKey(), appointmentId: early.id });
  assert.deepEqual([tooEarly.problem.code, tooEarly.problem.from], ['too-early', early.startsAt]);
  const moved = await desk.ask('reschedule', { key: newKey(), appointmentId: early.id, ...begun() });
  assert.equal(moved.ok, true, JSON.stringify(moved));
  const { id } = early;
  assert.equal((await desk.ask('check-in', { key: newKey(), appointmentId: id })).status, 'checked-in');
  assert.equal((await desk.ask('complete', { key: newKey(), appointmentId: id })).status, 'completed');
  assert.equal((await desk.ask('no-show', { key: newKey(), appointmentId: id })).problem.code, 'wrong-status');
  assert.equal((await guest.ask('reopen', { key: newKey(), appointmentId: id })).ok, false);
  assert.equal((await desk.ask('reopen', { key: newKey(), appointmentId: id })).status, 'checked-in');
  assert.equal((await desk.ask('reopen', { key: newKey(), appointmentId: id })).status, 'booked');
  const { id: other } = await book(shop.haircut);
  assert.equal((await desk.ask('cancel', { key: newKey(), appointmentId: other, ifMatch: '"0"' })).problem.code, 'version-mismatch');
});

test('a desk puts an appointment over another one on purpose, and a guest cannot', async () => {
  const wanted = { serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: staffId(), customer: ADA, allowOverlap: true };
  const over = { ...wanted, override: { rules: ['slot-taken'], reason: 'toothache' } };
  assert.equal((await desk.ask('book', { key: newKey(), ...wanted })).overlaps, undefined);
  assert.equal((await guest.ask('book', { key: newKey(), ...over })).problem.code, 'unauthenticated');
  assert.equal((await desk.ask('book', { key: newKey(), ...over })).overlaps, true);
});

test('a session that ends while its message is being counted does nothing any more', async () => {
  await using bare = await openBareSocket();
  const { context } = shop.server;
  const counting = Promise.withResolvers<void>();
  class SlowLimits extends RateLimits {
    override async take(...asked: Parameters<RateLimits['take']>) {
      await counting.promise;
      return super.take(...asked);
    }
  }
  const room = new LiveRoom({ ...context, limits: new SlowLimits(1, null) });
  const principal = (await context.verifier.verify(tokenLike(shop.owner, { sessionId: newKey() }))) ?? assert.fail();
  const screen = new Screen(bare.socket, { principal, apiKey: null, address: '127.0.0.1' }, bareParts());
  const block = { key: newKey(), staffId: staffId(), startsAt: shop.nextStart(), endsAt: shop.nextStart() };
  const { promise: answer, resolve } = Promise.withResolvers<Json>();
  const answered = answerMessage(room, screen, 'add-block', [block, resolve]);
  context.accounts.sessionEnded(principal.sessionId);
  counting.resolve();
  await answered;
  assert.equal((await answer).problem?.code, 'unauthenticated');
  room.close();
});

test('a block is added and removed', async () => {
  const startsAt = shop.nextStart();
  const endsAt = new Date(Date.parse(startsAt) + 600_000).toISOString();
  const block = await desk.ask('add-block', { key: newKey(), staffId: staffId(), startsAt, endsAt, reason: 'phone' });
  assert.deepEqual([block.ok, block.reason], [true, 'phone']);
  assert.deepEqual(await desk.ask('remove-block', { key: newKey(), staffId: staffId(), blockId: block.id }), { ok: true });
});

test('a refusal that is repeated under its key says that it is a repetition, as REST does', async () => {
  const slot = { serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: staffId() };
  assert.equal((await guest.ask('place-hold', { key: newKey(), ...slot })).ok, true);
  const key = newKey();
  const first = await guest.ask('place-hold', { key, ...slot });
  const again = await guest.ask('place-hold', { key, ...slot });
  assert.deepEqual([first.ok, first.problem.code, first.replayed], [false, 'slot-taken', undefined]);
  assert.deepEqual([again.ok, again.problem.code, again.replayed], [false, 'slot-taken', true]);
});

test('the same key over a socket and over REST is one request', async () => {
  const key = newKey();
  const body = { serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: staffId(), customer: ADA };
  const first = await guest.ask('book', { key, ...body });
  const again = await guest.ask('book', { key, ...body });
  assert.deepEqual([again.replayed, again.id, again.manageToken], [true, first.id, first.manageToken]);
  const overRest = await shop.ask('POST', '/v1/appointments', { body, headers: { 'idempotency-key': key } });
  assert.deepEqual([overRest.status, overRest.headers.get('idempotency-replayed'), overRest.body.id], [201, 'true', first.id]);
  const other = await guest.ask('book', { key, ...body, notes: 'something else' });
  assert.equal(other.problem.code, 'idempotency-key-reused');
});

test('an abandoned key can never do anything any more', async () => {
  const key = newKey();
  assert.equal((await guest.ask('abandon', { key })).outcome, 'abandoned');
  const late = await guest.ask('book', { key, serviceId: shop.haircut, startsAt: shop.nextStart(), customer: ADA });
  assert.equal(late.ok, false);
});

test('ten watches of a guest are kept, ten thousand are refused one by one, and the server goes on', async () => {
  const many = await TestScreen.open(shop.url);
  let opened = 0;
  const codes = new Set<string>();
  const ask = async (number: number) => {
    const answer = await many.ask('watch-slots', slots(`watch ${number}`));
    if (answer.ok) opened += 1;
    else codes.add(answer.problem.errors?.[0]?.path ?? answer.problem.code);
  };
  for (let number = 0; number < 10_000; number += 25) await Promise.all(Array.from({ length: 25 }, (_, index) => ask(number + index)));
  assert.equal(opened, 10);
  assert.deepEqual(
    [...codes].sort(),
    ['rate-limited', 'watchId'].filter((code) => codes.has(code)),
  );
  assert.equal((await guest.ask('watch-slots', slots('after'))).ok, true);
  many.close();
});

test('two thousand messages at once are all answered, some in each turn of the event loop', async () => {
  const answers = await Promise.all(Array.from({ length: 2_000 }, (_, number) => guest.ask('unwatch', { watchId: `none ${number}` })));
  assert.ok(answers.every((answer) => answer.ok));
});

test('more messages than may be answered at the same moment are refused, and say how many may', async () => {
  await using bare = await openBareSocket();
  const counting = Promise.withResolvers<void>();
  class SlowLimits extends RateLimits {
    override async take(...asked: Parameters<RateLimits['take']>) {
      await counting.promise;
      return super.take(...asked);
    }
  }
  const room = new LiveRoom({ ...shop.server.context, limits: new SlowLimits(1, null) });
  const screen = new Screen(bare.socket, { principal: null, apiKey: null, address: '127.0.0.1' }, bareParts());
  const answers: Json[] = [];
  const asking = Array.from({ length: 72 }, () => answerMessage(room, screen, 'unwatch', [{ watchId: 'none' }, (answer: Json) => answers.push(answer)]));
  counting.resolve();
  await Promise.all(asking);
  const refused = answers.filter((answer) => !answer.ok);
  assert.equal(refused.length, 8);
  assert.ok(refused.every(({ problem }) => problem.code === 'overloaded' && problem.detail.includes('64') && problem.retryAfterSeconds > 0));
  room.close();
});

test('broken JSON costs its sender the connection, and nobody else anything', async () => {
  const rude = await TestScreen.open(shop.url);
  rude.socket.io.engine.write('2["watch-slots",{"watchId":');
  await rude.ended();
  assert.equal((await guest.ask('unwatch', { watchId: 'x' })).ok, true);
});

test('a message of a megabyte costs its sender the connection, and nobody else anything', async () => {
  const rude = await TestScreen.open(shop.url);
  rude.socket.emit('book', { key: newKey(), notes: 'x'.repeat(1_000_000) }, () => undefined);
  await rude.ended();
  assert.equal((await guest.ask('unwatch', { watchId: 'x' })).ok, true);
});

test('what is watched and who is connected shows in the metrics, and nothing of it stays', async () => {
  const { server } = shop;
  const gauge = async (name: string) => Number(new RegExp(`^slotkeeper_${name} (\\d+)$`, 'm').exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]);
  const before = await gauge('screens');
  const screen = await TestScreen.open(shop.url);
  await screen.ask('watch-slots', { ...slots('w'), from: dateIn(20), to: dateIn(21) });
  assert.equal(await gauge('screens'), before + 1);
  const views = await gauge('slot_views');
  screen.close();
  await eventually(async () => (await gauge('screens')) === before && (await gauge('slot_views')) === views - shop.staff.length);
});
