// What the engine's thread is asked and what it answers. One answer for each question, by number.
import type { SqlRow } from '../database.ts';
import type { Parameter } from '../parameters.ts';

/** `rows` are arrays for the journal and the stores, objects for the ORM. */
export type Statement = {
  readonly type: 'statement';
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly rowMode: 'array' | 'object';
  readonly inTransaction: boolean;
};
/** For a library that brings SQL of its own: values and rows in PGlite's own types. Without values the text may hold several statements; then the rows of all of them are answered. */
export type Script = { readonly type: 'script'; readonly text: string; readonly values: readonly unknown[] | null };
export type EngineQuestion =
  | Statement
  | Script
  | { readonly type: 'begin' }
  | { readonly type: 'commit' }
  | { readonly type: 'rollback' }
  | { readonly type: 'close' };
export type StatementResult = { readonly rows: readonly (SqlRow | object)[]; readonly affectedRows: number | undefined };

/** Of a refused statement: the fields of the server's error message that somebody reads. */
export type EngineRefusal = {
  readonly message: string;
  readonly code: string | undefined;
  readonly constraint: string | undefined;
  readonly detail: string | undefined;
  readonly severity: string | undefined;
};
export type EngineAnswer = { readonly number: number } & ({ readonly result: StatementResult } | { readonly refusal: EngineRefusal });
/** The number of the one answer that nobody asked for: the engine is open. */
export const READY = 0;
export type NumberedQuestion = { readonly number: number; readonly question: EngineQuestion };
