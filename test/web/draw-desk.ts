// Draws the front desk of the demo into docs/images/desk.png: `npm run pictures`. For looking at; nothing compares the picture.
import path from 'node:path';
import { dateIn } from '../support/dates.ts';
import { askOver, type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { findBrowser, logIn, openShop } from './browser.ts';

const FILE = path.join(import.meta.dirname, '..', '..', 'docs', 'images', 'desk.png');
const browser = findBrowser() ?? fail('no Chromium or Chrome on this machine');
await using shop = await openShop(browser);
const { accessToken: token } = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body;
const ask = async (method: string, route: string, body?: Json) => (await askOver(shop.url, method, route, { token, ...(body && { body }) })).body;
const desk = await shop.visit('/desk', { viewport: { width: 1440, height: 900 } });
await logIn(desk);
const { day, slot } = await fullDay();
await desk.getByLabel('Date').fill(day);
await ask('POST', '/v1/holds', { serviceId: slot.serviceId, staffId: slot.staffId, startsAt: slot.startsAt });
await desk.locator('.claim[data-kind="hold"]').waitFor();
await desk.locator('.claim[data-kind="appointment"]').first().click();
await desk.getByRole('button', { name: 'Move', exact: true }).waitFor();
// The top of the day, and no longer what is only there for a moment.
await desk.mouse.move(0, 0);
await desk.evaluate(() => document.querySelector('.grid')?.scrollTo(0, 0));
await desk.waitForTimeout(2_000);
await desk.screenshot({ path: FILE });
process.stdout.write(`${FILE}\n`);

/** The fullest of the next days, and a time that is free on it. */
async function fullDay(): Promise<{ readonly day: string; readonly slot: Json }> {
  const [service, member] = [(await ask('GET', '/v1/services')).items[0], (await ask('GET', '/v1/staff')).items[0]];
  const { slots } = await ask('GET', `/v1/slots?serviceId=${service.id}&staffId=${member.id}&from=${dateIn(1)}&to=${dateIn(8)}`);
  const { claims } = await ask('GET', `/v1/calendars/${member.calendarId}`);
  const onDay = (at: string) => claims.filter(({ startsAt }: Json) => startsAt.startsWith(at.slice(0, 10))).length;
  const slot: Json = slots.toSorted((one: Json, other: Json) => onDay(other.startsAt) - onDay(one.startsAt))[0] ?? fail('nothing is free');
  return { day: slot.startsAt.slice(0, 10), slot: { ...slot, serviceId: service.id, staffId: member.id } };
}

function fail(words: string): never {
  throw new Error(words);
}
