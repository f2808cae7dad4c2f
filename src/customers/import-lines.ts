// A table of customers as it is read: which lines are good, and what is wrong with the others. Pure; runs in a thread of its own, since a table takes a while.
import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import type { z } from 'zod';
import { importedCustomer, MOST_IMPORTED } from '../protocol/customers.ts';

const COLUMNS = ['name', 'email', 'phone', 'notes', 'tags'] as const;
type Column = (typeof COLUMNS)[number];
/** Of one line: notes have 2,000 characters. A quote that is never closed does not swallow the rest of the file. */
const LONGEST_LINE = 32 * 1_024;
/** More are counted, and not listed. */
const MOST_ERRORS = 1_000;

/** `line`: as an editor counts them, from 1; of a line with line breaks in it, its first. */
export type ImportedLine = z.output<typeof importedCustomer> & { readonly line: number };
type LineError = { readonly line: number; readonly column: Column | 'line'; readonly message: string };
/** `repeated`: lines that say the same person again. `bad`: lines with errors. */
export type ReadTable = {
  readonly lines: number;
  readonly good: readonly ImportedLine[];
  readonly repeated: number;
  readonly bad: number;
  readonly errors: readonly LineError[];
};
/** `path`: `file`, `header` or `line 17`. */
export type TableRefusal = { readonly path: string; readonly message: string };
type Found = { readonly line: number; readonly cells: readonly string[] };

export function readTable(bytes: Uint8Array): ReadTable | { readonly refusal: TableRefusal } {
  const text = decoded(bytes);
  if (text === undefined) return refuse('file', 'is in an older encoding, such as windows-1252: save it as “CSV UTF-8”');
  const found = recordsOf(text);
  if ('refusal' in found) return found;
  const [header, ...records] = found;
  if (header === undefined) return refuse('file', `is empty; the first line must be ${COLUMNS.join(',')}`);
  const columns = columnsOf(header.cells);
  if ('refusal' in columns) return columns;
  if (records.length > MOST_IMPORTED) return refuse('file', `must have at most ${MOST_IMPORTED} lines after the first`);
  return sorted(records, columns);
}

/** UTF-8, and UTF-16 as spreadsheets save “Unicode text”, with a byte order mark or without. `undefined`: neither, and in which of the older ones it is cannot be told for certain. */
function decoded(bytes: Uint8Array): string | undefined {
  const [first = 0, second = 0] = bytes;
  const isWide = bytes.length % 2 === 0;
  if (isWide && ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0))) return wideTextOf(bytes, 'utf-16le');
  if (isWide && ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0))) return wideTextOf(bytes, 'utf-16be');
  return isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : undefined;
}

/** What is no text in it becomes a mark that no cell may have. */
function wideTextOf(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): string {
  return new TextDecoder(encoding).decode(bytes);
}

function recordsOf(table: string): readonly Found[] | { readonly refusal: TableRefusal } {
  const options = { bom: true, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, max_record_size: LONGEST_LINE } as const;
  try {
    // One kind of line break, so that lines are counted as an editor counts them.
    const text = table.replaceAll(/\r\n?/g, '\n');
    const all = parse(text, { ...options, delimiter: delimiterOf(text), to: MOST_IMPORTED + 2 });
    const read = all as unknown as readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[]; // what `info` makes of it
    return read
      .map(({ record, info }) => ({ cells: record, line: info.lines - breaksIn(record) }))
      .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  } catch (failure) {
    if (failure instanceof CsvError) return refuse(`line ${Number(failure.lines ?? 1)}`, 'cannot be read: is a quote not closed?');
    throw failure;
  }
}

/** Spreadsheets of half of the world write semicolons: what the first line has most of, outside of quotes. */
function delimiterOf(text: string): string {
  const [first = ''] = text
    .slice(0, LONGEST_LINE)
    .replaceAll(/"[^"]*"/g, '')
    .split('\n');
  const count = (delimiter: string) => first.split(delimiter).length;
  return [',', ';', '\t'].toSorted((one, other) => count(other) - count(one))[0] ?? ',';
}

function breaksIn(record: readonly string[]): number {
  return record.reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0);
}

function columnsOf(cells: readonly string[]): readonly Column[] | { readonly refusal: TableRefusal } {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const unknown = names.find((name) => !COLUMNS.some((column) => column === name));
  if (unknown !== undefined) return refuse('header', `has a column “${unknown.slice(0, 40)}”; the columns are ${COLUMNS.join(', ')}`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return refuse('header', `has the column ${twice} twice`);
  if (!names.includes('name')) return refuse('header', 'has no column name');
  return names as readonly Column[]; // all of them were found above
}

function sorted(records: readonly Found[], columns: readonly Column[]): ReadTable {
  const good: ImportedLine[] = [];
  const errors: LineError[] = [];
  const seen = new Set<string>();
  const wrong = new Set<number>();
  let repeated = 0;
  for (const { line, cells } of records) {
    const read = lineOf(cells, columns);
    if ('wrong' in read) {
      wrong.add(line);
      if (errors.length < MOST_ERRORS) errors.push(...read.wrong.map((error) => ({ line, ...error })));
    } else if (seen.has(personOf(read))) repeated += 1;
    else {
      seen.add(personOf(read));
      good.push({ ...read, line });
    }
  }
  return { lines: records.length, good, repeated, bad: wrong.size, errors: errors.slice(0, MOST_ERRORS) };
}

/** What says that two lines, or a line and a record, are one person: the address; without one the name and number; without both the name. */
export function personOf({ name, email, phone }: Pick<ImportedLine, 'name' | 'email' | 'phone'>): string {
  if (email != null) return email;
  return `${name}\n${phone == null ? '' : phone.replaceAll(/\D/g, '')}`;
}

type Wrong = { readonly wrong: readonly Omit<LineError, 'line'>[] };

function lineOf(cells: readonly string[], columns: readonly Column[]): z.output<typeof importedCustomer> | Wrong {
  if (cells.length > columns.length) return { wrong: [{ column: 'line', message: `has ${cells.length} cells, and the first line ${columns.length}` }] };
  const typed: Readonly<Record<string, string>> = Object.fromEntries(
    columns.map((column, at) => [column, textOf(cells[at] ?? '')]).filter(([, text]) => text !== ''),
  );
  const { tags = '' } = typed;
  const words = tags.split(/[;,]/).map((word) => word.trim());
  const read = importedCustomer.safeParse({ name: '', ...typed, tags: words.filter((word) => word !== '') });
  if (read.success) return read.data;
  const issues = Map.groupBy(read.error.issues, ({ path: [column] }) => column as Column); // the schema has the columns
  return { wrong: [...issues].map(([column, [first]]) => ({ column, message: first === undefined ? '' : messageOf(first) })) };
}

/** What begins like a formula has an apostrophe in tables that this server writes: it is no part of the text. A formula is text like any other here. */
function textOf(cell: string): string {
  return cell.trim().replace(/^'(?=[=+\-@\t\r＝＋－＠])/u, '');
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') return 'must not be empty';
  if (issue.code === 'too_big') return issue.origin === 'array' ? `must be at most ${issue.maximum}` : `must have at most ${issue.maximum} characters`;
  return issue.message;
}

function refuse(path: string, message: string): { readonly refusal: TableRefusal } {
  return { refusal: { path, message } };
}
