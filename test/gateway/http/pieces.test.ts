import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { type Caller, canonicalJson, requestKeyOf } from '../../../src/access/caller.ts';
import { newReference } from '../../../src/booking/book.ts';
import { problemOfIssues } from '../../../src/gateway/problem-of-issues.ts';
import { formatInstant, instant } from '../../../src/model/instant.ts';
import { etagOf, expectedVersionsOf, isKnownTag } from '../../../src/protocol/versions.ts';
import { wireTime } from '../../../src/protocol/wire-times.ts';

const guest: Caller = {
  principal: null,
  address: '10.0.0.1',
  key: 'a-key-of-sixteen',
  dryRun: false,
  holdToken: null,
  manageToken: null,
  ifMatch: null,
  requestId: null,
};

describe('the fingerprint of a request', () => {
  const of = (asked: object, operation = 'book') => requestKeyOf(guest, operation, asked).fingerprint;
  test('does not depend on the order of fields, nor on those that are undefined', () =>
    assert.equal(of({ a: 1, b: { c: 2, d: [3] } }), of({ b: { d: [3], c: 2, e: undefined }, a: 1 })));
  test('differs by operation, value and nesting', () => {
    const all = [of({ a: 1 }), of({ a: 1 }, 'cancel'), of({ a: 2 }), of({ a: '1' }), of({ a: [1] }), of({ a: { a: 1 } }), of({})];
    assert.equal(new Set(all).size, all.length);
  });
  test('is of JSON that says the same', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))));
  });
});

describe('the scope of a key', () => {
  test('is the address for a guest with a short key, and every guest for a key that nobody guesses', () => {
    assert.equal(requestKeyOf({ ...guest, key: 'short' }, 'book', {}).caller, 'guest:10.0.0.1');
    assert.equal(requestKeyOf(guest, 'book', {}).caller, 'guest');
  });
  test('a request without a key gets one of its own', () =>
    assert.notEqual(requestKeyOf({ ...guest, key: null }, 'book', {}).key, requestKeyOf({ ...guest, key: null }, 'book', {}).key));
});

test('times on the wire are what Temporal writes', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'Australia/Lord_Howe', 'America/St_Johns'];
  const seconds = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) / 1_000 });
  fc.assert(
    fc.property(seconds, fc.constantFrom(...zones), (second, zone) =>
      assert.equal(wireTime(instant(second * 1_000), zone), formatInstant(instant(second * 1_000), zone)),
    ),
    { numRuns: 1_000 },
  );
});

test('If-Match names versions as strong tags, in a list; any other tag matches nothing', () => {
  assert.equal(etagOf(12), '"12"');
  assert.deepEqual(expectedVersionsOf('"12"'), [12]);
  assert.equal(expectedVersionsOf('*'), null);
  assert.equal(expectedVersionsOf(null), null);
  assert.deepEqual(expectedVersionsOf('"999", "12" ,W/"13","x"'), [999, 12]);
  for (const tag of ['W/"12"', '"x"', '""']) assert.deepEqual(expectedVersionsOf(tag), [], tag);
  for (const text of ['12', '', '"1" "2"', '"1",']) assert.equal(expectedVersionsOf(text), undefined, text);
});

test('If-None-Match knows a tag in a list, weak or strong, and * knows all', () => {
  for (const known of ['"12"', 'W/"12"', '"1", "12"', '*']) assert.equal(isKnownTag(known, '"12"'), true, known);
  assert.equal(isKnownTag(undefined, '"12"'), false);
  for (const other of ['', '12', '"1"', '"1", W/"2"']) assert.equal(isKnownTag(other, '"12"'), false, other);
});

test('a reference is short and has no letters that are confused', () => {
  for (let made = 0; made < 100; made += 1) assert.match(newReference(), /^[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}$/);
});

describe('what zod found wrong', () => {
  const problemFor = (schema: z.ZodType, value: unknown) => problemOfIssues(schema.safeParse(value).error?.issues ?? []);
  test('is told field by field, in words', () => {
    const { errors } = problemFor(z.object({ a: z.string(), b: z.int().max(5), c: z.array(z.object({ d: z.enum(['x', 'y']) })) }), { b: 9, c: [{ d: 'z' }] });
    assert.deepEqual(errors, [
      { path: 'a', message: 'is missing' },
      { path: 'b', message: 'must be at most 5' },
      { path: 'c.0.d', message: 'must be x or y' },
    ]);
  });
  test('is a problem of its own where the schema names one and nothing else is wrong', () => {
    const schema = z.object({
      a: z.string(),
      at: z.string().superRefine((_, context) => context.addIssue({ code: 'custom', message: 'no', params: { problem: 'nonexistent-local-time' } })),
    });
    assert.equal(problemFor(schema, { a: 'x', at: 'x' }).code, 'nonexistent-local-time');
    assert.equal(problemFor(schema, { at: 'x' }).code, 'invalid-request');
  });
  test('is looked at for twenty unknown fields at most, however many there are', () => {
    let looked = 0;
    const names = Array.from({ length: 5_000 }, (_, number) => `field${number}`);
    const keys = new Proxy(names, {
      get(all, name) {
        if (typeof name === 'string' && /^\d+$/.test(name)) looked += 1;
        return Reflect.get(all, name);
      },
    });
    const { errors } = problemOfIssues([{ code: 'unrecognized_keys', keys, path: [], message: '', input: {} }], z.strictObject({ a: z.string() }));
    assert.deepEqual([errors?.length, looked], [20, 20]);
  });
  test('is told for twenty fields at most', () =>
    assert.equal(
      problemFor(
        z.array(z.string()),
        Array.from({ length: 1_000 }, () => 1),
      ).errors?.length,
      20,
    ));
});
