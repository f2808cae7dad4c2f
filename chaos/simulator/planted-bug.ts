import type { Promises } from './model-database/tables.ts';

type Edit = { /** From the root of the project. */ readonly file: string; readonly find: string; readonly replace: string };
export type PlantedBug = {
  readonly name: string;
  readonly why: string;
  readonly edits: readonly Edit[];
  /** What the database leaves out, where the rule lives in SQL. */
  readonly promises?: Promises;
};
