// Customers from tables: what people's spreadsheets write, what attackers do, and a process that is killed in the middle.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SYSTEM } from '../../src/audit/audit-entry.ts';
import { CustomerImports } from '../../src/customers/import-customers.ts';
import { readTable } from '../../src/customers/import-lines.ts';
import { EVERYWHERE } from '../../src/customers/within.ts';
import { instant } from '../../src/model/instant.ts';
import { customerStore } from '../../src/persistence/customers/customer-store.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { LARGEST_TABLE_BYTES, MOST_IMPORTED } from '../../src/protocol/customers.ts';
import { type Business, berlinTime, openBusiness } from '../gateway/business.ts';
import { isProblem } from '../gateway/is-problem.ts';
import { eventually } from '../support/eventually.ts';
import { freshPgliteDirectory } from '../support/pglite.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';
import type { Json } from '../support/test-server.ts';

const read = (text: string) => readTable(Buffer.from(text));
function good(text: string) {
  const table = read(text);
  assert.ok(!('refusal' in table), JSON.stringify(table));
  return table;
}
function refusal(table: ReturnType<typeof readTable>): string {
  assert.ok('refusal' in table);
  return `${table.refusal.path} ${table.refusal.message}`;
}
const wrong = (text: string) => good(text).errors.map(({ line, column }) => `${line} ${column}`);

describe('a table of customers', () => {
  test('is read with a mark of the byte order, semicolons, any order of columns, line breaks in quotes and every end of line', () => {
    const { good: lines } = good(
      '\ufeffPhone;Name;Tags;Notes\r\n030 5557788;Noa Lind;"regular; early";"Tea,\r\nno sugar"\r\n\r\n;Ada "Countess" Lovelace;;\r\n',
    );
    assert.deepEqual(
      lines.map(({ line, name, phone, tags, notes }) => [line, name, phone, tags, notes]),
      [
        [2, 'Noa Lind', '030 5557788', ['regular', 'early'], 'Tea,\nno sugar'],
        [5, 'Ada "Countess" Lovelace', undefined, [], undefined],
      ],
    );
    assert.equal(good('name\temail\rIvy\tIVY@Example.org\r').good[0]?.email, 'ivy@example.org');
  });

  test('keeps formulas as text, and takes away the apostrophe that tables of this server put before them', () => {
    const { good: lines } = good(`name,phone,notes\n=cmd|' /C calc'!A0,'+49 30 1234567,'@SUM(A1)\n'Tis Me,,-\n`);
    assert.deepEqual(
      lines.map(({ name, phone, notes }) => [name, phone, notes]),
      [
        ["=cmd|' /C calc'!A0", '+49 30 1234567', '@SUM(A1)'],
        ["'Tis Me", undefined, '-'],
      ],
    );
  });

  test('names line and column of what is wrong, and counts a person once', () => {
    const text = [
      'name,email,tags',
      'Ivy,ivy@example',
      ',nobody@example.org',
      'Noa,noa@example.org,a,b',
      `Max,,${'x'.repeat(41)}`,
      'Eve\u0000,',
      'Ann,ann@example.org',
    ];
    assert.deepEqual(wrong([...text, 'Anna,ANN@example.org', 'Bo', 'Bo'].join('\n')), ['2 email', '3 name', '4 line', '5 tags', '6 name']);
    const { lines, good: kept, repeated, bad } = good([...text, 'Anna,ANN@example.org', 'Bo', 'Bo'].join('\n'));
    assert.deepEqual([lines, kept.map(({ name }) => name), repeated, bad], [9, ['Ann', 'Bo'], 2, 5]);
  });

  test('is read in UTF-16, too, as spreadsheets save it, whichever byte comes first and with a mark or without', () => {
    for (const text of ['\ufeffname;email\r\nJos\u00e9;jose@example.org\r\n', 'name;email\nJos\u00e9;jose@example.org'])
      for (const bytes of [Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16(), Buffer.from(text)]) {
        const table = readTable(bytes);
        assert.ok(!('refusal' in table), JSON.stringify(table));
        assert.deepEqual(
          table.good.map(({ line, name, email }) => [line, name, email]),
          [[2, 'Jos\u00e9', 'jose@example.org']],
        );
      }
  });

  test('is refused as a whole, with the reason, where it is no such table', () => {
    assert.match(refusal(readTable(Buffer.from('name\nJos\u00e9', 'latin1'))), /^file is in an older encoding, such as windows-1252/);
    assert.match(refusal(read('')), /^file is empty/);
    assert.match(refusal(read('Ivy,ivy@example.org\n')), /^header has a column “ivy”/);
    assert.match(refusal(read('__proto__,name\nx,y')), /^header has a column “__proto__”/);
    assert.match(refusal(read('name,name\nx,y')), /^header has the column name twice/);
    assert.match(refusal(read('email\nivy@example.org')), /^header has no column name/);
    assert.match(refusal(read(`name,notes\nIvy,"never closed\n${'a line\n'.repeat(10_000)}`)), /^line \d+ cannot be read/);
    assert.match(refusal(read(`name\n${'Ivy\n'.repeat(MOST_IMPORTED + 1)}`)), /^file must have at most 10000 lines/);
    assert.equal(good('name\n').lines, 0);
  });
});

describe('an import', () => {
  let shop: Business;
  before(async () => {
    shop = await openBusiness();
  });
  after(() => shop?.[Symbol.asyncDispose]());

  const send = (text: string, query = '', token = shop.tokens.owner, type = 'text/csv') =>
    shop.ask('POST', `/v1/customers/import${query}`, { token, headers: { 'content-type': type }, body: text });
  const count = async (q: string) =>
    (await shop.ask('GET', `/v1/customers?q=${encodeURIComponent(q)}&limit=50`, { token: shop.tokens.owner })).body.items.length;
  const TABLE = 'name,email,phone,notes,tags\nImke Eins,imke@example.org,,"likes, commas",regular\nImke Zwei,,+49 30 1234567,,\nImke Drei,imke3@\n';

  test('is tried first without a trace, then takes the good lines, or none where all are wanted, and the same table again changes nothing', async () => {
    const tried = await send(TABLE, '?dryRun=true&mode=good');
    assert.deepEqual(
      [tried.status, tried.body.added, tried.body.bad, tried.body.errors[0]?.line, tried.body.errors[0]?.column],
      [200, 2, 1, 4, 'email'],
      tried.text,
    );
    const refused = await send(TABLE);
    isProblem(refused, 'invalid-request');
    assert.equal(refused.body.errors[0].path, 'line 4, email');
    assert.equal(await count('Imke'), 0);
    assert.deepEqual({ ...(await send(TABLE, '?mode=good')).body, errors: [] }, { lines: 3, added: 2, known: 0, repeated: 0, bad: 1, errors: [] });
    assert.equal(await count('Imke'), 2);
    assert.deepEqual({ ...(await send(TABLE, '?mode=good')).body, errors: [] }, { lines: 3, added: 0, known: 2, repeated: 0, bad: 1, errors: [] });
    const { text } = await shop.ask('GET', '/v1/customers/export.csv', { token: shop.tokens.owner });
    const again = await send(text);
    assert.deepEqual([again.body.added, again.body.bad], [0, 0], again.text);
    const imports = (await shop.ask('GET', '/v1/customers/imports', { token: shop.tokens.owner })).body.items;
    assert.deepEqual(
      imports.map(({ state, customers, added }: Json) => [state, customers, added]),
      [
        ['done', 0, 0],
        ['done', 0, 0],
        ['done', 2, 2],
      ],
      'neither the try nor what was refused is there',
    );
    const trail = (await shop.ask('GET', '/v1/audit?limit=5&action=customer.imported', { token: shop.tokens.owner })).body.items;
    assert.deepEqual(
      trail.map(({ after: left }: Json) => left),
      [{ customers: 2, mode: 'good' }],
    );
  });

  test('is for managers, for what is a table, and for one of a stated size', async () => {
    for (const role of ['desk', 'staff', 'customer'] as const) isProblem(await send(TABLE, '', shop.tokens[role]), 'forbidden');
    isProblem(await send('{}', '', shop.tokens.owner, 'application/json'), 'unsupported-media-type');
    isProblem(await send(`name\n${'x'.repeat(LARGEST_TABLE_BYTES)}`), 'too-large');
    isProblem(await send('name\nIvy', '?mode=some'), 'invalid-request');
    isProblem(await send(''), 'invalid-request');
  });

  test(`of ${MOST_IMPORTED} lines is there as a whole, while a time is held beside it`, async () => {
    const lines = Array.from({ length: MOST_IMPORTED }, (_, at) => `Person ${at},person${at}@example.net,,,many`);
    const importing = send(['name,email,phone,notes,tags', ...lines].join('\n'));
    const time = { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(3, '10:00') };
    const hold = await shop.ask('POST', '/v1/holds', { body: time });
    assert.equal(hold.status, 201, hold.text);
    const { status, body, text } = await importing;
    assert.deepEqual([status, body?.added], [200, MOST_IMPORTED], text);
    assert.equal(await count('person9999@example.net'), 1);
  });
});

describe('how far an import is', () => {
  const people = (count: number) => Buffer.from(`name\n${Array.from({ length: count }, (_, at) => `Person ${at}`).join('\n')}\n`);
  /** A business with its customers, whose imports stop where the test says. */
  async function openImports(onNote: (added: number) => Promise<void>) {
    const place = await freshPgliteDirectory();
    const database = await openDatabase({ kind: 'pglite', directory: place.directory });
    const real = customerStore(database, false);
    let now = 1_000_000;
    const changing: typeof real.changing = async (work) => {
      let noted = 0;
      const done = await real.changing((tables) => {
        const noteImport: typeof tables.noteImport = (id, progress) => {
          noted = progress.added;
          return tables.noteImport(id, progress);
        };
        return work(new Proxy(tables, { get: (of, name) => (name === 'noteImport' ? noteImport : of[name as 'customer'].bind(of)) }));
      });
      await onNote(noted);
      return done;
    };
    const stored = async () => Number((await database.sql('select count(*) from customer'))[0]?.[0]);
    return {
      imports: new CustomerImports({ store: { ...real, changing }, now: () => instant(now) }),
      stored,
      wait: (ms: number) => {
        now += ms;
      },
      [Symbol.asyncDispose]: async () => {
        await database[Symbol.asyncDispose]();
        await place[Symbol.asyncDispose]();
      },
    };
  }

  test('is seen after each step, as many as are there, by managers of its location and by the owner', async () => {
    const seen: unknown[] = [];
    const here = { locationId: crypto.randomUUID(), staffId: null };
    await using business = await openImports(async () => {
      const [newest] = await business.imports.list(here);
      seen.push([newest?.state, newest?.customers, newest?.added, await business.stored()]);
    });
    await business.imports.import({ table: people(600), mode: 'good', isDryRun: false, within: here }, SYSTEM);
    assert.deepEqual(seen, [
      ['running', 600, 250, 250],
      ['running', 600, 500, 500],
      ['running', 600, 600, 600],
      ['done', 600, 600, 600],
    ]);
    assert.equal((await business.imports.list(EVERYWHERE)).length, 1);
    assert.deepEqual(await business.imports.list({ locationId: crypto.randomUUID(), staffId: null }), []);
  });

  test('is told to have stopped a minute after its last step, and the same table again adds the rest', async () => {
    let isBroken = true;
    await using business = await openImports(async (added) => {
      if (isBroken && added === 250) throw new Error('the node is gone');
    });
    const asked = { table: people(600), mode: 'good', isDryRun: false, within: EVERYWHERE } as const;
    await assert.rejects(business.imports.import(asked, SYSTEM), /the node is gone/);
    const standing = async () => (await business.imports.list(EVERYWHERE)).map(({ state, added }) => [state, added]);
    assert.deepEqual(await standing(), [['running', 250]]);
    business.wait(60_001);
    assert.deepEqual(await standing(), [['stopped', 250]]);
    isBroken = false;
    await business.imports.import(asked, SYSTEM);
    assert.deepEqual(await standing(), [
      ['done', 350],
      ['stopped', 250],
    ]);
    assert.equal(await business.stored(), 600);
  });

  test('is kept of the newest twenty', async () => {
    await using business = await openImports(async () => undefined);
    for (let at = 0; at < 22; at += 1) {
      business.wait(1);
      await business.imports.import({ table: people(1), mode: 'all', isDryRun: false, within: EVERYWHERE }, SYSTEM);
    }
    const kept = await business.imports.list(EVERYWHERE);
    assert.deepEqual([kept.length, kept[0]?.startedAt, kept.at(-1)?.startedAt], [20, 1_000_022, 1_000_003]);
  });
});

test('one table is imported at a time on a node', async () => {
  const held = Promise.withResolvers<void>();
  const nothing = async () => {
    await held.promise;
    return [];
  };
  const no = () => Promise.reject(new Error('a try stores nothing'));
  const store = { known: nothing, changing: no, imports: { begin: no, forget: no, list: no } };
  const imports = new CustomerImports({ store, now: () => instant(0) });
  const asked = { table: Buffer.from('name\nIvy'), mode: 'all', isDryRun: true, within: EVERYWHERE } as const;
  const first = imports.import(asked, SYSTEM);
  assert.equal(await imports.import(asked, SYSTEM), 'busy');
  held.resolve();
  const answer = await first;
  assert.ok(answer !== 'busy' && 'report' in answer && answer.report.added === 1);
});

describe('an import that is killed', { skip: POSTGRES_MISSING }, () => {
  test('in the middle has added none, and all the next time', async () => {
    await using shared = await sharedPostgres();
    await using fresh = await shared.fresh();
    const { url } = fresh;
    await using database = await openDatabase({ kind: 'postgres', url }, { migrates: false });
    const directory = mkdtempSync(join(tmpdir(), 'slotkeeper-import-'));
    try {
      const file = join(directory, 'customers.csv');
      writeFileSync(file, `name,email\n${Array.from({ length: 2_000 }, (_, at) => `Person ${at},person${at}@example.net`).join('\n')}\n`);
      const start = () => spawn(process.execPath, [join(import.meta.dirname, 'import-process.ts'), url, file], { stdio: 'inherit' });
      const counted = async () => Number((await database.sql(`select count(*) from customer where email like 'person%'`))[0]?.[0]);
      const waiting = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      const held = Promise.withResolvers<void>();
      const inserted = Promise.withResolvers<void>();
      // A customer books with the address of a line near the end, and has not committed yet: the import waits for it.
      const booking = database.transaction(async (em) => {
        await em.execute(`insert into customer (id, name, email, tags, created_at) values (gen_random_uuid(), 'Ivy', 'person1900@example.net', '[]', 1)`);
        inserted.resolve();
        await held.promise;
        throw new Error('never mind');
      });
      await inserted.promise;
      const child = start();
      await eventually(async () => (await database.sql(waiting)).length > 0, 20_000);
      const pid = (await database.sql(waiting))[0]?.[0];
      child.kill('SIGKILL');
      await once(child, 'exit');
      held.resolve();
      await assert.rejects(booking, /never mind/);
      await eventually(async () => (await database.sql('select 1 from pg_stat_activity where pid = $1', [pid])).length === 0, 20_000);
      assert.equal(await counted(), 0);
      const [code] = await once(start(), 'exit');
      assert.deepEqual([code, await counted()], [0, 2_000]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
