import { closeSync, openSync, writeSync } from 'node:fs';

export type JournalLine = {
  readonly at: string;
  readonly transport: 'rest' | 'socket';
  /** Who asked, and so who has to ask again. */
  readonly as: 'guest' | 'desk';
  readonly operation: string;
  readonly key: string;
  /** What was asked, as REST takes it: with it the claim can be repeated under the same key. */
  readonly request: { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: object };
  readonly outcome: 'ok' | 'no' | 'unknown';
  /** The answer's body or the problem; null when the outcome is unknown. */
  readonly answer: object | null;
};

/** What was answered, written before anything else happens with it, so that a checker can hold the server to it. */
export class ClaimJournal implements Disposable {
  readonly #file: number | undefined;

  constructor(path: string | null) {
    this.#file = path === null ? undefined : openSync(path, 'w');
  }

  write(line: JournalLine): void {
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}
