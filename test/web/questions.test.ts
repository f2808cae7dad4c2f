// What a business asks before an appointment, and what can be done along with it: written in the back office, answered and chosen by customers and at the desk.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { dateIn } from '../support/dates.ts';
import { askOver, TEST_PASSWORD } from '../support/test-server.ts';
import { assertAccessible, eventually, findBrowser, logIn, openOffice, openRoomyShop, type Shop } from './browser.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
const ALLERGY = 'Do you have an allergy?';
const WHICH = 'Which one?';
const SINCE = 'Since when?';
const SIZE = 'How long is your hair?';
const AGE = 'How old are you?';
let shop: Shop;
let owner: string;
let serviceId: string;
let starts: string[];

before(async () => {
  if (browser === undefined) return;
  shop = await openRoomyShop(browser);
  owner = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body.accessToken;
  serviceId = (await askOver(shop.url, 'GET', '/v1/services')).body.items[0].id;
  const offered = await askOver(shop.url, 'GET', `/v1/slots?serviceId=${serviceId}&from=${dateIn(10)}&to=${dateIn(19)}`);
  // Apart from each other, on one day of one person or another, and after the days on which the pages book.
  starts = [...new Set(offered.body.slots.map(({ startsAt }: { startsAt: string }) => startsAt))].filter((_, index) => index % 6 === 0) as string[];
});
after(() => shop?.[Symbol.asyncDispose]());

const setQuestions = (questions: readonly object[]) => askOver(shop.url, 'PATCH', `/v1/services/${serviceId}`, { token: owner, body: { questions } });

async function book(answers: object, token?: string) {
  const email = `${crypto.randomUUID()}@example.org`;
  const body = { serviceId, startsAt: starts.shift(), customer: { name: 'Ada', email }, answers };
  return askOver(shop.url, 'POST', '/v1/appointments', { body, ...(token !== undefined && { token }) });
}

async function write(office: Page, place: number, words: string, kind: string, isRequired = true): Promise<void> {
  await office.getByRole('button', { name: 'Add a question' }).click();
  const question = office.locator('.asked-list > li').nth(place);
  await question.getByLabel('Question', { exact: true }).fill(words);
  await question.getByLabel('Answer', { exact: true }).selectOption(kind);
  if (isRequired) await question.getByLabel('Customers have to answer it').check();
}

test('an owner writes questions with a preview, customers answer them on the booking page, and the desk reads the answers', options, async () => {
  const office = await openOffice(shop, `services/${serviceId}`);
  await write(office, 0, ALLERGY, 'yes-no');
  await write(office, 1, 'Which?', 'choice');
  const second = office.locator('.asked-list > li').nth(1);
  await second.getByLabel('The list, one a line').fill('Nuts');
  await second.getByLabel('Asked', { exact: true }).selectOption({ label: `if “${ALLERGY}” is answered with “yes”` });
  await office.getByRole('button', { name: 'Save', exact: true }).click();
  await office.getByText('in question 2 the list must have at least two').first().waitFor();
  await second.getByLabel('The list, one a line').fill('Nuts\nLatex');
  await second.getByLabel('Question', { exact: true }).fill(WHICH);
  await write(office, 2, SINCE, 'date', false);
  const look = office.getByRole('region', { name: 'Preview of the questions' });
  assert.equal(await look.getByLabel(WHICH).count(), 0);
  await look.getByText('Yes', { exact: true }).click();
  assert.equal(await look.getByLabel(WHICH).count(), 1, 'the preview follows the answers');
  await assertAccessible(office, 'the questions of a service');
  await office.getByRole('button', { name: 'Save', exact: true }).click();
  await office.getByText('Saved.').first().waitFor();
  await office.context().close();

  const page = await shop.visit(`/?service=${serviceId}`, { viewport: { width: 390, height: 844 } });
  await page.locator('.day[data-free="some"]').nth(2).click();
  await page.locator('.time:not([data-lost])').first().click();
  await page.locator('#name').fill('Quagga Holm');
  await page.locator('#email').fill('quagga@example.org');
  await page.getByRole('group', { name: ALLERGY }).waitFor();
  await page.getByRole('button', { name: /^Book / }).click();
  await page.getByText('Please answer this.').waitFor();
  await assertAccessible(page, 'a question that is not answered');
  await page.getByText('Yes', { exact: true }).click();
  await page.getByLabel(WHICH).selectOption('Latex');
  await page.reload();
  assert.equal(await page.getByLabel(WHICH).inputValue(), 'Latex', 'answers survive a reload');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  await page.getByRole('button', { name: /^Book / }).click();
  await page.locator('.confirmation').waitFor();
  const facts = await page.locator('.facts').innerText();
  for (const words of [ALLERGY, 'Yes', WHICH, 'Latex']) assert.ok(facts.includes(words), words);
  await page.context().close();
});

test('at the desk they are asked as well and may stay open, and the answers are in the panel', options, async () => {
  const desk = await shop.visit('/desk');
  await logIn(desk);
  const panel = desk.getByRole('complementary');
  await desk.getByRole('button', { name: 'New', exact: true }).click();
  await panel.getByLabel('Service').selectOption(serviceId);
  await panel.getByRole('button', { name: 'A week later' }).click();
  await panel
    .getByRole('button', { name: / with / })
    .nth(2)
    .click();
  await panel.locator('#new-name').fill('Wanda Walkin');
  await panel.getByRole('group', { name: ALLERGY }).getByText('Yes').click();
  await panel.getByLabel(SINCE).fill('2020-02-29');
  await eventually('there is a free time', () => panel.getByRole('button', { name: /^Book \d/ }).isEnabled());
  await panel.getByRole('button', { name: /^Book \d/ }).click();
  await panel.waitFor({ state: 'detached' });
  await desk.locator('.claim', { hasText: 'Wanda Walkin' }).click();
  await panel.getByText(SINCE).waitFor();
  const words = await panel.locator('dl').first().innerText();
  for (const said of [ALLERGY, 'yes', '2020-02-29']) assert.ok(words.includes(said), said);
  assert.ok(!words.includes(WHICH), 'what was left open is not there');
  await assertAccessible(desk, 'answers in the panel');
  await desk.context().close();
});

test('answers that are missing, unknown, of a wrong kind, or to what is not asked are refused by their path', options, async () => {
  const questions = [
    { text: ALLERGY, kind: 'yes-no', required: true },
    { text: WHICH, kind: 'choice', options: ['Nuts', 'Latex'], required: true, shownWhen: { question: ALLERGY, answer: 'yes' } },
    { text: SINCE, kind: 'date', shownWhen: { question: WHICH, answer: 'Nuts' } },
    { text: SIZE, kind: 'number' },
    { text: 'constructor', kind: 'text' },
  ];
  assert.equal((await setQuestions(questions)).status, 200);
  const refused: readonly (readonly [object, readonly string[]])[] = [
    [{}, [ALLERGY]],
    [{ [ALLERGY]: 'maybe' }, [ALLERGY]],
    [{ [ALLERGY]: 'yes' }, [WHICH]],
    [{ [ALLERGY]: 'yes', [WHICH]: 'Dust' }, [WHICH]],
    [{ [ALLERGY]: 'no', [WHICH]: 'Nuts' }, [WHICH]],
    [{ [ALLERGY]: 'no', [SIZE]: 'long' }, [SIZE]],
    [{ [ALLERGY]: 'no', [AGE]: '42', constructor: 'x'.repeat(201) }, ['constructor', AGE]],
    [{ [ALLERGY]: 'yes', [WHICH]: 'Nuts', [SINCE]: '2025-02-30' }, [SINCE]],
  ];
  const booking = { serviceId, startsAt: starts[0], customer: { name: 'Ada', email: 'ada@example.org' } };
  const pathsOf = (body: { errors?: readonly { path: string }[] }) => body.errors?.map(({ path }) => path);
  for (const [answers, wrong] of refused) {
    const { status, body } = await askOver(shop.url, 'POST', '/v1/appointments', { body: { ...booking, answers } });
    assert.deepEqual([status, pathsOf(body)], [400, wrong.map((text) => `answers.${text}`)], JSON.stringify(answers));
  }
  const ofDesk = await askOver(shop.url, 'POST', '/v1/appointments', { token: owner, body: { ...booking, answers: { [SIZE]: 'long', [AGE]: '42' } } });
  assert.deepEqual([ofDesk.status, pathsOf(ofDesk.body)], [400, [`answers.${SIZE}`, `answers.${AGE}`]], 'the desk may leave questions open, and no more');
  const left = await book({}, owner);
  assert.deepEqual([left.status, left.body.answers], [201, {}]);
  const given = { [ALLERGY]: 'yes', [WHICH]: 'Nuts', [SINCE]: '2024-02-29', [SIZE]: '12,5', constructor: 'brown' };
  const made = await book(given);
  assert.deepEqual([made.status, made.body.answers], [201, given]);
  const customerId = made.body.customer.id;
  assert.equal((await askOver(shop.url, 'POST', `/v1/appointments/${made.body.id}/cancel`, { token: owner, body: {} })).status, 200);
  const erased = await askOver(shop.url, 'DELETE', `/v1/customers/${customerId}`, { token: owner });
  const after = await askOver(shop.url, 'GET', `/v1/appointments/${made.body.id}`, { token: owner });
  assert.deepEqual([erased.status, after.body.answers], [204, {}], 'they are erased with the person');
});

test('questions that cannot be asked are refused by their place', options, async () => {
  const first = { text: ALLERGY, kind: 'yes-no' };
  const wrong: readonly (readonly [object, string])[] = [
    [{ ...first }, 'text'],
    [{ text: WHICH, kind: 'choice', options: ['Nuts'] }, 'options'],
    [{ text: WHICH, kind: 'choice', options: ['Nuts', 'Nuts'] }, 'options'],
    [{ text: WHICH, kind: 'date', options: ['Nuts', 'Latex'] }, 'options'],
    [{ text: WHICH, kind: 'date', shownWhen: { question: SINCE, answer: 'yes' } }, 'shownWhen.question'],
    [{ text: WHICH, kind: 'date', shownWhen: { question: ALLERGY, answer: 'perhaps' } }, 'shownWhen.answer'],
    [{ text: WHICH, kind: 'picture' }, 'kind'],
  ];
  for (const [question, path] of wrong) {
    const { status, body } = await setQuestions([first, question]);
    assert.deepEqual([status, body.errors?.[0]?.path], [400, `questions.1.${path}`], JSON.stringify(question));
  }
});

test('a question that was added while the page was open is asked before it is booked, and nothing typed is lost', options, async () => {
  assert.equal((await setQuestions([])).status, 200);
  const page = await shop.visit(`/?service=${serviceId}`);
  await page.locator('.day[data-free="some"]').nth(2).click();
  await page.locator('.time:not([data-lost])').last().click();
  await page.locator('#name').fill('Ada Late');
  await page.locator('#email').fill('late@example.org');
  assert.equal((await setQuestions([{ text: AGE, kind: 'number', required: true }])).status, 200);
  await page.getByRole('button', { name: /^Book / }).click();
  await page.getByLabel(AGE).fill('42');
  assert.equal(await page.locator('#name').inputValue(), 'Ada Late');
  await page.getByRole('button', { name: /^Book / }).click();
  await page.locator('.confirmation').waitFor();
  await page.context().close();
});

test('no page has done anything that its policy forbids, and no script has failed', options, () => {
  assert.deepEqual(shop.faults, []);
});

test('an owner writes add-ons, a customer ticks one before choosing a time, and the desk adds the other', options, async () => {
  const other = (await askOver(shop.url, 'GET', '/v1/services')).body.items[1];
  const member = (await askOver(shop.url, 'GET', '/v1/staff')).body.items.find(({ serviceIds }: { serviceIds: string[] }) => serviceIds.includes(other.id));
  const office = await openOffice(shop, `services/${other.id}`);
  for (const [name, price, minutes] of [
    ['Hot towel', '5', '15'],
    ['Foot bath', '2.50', ''],
  ] as const) {
    await office.getByRole('button', { name: 'Add an add-on' }).click();
    const one = office.locator('.asked-list > li').last();
    await one.getByLabel('Add-on', { exact: true }).fill(name);
    await one.getByLabel('More to pay, in EUR').fill(price);
    await one.getByLabel('More minutes').fill(minutes);
  }
  await office.getByRole('button', { name: 'Save', exact: true }).click();
  await office.getByText('in add-on 2 the minutes are no whole number').first().waitFor();
  await office.locator('.asked-list > li').last().getByLabel('More minutes').fill('0');
  await assertAccessible(office, 'the add-ons of a service');
  await office.getByRole('button', { name: 'Save', exact: true }).click();
  await office.getByText('Saved.').first().waitFor();
  await office.context().close();

  const page = await shop.visit(`/?service=${other.id}&staff=${member.id}`, { viewport: { width: 390, height: 844 } });
  const along = page.getByRole('group', { name: 'Anything along with it?' });
  await along.getByLabel(/^Hot towel/).check();
  await page.locator('.time').first().waitFor();
  await assertAccessible(page, 'an add-on is ticked');
  await page.reload();
  assert.equal(await along.getByLabel(/^Hot towel/).isChecked(), true, 'it is in the address');
  await page.locator('.day[data-free="some"]').nth(3).click();
  await page.locator('.time:not([data-lost])').first().click();
  await page.locator('#name').fill('Tilda Towel');
  await page.locator('#email').fill('tilda@example.org');
  await page.getByRole('button', { name: /^Book / }).click();
  await page.getByRole('heading', { name: 'You are booked' }).waitFor();
  await page.getByText('Hot towel', { exact: true }).waitFor();
  await page.context().close();

  const made = async () => {
    const [customer] = (await askOver(shop.url, 'GET', '/v1/customers?q=Tilda', { token: owner })).body.items;
    return (await askOver(shop.url, 'GET', `/v1/appointments?customerId=${customer.id}`, { token: owner })).body.items[0];
  };
  const { startsAt, endsAt, price } = await made();
  assert.deepEqual([Date.parse(endsAt) - Date.parse(startsAt), price.amount], [(other.minutes + 15) * 60_000, other.price.amount + 500]);
  const desk = await shop.visit('/desk');
  await logIn(desk, 'desk@demo.test');
  await desk.getByLabel('Date').fill(startsAt.slice(0, 10));
  await desk.locator('.claim', { hasText: 'Tilda Towel' }).click();
  const panel = desk.getByRole('complementary');
  await panel.getByText('Hot towel', { exact: true }).waitFor();
  await panel.getByRole('button', { name: 'Edit' }).click();
  await panel.getByLabel(/^Foot bath/).check();
  await panel.getByLabel('What changes').getByText('Along with it').waitFor();
  await assertAccessible(desk, 'an add-on is added');
  await panel.getByRole('button', { name: 'Save' }).click();
  await desk.getByText('Tilda Towel is changed.').first().waitFor();
  const after = await made();
  assert.deepEqual(
    [after.addOns.map(({ name }: { name: string }) => name), after.price.amount, after.endsAt],
    [['Hot towel', 'Foot bath'], price.amount + 250, endsAt],
  );
  await desk.context().close();
});
