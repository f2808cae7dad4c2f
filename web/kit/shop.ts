// What can be booked here, read once when the page opens.
import { signal } from '@preact/signals';
import type { z } from 'zod';
import type { BusinessReply, publicLocation, publicStaff, ServiceReply } from '../../src/protocol/catalog.ts';
import { type Answer, ask, type Problem, query } from './api.ts';
import { kitWords } from './language.ts';

export type Business = BusinessReply;
export type Location = z.output<typeof publicLocation>;
export type Staff = z.output<typeof publicStaff>;
export type Service = ServiceReply;
export type Shop = {
  readonly business: Business;
  readonly locations: readonly Location[];
  readonly services: readonly Service[];
  readonly staff: readonly Staff[];
};
export type Loading<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'ready'; readonly value: T };

export const shop = signal<Loading<Shop>>({ state: 'loading' });

type List<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };
/** Of a hundred each: more than any business offers. */
const MOST_PAGES = 20;

/** The whole of a list. The first page of it is what the document has the browser load ahead. */
async function askWhole<T>(what: string, headers: { readonly [name: string]: string }): Promise<Answer<readonly T[]>> {
  const items: T[] = [];
  let cursor: string | null | undefined;
  for (let count = 0; count < MOST_PAGES && cursor !== null; count += 1) {
    const answer: Answer<List<T>> = await ask('GET', `/v1/${what}${query({ limit: 100, cursor })}`, { headers });
    if (!answer.ok) return answer;
    items.push(...answer.body.items);
    cursor = answer.body.nextCursor;
  }
  return { ok: true, body: items };
}

/** With the `authorization` of staff everything is read, not only what the public sees. */
export async function loadShop(headers: { readonly [name: string]: string } = {}): Promise<void> {
  shop.value = { state: 'loading' };
  const [about, locations, services, staff] = await Promise.all([
    ask<Business>('GET', '/v1/business', { headers }),
    askWhole<Location>('locations', headers),
    askWhole<Service>('services', headers),
    askWhole<Staff>('staff', headers),
  ]);
  if (!about.ok) shop.value = { state: 'failed', problem: about.problem };
  else if (!locations.ok) shop.value = { state: 'failed', problem: locations.problem };
  else if (!services.ok) shop.value = { state: 'failed', problem: services.problem };
  else if (!staff.ok) shop.value = { state: 'failed', problem: staff.problem };
  else {
    shop.value = { state: 'ready', value: { business: about.body, locations: locations.body, services: services.body, staff: staff.body } };
  }
}

/** One service as it is now. */
export async function rereadService(id: string | undefined): Promise<void> {
  const answer = await ask<Service>('GET', `/v1/services/${id}`);
  if (!answer.ok || shop.value.state !== 'ready') return;
  const services = shop.value.value.services.map((one) => (one.id === id ? answer.body : one));
  shop.value = { state: 'ready', value: { ...shop.value.value, services } };
}

/** The loaded shop; only for components shown after loading. */
export function openShop(): Shop {
  if (shop.value.state !== 'ready') throw new Error('the shop is asked before it is loaded');
  return shop.value.value;
}

export function staffName(staffId: string): string {
  return openShop().staff.find((person) => person.id === staffId)?.name ?? kitWords.value.ourTeam;
}
