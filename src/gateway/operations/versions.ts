// ETag and If-Match (RFC 9110 §13). A version is a whole number that grows with every change.

/** A strong tag: `"12"`. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The version in `If-Match`. null: none was sent, or `*`; `undefined`: not a tag of ours, so it cannot match. */
export function expectedVersionOf(ifMatch: string | null): number | null | undefined {
  if (ifMatch === null || ifMatch.trim() === '*') return null;
  const [, digits] = /^"(\d{1,15})"$/.exec(ifMatch.trim()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
