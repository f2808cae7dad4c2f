import { randomUUID } from 'node:crypto';
import { Asker } from '../people/asker.ts';
import type { Scene } from '../people/scene.ts';
import { dayStart, MINUTE_MS } from '../people/times.ts';

/** Behind every day that people, probes and steady callers ask for. */
const FIRST_DAY = 60;
const DAY_MS = 86_400_000;
/** For each calendar: enough to keep the nodes busy, few enough that none of them is overloaded. */
const AT_ONCE = 8;
/** For each that is wanted: a desk squeezes others in between, and some of what is asked for is abandoned. */
const MOST_TRIES = 1.5;

/** Books `perCalendar` appointments with each staff member, one after the other through day and night, so that a calendar has as many as one in use for years. Throws if too many are refused. */
export async function fillCalendars(scene: Scene, perCalendar: number): Promise<void> {
  const { shop, nodes } = scene.world;
  const [service] = shop.services;
  if (service === undefined) throw new RangeError('a shop without services');
  const from = dayStart(shop.to) + FIRST_DAY * DAY_MS;
  const askers = nodes.map((_, home) => new Asker(scene, { person: 'filler', as: 'desk', transport: 'rest', home, chance: scene.chance(20_000 + home) }));
  const override = { rules: ['outside-hours'], reason: 'fills the calendar' };
  for (const { id: staffId } of shop.staff) {
    let next = 0;
    let booked = 0;
    const bookSome = async () => {
      for (let index = next++; booked < perCalendar; index = next++) {
        if (index > MOST_TRIES * perCalendar) throw new Error(`a calendar could not be filled: ${booked} of ${index} were booked`);
        const id = randomUUID();
        const startsAt = new Date(from + index * service.minutes * MINUTE_MS).toISOString();
        const body = {
          id,
          serviceId: service.id,
          startsAt,
          staffId,
          customer: { name: 'Regular', email: 'regular@example.org' },
          notes: `kept as ${id}`,
          override,
          allowOverlap: true,
        };
        const settled = await askers[index % askers.length]?.settle({ operation: 'book', body });
        if (settled?.type === 'ok') booked += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, bookSome));
  }
}
