// Where a page of a list ended, as a word that callers hand back and need not understand. Lists are in the order of a moment, then of an id.

export type Position = { readonly at: number; readonly id: string };

const POSITION = /^(-?\d{1,16})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** `order` is written in front where a list has several, so that a page of one is not taken for one of another. */
export function encodeCursor({ at, id }: Position, order = ''): string {
  return Buffer.from(`${order}${at}/${id}`).toString('base64url');
}

/** `undefined`: no page of this order has given it. */
export function decodeCursor(cursor: string, order = ''): Position | undefined {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, at, id] = (text.startsWith(order) && POSITION.exec(text.slice(order.length))) || [];
  return at === undefined || id === undefined ? undefined : { at: Number(at), id };
}
