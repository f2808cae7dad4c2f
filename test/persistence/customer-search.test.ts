import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { readQuestion } from '../../src/customers/question.ts';
import { EVERYWHERE, type Within } from '../../src/customers/within.ts';
import { canFindSimilar, MAKE_CUSTOMERS_FINDABLE } from '../../src/persistence/customers/customer-search.ts';
import { customerStore } from '../../src/persistence/customers/customer-store.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { ENGINES, openFresh } from './engines.ts';

const [here, there, anna] = [randomUUID(), randomUUID(), randomUUID()];
const PEOPLE = [
  ['Renée Müller', 'renee.m@example.org', '+49 30 1234567'],
  ['José Álvarez', null, '0151 2345678'],
  ['Łukasz Strauß', 'luk@example.org', null],
  ['Ada Lovelace', 'ada_l@example.org', null],
  ['Ada Byron', 'byron@example.org', '030 999'],
  ['Grace Hopper', null, null],
] as const;

for (const kind of ENGINES) {
  describe(`finding customers on ${kind.name}`, { skip: kind.skip }, () => {
    let database: Database;
    let close: () => Promise<void>;
    const ids = new Map<string, string>();
    before(async () => {
      ({ database, close } = await openFresh(kind));
      for (const [name, email, phone] of PEOPLE) {
        const id = randomUUID();
        ids.set(name, id);
        await database.sql('insert into customer (id, name, email, phone, created_at) values ($1, $2, $3, $4, 0)', [id, name, email, phone]);
      }
      await database.sql(`insert into customer (id, name, email, created_at, erased_at) values ($1, '', null, 0, 1)`, [randomUUID()]);
      await appointment('Grace Hopper', { reference: 'K7QM-2FXR', locationId: here, hours: 20 });
      await appointment('Grace Hopper', { reference: 'K7QM-2FXS', locationId: there, hours: 10 });
      await appointment('Ada Byron', { reference: 'K7QM-2FXT', locationId: there, hours: -10, status: 'no-show' });
      await database.sql('insert into customer_alias (id, customer_id, email, created_at) values ($1, $2, $3, 0)', [
        randomUUID(),
        ids.get('Grace Hopper'),
        'rear@navy.example',
      ]);
    });
    after(() => close());

    async function appointment(
      name: string,
      { reference, locationId, hours, status = 'booked' }: { reference: string; locationId: string; hours: number; status?: string },
    ) {
      await database.sql(
        `insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, created_by, updated_at)
          select $1, $2, $3, $4, $4, $5, $4, $6, n.at + $7::int8 * 3600000, n.at + ($7::int8 + 1) * 3600000, 1, '{"timeZone":"Etc/UTC"}', 0, null, 0
          from (select (extract(epoch from clock_timestamp()) * 1000)::int8 as at) n`,
        [randomUUID(), reference, status, anna, locationId, ids.get(name), hours],
      );
    }

    async function found(
      typed: string | null,
      { within = EVERYWHERE, findsSimilar = true, limit = 10 }: { within?: Within; findsSimilar?: boolean; limit?: number } = {},
    ) {
      const page = await customerStore(database, findsSimilar).list({ question: typed === null ? null : readQuestion(typed), within, limit, after: null });
      return page === 'unknown-cursor' ? page : page.items.map(({ name }) => name);
    }

    test('case and accents do not matter, and every word is to be found', async () => {
      assert.deepEqual(await found('muller'), ['Renée Müller']);
      assert.deepEqual(await found('RENÉE mÜ'), ['Renée Müller']);
      assert.deepEqual(await found('alvarez jose'), ['José Álvarez']);
      assert.deepEqual(await found('lukasz strauss'), ['Łukasz Strauß']);
      assert.deepEqual(await found('LU'), ['Łukasz Strauß'], 'short: a beginning');
      assert.deepEqual(await found('mü'), ['Renée Müller'], 'of any word');
      assert.deepEqual(await found('ada_', { findsSimilar: false }), ['Ada Lovelace'], 'no pattern');
      assert.deepEqual((await found('zzzz%')).length, 0);
    });

    test('half a number is enough, however it was written down', async () => {
      assert.deepEqual(await found('030 123'), ['Renée Müller']);
      assert.deepEqual(await found('+49 151 2345678'), ['José Álvarez']);
      assert.deepEqual(await found('34567'), ['José Álvarez', 'Renée Müller']);
    });

    test('a reference and an address that came by merging lead to the customer', async () => {
      for (const typed of ['k7qm 2fxr', 'rear@navy.example']) assert.equal((await found(typed))[0], 'Grace Hopper', typed);
    });

    test('a name that is only similar is found where the database can, and comes last', async () => {
      assert.equal(await canFindSimilar(database), true);
      assert.deepEqual(await found('lovelaec'), ['Ada Lovelace']);
      assert.deepEqual(await found('mueller'), ['Renée Müller']);
      assert.deepEqual(await found('alvraez'), ['José Álvarez']);
      assert.deepEqual(await found('lovelaec', { findsSimilar: false }), []);
      assert.deepEqual(await found('rear@navy.example'), ['Grace Hopper'], 'nobody else beside an address that is there');
      assert.equal((await found('ada'))[0], 'Ada Byron');
    });

    test('everybody is listed by name in pages, without those who were erased', async () => {
      const store = customerStore(database, true);
      const names: string[] = [];
      let after: string | null = null;
      do {
        const page = await store.list({ question: null, within: EVERYWHERE, limit: 4, after });
        assert.ok(page !== 'unknown-cursor');
        names.push(...page.items.map(({ name }) => name));
        after = page.hasMore ? (page.items.at(-1)?.id ?? null) : null;
      } while (after !== null);
      assert.deepEqual(names, ['Ada Byron', 'Ada Lovelace', 'Grace Hopper', 'José Álvarez', 'Łukasz Strauß', 'Renée Müller']);
      assert.equal(await store.list({ question: null, within: EVERYWHERE, limit: 4, after: randomUUID() }), 'unknown-cursor');
    });

    test('a reader has the customers of their place, with what is theirs to see', async () => {
      assert.deepEqual(await found(null, { within: { ...EVERYWHERE, locationId: here } }), ['Grace Hopper']);
      assert.deepEqual(await found(null, { within: { ...EVERYWHERE, locationId: there } }), ['Ada Byron', 'Grace Hopper']);
      assert.deepEqual(await found('hopper', { within: { ...EVERYWHERE, staffId: randomUUID() } }), []);
      const store = customerStore(database, true);
      const foreign = { question: null, within: { ...EVERYWHERE, locationId: here }, limit: 4, after: ids.get('Ada Byron') ?? '' };
      assert.equal(await store.list(foreign), 'unknown-cursor');
      const grace = ids.get('Grace Hopper') ?? '';
      const next = async (within: Within) => (await store.record(grace, within))?.next?.locationId;
      assert.deepEqual([await next(EVERYWHERE), await next({ ...EVERYWHERE, locationId: here })], [there, here]);
      const byron = await store.record(ids.get('Ada Byron') ?? '', EVERYWHERE);
      assert.deepEqual([byron?.noShows, byron?.visits, byron?.next], [1, 0, null]);
    });

    // The embedded database belongs to its one user.
    if (kind.name === 'PGlite') return;
    test('a role that may not add the extension opens the database all the same', async () => {
      await database.sql('drop extension pg_trgm cascade');
      const connection = await database.connect();
      const role = `limited_${randomUUID().slice(0, 8)}`;
      await connection.run(`create role ${role}`, []);
      await connection.run(`set role ${role}`, []);
      await connection.run(MAKE_CUSTOMERS_FINDABLE, []);
      await connection.run('reset role', []);
      await connection.run(`drop role ${role}`, []);
      connection.destroy();
      assert.deepEqual(await found('muller', { findsSimilar: false }), ['Renée Müller']);
    });
  });
}
