/** Reads a column at an index known to be inside it; a missing value is a bug. */
export function valueAt(column: ArrayLike<number>, index: number): number {
  const value = column[index];
  if (value === undefined) throw new RangeError(`no value at ${index} of ${column.length}`);
  return value;
}

/** First index of an ascending column whose value is at least `value`; `size` if there is none. */
export function lowerBound(column: ArrayLike<number>, size: number, value: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(column, middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
