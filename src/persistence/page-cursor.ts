// Where a page of a list ended, as a word that callers hand back and need not understand. Lists are in the order of a moment, then of an id.

export type Position = { readonly at: number; readonly id: string };

const POSITION = /^(-?\d{1,16})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function encodeCursor({ at, id }: Position): string {
  return Buffer.from(`${at}/${id}`).toString('base64url');
}

/** `undefined`: no page has given it. */
export function decodeCursor(cursor: string): Position | undefined {
  const [, at, id] = POSITION.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return at === undefined || id === undefined ? undefined : { at: Number(at), id };
}
