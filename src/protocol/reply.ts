// What an operation hands to its transport. REST and sockets put it into their own clothes; what is in it is the same.
import { type ProblemCode, type ProblemDraft, type ProblemExtras, problemOf } from './problems.ts';

export type Done<Body> = {
  readonly status: number;
  readonly body: Body;
  /** A stored answer to a key that was used before. */
  readonly replayed: boolean;
  /** For REST only. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** For REST only: it says more than its tag does, so it is sent also to a caller who knows the tag. */
  readonly isAlwaysTold?: boolean;
  /** For REST only: sent in the place of the body, where the answer is not JSON. Written only if the caller does not know it already. */
  readonly document?: { readonly contentType: string; readonly text: () => string };
};
/** A body that is written already. It stands where its value would. */
export class ReadyJson {
  /** UTF-8. */
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  toJSON(): unknown {
    return JSON.parse(new TextDecoder().decode(this.bytes));
  }
}
export type Failed = { readonly problem: ProblemDraft; readonly replayed?: boolean; readonly headers?: Readonly<Record<string, string | readonly string[]>> };
export type Reply<Body extends object = object> = Done<Body> | Failed;

export function done<Body>(body: Body, more: Partial<Omit<Done<Body>, 'body'>> = {}): Done<Body> {
  return { status: 200, replayed: false, ...more, body };
}

export function failed(code: ProblemCode, extras: ProblemExtras = {}): Failed {
  return { problem: problemOf(code, extras) };
}

/** A "no" that blames one field, or one part of the address. */
export function failedField(code: ProblemCode, path: string, message: string): Failed {
  return failed(code, { detail: `${path} ${message}`, errors: [{ path, message }] });
}

export const UNKNOWN_CURSOR = failedField('invalid-request', 'cursor', 'is not a cursor from this server');

export function isFailed(value: object): value is Failed {
  return 'problem' in value;
}
