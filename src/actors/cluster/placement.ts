import { fnv1a } from './shard-of.ts';

/**
 * Which node should own a shard: the one with the highest hash of both (rendezvous hashing), so that all nodes come to the same
 * answer without talking, and a node that comes or goes moves only its own share. `undefined` if there is no node.
 */
export function placeOf(shard: number, nodes: readonly string[]): string | undefined {
  let best: string | undefined;
  let highest = -1;
  for (const node of nodes) {
    const hash = scramble(fnv1a(`${node} ${shard}`));
    if (hash > highest || (hash === highest && best !== undefined && node < best)) {
      highest = hash;
      best = node;
    }
  }
  return best;
}

/** FNV leaves the high bits of similar texts alike; this is the finaliser of MurmurHash3, which does not. */
function scramble(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
