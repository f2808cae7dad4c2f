// What no client should send, and how it gets into a request that is otherwise good.
import fc from 'fast-check';

const EDGES = [
  '0000-01-01',
  '0001-01-01',
  '0099-12-31',
  '1582-10-10',
  '9999-12-31',
  '275760-09-13',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '9999-12-31T23:59:59-23:59',
  '0001-01-01T00:00:00+23:59',
  '2026-12-31T23:59:60Z',
  '2027-02-29T12:00:00Z',
  '2027-03-28T02:30',
  '2027-10-31T02:30',
  '2200-01-01T00:00:00Z',
  '2199-12-31T23:59:59Z',
  '1970-01-01T00:00:00Z',
  '1969-12-31T23:59:59Z',
  '2027-01-01T00:00:00+24:00',
  '2027-01-01T10:00:00+02:00[Europe/Paris]',
];
const WORDS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\u0001\u001f\u007f',
  '\ud800',
  'a\udfffb',
  '\u202eabc\u200b',
  'e\u0301\u0301\u0301',
  '👩‍👩‍👧‍👦',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  '0x10',
  'null',
  'undefined',
  'true',
  "'; drop table claim; --",
  '{"a":1}',
  '{{7*7}}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '%s%n',
  'ＡＤＡ@example.org',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  'Europe/Berlin\n',
  '"1"',
  'W/"1"',
  '*',
  '\t\r\n',
];
const NUMBERS = [0, -0, -1, 1, 0.1, 1e21, -1e308, 2 ** 31, 2 ** 53, -(2 ** 63), 5e-324, 999_999_999, 10_000];
const nested = (depth: number, wrap: (inner: unknown) => unknown) => Array.from({ length: depth }).reduce<unknown>((inner) => wrap(inner), 1);
const polluting = () => JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}') as unknown;

/** Small enough that a message with two of them is still one. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: fc.constantFrom(...WORDS), weight: 6 },
  { arbitrary: fc.constantFrom(...EDGES), weight: 3 },
  { arbitrary: fc.constantFrom(...NUMBERS), weight: 3 },
  { arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], { a: 1 }), weight: 4 },
  { arbitrary: fc.constantFrom(256, 3_000, 10_000).map((length) => 'x'.repeat(length)), weight: 1 },
  { arbitrary: fc.integer({ min: 90, max: 500 }).map((depth) => nested(depth, (inner) => [inner])), weight: 1 },
  { arbitrary: fc.integer({ min: 90, max: 500 }).map((depth) => nested(depth, (inner) => ({ a: inner }))), weight: 1 },
  { arbitrary: fc.integer({ min: 101, max: 1_500 }).map((length) => Array.from({ length }, (_, index) => index)), weight: 1 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 30 }), weight: 2 },
  { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 },
  { arbitrary: fc.constant(null).map(polluting), weight: 1 },
);

export type Mutation = { readonly kind: 'replace' | 'remove' | 'add' | 'repeat'; readonly at: number; readonly name: string; readonly junk: unknown };
const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.oneof({ arbitrary: fc.constant('replace' as const), weight: 6 }, fc.constantFrom('remove', 'add', 'repeat')),
  at: fc.nat(10_000),
  name: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'id', 'role', 'staffId', 'status', 'createdBy', ''), fc.string({ maxLength: 8 })),
  junk,
});

/** Nothing is wrong but one character, which a database cannot keep: it has to be found before it gets there. */
const zeroByte: fc.Arbitrary<Mutation> = fc.nat(10_000).map((at) => ({ kind: 'replace', at, name: '', junk: 'a\u0000b' }));
/** What happens to one request or message: mostly something. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.oneof(
  { arbitrary: fc.constant([]), weight: 4 },
  { arbitrary: zeroByte.map((one) => [one]), weight: 1 },
  { arbitrary: fc.array(mutation, { minLength: 1, maxLength: 3 }), weight: 5 },
);

type Tree = Record<string, unknown>;
type Place = { readonly within: Tree | unknown[]; readonly key: string };

/** A copy of the tree with one of its places changed. The places directly at the root stay. */
export function mutated(root: Readonly<Tree>, { kind, at, name, junk: value }: Mutation): Tree {
  const copy = structuredClone(root) as Tree;
  const places = placesIn(copy).filter(({ within, key }) => within !== copy || key === 'body');
  const place = places[at % places.length];
  if (place === undefined) return copy;
  const { within, key } = place;
  const here: unknown = Reflect.get(within, key);
  switch (kind) {
    case 'replace':
      put(within, key, value);
      break;
    case 'remove':
      if (within !== copy) Reflect.deleteProperty(within, key);
      break;
    case 'add':
      put(typeof here === 'object' && here !== null ? here : within, name, value);
      break;
    case 'repeat':
      put(within, key, [here, here]);
      break;
    default:
      return kind satisfies never;
  }
  return copy;
}

/** As a field of its own, also under a name such as `__proto__`. */
function put(within: object, key: string, value: unknown): void {
  Object.defineProperty(within, key === '' && Array.isArray(within) ? 'x' : key, { value, enumerable: true, configurable: true, writable: true });
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = value as Tree | unknown[];
  return Object.keys(within).flatMap((key) => [{ within, key }, ...placesIn(Reflect.get(within, key))]);
}
