import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { attempt } from '../people/asker.ts';
import type { Scene } from '../people/scene.ts';
import { dayStart, gridStarts } from '../people/times.ts';

/** Fine enough to tell when a calendar answers again, and few enough to leave the machine to the servers. */
const EVERY_MS = 40;
const PATIENCE_MS = 12_000;
/** Behind what people and probes book, and wide enough that a start comes again only when its last hold has run out. */
const FIRST_DAY = 3;
const DAYS = 40;
const DAY_MS = 86_400_000;

/** Places a hold on every calendar again and again, each time through the next node, whether the last one has been answered or not. Ends with the scene. */
export function startSteadyCallers(scene: Scene): void {
  const { shop, nodes } = scene.world;
  const [service] = shop.services;
  if (service === undefined) throw new RangeError('a shop without services');
  const date = (days: number) => new Date(dayStart(shop.to) + days * DAY_MS).toISOString().slice(0, 10);
  const starts = gridStarts(shop, service, { from: date(FIRST_DAY), to: date(FIRST_DAY + DAYS) });
  const call = async (staffId: string) => {
    for (let turn = 0; !scene.isOver; turn += 1) {
      const startsAt = new Date(starts[turn % starts.length] ?? 0).toISOString();
      const asked = { operation: 'place-hold', key: randomUUID(), body: { id: randomUUID(), serviceId: service.id, startsAt, staffId } } as const;
      const node = turn % nodes.length;
      scene.aside(attempt(scene, asked, { person: 'steady caller', as: 'guest', transport: 'rest', node, patienceMs: PATIENCE_MS }));
      await wait(EVERY_MS);
    }
  };
  for (const { id } of shop.staff) scene.aside(call(id));
}
