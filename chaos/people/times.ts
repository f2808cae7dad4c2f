import type { Chance } from '../../src/demo/chance.ts';
import type { ShopFacts } from '../history/lines.ts';

export const MINUTE_MS = 60_000;

/** The first instant of a local date of the shop, which keeps UTC. */
export function dayStart(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

/** Every local date on which people book. */
function datesOf({ from, to }: Pick<ShopFacts, 'from' | 'to'>): readonly string[] {
  const dates: string[] = [];
  for (let at = dayStart(from); at < dayStart(to); at += 24 * 60 * MINUTE_MS) dates.push(new Date(at).toISOString().slice(0, 10));
  return dates;
}

/** Every start of a service on the grid of these dates, taken or not. */
export function gridStarts(shop: ShopFacts, service: ShopFacts['services'][number], range: Pick<ShopFacts, 'from' | 'to'>): readonly number[] {
  return datesOf(range).flatMap((date) => {
    const opensAt = Date.parse(`${date}T${shop.opensAt}Z`);
    const lastStart = Date.parse(`${date}T${shop.closesAt}Z`) - service.minutes * MINUTE_MS;
    const starts: number[] = [];
    for (let start = opensAt; start <= lastStart; start += service.intervalMinutes * MINUTE_MS) starts.push(start);
    return starts;
  });
}

/** A start on the grid, early ones more often than late ones: that is where people meet. */
export function anyStart(shop: ShopFacts, service: ShopFacts['services'][number], chance: Chance): string {
  const starts = gridStarts(shop, service, shop);
  const share = chance.next() * chance.next();
  return new Date(starts[Math.floor(share * starts.length)] ?? 0).toISOString();
}
