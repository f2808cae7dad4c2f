import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spokenLocale } from '../../../src/gateway/http/spoken-locale.ts';

test('of the languages that a browser asks for, the best that there are words in counts', () => {
  const asked: readonly [string | undefined, string | null][] = [
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['nl, pt-BR;q=0.5, en;q=0.7', 'en'],
    ['FR', 'fr'],
    ['es;q=0, en;q=0.1', 'en'],
    ['nl,*;q=0.5', null],
    ['*', null],
    ['en;q=nonsense', null],
    ['', null],
    [undefined, null],
    [`${'x-y,'.repeat(5_000)}de`, null],
  ];
  for (const [header, locale] of asked)
    assert.equal(spokenLocale(header === undefined ? {} : { 'accept-language': header }), locale, String(header).slice(0, 40));
});
