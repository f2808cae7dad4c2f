import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { uuidText, uuidWords } from '../../src/model/uuid-words.ts';
import { holds } from './random.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EXAMPLE = '019f0000-ffff-7abc-8DEF-fedcba987654';

test('a UUID comes back from its words in lower case', () => {
  assert.deepEqual(uuidWords(EXAMPLE), [0x019f0000, 0xffff7abc, 0x8deffedc, 0xba987654]);
  holds(
    fc.property(fc.uuid(), (id) => {
      const words = uuidWords(id.toUpperCase());
      assert.ok(words !== undefined);
      assert.equal(uuidText(Uint32Array.of(0, ...words), 1), id);
    }),
    1_000,
  );
});

test('whatever is not a UUID has no words, wherever it differs', () => {
  const others = ['g', 'G', '/', ':', '@', '`', '-', ' ', '\0', 'é', '０', '𝟎'];
  for (let place = 0; place < EXAMPLE.length; place += 1) {
    for (const other of [...others, ...'0aF']) {
      const text = EXAMPLE.slice(0, place) + other + EXAMPLE.slice(place + 1);
      assert.equal(uuidWords(text) !== undefined, UUID.test(text), text);
    }
  }
  for (const text of ['', EXAMPLE.slice(1), `${EXAMPLE}0`, EXAMPLE.replaceAll('-', ''), `{${EXAMPLE}}`, `${EXAMPLE}\n`])
    assert.equal(uuidWords(text), undefined, text);
});
