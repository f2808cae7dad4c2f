// A colleague is ill: the desk sees whom that strands, and says with one button what becomes of each.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openRoomyShop(browser);
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

test(
  'two clicks give a colleague who is ill the day off: one appointment goes to another time, one is cancelled, and both customers are told',
  options,
  async () => {
    const { accessToken: token } = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body;
    const ask = async (method: string, path: string, body?: Json) => (await askOver(shop.url, method, path, { token, ...(body && { body }) })).body;
    const first = async (what: string) => (await ask('GET', `/v1/${what}`)).items[0];
    const [service, member] = [await first('services'), await first('staff')];
    const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${member.id}&from=${dateIn(10)}&to=${dateIn(30)}`);
    const day: string = slots[0].startsAt.slice(0, 10);
    const starts = slots.map(({ startsAt }: Json) => startsAt).filter((startsAt: string) => startsAt.startsWith(day));
    const book = (name: string, startsAt: string) =>
      ask('POST', '/v1/appointments', {
        ...{ serviceId: service.id, staffId: member.id, startsAt, allowOverlap: true },
        customer: { name, email: `${name.toLowerCase()}@example.org` },
      });
    const [moved, cancelled] = [await book('Mia', starts[0]), await book('Carl', starts.at(-1))];

    const desk = await shop.visit('/desk');
    await logIn(desk);
    await desk.getByLabel('Date').fill(day);
    await desk.locator('.claim', { hasText: 'Mia' }).waitFor();
    await desk.getByRole('button', { name: `${member.name} is ill` }).click();
    const panel = desk.getByRole('complementary');
    const send = panel.getByRole('button', { name: /^Mark as away/ });
    await send.waitFor();
    await panel.getByLabel(/Mia/).waitFor();
    await panel.getByLabel(/Carl/).selectOption('cancel');
    const where = (await panel.getByLabel(/Mia/).inputValue()).split(' ');
    assert.equal(where.length, 2, 'another person, or another time, is proposed');
    await assertAccessible(desk, 'a colleague is ill');
    await send.click();
    await panel.waitFor({ state: 'detached' });

    const now = async ({ id }: Json) => ask('GET', `/v1/appointments/${id}`);
    assert.deepEqual([(await now(moved)).staffId, Date.parse((await now(moved)).startsAt)], [where[0], Date.parse(where[1] ?? '')]);
    assert.equal((await now(cancelled)).status, 'cancelled');
    const { slots: left } = await ask(
      'GET',
      `/v1/slots?serviceId=${service.id}&staffId=${member.id}&from=${day}&to=${Temporal.PlainDate.from(day).add({ days: 1 })}`,
    );
    assert.deepEqual(left, [], 'nothing of that day is offered');
    await eventually('both customers are told', async () => {
      const kinds = await Promise.all(
        [moved, cancelled].map(async ({ id }) => (await ask('GET', `/v1/messages?appointmentId=${id}`)).items.map(({ kind }: Json) => kind)),
      );
      return kinds[0].includes('appointment-changed') && kinds[1].includes('appointment-cancelled');
    });
  },
);
