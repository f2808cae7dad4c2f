import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { ArrayWriter, ELEMENT_TYPES } from '../../src/persistence/journal/array-writer.ts';
import { ENGINES } from './engines.ts';

const { boolean, int4, int8, text, uuid } = ELEMENT_TYPES;

for (const kind of ENGINES) {
  describe(`arrays in binary form on ${kind.name}`, { skip: kind.skip }, () => {
    test('come back as they were, whatever is in them', async () => {
      await using engine = await kind.start();
      await using fresh = await engine.fresh();
      await using database = await openDatabase(fresh.config);
      const texts = ['', 'NULL', '{"a":"\\"b\\\\"}', 'ü€😀', 'x'.repeat(48), `${'y'.repeat(47)}é`, 'z'.repeat(5_000), 'a,b{}'];
      const numbers = [0, -1, 1, 2 ** 32, -(2 ** 32) - 7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1_796_030_803_621];
      const integers = [0, -1, 2 ** 31 - 1, -(2 ** 31)];
      const ids = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-4fff-bfff-fffffffffffe', '01a22bc7-2ea8-7340-9605-de5127c6dde9'];
      // So small that it has to grow, in the middle of an array too.
      const writer = new ArrayWriter(8);
      const parameters = [
        arrayOf(writer, text, texts, (value) => writer.text(value)),
        arrayOf(writer, int8, numbers, (value) => writer.int8(value)),
        arrayOf(writer, int4, integers, (value) => writer.int4(value)),
        arrayOf(writer, uuid, ids, (value) => writer.uuid(value)),
        arrayOf(writer, boolean, [true, false], (value) => writer.boolean(value)),
        arrayOf(writer, text, [], () => undefined),
      ];
      const connection = await database.connect();
      const [row] = await connection.run('select $1::text[], $2::int8[], $3::int[], $4::uuid[], $5::boolean[], $6::text[]', parameters);
      connection.destroy();
      const withNull = (values: readonly unknown[]) => [...values, null];
      assert.deepEqual(row, [withNull(texts), withNull(numbers), withNull(integers), withNull(ids), [true, false, null], []]);
    });
  });
}

test('what is not of the type is not written', () => {
  const writer = new ArrayWriter(64);
  assert.throws(() => writer.uuid('00000000-0000-0000-0000-00000000000g'), TypeError);
  assert.throws(() => writer.uuid('00000000000000000000000000000000'), TypeError);
  for (const number of [1.5, Number.NaN, 2 ** 53]) assert.throws(() => writer.int8(number), TypeError);
  for (const number of [1.5, Number.NaN, 2 ** 31]) assert.throws(() => writer.int4(number), TypeError);
});

/** With a null at its end, unless it is empty. */
function arrayOf<Value>(writer: ArrayWriter, type: Parameters<ArrayWriter['begin']>[0], values: readonly Value[], write: (value: Value) => void): Buffer {
  writer.begin(type, values.length === 0 ? 0 : values.length + 1);
  for (const value of values) write(value);
  if (values.length > 0) writer.null();
  return writer.end();
}
