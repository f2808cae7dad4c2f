// The steps of an appointment at the desk: which are offered when, and how they are taken back.
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { BoardClaim } from '../../web/desk/board.ts';
import { type DeskCommand, requestOf, undoing } from '../../web/desk/commands.ts';
import { stepsOf } from '../../web/desk/steps.ts';
import { begun } from '../gateway/business.ts';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const LISBON = 'Europe/Lisbon';
let shop: Shop;
let token: string;
before(async () => {
  if (browser === undefined) return;
  shop = await openShop(browser);
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

const at = (text: string) => Date.parse(text);
const claim = (status: BoardClaim['status'], startsAt = '2027-03-05T10:00:00Z', endsAt = '2027-03-05T10:30:00Z'): BoardClaim => ({
  kind: 'appointment',
  id: 'a',
  startsAt: at(startsAt),
  endsAt: at(endsAt),
  lane: 0,
  seats: 1,
  serviceId: null,
  status,
});

describe('what is offered', () => {
  const offered = (status: BoardClaim['status'], now: string, zone = 'UTC') => stepsOf(claim(status), at(now), zone).now.join(' ');

  test('a booked appointment is checked in from the first moment of its local day, and missed from its start on', () => {
    assert.equal(offered('booked', '2027-03-04T23:59:59.999Z'), '');
    assert.equal(offered('booked', '2027-03-05T00:00:00.000Z'), 'check-in');
    assert.equal(offered('booked', '2027-03-05T09:59:59.999Z'), 'check-in');
    assert.equal(offered('booked', '2027-03-05T10:00:00.000Z'), 'check-in no-show');
    assert.equal(offered('booked', '2027-03-05T04:59:59.999Z', 'America/New_York'), '');
    assert.equal(offered('booked', '2027-03-05T05:00:00.000Z', 'America/New_York'), 'check-in');
  });

  test('once its day is over it is completed without a check-in', () => {
    assert.equal(offered('booked', '2027-03-06T00:00:00.000Z'), 'complete no-show');
  });

  test('over midnight it has two days, and until midnight one', () => {
    const night = claim('booked', '2027-03-05T23:30:00Z', '2027-03-06T00:30:00Z');
    assert.ok(stepsOf(night, at('2027-03-06T23:59:59.999Z'), 'UTC').now.includes('check-in'));
    const evening = claim('booked', '2027-03-05T23:00:00Z', '2027-03-06T00:00:00Z');
    assert.ok(!stepsOf(evening, at('2027-03-06T00:00:00Z'), 'UTC').now.includes('check-in'));
  });

  test('what was settled can be reopened, a request approved until it starts', () => {
    assert.equal(offered('checked-in', '2027-03-05T09:00:00Z'), 'reopen');
    assert.equal(offered('checked-in', '2027-03-05T10:00:00Z'), 'complete reopen');
    assert.equal(offered('completed', '2027-03-20T10:00:00Z'), 'reopen');
    assert.equal(offered('no-show', '2027-03-20T10:00:00Z'), 'reopen');
    assert.equal(offered('pending', '2027-03-05T09:59:59.999Z'), 'approve');
    assert.equal(offered('pending', '2027-03-05T10:00:00.001Z'), '');
  });

  test('of what is not possible yet it is said from when on it will be', () => {
    assert.deepEqual(stepsOf(claim('booked'), at('2027-03-01T10:00:00Z'), 'UTC').later, [
      { step: 'check-in', from: at('2027-03-05T00:00:00Z') },
      { step: 'no-show', from: at('2027-03-05T10:00:00Z') },
    ]);
  });

  test('a step is taken back by reopening the very version that it has left; an approval is not', () => {
    const step = (name: 'complete' | 'approve' | 'reopen'): DeskCommand => ({ type: 'step', claim: claim('booked'), calendarId: 'c', step: name });
    const undo = undoing(step('complete'), { id: 'a', revision: 7 });
    assert.deepEqual(undo && requestOf(undo), { method: 'POST', path: '/v1/appointments/a/reopen', body: {}, headers: { 'if-match': '"7"' } });
    assert.equal(undoing(step('approve'), { revision: 7 }), undefined);
    assert.equal(undoing(step('reopen'), { revision: 7 }), undefined);
  });
});

/** The desk's own location, in Lisbon. */
async function deskOf(day: string): Promise<Page> {
  const desk = await shop.visit('/desk');
  await logIn(desk);
  await desk.getByLabel('Date').fill(day);
  await desk.locator('.column').first().waitFor();
  return desk;
}

const read = async (what: string): Promise<readonly Json[]> => (await askOver(shop.url, 'GET', `/v1/${what}`, { token })).body.items;

/** Of somebody who has come just now: with the first staff member in Lisbon who has the time, since the demo fills its days. Gone after the test, so that the next has it. */
async function visitOf(name: string, context: TestContext): Promise<{ readonly appointment: Json; readonly day: string }> {
  const [location] = (await read('locations')).filter(({ timeZone }) => timeZone === LISBON);
  const people = (await read('staff')).filter(({ locationId }) => locationId === location.id);
  const customer = { name, email: `${name.toLowerCase().replaceAll(' ', '.')}@example.org` };
  for (const halfHoursEarlier of [0, 1, 2, 3, 4, 5]) {
    for (const [staffId, serviceId] of people.flatMap(({ id, serviceIds }) => serviceIds.map((service: string) => [id, service]))) {
      const body = { staffId, serviceId, customer, ...begun(halfHoursEarlier) };
      const { status, body: appointment } = await askOver(shop.url, 'POST', '/v1/appointments', { token, body });
      if (status !== 201 || appointment.status !== 'booked') continue;
      context.after(() => sendAway(appointment));
      const day = Temporal.Instant.from(appointment.endsAt).subtract({ milliseconds: 1 }).toZonedDateTimeISO(LISBON).toPlainDate().toString();
      return { appointment, day };
    }
  }
  assert.fail('nobody has the time');
}

async function sendAway(appointment: Json): Promise<void> {
  const ask = (step: string) => askOver(shop.url, 'POST', `/v1/appointments/${appointment.id}/${step}`, { token, body: {} });
  while ((await statusNow(appointment)) !== 'booked') assert.equal((await ask('reopen')).status, 200);
  assert.equal((await ask('cancel')).status, 200);
}

const undoButton = (desk: Page) => desk.getByRole('button', { name: 'Undo', exact: true });
const statusNow = async ({ id }: Json) => (await askOver(shop.url, 'GET', `/v1/appointments/${id}`, { token })).body.status;

test('each step is taken without a question, shows on the other desk, and is undone', options, async (context) => {
  const { appointment, day } = await visitOf('Stella Step', context);
  const [here, there] = [await deskOf(day), await deskOf(day)];
  const panel = here.getByRole('complementary');
  await here.locator('.claim', { hasText: 'Stella Step' }).click();
  for (const [button, status] of [
    ['Check in', 'checked-in'],
    ['No-show', 'no-show'],
  ] as const) {
    await panel.getByRole('button', { name: button }).click();
    await there.locator(`.claim[data-status="${status}"]`, { hasText: 'Stella Step' }).waitFor();
    assert.equal(await here.getByRole('dialog').count(), 0);
    await panel.getByRole('button', { name: 'Reopen' }).waitFor();
    await undoButton(here).click();
    await there.locator('.claim[data-status="booked"]', { hasText: 'Stella Step' }).waitFor();
    await eventually('nothing is left to undo', async () => (await undoButton(here).count()) === 0);
    assert.equal(await statusNow(appointment), 'booked');
    await eventually('the next step can be taken', () => panel.getByRole('button', { name: 'Check in' }).isEnabled());
  }
});

test('a settled appointment is reopened from its panel, a completed one to what it was', options, async (context) => {
  const { appointment, day } = await visitOf('Rita Reopen', context);
  for (const step of ['check-in', 'complete'])
    assert.equal((await askOver(shop.url, 'POST', `/v1/appointments/${appointment.id}/${step}`, { token, body: {} })).status, 200);
  const desk = await deskOf(day);
  const panel = desk.getByRole('complementary');
  await desk.locator('.claim[data-status="completed"]', { hasText: 'Rita Reopen' }).click();
  const reopen = panel.getByRole('button', { name: 'Reopen' });
  for (const status of ['checked-in', 'booked']) {
    await reopen.click();
    await desk.locator(`.claim[data-status="${status}"]`, { hasText: 'Rita Reopen' }).waitFor();
    await eventually('another step can be taken', () => panel.getByRole('button', { name: status === 'booked' ? 'Check in' : 'Complete' }).isEnabled());
  }
  assert.equal(await reopen.count(), 0);
  await panel.getByRole('button', { name: 'Check in' }).click();
  await undoButton(desk).waitFor();
  await reopen.click();
  await eventually('what has been taken back is not undone once more', async () => (await undoButton(desk).count()) === 0);
});

test('a double click checks in and does nothing more', options, async (context) => {
  const { appointment, day } = await visitOf('Dora Double', context);
  const desk = await deskOf(day);
  await desk.locator('.claim', { hasText: 'Dora Double' }).click();
  await desk.getByRole('complementary').getByRole('button', { name: 'Check in' }).dblclick({ delay: 40 });
  await desk.getByRole('complementary').getByRole('button', { name: 'Complete' }).waitFor();
  await eventually('another step can be taken', () => desk.getByRole('complementary').getByRole('button', { name: 'Complete' }).isEnabled());
  assert.equal(await statusNow(appointment), 'checked-in');
});

test('an undo takes nothing else back: what another desk has done meanwhile stays', options, async (context) => {
  const { appointment, day } = await visitOf('Odo Other', context);
  const desk = await deskOf(day);
  await desk.locator('.claim', { hasText: 'Odo Other' }).click();
  await desk.getByRole('complementary').getByRole('button', { name: 'Check in' }).click();
  await undoButton(desk).waitFor();
  assert.equal((await askOver(shop.url, 'POST', `/v1/appointments/${appointment.id}/complete`, { token, body: {} })).status, 200);
  await undoButton(desk).click();
  await desk.getByRole('alert', { name: 'Not done' }).getByText('Someone else has changed this.').waitFor();
  assert.equal(await statusNow(appointment), 'completed');
});

test('days ahead no step is offered, and it is said from when on each will be', options, async () => {
  const desk = await deskOf(dateIn(2, LISBON));
  for (let days = 0; days < 5 && (await desk.locator('.claim[data-status="booked"]').count()) === 0; days += 1) {
    await desk.getByRole('button', { name: 'Day after' }).click();
    await desk.locator('.grid').waitFor();
  }
  await desk.locator('.claim[data-status="booked"]').first().click();
  const panel = desk.getByRole('complementary');
  await panel.getByText(/^Check in: from \D+\d+ \w+$/).waitFor();
  await panel.getByText(/^No-show: from .+\d:\d\d/).waitFor();
  for (const name of ['Check in', 'No-show', 'Complete', 'Reopen']) assert.equal(await panel.getByRole('button', { name }).count(), 0, name);
  await panel.getByRole('button', { name: 'Cancel' }).waitFor();
  await assertAccessible(desk, 'the panel of an appointment ahead');
});

test('the panel says what the customer was told, in full, or why not, and sends it again', options, async (context) => {
  const { day } = await visitOf('Mara Mail', context);
  const desk = await deskOf(day);
  await desk.locator('.claim', { hasText: 'Mara Mail' }).click();
  const messages = desk.getByRole('complementary').getByRole('region', { name: 'Messages', exact: true });
  await messages.getByText(/^Booking was not sent: no mail server is set up, /).waitFor();
  await messages.getByText('Read it').click();
  await messages.getByText(/^Your appointment with .* is booked\./m).waitFor();
  await assertAccessible(desk, 'the messages of an appointment');
  await messages.getByRole('button', { name: 'Send again' }).click();
  await messages.getByText(/^Booking, again (is being|was not) sent/).waitFor();
});
