// The code's own manners. Every check is tried on a bad sample first: a check that cannot fail says nothing.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { FACT_NAMES } from '../src/model/facts.ts';
import { PROBLEMS } from '../src/protocol/problems.ts';
import { screenMessages, serverMessages } from '../src/protocol/socket.ts';
import { DAYS, momentOf, NEEDS_EVERY_DAY } from './days.ts';
import {
  deadLinks,
  difference,
  documentedVariables,
  looseVersions,
  machinePaths,
  missingFiles,
  missingTests,
  namesInTable,
  problemGaps,
  variablesOf,
} from './tidy/documents.ts';
import { arrowsDrawn, arrowsImported, gapsInDrawing } from './tidy/drawing.ts';
import { forbiddenWords, namesInGlossary, unknownNames } from './tidy/glossary.ts';
import { brokenLayers, circles, undeclaredPackages } from './tidy/layers.ts';
import { badFileNames, badTypeNames, clocksInTests, impureWords, looseCode, unfinishedBusiness } from './tidy/manners.ts';
import { listFiles, PROJECT, parseSource, readSources } from './tidy/sources.ts';

const sources = readSources();
const inFolders = (...folders: readonly string[]) => sources.filter((source) => folders.some((folder) => source.path.startsWith(`${folder}/`)));
const read = (file: string) => readFileSync(path.join(PROJECT, file), 'utf8');
const documents = listFiles(['*.md', 'docs/**/*.md']).map((file) => ({ path: file, text: read(file) }));
const documentOf = (file: string) => documents.find((document) => document.path === file)?.text ?? assert.fail(`${file} is missing`);
const manifest = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies' | 'optionalDependencies' | 'scripts', Record<string, string>>;

/** One sample, one complaint for every pattern, in order. */
function complains(complaints: readonly string[], ...patterns: readonly RegExp[]): void {
  assert.equal(complaints.length, patterns.length, complaints.join('\n'));
  for (const [index, pattern] of patterns.entries()) assert.match(complaints[index] ?? '', pattern);
}

function clean(complaints: readonly string[]): void {
  assert.deepEqual(complaints, []);
}

test('the sources were really read', () => {
  for (const folder of ['src/model', 'src/actors', 'src/persistence', 'src/gateway', 'web', 'test', 'chaos'])
    assert.notEqual(inFolders(folder).length, 0, folder);
  assert.ok(sources.some((source) => source.path === 'test/tidy.test.ts' && source.imports.length > 5));
  assert.throws(() => parseSource('src/model/bad.ts', 'const = ;'));
});

describe('layers', () => {
  const check = (file: string, text: string) => brokenLayers([parseSource(file, text)]);

  test('a layer imports only what it may know', () => clean(brokenLayers(sources)));
  test('an import across a border is found, also of a type, a re-export and a late one', () => {
    complains(check('src/model/bad.ts', `import type { Hold } from '../actors/calendar/calendar.ts';`), /bad\.ts:1: model must not import src\/actors/);
    complains(
      check('src/gateway/http/bad.ts', `import './good.ts';\nexport { x } from '../../persistence/x.ts';`),
      /bad\.ts:2: gateway must not import src\/persistence/,
    );
    complains(check('web/desk/bad.ts', `const late = await import('../../src/gateway/compose.ts');`), /web must not import src\/gateway/);
    complains(check('src/persistence/bad.ts', `import '../main.ts';`), /persistence must not import src\/main\.ts/);
    complains(check('src/gateway/bad.ts', `import type { Config } from '../settings/config.ts';`), /gateway must not import src\/settings/);
  });
  test('no files import each other in a circle, and no features', () => clean(circles(sources)));
  test('a circle is found, of files also where only types are imported, and of features', () => {
    const ring = [
      parseSource('src/model/a.ts', `import type { B } from './b.ts';`),
      parseSource('src/model/b.ts', `import { c } from './c.ts';`),
      parseSource('src/model/c.ts', `import { a } from './a.ts';`),
      parseSource('src/model/d.ts', `import { a } from './a.ts';`),
    ];
    assert.deepEqual(circles(ring, {}), ['a circle: src/model/a.ts, src/model/b.ts, src/model/c.ts']);
    complains(circles(ring.slice(0, 1), { booking: ['access'], access: ['audit'], audit: ['booking'] }), /access, audit, booking/);
    assert.throws(() => circles([]), /no file was read/);
  });
  test('a package belongs where it is used', () => {
    complains(check('src/actors/bad.ts', `import { z } from 'zod';`), /actors must not import zod/);
    complains(check('src/gateway/bad.ts', `import { MikroORM } from '@mikro-orm/core';`), /belongs to persistence/);
  });
  test('a folder that is no layer is found', () => complains(check('src/misc/bad.ts', `import './x.ts';`), /misc is not a layer/));
  test('having read nothing is not the same as having found nothing', () => assert.throws(() => brokenLayers([]), /no import was read/));
});

describe('purity', () => {
  test('actors and the model reach for no clock, timer, randomness or I/O', () => clean(inFolders('src/actors', 'src/model').flatMap(impureWords)));
  test('every way to reach the world is found', () => {
    const sample = `import { randomUUID } from 'node:crypto';
      setTimeout(() => Date.now(), Math.random());
      const now = { at: Temporal.Now.instant(), performance };`;
    const found = impureWords(parseSource('src/actors/bad.ts', sample)).join('\n');
    for (const word of ['node:crypto', 'setTimeout', 'Date', 'Math.random', 'Temporal.Now', 'performance'])
      assert.match(found, new RegExp(word.replace('.', '\\.')));
  });
  test('the model may calculate with a date, but not ask for one', () => {
    const check = (text: string) => impureWords(parseSource('src/model/sample.ts', text));
    clean(check('const day = Date.UTC(2026, 1, 1); const text = new Date(day).toISOString();'));
    complains(check('const now = new Date();'), /Date/);
    complains(check('const now = Date.now();'), /Date/);
    complains(check('const now = Date();'), /Date/);
  });
  test('tests ask one place for the time of day', () => clean(sources.flatMap(clocksInTests)));
  test('a test that asks a clock itself is found, and one that calculates or measures is not', () => {
    const check = (text: string, file = 'test/bad.test.ts') => clocksInTests(parseSource(file, text));
    complains(
      check('const a = [Date.now(), new Date(), Date(), Temporal.Now.plainDateISO(), setTimeout(Date.now)];'),
      /clock/,
      /clock/,
      /clock/,
      /clock/,
      /clock/,
    );
    clean(check('const a = [new Date(0), Date.UTC(2026, 1, 1), Date.parse(text), performance.now(), Temporal.Instant.from(text)];'));
    clean(check('Date.now()', 'test/support/clock.ts'));
    clean(check('Date.now()', 'src/main.ts'));
  });
  test('what runs on every kind of day is there', () => {
    const files = listFiles(['test/**/*.test.ts']);
    clean(NEEDS_EVERY_DAY.filter((word) => !files.some((file) => file.includes(word))));
    for (const [name, moment] of Object.entries(DAYS)) assert.ok(!Number.isNaN(momentOf(name)), moment);
  });
  test('a property that has such a name is only a word', () =>
    clean(impureWords(parseSource('src/actors/good.ts', `port.setTimeout({ process: 1, console: [port.fetch] }); type A = { Date: string };`))));
});

describe('language', () => {
  test('the code keeps its types and its promises', () => clean(sources.flatMap(looseCode)));
  test('loose code is found', () => {
    const check = (text: string) => looseCode(parseSource('src/bad.ts', text));
    complains(check('const a: any = b!;'), /any/, /"!"/);
    complains(check('// @ts-ignore\nlet a = 1;'), /:1: the type checker is switched off/);
    complains(check('enum A { B }'), /do not load/);
    complains(check('interface A { b: string }'), /"type" rather/);
    complains(check(`assert.rejects(work());`), /nobody waits/);
    clean(
      check(`await assert.rejects(work()); declare global { namespace Express { interface Request { id: string } } }`).filter(
        (complaint) => !/namespaces/.test(complaint),
      ),
    );
  });
  test('nothing unfinished is left', () => clean(sources.flatMap(unfinishedBusiness)));
  test('unfinished business is found', () => complains(unfinishedBusiness(parseSource('src/bad.ts', `// ${'TO'}DO: later`)), /unfinished/));
});

describe('names', () => {
  test('files and folders are kebab-case and mean something', () =>
    clean(badFileNames(listFiles(['src/**/*.*', 'web/**/*.*', 'test/**/*.ts', 'bench/**/*.ts', 'chaos/**/*.ts']))));
  test('types and classes are somebody’s word', () => clean(sources.flatMap(badTypeNames)));
  test('bad names are found', () => {
    complains(badFileNames(['src/utils/time.ts', 'src/model/slotEngine.ts', 'src/model/index.ts']), /"utils"/, /"slotEngine"/, /barrel/);
    complains(
      badTypeNames(parseSource('src/bad.ts', 'class BookingService {} type SlotInfo = string; type BookableService = string;')),
      /BookingService/,
      /SlotInfo/,
    );
  });
});

describe('package', () => {
  test('every dependency is exactly one version', () =>
    clean(looseVersions({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies })));
  test('a range is found', () => complains(looseVersions({ a: '^1.0.0', b: '1.0.0', c: 'latest' }), /a:/, /c:/));
  test('what is imported is declared, and for more than development where it ships', () =>
    clean(undeclaredPackages(sources, Object.keys(manifest.dependencies), Object.keys(manifest.devDependencies))));
  test('an undeclared package is found', () => {
    const sample = parseSource('src/bad.ts', `import a from '@one/two/three'; import b from 'luxon';`);
    complains(undeclaredPackages([sample], ['vite'], ['luxon']), /@one\/two is not in/, /luxon is not in package\.json outside devDependencies/);
  });
  test('every script starts a file that exists', () => {
    const files = Object.values(manifest.scripts).flatMap((script) => [...script.matchAll(/launch\.mjs (\S+)/g)].map(([, file]) => file ?? ''));
    assert.notEqual(files.length, 0);
    clean(files.filter((file) => !existsSync(path.join(PROJECT, file))));
  });
});

describe('the drawing of the rooms', () => {
  test('shows what imports what', () => clean(gapsInDrawing(arrowsDrawn(documentOf('ARCHITECTURE.md')), arrowsImported(sources))));
  test('an arrow without an import, and an import without an arrow, are found', () => {
    const drawn = arrowsDrawn('```mermaid\nflowchart TD\n  gateway --> actors\n  actors --> model\n  web --> model\n```');
    const imported = arrowsImported([
      parseSource('src/gateway/a.ts', `import '../actors/b.ts'; import '../model/c.ts';`),
      parseSource('src/actors/b.ts', `import '../model/c.ts'; import '../catalog/d.ts';`),
    ]);
    complains(gapsInDrawing(drawn, imported), /web --> model/, /actors imports from catalog/);
  });
});

describe('words', () => {
  test('every name in the glossary is in the code', () => clean(unknownNames(documentOf('docs/glossary.md'), sources)));
  test('a name that the code does not have is found', () => {
    const document = '| Term | Meaning | Not | In the code |\n|---|---|---|---|\n| slot | a start | time | `Slot`, `NoSuchName` |\n';
    assert.deepEqual(namesInGlossary(document), ['Slot', 'NoSuchName']);
    complains(unknownNames(document, [parseSource('src/model/slot.ts', 'type Slot = number;')]), /NoSuchName/);
  });
  test('no name has a word that the glossary forbids', () => clean(forbiddenWords(sources)));
  test('a forbidden word is found, and an exception that is no longer needed', () => {
    const rule = { word: /parcel/i, rather: 'message', within: ['src/'], still: ['src/actors/', 'src/model/'] };
    const samples = [parseSource('src/gateway/a.ts', 'const parcelOf = 1;'), parseSource('src/actors/parcels.ts', 'export {};')];
    complains(forbiddenWords(samples, [rule]), /a\.ts: parcelOf/, /src\/model\/ has no/);
  });
});

describe('documents', () => {
  test('every problem is described, with its status, and no other', () => clean(problemGaps(PROBLEMS, documentOf('docs/problems.md'))));
  test('a gap between problems and their description is found', () => {
    const problems = { 'slot-taken': { status: 409, title: '' }, internal: { status: 500, title: '' }, 'too-far': { status: 422, title: '' } };
    complains(
      problemGaps(problems, '## slot-taken\n\nStatus 409. …\n\n## internal\n\nStatus 501. …\n\n## made-up\n\nStatus 400. …\n'),
      /internal/,
      /too-far/,
      /made-up/,
    );
  });

  test('the statuses of an appointment are listed in one file only', () => {
    const listing = /'pending'[^\n]*'booked'[^\n]*'(declined|checked-in)'/;
    clean(inFolders('src').flatMap(({ path: file, text }) => (listing.test(text) && !file.startsWith('src/persistence/migrations/') ? [file] : [])));
  });

  test('docs/protocol.md has every socket message, and no other', () => {
    const named = (heading: string) => namesInTable(documentOf('docs/protocol.md'), heading);
    assert.deepEqual(named('What a screen sends'), Object.keys(screenMessages));
    assert.deepEqual(named('What the server sends'), Object.keys(serverMessages));
    clean(FACT_NAMES.filter((fact) => !documentOf('docs/protocol.md').includes(`\`${fact}\``)));
    assert.deepEqual(namesInTable('### A\n\n| Message |\n|---|\n| `one` | `two` |\n\n### B\n| `three` |', 'A'), ['one']);
  });

  test('every setting is documented, and no other', () => {
    const config = sources.find((source) => source.path === 'src/settings/config.ts') ?? assert.fail('src/settings/config.ts is missing');
    const documented = documentedVariables(documentOf('README.md'));
    assert.ok(documented.has('PORT'), 'the settings table was not read');
    clean([
      ...difference(variablesOf(config), documented, 'not in the settings table of README.md'),
      ...difference(documented, variablesOf(config), 'src/settings/config.ts does not read it'),
    ]);
  });
  test('settings are read from code and table alike', () => {
    assert.deepEqual([...variablesOf(parseSource('src/settings/config.ts', `const LIMIT = 1; read('PORT', ['HOST'], LIMIT, 'info', URL);`))].sort(), [
      'HOST',
      'PORT',
    ]);
    assert.deepEqual([...documentedVariables('| `PORT`, `HOST` | 3000 | not `THIS_ONE` |')], ['PORT', 'HOST']);
  });

  test('links and named files exist', () => clean([...deadLinks(PROJECT, documents), ...missingFiles(PROJECT, documents)]));
  test('a dead link, a wrong heading and a missing file are found', () => {
    const text = '# One thing\n[a](#one-thing) [b](#other) [c](no-such.md) [d](https://example.com) `test/no-such.test.ts`';
    const sample = [{ path: 'README.md', text }];
    complains([...deadLinks(PROJECT, sample), ...missingFiles(PROJECT, sample)], /#other/, /no-such\.md/, /no-such\.test\.ts/);
  });

  test('what must stay true is tested by tests that exist', () => {
    clean(missingTests(PROJECT, documents));
    const sample = '`test/tidy.test.ts`, *what must stay true is tested by tests that exist*; `test/tidy.test.ts`, *pigs ' + 'fly*; `test/no.ts`, *x*';
    complains(missingTests(PROJECT, [{ path: 'A.md', text: sample }]), /pigs/, /test\/no\.ts/);
  });

  test('ARCHITECTURE.md names every folder of src', () => {
    const folders = [...new Set(inFolders('src').flatMap((source) => /^src\/([^/]+)\//.exec(source.path)?.[1] ?? []))];
    assert.ok(folders.length > 5);
    clean(folders.filter((folder) => !documentOf('ARCHITECTURE.md').includes(`${folder}/`)));
  });

  test('nothing names a path of one machine', () => {
    const files = listFiles(['*.*', 'docs/**/*.*', '{src,web,test,bench,chaos}/**/*.{ts,tsx,css,html,json}', '.ci/run', 'Dockerfile']).filter(
      (file) => !/\.(png|svg)$/.test(file),
    );
    clean(machinePaths(files.map((file) => ({ path: file, text: read(file) }))));
    complains(machinePaths([{ path: 'a', text: `fine\ncd /${'home'}/somebody` }]), /a:2:/);
  });
});
