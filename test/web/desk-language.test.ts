// The front desk in the language of who works there: chosen, remembered, and with no sentence of it in the code.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Spoken, Translated } from '../../web/kit/sentences.ts';
import { assertAccessible, eventually, findBrowser, logIn, openShop, type Shop } from './browser.ts';
import { literalWordsIn } from './literals.ts';

const browser = findBrowser();
const options = browser === undefined ? { skip: 'no Chromium or Chrome on this machine' } : {};
let shop: Shop;
before(async () => {
  if (browser !== undefined) shop = await openShop(browser);
});
after(async () => {
  if (browser !== undefined) await shop[Symbol.asyncDispose]();
});

test('the desk opens in the language of the browser, and another that is chosen is remembered', options, async () => {
  const desk = await shop.visit('/desk', { locale: 'de-DE' });
  await desk.getByRole('heading', { name: 'Empfang' }).waitFor();
  assert.equal(await desk.locator('html').getAttribute('lang'), 'de');
  await logIn(desk);
  await desk.getByRole('button', { name: 'Voriger Tag' }).waitFor();
  await assertAccessible(desk, 'the desk in German');
  assert.match(await desk.title(), /^Empfang – /);
  const loaded: string[] = [];
  desk.on('response', (response) => loaded.push(new URL(response.url()).pathname));
  await desk.getByLabel('Sprache').selectOption('pt');
  await desk.getByRole('button', { name: 'Dia anterior' }).waitFor();
  assert.equal(await desk.locator('html').getAttribute('lang'), 'pt');
  assert.deepEqual(
    loaded.map((one) => /assets\/(\w\w)-/.exec(one)?.[1]).filter((tag) => tag !== undefined && tag !== 'pt'),
    [],
    'no other language is loaded',
  );
  await desk.reload();
  await desk.getByRole('button', { name: 'Dia anterior' }).waitFor();
  await desk.getByLabel('Língua').selectOption('en');
  await desk.getByRole('button', { name: 'Day before' }).waitFor();
});

test('a language that cannot be loaded leaves the desk as it is, and says so', options, async () => {
  const desk = await shop.visit('/desk');
  await logIn(desk);
  await desk.route('**/assets/fr-*.js', (route) => route.abort());
  await desk.getByLabel('Language').selectOption('fr');
  await desk.getByText('The language could not be loaded. Please check your connection.').waitFor({ state: 'attached' });
  await desk.getByRole('button', { name: 'Day before' }).waitFor();
  assert.equal(await desk.locator('html').getAttribute('lang'), 'en');
  // The list does not show a language that the page is not in.
  await eventually('the list says English', async () => (await desk.getByLabel('Language').inputValue()) === 'en');
});

test('a booking in German: found, booked, opened and cancelled, with every word of it German', options, async () => {
  const desk = await shop.visit('/desk', { locale: 'de-DE' });
  await logIn(desk);
  const panel = desk.getByRole('complementary');
  await desk.locator('body').press('n');
  await panel.getByRole('button', { name: 'Eine Woche später' }).click();
  await panel.getByRole('button', { name: /^Als Erstes frei: / }).waitFor();
  await panel.getByRole('button', { name: / bei / }).nth(2).click();
  await panel.getByLabel('Kunde', { exact: true }).fill('Greta Gründlich');
  await eventually('there is a free time', () => panel.getByRole('button', { name: /^\d.* buchen$/ }).isEnabled());
  await assertAccessible(desk, 'a new appointment in German');
  await panel.getByRole('button', { name: /^\d.* buchen$/ }).click();
  await desk.getByText(/^Greta Gründlich ist für \d.* gebucht\.$/).waitFor({ state: 'attached' });
  await desk.locator('.claim', { hasText: 'Greta Gründlich' }).click();
  await panel.getByText('gebucht', { exact: true }).waitFor();
  await panel.getByRole('button', { name: 'Bearbeiten' }).click();
  await panel.getByLabel('Dauer (Min.)').fill('50');
  await panel.getByText(/Dauer.*wird zu.*50 Min\./).waitFor();
  await panel.getByRole('button', { name: 'Abbrechen' }).click();
  await panel.getByRole('button', { name: 'Absagen' }).click();
  await desk.getByRole('dialog', { name: 'Den Termin absagen?' }).getByRole('button', { name: 'Termin absagen' }).click();
  await panel.getByText('Dieser Termin wurde abgesagt.').waitFor();
});

/** Runs in the page: what is wider than its place, or stands out of it, once nothing moves. Names of people and services may be shortened; the list of claims is. */
async function tooWide(): Promise<readonly string[]> {
  const moving = document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
  await Promise.allSettled(moving.map(({ finished }) => finished));
  const found: string[] = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} wide, of ${clientWidth}`);
  const places = document.querySelectorAll('.panel, .toolbar, dialog[open], .rail, .day-note, .sheet-bar, .past-band, .shelf, .notices');
  for (const place of places) {
    const edge = place.getBoundingClientRect().right + 1;
    for (const part of place.querySelectorAll('button, a, label, legend, h1, h2, h3, p, dt, dd, li, kbd, .view-switch')) {
      const box = part.getBoundingClientRect();
      if (box.width <= 2 || part.closest('.only-heard, [hidden]') !== null || part.matches('.wordmark, .month-day')) continue;
      const isCut = part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline' && getComputedStyle(part).overflowX !== 'visible';
      if (isCut || box.right > edge) found.push(`${part.tagName} “${part.textContent.trim().slice(0, 50)}” in ${place.className || place.tagName}`);
    }
  }
  return found;
}

for (const locale of ['en', 'de', 'fr', 'es', 'pt'])
  for (const width of [390, 1024]) {
    test(`in ${locale} nothing is cut at ${width} pixels`, options, async () => {
      const desk = await shop.visit('/desk', { locale, viewport: { width, height: 844 } });
      const fits = async (where: string) => assert.deepEqual(await desk.evaluate(tooWide), [], `${where} in ${locale} at ${width}`);
      await desk.locator('#email').waitFor();
      await fits('the login');
      await logIn(desk);
      await desk.locator('.day-note button').waitFor();
      await fits('the day');
      const [find, user] = await Promise.all([desk.locator('.find-row').boundingBox(), desk.locator('.toolbar-user').boundingBox()]);
      if (width > 760) assert.ok((user?.y ?? 0) < (find?.y ?? 0) + (find?.height ?? 0), 'the search and who is logged in share a row');
      await desk.locator('.inbox-button').click();
      await desk.locator('.panel ul').first().waitFor();
      await fits('the inbox');
      await desk.locator('body').press('n');
      await desk.locator('.weeks button').last().click();
      const chip = desk.locator('.free-day .time-chip').first();
      await chip.waitFor();
      await fits('free times');
      await chip.click();
      await desk.locator('#new-name').waitFor();
      await desk.locator('.who-is-told').waitFor();
      await fits('a new appointment');
      await desk.locator('.panel .kind input').last().check();
      await desk.locator('#block-from').waitFor();
      await fits('a block');
      await desk.locator('.panel-top button').click();
      await desk
        .locator('.dates-row button')
        .nth(width < 761 ? 0 : 1)
        .click();
      const one = desk.locator('.claim[data-status="booked"], .agenda-row[data-status="booked"]').first();
      await one.click();
      await desk.locator('.panel .messages').first().waitFor();
      await fits('an appointment');
      await desk
        .locator('.panel .actions .button')
        .filter({ hasNot: desk.locator('svg') })
        .last()
        .waitFor();
      if (width < 761) return;
      await desk.keyboard.press('Escape');
      await desk.locator('.help').click();
      await desk.locator('dialog.help-sheet').waitFor();
      await fits('the keys');
    });
  }

/** Words that no one reads, and what the server goes on with in English. */
const UNREAD = /: (the page has no element|Bearer)|wrong-in\.ts:\d+: (The [a-z -]+|It)$/;

test('no word that its reader sees stands in the code of the desk', async () => {
  const root = path.join(import.meta.dirname, '..', '..');
  const files = globSync('web/desk/**/*.{ts,tsx}', { cwd: root }).filter((file) => !file.includes('/words/'));
  const found: string[] = [];
  for (const file of files) found.push(...literalWordsIn(await readFile(path.join(root, file), 'utf8'), file).filter((line) => !UNREAD.test(line)));
  assert.deepEqual(found, []);
});

test('the search for words finds them as text, in attributes, in templates and in either branch', () => {
  const planted = [
    '<p>Nothing booked.</p>',
    '<b>{name} comes</b>',
    '<button aria-label="Close" class="button quiet">x</button>',
    '<i title={isOpen ? "Fold" : words.value.unfold} />',
    'announce(`Moved to \u0024{day}`)',
    'const WORDS = { cash: "Cash" }',
    'label({ text: "the card" })',
  ];
  for (const code of planted)
    assert.equal(literalWordsIn(`export const a = () => { ${code.startsWith('<') ? `return ${code}` : code} };`, 'a.tsx').length > 0, true, code);
  const quiet = [
    '<p class="soft note">{text.nothing}</p>',
    'import a from "./Some place.ts"',
    'if (event.key === "Enter") go(`/v1/staff/\u0024{id}`)',
    'throw new Error("never so")',
  ];
  for (const code of quiet) {
    const wrapped = code.startsWith('import') ? code : `export const a = () => { ${code.startsWith('<') ? `return ${code}` : code} };`;
    assert.deepEqual(literalWordsIn(wrapped, 'a.tsx'), [], code);
  }
});

type Fits<One, Other> = One extends Other ? true : false;

test('a key or a value that is missing does not compile', () => {
  const english = { moved: '{who} is moved to {time}', count: '{count, plural, one {# seat} other {# seats}}', plain: 'Closed' } as const;
  type German = Translated<typeof english>;
  type English = Spoken<typeof english>;
  const german: German = { moved: '{who} ist auf {time} verschoben', count: '{count, plural, one {# Platz} other {# Plätze}}', plain: 'Zu' };
  // Each line does not compile with the other answer.
  const isWithoutValue: Fits<{ moved: '{who} ist verschoben'; count: '{count} Plätze'; plain: 'Zu' }, German> = false;
  const isWithoutKey: Fits<{ moved: '{who} ist auf {time} verschoben'; count: '{count} Plätze' }, German> = false;
  const isWhole: Fits<{ moved: '{who} ist auf {time} verschoben'; count: '{count} Plätze'; plain: 'Zu' }, German> = true;
  const isSaidWithout: Fits<{ who: string }, Parameters<English['moved']>[0]> = false;
  const isSaidWith: Fits<{ who: string; time: string }, Parameters<English['moved']>[0]> = true;
  const isSentence: Fits<English['count'], string> = false;
  const isPlain: Fits<English['plain'], string> = true;
  assert.deepEqual([isWithoutValue, isWithoutKey, isSaidWithout, isSentence], [false, false, false, false]);
  assert.deepEqual([isWhole, isSaidWith, isPlain, german.plain], [true, true, true, 'Zu']);
});
