// A place in the log of the whole business, as callers have it: opaque to them, and good in one era only.

/** A row of the change log; see `actors/change-log-port.ts`. */
type Place = { readonly xid: string; readonly position: string };

const CURSOR = /^(.{1,100})\/(\d{1,18})\/(\d{1,18})$/;

export function cursorOf(era: string, { xid, position }: Place): string {
  return Buffer.from(`${era}/${xid}/${position}`).toString('base64url');
}

/** `undefined`: it was not made here. */
export function readCursor(cursor: string): (Place & { readonly era: string }) | undefined {
  const [, era, xid, position] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return era === undefined || xid === undefined || position === undefined ? undefined : { era, xid, position };
}
