/** How many shards there are; a row each in table `shard`, made by the first migration. */
export const SHARD_COUNT = 256;

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a, 32 bits, over the characters of a text. */
export function fnv1a(text: string): number {
  let hash = FNV_OFFSET_BASIS;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return hash >>> 0;
}

/**
 * The shard a calendar belongs to, for ever: it is stored with the calendar, and every node must come to the same number.
 * FNV-1a (32 bit) over the text of the id, which is a lower-case UUID.
 */
export function shardOf(calendarId: string): number {
  return fnv1a(calendarId) % SHARD_COUNT;
}
