// Two appointments change places on the desk: with keys and in the panel, together or not at all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const QUARTER = 15 * 60_000;
let shop: Shop;
let token: string;
before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  token = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});
const ask = async (method: string, path: string, body?: Json) => (await askOver(shop.url, method, path, { token, ...(body && { body }) })).body;

/** Of two people on one day, one each, with half an hour free after both. */
async function bookTwo(): Promise<{ readonly day: string; readonly one: Json; readonly other: Json }> {
  const service = (await ask('GET', '/v1/services')).items[0];
  const doers = (await ask('GET', '/v1/staff')).items.filter(({ serviceIds }: Json) => serviceIds.includes(service.id));
  const [first, second] = doers.filter(({ locationId }: Json) => locationId === doers[0].locationId);
  const startsOf = async (staffId: string): Promise<readonly number[]> => {
    const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${staffId}&from=${dateIn(10)}&to=${dateIn(30)}`);
    const starts: readonly number[] = slots.map(({ startsAt }: Json) => Date.parse(startsAt));
    return starts.filter((at) => [1, 2, 3].every((quarters) => starts.includes(at + quarters * QUARTER)));
  };
  const [ofFirst, ofSecond] = await Promise.all([first.id, second.id].map(startsOf));
  const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
  const at =
    ofFirst?.find((start) => ofSecond?.some((later) => dayOf(later) === dayOf(start) && later > start + 8 * QUARTER)) ?? assert.fail('they work together');
  const later = ofSecond?.find((start) => dayOf(start) === dayOf(at) && start > at + 8 * QUARTER) ?? assert.fail('later that day');
  const book = (name: string, staffId: string, startsAt: number) => {
    const customer = { name, email: `${name.toLowerCase()}@example.org` };
    return ask('POST', '/v1/appointments', { serviceId: service.id, staffId, startsAt: new Date(startsAt).toISOString(), customer });
  };
  return { day: dayOf(at), one: await book('Wanda', first.id, at), other: await book('Xaver', second.id, later) };
}

test('two are swapped with X on each and come back with Undo; where one of them has no room both stay, and each can be opened', options, async () => {
  const { day, one, other } = await bookTwo();
  const places = () =>
    Promise.all([one, other].map(async ({ id }) => (({ staffId, startsAt }) => `${staffId} ${startsAt}`)(await ask('GET', `/v1/appointments/${id}`))));
  const before = await places();
  const desk = await shop.visit('/desk');
  await logIn(desk, 'desk@demo.test');
  await desk.getByLabel('Date').fill(day);
  const [wanda, xaver] = [desk.locator(`#claim-${one.id}`), desk.locator(`#claim-${other.id}`)];
  const pressX = async () => {
    await wanda.focus();
    await desk.keyboard.press('x');
    await xaver.focus();
    await desk.keyboard.press('x');
  };
  await pressX();
  const dialog = desk.getByRole('dialog', { name: 'Swap Wanda and Xaver?' });
  await dialog.getByText(/^Wanda: .* becomes .* with /).waitFor();
  await assertAccessible(desk, 'a swap that is asked about');
  await dialog.getByLabel('Tell the customers').uncheck();
  await dialog.getByRole('button', { name: 'Swap them' }).click();
  await eventually('each has the place of the other', async () => String(await places()) === String(before.toReversed()));
  await desk.getByRole('button', { name: 'Undo' }).click();
  await eventually('each is back', async () => String(await places()) === String(before));
  // Longer than the time that it would take: a block begins where the other one ends.
  const minutes = (Date.parse(one.endsAt) - Date.parse(one.startsAt)) / 60_000 + 15;
  await ask('PATCH', `/v1/appointments/${one.id}`, { minutes, notify: { customer: false } });
  const block = { startsAt: other.endsAt, endsAt: new Date(Date.parse(other.endsAt) + 2 * QUARTER).toISOString(), reason: 'Call' };
  assert.ok((await ask('POST', `/v1/staff/${other.staffId}/blocks`, block)).id);
  await desk.locator('.claim[data-kind="block"]', { hasText: 'Call' }).waitFor();
  await pressX();
  await dialog.getByRole('button', { name: 'Swap them' }).click();
  const refusal = desk.getByRole('alert', { name: 'Not done' });
  await refusal.getByText('This time is blocked.').waitFor();
  await refusal.getByText('Each can be moved by itself').waitFor();
  assert.equal(await refusal.getByLabel('Reason to do it anyway').count(), 0, 'a reason swaps nothing');
  await assertAccessible(desk, 'a swap that is refused');
  assert.deepEqual(await places(), before);
  await refusal.getByRole('button', { name: 'Open Xaver' }).click();
  await desk.getByRole('complementary').getByRole('heading', { name: 'Xaver' }).waitFor();
  await desk.context().close();
});
