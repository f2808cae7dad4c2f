// How a parameter goes to the server, written once so that both engines read the same.

/** Text in the server's own form of it, or bytes in its binary form, which for `bytea` are the bytes themselves. */
export type Parameter = string | Uint8Array | null;

/** Throws TypeError for what has no meaning as a parameter: that is a mistake of the calling code. */
export function parameterOf(value: unknown): Parameter {
  return value instanceof Uint8Array ? value : textOf(value);
}

function textOf(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return arrayText(value);
  if (typeof value === 'object') return JSON.stringify(value);
  throw new TypeError(`A parameter cannot be ${typeof value}; write null for an SQL null.`);
}

function arrayText(values: readonly unknown[]): string {
  return `{${values.map(elementText).join(',')}}`;
}

function elementText(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return arrayText(value);
  const text = textOf(value);
  return text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
