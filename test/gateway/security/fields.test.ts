// Words that are written into every text field there is, and who can read them: in every answer, push, feed and history, for every role, place and scope.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ROUTES } from '../../../src/gateway/http/routes.ts';
import { screenMessages } from '../../../src/protocol/socket.ts';
import { dateIn } from '../../support/dates.ts';
import { berlinTime } from '../business.ts';
import { type Cast, openCast } from '../cast.ts';
import { TestScreen } from '../socket/test-screen.ts';
import { FIELDS, OF_MESSAGES, PLACES, READERS } from './field-table.ts';
import { NOTED_ON, type Planted, Planting } from './planting.ts';
import { textFieldsOf } from './text-fields.ts';

const logged: string[] = [];
let cast: Cast;
let planting: Planting;
const tokens = new Map<string, string>();
const screens = new Map<string, TestScreen>();

before(async () => {
  cast = await openCast({}, { log: { write: (line) => void logged.push(line) }, isAlone: true });
  planting = new Planting(cast);
  for (const [name, { account, scopes, boundTo }] of Object.entries(READERS)) {
    if (account !== undefined) tokens.set(name, cast.tokenOf[account]);
    if (scopes === undefined) continue;
    const locationId = boundTo === undefined ? null : boundTo === 'Berlin' ? cast.berlin : cast.newYork;
    tokens.set(name, (await planting.write('POST', '/v1/api-keys', { name, scopes, locationId })).key);
  }
  for (const name of Object.keys(READERS)) screens.set(name, await watching(tokens.get(name)));
  await planting.plantCatalog();
  await planting.plantAccounts();
  await planting.plantProof();
  await planting.plantMoney();
  for (const place of PLACES) await planting.plantAppointments(place);
  for (const place of PLACES) await planting.plantCustomers(place);
  for (const place of PLACES) await planting.plantRoom(place);
});
after(async () => {
  for (const screen of screens.values()) screen.close();
  await cast?.[Symbol.asyncDispose]();
});

const RANGE = { from: dateIn(1), to: dateIn(40), timeZone: 'Etc/UTC' };
/** A screen that watches every board that it may, from before anything is written. */
async function watching(token: string | undefined): Promise<TestScreen> {
  const screen = await TestScreen.open(cast.url, token);
  for (const { id } of [cast.ada, cast.bo, cast.cy]) await screen.ask('watch-board', { watchId: id, ...RANGE, staffIds: [id] });
  await screen.ask('watch-slots', { watchId: 'slots', ...RANGE, serviceId: cast.haircut.id });
  return screen;
}

/** What is asked besides the bare address. */
function queriesOf(path: string): readonly string[] {
  const { ada, cy, haircut } = cast;
  switch (path) {
    case '/v1/calendars/{id}':
      return [`?at=${encodeURIComponent(new Date(cast.server.context.scheduler.now()).toISOString())}`];
    case '/v1/changes':
    case '/v1/calendars/{id}/changes':
      return ['?after=0&limit=1000'];
    case '/v1/users':
      return ['?role=customer&limit=200'];
    case '/v1/slots':
      return [`?serviceId=${haircut.id}&from=${RANGE.from}&to=${RANGE.to}`];
    case '/v1/slots/explain':
      return [ada, cy].map(({ id }) => `?${new URLSearchParams({ serviceId: haircut.id, staffId: id, startsAt: berlinTime(11, '16:00') })}`);
    default:
      return path.startsWith('/v1/') && !path.includes('{') ? ['?limit=200'] : [];
  }
}

/** Everything that a reader can be told: every GET of everything there is, the boards afresh and since the beginning, and what was pushed meanwhile. */
async function everythingTold(name: string): Promise<string> {
  const token = tokens.get(name);
  const texts: string[] = [];
  const get = async (path: string, id?: string) => {
    const manageToken = READERS[name]?.hasTokens === true && id !== undefined ? planting.manageTokens.get(id) : undefined;
    const said = await cast.ask('GET', path, { token, ...(manageToken !== undefined && { headers: { 'Manage-Token': manageToken } }) });
    assert.ok(said.status < 500, `${path}: ${said.text}`);
    texts.push(said.text);
  };
  for (const { path } of ROUTES.filter(({ method }) => method === 'get')) {
    if (path.includes('/day-notes/')) for (const place of [cast.berlin, cast.newYork]) await get(`/v1/locations/${place}/day-notes/${NOTED_ON}`);
    if (path.includes('{kind}')) await get('/v1/message-templates/appointment-declined/email/pt');
    const candidates = path.startsWith('/v1/appointments/') ? planting.appointmentIds : planting.otherIds;
    for (const id of path.includes('{') ? candidates : [undefined]) {
      const address = id === undefined ? path : path.replaceAll(/\{\w+\}/g, id);
      for (const query of ['', ...queriesOf(path)]) await get(address + query, id);
    }
  }
  const screen = screens.get(name) ?? assert.fail(name);
  for (const { id, calendarId } of [cast.ada, cast.bo, cast.cy])
    for (const since of [undefined, { era: cast.server.context.scheduler.era, revisions: { [calendarId]: 1 } }])
      texts.push(JSON.stringify(await screen.ask('watch-board', { watchId: `again ${id}`, ...RANGE, staffIds: [id], since })));
  texts.push(JSON.stringify(screen.told));
  return texts.join('\n');
}

const isIn = (text: string, { mark: words }: Planted) => text.includes(words);

test('every text field of every body and message is in the table', () => {
  const fields = ROUTES.flatMap(({ method, path, schemas: { body } }) =>
    body === undefined ? [] : textFieldsOf(body).map((field) => `${method} ${path} ${field}`),
  );
  assert.deepEqual(fields.sort(), Object.keys(FIELDS).sort());
  const bare = new Set(Object.keys(FIELDS).map((field) => field.slice(field.lastIndexOf(' ') + 1)));
  const ofMessages = Object.values(screenMessages).flatMap((body) => textFieldsOf(body));
  assert.deepEqual(
    [...new Set(ofMessages)].filter((field) => !bare.has(field) && !OF_MESSAGES.includes(field)),
    [],
  );
});

test('a marker was written into every field that takes words, in both places', () => {
  const wanted = Object.entries(FIELDS).flatMap(([field, kept]) => (kept === 'no-words' ? [] : [field]));
  assert.deepEqual([...new Set(planting.planted.map(({ field }) => field))].sort(), wanted.sort());
  for (const place of PLACES)
    for (const kind of ['customer', 'staff', 'desk'] as const) assert.ok(planting.planted.some((one) => one.class === `${kind} in ${place}`));
});

describe('what is written into the fields', () => {
  for (const [name, { reads, isPartial }] of Object.entries(READERS))
    test(`is read by ${name} as far as the table says, and no further`, async () => {
      const text = await everythingTold(name);
      const isMine = (one: Planted) => reads.some((each) => each === one.class);
      const found = planting.planted.filter((one) => isIn(text, one));
      assert.deepEqual(
        found.filter((one) => !isMine(one)),
        [],
        'is told and must not be',
      );
      const missed = planting.planted.filter((one) => isMine(one) && !isIn(text, one));
      if (isPartial !== true) assert.deepEqual(missed, [], 'is not told and should be');
      for (const each of reads)
        assert.ok(
          found.some((one) => one.class === each),
          `nothing of ${each}`,
        );
    });

  test('is in the log or the audit trail nowhere, but for the names that the trail is about', async () => {
    cast.server.context.logger.info('the log is read');
    assert.ok(logged.some((line) => line.includes('the log is read')));
    const log = logged.join('\n');
    assert.deepEqual(
      planting.planted.filter((one) => isIn(log, one)),
      [],
    );
    const trail = (await cast.ask('GET', '/v1/audit?limit=200', { token: cast.tokenOf['owner@example.org'] })).text;
    const audited = new Set(planting.planted.filter((one) => isIn(trail, one)).map((one) => one.class));
    assert.deepEqual([...audited].sort(), ['management', 'owner', 'public']);
  });
});

test('what a customer gives as a reason they can read, and what the desk gives they cannot, in the answer to cancelling neither', async () => {
  const token = cast.tokenOf['clara@example.org'];
  const customer = { name: 'Quagga typed', email: 'clara@example.org' };
  const at = (day: number) => ({ serviceId: cast.haircut.id, staffId: cast.bo.id, startsAt: berlinTime(day, '16:00'), customer });
  const mine = await planting.write('POST', '/v1/appointments', { ...at(20), notes: 'Quagga notes', staffNotes: 'Quagga internal' });
  const cancelled = await cast.ask('POST', `/v1/appointments/${mine.id}/cancel`, { token, body: { reason: 'Quagga mine' } });
  assert.deepEqual([cancelled.status, cancelled.body.reason, cancelled.body.notes, cancelled.body.staffNotes], [200, 'Quagga mine', 'Quagga notes', null]);
  const theirs = await planting.write('POST', '/v1/appointments', at(21));
  await planting.write('POST', `/v1/appointments/${theirs.id}/cancel`, { reason: 'Quagga theirs' });
  const list = await cast.ask('GET', '/v1/appointments?limit=200', { token });
  const histories = await Promise.all([mine, theirs].map(({ id }) => cast.ask('GET', `/v1/appointments/${id}/history`, { token })));
  for (const { text } of [list, ...histories]) assert.doesNotMatch(text, /Quagga (internal|theirs)/);
  assert.match(list.text, /Quagga mine/);
});

test('a customer reads their own name, whatever somebody else has typed with their address; the desk reads what was typed', async () => {
  const start = { serviceId: cast.haircut.id, staffId: cast.bo.id, startsAt: berlinTime(22, '16:00') };
  const typed = { name: 'Your account is blocked, call 555', email: 'clara@example.org' };
  const made = await cast.ask('POST', '/v1/appointments', { body: { ...start, customer: typed } });
  assert.equal(made.status, 201, made.text);
  const clara = cast.tokenOf['clara@example.org'];
  const path = `/v1/appointments/${made.body.id}`;
  for (const address of [path, `${path}/history`, '/v1/appointments?limit=200']) {
    const { status, text } = await cast.ask('GET', address, { token: clara });
    assert.equal(status, 200, text);
    assert.ok(!text.includes(typed.name), address);
    assert.match(text, /"name":"Clara"/);
  }
  assert.equal((await cast.ask('GET', path, { token: cast.tokenOf['desk@example.org'] })).body.customer.name, typed.name);
  // What she has written herself stays as she wrote it.
  const own = await cast.ask('POST', '/v1/appointments', {
    token: clara,
    body: { ...start, startsAt: berlinTime(23, '16:00'), customer: { ...typed, name: 'Clara and Tim' } },
  });
  assert.equal(own.body.customer.name, 'Clara and Tim');
  assert.equal((await cast.ask('GET', `/v1/appointments/${own.body.id}`, { token: clara })).body.customer.name, 'Clara and Tim');
});

test('a reader of an appointment reads its whole history, also from other locations', async () => {
  const customer = { name: 'Quagga moved', email: 'moved@example.org' };
  const booked = { serviceId: cast.haircut.id, staffId: cast.ada.id, startsAt: berlinTime(25, '16:00'), customer };
  const { id } = await planting.write('POST', '/v1/appointments', booked);
  await planting.write('POST', `/v1/appointments/${id}/reschedule`, { startsAt: booked.startsAt, staffId: cast.cy.id });
  const history = (who: 'desk@example.org' | 'desk.newyork@example.org') => cast.ask('GET', `/v1/appointments/${id}/history`, { token: cast.tokenOf[who] });
  assert.equal((await history('desk@example.org')).status, 403);
  const { body } = await history('desk.newyork@example.org');
  const names = body.items.flatMap(({ events }: { events: { customer?: { name: string } }[] }) => events.map((event) => event.customer?.name));
  assert.deepEqual(names, [customer.name, customer.name]);
});

test('notes for staff are for those who work here to write', async () => {
  const body = { serviceId: cast.haircut.id, staffId: cast.bo.id, startsAt: berlinTime(24, '16:00'), customer: { name: 'Ivy', email: 'ivy@example.org' } };
  for (const token of [undefined, cast.tokenOf['clara@example.org']]) {
    const said = await cast.ask('POST', '/v1/appointments', { token, body: { ...body, staffNotes: 'VIP' } });
    assert.deepEqual([said.status, said.body.errors?.[0]?.path], [403, 'staffNotes'], said.text);
  }
  // Cy is of New York: she reads what she has just written there, and nothing afterwards.
  const made = await cast.ask('POST', '/v1/appointments', { token: cast.tokenOf['cy@example.org'], body: { ...body, staffNotes: 'VIP' } });
  assert.deepEqual([made.status, made.body.staffNotes], [201, 'VIP'], made.text);
});
