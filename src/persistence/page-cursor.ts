// Where a page of a list ended, as a word that callers hand back and need not understand. Lists are in the order of a moment, then of an id.

export type Position = { readonly at: number; readonly id: string };

/** The caller's mistake: this is not a cursor that a page has given. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

const POSITION = /^(-?\d{1,16})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function encodeCursor({ at, id }: Position): string {
  return Buffer.from(`${at}/${id}`).toString('base64url');
}

export function decodeCursor(cursor: string): Position {
  const [, at, id] = POSITION.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined) throw new InvalidCursor('The cursor is not one that a list has given.');
  return { at: Number(at), id };
}
