// How rows travel to the commit's function: every column of every table is one parameter, an array in its text form. A descriptor says once what the columns are;
// the function's signature, the casts of its call, and the values are made from it.
import type { CommitBatch } from '../../actors/ports.ts';

/**
 * `calendar`: an id, sent as its place among the calendars of the batch (from 1 on), so that each is named once.
 * `json`: a value that the database keeps as its text. `jsonb`: one that it looks inside. Both are sent as text and cast where they are written; null is an SQL null.
 */
type Kind = 'boolean' | 'int' | 'int8' | 'text' | 'uuid' | 'calendar' | 'json' | 'jsonb';

type Value = string | number | boolean | object | null;
/** A column: how it travels, and what it is of a row. */
type Column<Row> = readonly [kind: Kind, read: (row: Row) => Value];
type Places = ReadonlyMap<string, number>;

type TravellingColumn = { readonly name: string; readonly kind: Kind /** Of the function. */; readonly parameter: string };
export type TravellingTable = {
  /** Names its rows in the function, and begins the names of its parameters. */
  readonly alias: string;
  readonly columns: readonly TravellingColumn[];
  parametersOf(batch: CommitBatch, places: Places): string[];
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
    parametersOf(batch, places) {
      const rows = rowsOf(batch);
      return columns.map(({ kind, read }) => {
        const write = WRITERS[kind];
        let text = '{';
        let separator = '';
        for (const row of rows) {
          const value = read(row);
          text += separator + (value === null ? 'NULL' : write(value, places));
          separator = ',';
        }
        return `${text}}`;
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

/** The rows of a table, for a `from`: under its alias, with its columns as they are named. Not all of them need to be unpacked. */
export function rowsOf({ alias, columns }: TravellingTable, names: readonly string[] = columns.map(({ name }) => name)): string {
  const chosen = columns.filter(({ name }) => names.includes(name));
  return `unnest(${chosen.map(({ parameter }) => parameter).join(', ')}) ${alias}(${chosen.map(({ name }) => name).join(', ')})`;
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

/** The values of a batch, in the order of `signatureOf`. Throws TypeError for a calendar that is not one of the batch's. */
export function parametersOf(tables: readonly TravellingTable[], batch: CommitBatch): string[] {
  const places = new Map(batch.calendars.map(({ id }, index) => [id, index + 1]));
  return tables.flatMap((table) => table.parametersOf(batch, places));
}

const WRITERS: Readonly<Record<Kind, (value: NonNullable<Value>, places: Places) => string>> = {
  boolean: String,
  int: String,
  int8: String,
  text: (value) => quoted(String(value)),
  uuid: (value) => quoted(String(value)),
  json: (value) => quoted(JSON.stringify(value)),
  jsonb: (value) => quoted(JSON.stringify(value)),
  calendar(value, places) {
    const place = places.get(String(value));
    if (place === undefined) throw new TypeError(`calendar ${String(value)} is not one of the batch`);
    return String(place);
  },
};

/** An element of an array in its text form. Searching for the two characters costs far less than a regular expression, and most texts have neither or one of them. */
function quoted(text: string): string {
  const escaped = text.includes('\\') ? text.replaceAll('\\', '\\\\') : text;
  return escaped.includes('"') ? `"${escaped.replaceAll('"', '\\"')}"` : `"${escaped}"`;
}
