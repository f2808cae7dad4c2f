// What the booking page, the notification centre and the front desk say: all of it in every language, and nothing of it in the code.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { IntlMessageFormat } from 'intl-messageformat';
import * as bellDe from '../../web/bell/words/de.ts';
import { EN as BELL } from '../../web/bell/words/en.ts';
import * as bellEs from '../../web/bell/words/es.ts';
import * as bellFr from '../../web/bell/words/fr.ts';
import * as bellPt from '../../web/bell/words/pt.ts';
import { DE } from '../../web/booking/words/de.ts';
import { EN } from '../../web/booking/words/en.ts';
import { ES } from '../../web/booking/words/es.ts';
import { FR } from '../../web/booking/words/fr.ts';
import { PT } from '../../web/booking/words/pt.ts';
import * as deskDe from '../../web/desk/words/de.ts';
import { EN as DESK } from '../../web/desk/words/en.ts';
import * as deskEs from '../../web/desk/words/es.ts';
import * as deskFr from '../../web/desk/words/fr.ts';
import * as deskPt from '../../web/desk/words/pt.ts';
import * as kitDe from '../../web/kit/words/de.ts';
import { EN as KIT } from '../../web/kit/words/en.ts';
import * as kitEs from '../../web/kit/words/es.ts';
import * as kitFr from '../../web/kit/words/fr.ts';
import * as kitPt from '../../web/kit/words/pt.ts';
import * as staffDe from '../../web/kit/words/staff/de.ts';
import { EN as STAFF } from '../../web/kit/words/staff/en.ts';
import * as staffEs from '../../web/kit/words/staff/es.ts';
import * as staffFr from '../../web/kit/words/staff/fr.ts';
import * as staffPt from '../../web/kit/words/staff/pt.ts';

const TRANSLATIONS = {
  de: { page: DE, bell: bellDe.DE, desk: deskDe.DE, staff: staffDe.DE, kit: kitDe.DE, problems: kitDe.PROBLEMS },
  fr: { page: FR, bell: bellFr.FR, desk: deskFr.FR, staff: staffFr.FR, kit: kitFr.FR, problems: kitFr.PROBLEMS },
  es: { page: ES, bell: bellEs.ES, desk: deskEs.ES, staff: staffEs.ES, kit: kitEs.ES, problems: kitEs.PROBLEMS },
  pt: { page: PT, bell: bellPt.PT, desk: deskPt.PT, staff: staffPt.PT, kit: kitPt.PT, problems: kitPt.PROBLEMS },
};
/** What is the same word in another language. */
const SAME =
  /^(desk\.((sheet|inbox|sums)\.status|(customer|fields)\.name|(facts|fields)\.email|top\.date|messages\.title)|staff\.(login\.(code|email)|proof\.code|customers\.suggestions)|bell\.(channels|messages\.name)|kit\.connection\.|kit\.duration\.|page\.(details\.(name|email)|proof\.code|times\.(at|dayLabel|left|several)|labels\.(reference|price)))/;
/** Words that no one reads: for the browser, the server, and who reads the code. */
const UNREAD = /^(web\/|the page has no element)/;

/** `path.to.key` → its sentence. */
function sentencesOf(words: object, under: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(words)) {
    if (typeof value === 'string') found.set(`${under}.${name}`, value);
    else for (const [inner, sentence] of sentencesOf(value, `${under}.${name}`)) found.set(inner, sentence);
  }
  return found;
}

/** The names of the values and of the marked words in a sentence. */
function placesIn(sentence: string): readonly string[] {
  const names = JSON.stringify(new IntlMessageFormat(sentence, 'en').getAst()).matchAll(/"type":([1-68]),"value":"(\w+)"/g);
  return [...new Set(Array.from(names, ([, type, name]) => `${type === '8' ? 'mark' : 'value'} ${name}`))].sort();
}

const english = new Map([
  ...sentencesOf(EN, 'page'),
  ...sentencesOf(BELL, 'bell'),
  ...sentencesOf(DESK, 'desk'),
  ...sentencesOf(STAFF, 'staff'),
  ...sentencesOf(KIT, 'kit'),
]);

for (const [language, { page, bell, desk, staff, kit, problems }] of Object.entries(TRANSLATIONS)) {
  test(`every sentence of the booking page, the notification centre and the front desk is there in ${language}, with the same values in it`, () => {
    const said = new Map([
      ...sentencesOf(page, 'page'),
      ...sentencesOf(bell, 'bell'),
      ...sentencesOf(desk, 'desk'),
      ...sentencesOf(staff, 'staff'),
      ...sentencesOf(kit, 'kit'),
    ]);
    assert.deepEqual([...said.keys()].sort(), [...english.keys()].sort());
    for (const [key, sentence] of said) {
      const original = english.get(key) ?? '';
      assert.notEqual(sentence.trim(), '', key);
      assert.deepEqual(placesIn(sentence), placesIn(original), `${language} ${key}`);
      if (/\w{4}/.test(original.replaceAll(/\{.*?\}/g, '')) && !SAME.test(key)) assert.notEqual(sentence, original, `${language} ${key} is translated`);
    }
  });

  test(`problems that customers meet are said in ${language} as whole sentences`, () => {
    assert.deepEqual(Object.keys(problems).sort(), Object.keys(TRANSLATIONS.de.problems).sort());
    for (const [code, sentence] of Object.entries(problems)) assert.match(sentence, /^\p{Lu}.+\.$/u, code);
  });

  test(`one, two and a million free times are said in ${language}`, () => {
    for (const count of [0, 1, 2, 1_000_000]) {
      const spoken = new IntlMessageFormat(page.times.free, language).format({ count });
      assert.match(String(spoken), new RegExp(new Intl.NumberFormat(language).format(count).slice(0, 1)), language);
    }
  });
}

test('no sentence that its reader sees stands in the code of the booking page or the notification centre', async () => {
  const root = path.join(import.meta.dirname, '..', '..');
  const files = globSync('web/{booking,bell}/*.{ts,tsx}', { cwd: root });
  assert.ok(files.length > 25, 'files are read');
  const found: string[] = [];
  for (const file of files) {
    const code = (await readFile(path.join(root, file), 'utf8')).replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
    // Text between tags, and strings of two words that begin as a sentence does.
    const texts = [
      ...code.matchAll(/(?<!=)>\s*([A-Z][a-z]+[^<>{}()=;]*)\s*</g),
      ...code.matchAll(/['"`]([A-Z][a-z]+ [^'"`]*)['"`]/g),
      ...code.matchAll(/(?:aria-label|title|label|hint)="([^"]+)"/g),
    ];
    for (const [, text = ''] of texts) if (!UNREAD.test(text)) found.push(`${file}: ${text.trim()}`);
  }
  // What the server says is wrong with a field begins with these, in English only.
  assert.deepEqual(
    found.filter((line) => !/: The (name|e-mail address|phone number|code)$/.test(line)),
    [],
  );
});
