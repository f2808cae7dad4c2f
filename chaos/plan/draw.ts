import { Chance } from '../../src/demo/chance.ts';
import { type Fault, type FaultKind, faultKinds, isOfOneNode, isOutage, type Plan } from './faults.ts';

/** Traffic has to get going before anything is worth breaking. */
const FIRST_AFTER_SECONDS = 3;
/** A process needs this long to be there again, so that the next fault finds a whole world. */
const START_SECONDS = 3;
const TOGETHER_SHARE = 0.12;

/** How long each of them lasts, in seconds: [least, most]. Others bury a node that has not been heard of for six seconds. */
const LASTS: Readonly<Record<FaultKind, readonly [number, number]>> = {
  'node-killed': [0.2, 3],
  'node-frozen-short': [0.5, 4],
  'node-frozen-long': [7.5, 10],
  'node-restarted': [0, 0],
  'postgres-link-cut': [0.2, 4],
  'postgres-link-black-hole': [0.5, 5],
  'postgres-link-replies-swallowed': [0.3, 2],
  'postgres-link-late': [0.3, 2],
  'redis-link-cut': [0.2, 4],
  'redis-link-black-hole': [1, 5],
  'redis-link-replies-swallowed': [1, 3],
  'redis-link-late': [1, 3],
  'postgres-crashed': [0.1, 1.5],
  'backend-terminated': [0, 0],
  'redis-killed': [0.2, 4],
  'readers-slow': [2, 6],
};
const LATEST_PACKET_MS = 80;
const KILLED_SHARE = 0.4;

/** The same seed, nodes and seconds give the same plan. Every kind comes once before any comes twice. */
export function drawPlan({ seed, nodes, seconds }: { readonly seed: number; readonly nodes: number; readonly seconds: number }): Plan {
  const chance = new Chance(seed);
  const faults: Fault[] = [];
  let deck: FaultKind[] = [];
  let at = FIRST_AFTER_SECONDS;
  for (;;) {
    if (deck.length === 0) deck = shuffled(faultKinds(nodes), chance);
    const kind = deck.pop();
    if (kind === undefined) break;
    const before = faults.at(-1);
    const together = before !== undefined && nodes > 1 && isOfOneNode(before.kind) && isOfOneNode(kind) && chance.happens(TOGETHER_SHARE);
    const startsAtSeconds = tenths(together ? before.startsAtSeconds + before.lastsSeconds * chance.next() : at);
    const one = drawFault(chance, { id: faults.length + 1, kind, startsAtSeconds, together, nodes, not: together ? before.node : null });
    const endsAt = one.startsAtSeconds + one.lastsSeconds;
    if (endsAt > seconds) break;
    faults.push(one);
    const recovery = isOutage(kind) && !kind.startsWith('redis-') ? START_SECONDS * 0.7 : 0.5;
    at = Math.max(at, endsAt + recovery + chance.next() * 1.5);
  }
  return { seed, nodes, seconds, faults };
}

type Draft = Pick<Fault, 'id' | 'kind' | 'startsAtSeconds' | 'together'> & { readonly nodes: number; readonly not: number | null };

function drawFault(chance: Chance, { nodes, not, kind, ...rest }: Draft): Fault {
  const [least, most] = LASTS[kind];
  const candidates = Array.from({ length: nodes }, (_, index) => index).filter((index) => index !== not);
  // Drawn whether it is needed or not, so that one kind's choice does not shift all that follow.
  const node = chance.pick(candidates);
  const lastsSeconds = tenths(least + chance.next() * (most - least));
  const isKilled = chance.happens(KILLED_SHARE);
  const lateMs = chance.integer(0, LATEST_PACKET_MS);
  const detail = kind === 'postgres-crashed' ? (isKilled ? 'killed' : 'immediate') : kind.endsWith('-late') ? lateMs : null;
  return { ...rest, kind, node: isOfOneNode(kind) ? node : null, lastsSeconds, detail };
}

function shuffled<Item>(items: readonly Item[], chance: Chance): Item[] {
  return items
    .map((item) => ({ item, place: chance.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
