// What `/openapi.json` says can be asked, and requests made from nothing but that.
import fc from 'fast-check';
import { CAST, type CastMember } from '../cast.ts';
import { type Mutation, mutations } from './mutations.ts';
import { arbitraryOf, type JsonSchema } from './values.ts';

type Parameter = { readonly in: 'path' | 'query' | 'header'; readonly name: string; readonly required?: boolean; readonly schema: JsonSchema };
type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;
type DocumentedOperation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
};
export type OpenApiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
  readonly 'x-headers-of-every-answer': Readonly<Record<string, string>>;
};

export type Operation = {
  readonly method: string;
  readonly path: string;
  readonly documented: DocumentedOperation;
  /** Codes of problems by status. */
  readonly codes: ReadonlyMap<number, ReadonlySet<string>>;
  /** Takes as long as a password, or changes what others stand on. */
  readonly isSlow: boolean;
};

/** What is wrong with the request as a text, beside what is wrong with its values. */
const TWISTS = [
  'none',
  'cut-body',
  'no-body',
  'no-json',
  'other-type',
  'zipped',
  'repeated-query',
  'bad-percent-in-query',
  'bad-percent-in-path',
  'slash-at-the-end',
  'junk-headers',
  'other-method',
  'bad-token',
] as const;
type Twist = (typeof TWISTS)[number];

export type RequestTree = {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};
export type FuzzRequest = {
  readonly operation: Operation;
  readonly tree: RequestTree;
  /** null is a guest. */
  readonly by: CastMember | null;
  readonly mutations: readonly Mutation[];
  readonly twist: Twist;
};

/** Of every second an id that is found nowhere else would be wanted: the address says of what `id` is. */
const KIND_AT: readonly (readonly [RegExp, string])[] = [
  [/^\/v1\/holds/, 'hold'],
  [/^\/v1\/appointments/, 'appointment'],
  [/^\/v1\/calendars/, 'calendar'],
  [/^\/v1\/locations/, 'location'],
  [/^\/v1\/services/, 'service'],
  [/^\/v1\/staff/, 'staff'],
  [/^\/v1\/auth\/sessions/, 'session'],
];
const HASHES = /^\/v1\/auth\/(login|register|password\/(reset|change)|totp.*)$/;

export function operationsOf(document: OpenApiDocument): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, atPath]) =>
    Object.entries(atPath).map(([method, documented]) => ({ method, path, documented, codes: codesOf(documented), isSlow: HASHES.test(path) })),
  );
}

function codesOf({ responses }: DocumentedOperation): ReadonlyMap<number, ReadonlySet<string>> {
  return new Map(
    Object.entries(responses).map(([status, { description }]) => [
      Number(status),
      new Set([...description.matchAll(/`([a-z-]+)`: /g)].map(([, code = '']) => code)),
    ]),
  );
}

export function requestsOf(document: OpenApiDocument): fc.Arbitrary<FuzzRequest> {
  const each = operationsOf(document).map((operation) => ({ arbitrary: requestOf(operation, document), weight: operation.isSlow ? 1 : 10 }));
  return fc.oneof(...each);
}

function requestOf(operation: Operation, document: OpenApiDocument): fc.Arbitrary<FuzzRequest> {
  const twists = TWISTS.filter((twist) => twist !== 'none');
  return fc.record({
    operation: fc.constant(operation),
    tree: treeOf(operation, document),
    by: fc.oneof(
      fc.constantFrom<CastMember | null>(null, ...CAST, 'a program for everything', 'a program for everything in Berlin', 'a program for hardly anything'),
      fc.constantFrom<CastMember>('owner@example.org', 'manager@example.org'),
    ),
    mutations,
    twist: fc.oneof({ arbitrary: fc.constant<Twist>('none'), weight: 9 }, { arbitrary: fc.constantFrom(...twists), weight: 1 }),
  });
}

function treeOf({ path, documented }: Operation, { components: { schemas } }: OpenApiDocument): fc.Arbitrary<RequestTree> {
  const kind = KIND_AT.find(([pattern]) => pattern.test(path))?.[1] ?? 'nothing';
  const partOf = (place: Parameter['in']) => {
    const parameters = (documented.parameters ?? []).filter((parameter) => parameter.in === place);
    const fields = parameters.map(({ name, schema }) => [name, place === 'header' ? headerOf(name) : arbitraryOf(schema, schemas, name, kind)] as const);
    return fc.record(Object.fromEntries(fields), {
      requiredKeys: parameters.filter(({ required, in: where }) => required === true || where === 'path').map(({ name }) => name),
    });
  };
  const body = documented.requestBody?.content['application/json']?.schema;
  const shared = { params: partOf('path'), query: partOf('query'), headers: partOf('header') };
  // What is made has an id of its own, or none.
  const whole: Readonly<Record<string, fc.Arbitrary<unknown>>> = body === undefined ? shared : { ...shared, body: arbitraryOf(body, schemas, '', 'nothing') };
  // A record of these fields is such a tree.
  return fc.record(whole) as fc.Arbitrary<unknown> as fc.Arbitrary<RequestTree>;
}

function headerOf(name: string): fc.Arbitrary<string> {
  switch (name) {
    case 'Idempotency-Key':
      return fc.oneof(fc.constantFrom('1', 'a key that is used again and again'), fc.uuid());
    case 'If-Match':
      return fc.oneof(
        fc.nat(5).map((version) => `"${version}"`),
        fc.constant('*'),
      );
    default:
      // Of what the address names, or of something else.
      return fc.constantFrom('@own', '@own', '@hold:3', '@appointment:3');
  }
}
