import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeighedMap } from '../../src/actors/weighed-map.ts';

test('what was used longest ago is forgotten once everything together weighs too much', () => {
  const map = new WeighedMap<string, number>(10);
  map.set('one', 1, 4);
  map.set('two', 2, 4);
  assert.equal(map.get('one'), 1);
  map.set('three', 3, 4);
  assert.deepEqual([map.get('one'), map.get('two'), map.get('three'), map.weight], [1, undefined, 3, 8]);
});

test('a new value takes the place of the old one, and of one that alone is too heavy nothing is kept', () => {
  const map = new WeighedMap<string, number>(10);
  map.set('one', 1, 4);
  map.set('one', 2, 6);
  assert.deepEqual([map.get('one'), map.weight], [2, 6]);
  map.set('one', 3, 11);
  assert.deepEqual([map.get('one'), map.weight], [undefined, 0]);
});
