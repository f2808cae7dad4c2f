// Values that a JSON schema allows, as random as they may be while most of them are about things that exist.
import fc from 'fast-check';
import { dateIn } from '../../support/dates.ts';

export type JsonSchema = {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly example?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
};
type Definitions = Readonly<Record<string, JsonSchema>>;

/** What an id is of, by the name of its field. `id` itself is of what the address says. */
const KIND_OF: Readonly<Record<string, string>> = {
  serviceId: 'service',
  staffId: 'staff',
  staffIds: 'staff',
  serviceIds: 'service',
  locationId: 'location',
  customerId: 'customer',
  holdId: 'hold',
  appointmentId: 'appointment',
  movingAppointmentId: 'appointment',
  blockId: 'block',
  timeOffId: 'timeOff',
  calendarId: 'calendar',
  revisions: 'calendar',
};
/** Stands for an id of that kind, whichever the server has when the request is sent. */
const idOf = (kind: string) => fc.nat(1_000).map((index) => `@${kind}:${index}`);

const ZONES = ['Europe/Berlin', 'America/New_York', 'UTC', 'Pacific/Apia', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Etc/GMT+12'];
const day = fc.integer({ min: 0, max: 25 });
const localDate = day.map((days) => dateIn(days));
/** On the grid and within the opening hours of one of the locations, more often than not. */
const moment = fc
  .tuple(localDate, fc.integer({ min: 14, max: 44 }))
  .map(([date, half]) => `${date}T${twoDigits(half >> 1)}:${half % 2 === 0 ? '00' : '30'}:00Z`);
const local = fc.tuple(localDate, fc.integer({ min: 18, max: 33 })).map(([date, half]) => `${date}T${twoDigits(half >> 1)}:${half % 2 === 0 ? '00' : '30'}`);

/** Fields whose schema does not say all. */
const BY_NAME: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  timeZone: fc.constantFrom(...ZONES),
  email: fc.oneof(fc.constantFrom('ada@example.org', 'clara@example.org', 'new@example.org'), fc.emailAddress()),
  phone: fc.constantFrom('+49 30 1234567', '555-0101'),
  currency: fc.constantFrom('EUR', 'USD'),
  startsAt: fc.oneof({ arbitrary: moment, weight: 9 }, { arbitrary: local, weight: 1 }),
  endsAt: moment,
  at: moment,
  cursor: idOf('appointment'),
  capacity: fc.integer({ min: 1, max: 3 }),
  minutes: fc.constantFrom(15, 30, 60),
  seats: fc.constantFrom(1, 1, 1, 2),
  watchId: fc.constantFrom('a', 'b', 'c'),
};

export function arbitraryOf(schema: JsonSchema, definitions: Definitions, name = '', idKind = 'nothing'): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return arbitraryOf(definitions[schema.$ref.split('/').at(-1) ?? ''] ?? {}, definitions, name, idKind);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => arbitraryOf(choice, definitions, name, idKind)));
  if (schema.allOf !== undefined)
    return fc.tuple(...schema.allOf.map((part) => arbitraryOf(part, definitions, name, idKind))).map((parts) => Object.assign({}, ...parts) as unknown);
  if (schema.type === 'object') return objectOf(schema, definitions, name, idKind);
  if (schema.type === 'array') {
    const { items = {}, minItems = 0, maxItems = 3 } = schema;
    return fc.array(arbitraryOf(items, definitions, name, idKind), { minLength: minItems, maxLength: Math.max(minItems, Math.min(3, maxItems)) });
  }
  return scalarOf(schema, name, idKind);
}

function scalarOf(schema: JsonSchema, name: string, idKind: string): fc.Arbitrary<unknown> {
  if (schema.format === 'uuid') return fc.oneof({ arbitrary: idOf(KIND_OF[name] ?? idKind), weight: 9 }, { arbitrary: fc.uuid(), weight: 1 });
  const named = BY_NAME[name];
  if (named !== undefined) return schema.type === 'string' || schema.type === 'integer' ? named : fc.oneof(named, fc.constant(null));
  if (schema.format === 'date') return localDate;
  if (schema.format === 'date-time') return moment;
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'integer':
    case 'number':
      return numberOf(schema);
    default:
      return textOf(schema);
  }
}

function numberOf({ minimum = 0, maximum = 1_000_000 }: JsonSchema): fc.Arbitrary<number> {
  const [least, most] = [Math.ceil(minimum), Math.floor(maximum)];
  return fc.oneof(fc.integer({ min: least, max: Math.min(most, least + 100) }), fc.integer({ min: least, max: most }), fc.constantFrom(least, most));
}

function textOf({ pattern, minLength = 0, maxLength = 40, example }: JsonSchema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const word = fc.string({ minLength: Math.max(1, minLength), maxLength: Math.min(maxLength, 40), unit: 'grapheme' });
  return typeof example === 'string' ? fc.constant(example) : word.map((text) => text.slice(0, maxLength));
}

function objectOf(schema: JsonSchema, definitions: Definitions, name: string, idKind: string): fc.Arbitrary<unknown> {
  const { properties, required = [], additionalProperties, propertyNames } = schema;
  if (properties === undefined && typeof additionalProperties === 'object')
    return fc.dictionary(
      arbitraryOf(propertyNames ?? { type: 'string' }, definitions, name, idKind) as fc.Arbitrary<string>,
      arbitraryOf(additionalProperties, definitions, '', idKind),
      { maxKeys: 3 },
    );
  const fields = Object.entries(properties ?? {}).map(([field, inner]) => [field, arbitraryOf(inner, definitions, field, idKind)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] }).map(inOrder);
}

/** Ends come after beginnings, so that not every second range is backwards. */
function inOrder(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { startsAt, endsAt, from, to } = value;
  const isDate = (text: unknown): text is string => typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text);
  if (typeof startsAt === 'string' && startsAt.endsWith('Z') && endsAt !== undefined)
    return { ...value, endsAt: Temporal.Instant.from(startsAt).add({ minutes: 30 }).toString() };
  if (isDate(from) && isDate(to)) return { ...value, to: Temporal.PlainDate.from(from).add({ days: 7 }).toString() };
  if (typeof from === 'string' && typeof to === 'string' && from > to) return { ...value, from: to.replace('24:00', '23:59'), to: from };
  return value;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
