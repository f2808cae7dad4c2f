// The front desk in the language of who works there: chosen, remembered, and with no sentence of it in the code.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Spoken, Translated } from '../../web/desk/words/sentences.ts';
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

/** Words that no one reads. */
const UNREAD = /: (the page has no element|Bearer)/;
/** Still to be moved into the catalogues. */
const LEFT: readonly string[] = [
  'agenda.tsx',
  'ask-of-claim.tsx',
  'away-panel.tsx',
  'booking-source.tsx',
  'by-status.tsx',
  'claim-item.tsx',
  'claim-panel.tsx',
  'column.tsx',
  'customers/fields.tsx',
  'customers/form.tsx',
  'customers/panel.tsx',
  'customers/search.tsx',
  'customers/telling.tsx',
  'day-grid.tsx',
  'day-note.tsx',
  'edit-add-ons.tsx',
  'edit-form.tsx',
  'edit-price.tsx',
  'editing.ts',
  'find-time.tsx',
  'inbox-panel.tsx',
  'manage-link.tsx',
  'message-history.tsx',
  'move-form.tsx',
  'moving.ts',
  'new-panel.tsx',
  'no-show-fee.tsx',
  'panel-frame.tsx',
  'panel.tsx',
  'past-column.tsx',
  'past.tsx',
  'payment-sums.tsx',
  'payment.tsx',
  'refusal-notice.tsx',
  'room-column.tsx',
  'sheet.tsx',
  'shelf.tsx',
  'shelved.ts',
  'start-choice.tsx',
  'swap.tsx',
  'telling.tsx',
  'unpaid.tsx',
  'voucher.tsx',
  'who-is-told.tsx',
  'why-not.tsx',
];

test('no word that its reader sees stands in the code of the desk', async () => {
  const root = path.join(import.meta.dirname, '..', '..');
  const files = globSync('web/desk/**/*.{ts,tsx}', { cwd: root }).filter((file) => !file.includes('/words/') && !LEFT.some((one) => file.endsWith(`/${one}`)));
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
