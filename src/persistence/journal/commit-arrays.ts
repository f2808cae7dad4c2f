// How rows travel to the commit's function: every column of every table is one parameter, an array in its binary form. A descriptor says once what the columns are;
// the function's signature, the casts of its call, and the values are made from it.
import type { CommitBatch } from '../../actors/ports.ts';
import { ArrayWriter, ELEMENT_TYPES } from './array-writer.ts';

/**
 * `calendar`: an id, sent as its place among the calendars of the batch (from 1 on), so that each is named once.
 * `json`: a value that the database keeps as its text. `jsonb`: one that it looks inside. Both are sent as text and cast where they are written; null is an SQL null.
 */
type Kind = 'boolean' | 'int' | 'int8' | 'text' | 'uuid' | 'calendar' | 'json' | 'jsonb';

type Value = string | number | boolean | object | null;
/** A column: how it travels, and what it is of a row. */
type Column<Row> = readonly [kind: Kind, read: (row: Row, places: Places) => Value];
/** Where in the batch something stands, from 1 on: calendars by id, and holds among the claims that are added. */
export type Places = { readonly calendars: ReadonlyMap<string, number>; readonly holds: ReadonlyMap<object, number> };

type TravellingColumn = { readonly name: string; readonly kind: Kind /** Of the function. */; readonly parameter: string };
export type TravellingTable = {
  /** Names its rows in the function, and begins the names of its parameters. */
  readonly alias: string;
  readonly columns: readonly TravellingColumn[];
  parametersOf(batch: CommitBatch, places: Places, writer: ArrayWriter): Buffer[];
};

const SQL_TYPES: Readonly<Record<Kind, string>> = {
  boolean: 'boolean[]',
  int: 'int[]',
  int8: 'int8[]',
  text: 'text[]',
  uuid: 'uuid[]',
  calendar: 'int[]',
  json: 'text[]',
  jsonb: 'text[]',
};

/** Describes a table of a batch: its rows, and its columns by name. */
export function travelling<Row>(
  alias: string,
  rowsOf: (batch: CommitBatch) => readonly Row[],
  described: Readonly<Record<string, Column<Row>>>,
): TravellingTable {
  const columns = Object.entries(described).map(([name, [kind, read]]) => ({ name, kind, read, parameter: `${alias}_${name}` }));
  return {
    alias,
    columns,
    parametersOf(batch, places, writer) {
      const rows = rowsOf(batch);
      return columns.map(({ kind, read }) => {
        const { type, write } = WRITERS[kind];
        writer.begin(type, rows.length);
        for (const row of rows) {
          const value = read(row, places);
          if (value === null) writer.null();
          else write(writer, value, places);
        }
        return writer.end();
      });
    },
  };
}

/** `name type, …`, of all the tables. */
export function signatureOf(tables: readonly TravellingTable[]): string {
  return tables.map(({ columns }) => columns.map(({ parameter, kind }) => `${parameter} ${SQL_TYPES[kind]}`).join(', ')).join(',\n  ');
}

/** `$1::type, …`. */
export function castsOf(tables: readonly TravellingTable[]): string {
  return tables
    .flatMap(({ columns }) => columns)
    .map(({ kind }, index) => `$${index + 1}::${SQL_TYPES[kind]}`)
    .join(', ');
}

/**
 * The rows of a table, for a `from`: under its alias, with its columns as they are named. Not all of them need to be unpacked. The arrays are unpacked in a `select` and not
 * by one `unnest` of all, which would keep each of them in a store of its own first.
 */
export function rowsOf(
  { alias, columns }: TravellingTable,
  names: readonly string[] = columns.map(({ name }) => name),
  and: Readonly<Record<string, string>> = {},
): string {
  const chosen = columns.filter(({ name }) => names.includes(name)).map(({ parameter, name }) => `unnest(${parameter}) ${name}`);
  return `(select ${[...chosen, ...Object.entries(and).map(([name, value]) => `${value} ${name}`)].join(', ')}) ${alias}`;
}

/** The value of a column where it is written. */
function writtenValue({ alias }: TravellingTable, { name, kind }: TravellingColumn): string {
  if (kind === 'calendar') return `c_id[${alias}.${name}]`;
  return kind === 'json' || kind === 'jsonb' ? `${alias}.${name}::${kind}` : `${alias}.${name}`;
}

/** `insert into … select …`, without its `from`: every column but those that are left out, and others with what they are given. */
export function insertInto(
  into: string,
  table: TravellingTable,
  { without = [], and = {} }: { readonly without?: readonly string[]; readonly and?: Readonly<Record<string, string>> } = {},
): string {
  const columns = table.columns.filter(({ name }) => !without.includes(name));
  const names = [...columns.map(({ name }) => name), ...Object.keys(and)];
  const values = [...columns.map((column) => writtenValue(table, column)), ...Object.values(and)];
  return `insert into ${into} (${names.join(', ')})\n      select ${values.join(', ')}`;
}

/** Bytes that the last batch took: the next one is much like it. */
let lastSize = 64 * 1024;

/** The values of a batch, in the order of `signatureOf`. Throws TypeError for what cannot be written as what it is to be, a calendar that is not one of the batch's among it. */
export function parametersOf(tables: readonly TravellingTable[], batch: CommitBatch): Buffer[] {
  const places = { calendars: new Map(batch.calendars.map(({ id }, index) => [id, index + 1])), holds: holdsIn(batch) };
  const writer = new ArrayWriter(lastSize);
  const parameters = tables.flatMap((table) => table.parametersOf(batch, places, writer));
  lastSize = writer.size;
  return parameters;
}

function holdsIn({ claimsAdded }: CommitBatch): Places['holds'] {
  const holds = new Map<object, number>();
  for (const [index, { claim, details }] of claimsAdded.entries()) if (claim.kind === 'hold' && details !== null) holds.set(details, index + 1);
  return holds;
}

type Writer = {
  readonly type: (typeof ELEMENT_TYPES)[keyof typeof ELEMENT_TYPES];
  write(writer: ArrayWriter, value: NonNullable<Value>, places: Places): void;
};
const JSON_TEXT: Writer = { type: ELEMENT_TYPES.text, write: (writer, value) => writer.text(JSON.stringify(value)) };
const WRITERS: Readonly<Record<Kind, Writer>> = {
  boolean: { type: ELEMENT_TYPES.boolean, write: (writer, value) => writer.boolean(value === true) },
  int: { type: ELEMENT_TYPES.int4, write: (writer, value) => writer.int4(Number(value)) },
  int8: { type: ELEMENT_TYPES.int8, write: (writer, value) => writer.int8(Number(value)) },
  text: { type: ELEMENT_TYPES.text, write: (writer, value) => writer.text(String(value)) },
  uuid: { type: ELEMENT_TYPES.uuid, write: (writer, value) => writer.uuid(String(value)) },
  json: JSON_TEXT,
  jsonb: JSON_TEXT,
  calendar: {
    type: ELEMENT_TYPES.int4,
    write(writer, value, { calendars }) {
      const place = calendars.get(String(value));
      if (place === undefined) throw new TypeError(`calendar ${String(value)} is not one of the batch`);
      writer.int4(place);
    },
  },
};
