// Where a page of appointments ended, as a word that callers hand back and need not understand.

export type AppointmentPosition = { readonly startsAt: number; readonly id: string };

/** The caller's mistake: this is not a cursor that a page has given. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

const POSITION = /^(-?\d{1,16})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function encodeCursor({ startsAt, id }: AppointmentPosition): string {
  return Buffer.from(`${startsAt}/${id}`).toString('base64url');
}

export function decodeCursor(cursor: string): AppointmentPosition {
  const [, startsAt, id] = POSITION.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (startsAt === undefined || id === undefined) throw new InvalidCursor('The cursor is not one that a list has given.');
  return { startsAt: Number(startsAt), id };
}
