import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { attempt, settledBy } from '../people/asker.ts';
import type { Scene } from '../people/scene.ts';
import { dayStart, gridStarts } from '../people/times.ts';

/** Longer than any bound, so that a late answer is measured and not only missed. */
const GIVEN_UP_AFTER_MS = 40_000;
const PATIENCE_MS = 5_000;
const RETRY_MS = 100;
const DAY_MS = 86_400_000;

/** Through every node a claim on every calendar, on a day that is nobody else's: asked until it is answered, and written down how long that took. */
export async function probeAll(scene: Scene, overAt: number): Promise<void> {
  const { nodes, shop } = scene.world;
  await Promise.all(nodes.flatMap(({ index }) => shop.staff.map(({ id, calendarId }) => probe(scene, { node: index, staffId: id, calendarId }, overAt))));
}

type Probe = { readonly node: number; readonly staffId: string; readonly calendarId: string };

async function probe(scene: Scene, { node, staffId, calendarId }: Probe, overAt: number): Promise<void> {
  const { recorder } = scene;
  const holdId = randomUUID();
  const sender = { person: `probe ${node}`, as: 'guest', transport: 'rest', node, patienceMs: PATIENCE_MS } as const;
  const body = { id: holdId, staffId, ...slotOfNode(scene, node) };
  const place = { operation: 'place-hold', key: randomUUID(), body } as const;
  let answeredAfter: number | null = null;
  while (answeredAfter === null && recorder.now() - overAt < GIVEN_UP_AFTER_MS) {
    const answer = await attempt(scene, place, sender);
    const settled = settledBy(answer);
    if (settled.type === 'no') recorder.surprise(`a probe was refused: ${settled.code}`);
    if (settled.type !== 'unknown') answeredAfter = Math.round(recorder.now() - overAt);
    else await wait(RETRY_MS);
    if (answer.type === 'ok' && 'token' in answer.body)
      await attempt(scene, { operation: 'release-hold', key: randomUUID(), holdId, holdToken: String(answer.body.token), body: {} }, sender);
  }
  recorder.write({ line: 'probe', node, calendarId, answeredAfter });
}

/** Each node has a start of its own, so that probes never meet. */
function slotOfNode({ world: { shop } }: Scene, node: number): { readonly serviceId: string; readonly startsAt: string } {
  const [service] = shop.services;
  if (service === undefined) throw new RangeError('a shop without services');
  const date = (days: number) => new Date(dayStart(shop.to) + days * DAY_MS).toISOString().slice(0, 10);
  const start = gridStarts(shop, service, { from: date(1), to: date(2) })[node];
  if (start === undefined) throw new RangeError(`no start for node ${node}`);
  return { serviceId: service.id, startsAt: new Date(start).toISOString() };
}
