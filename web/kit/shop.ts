// What can be booked here, read once when the page opens.
import { signal } from '@preact/signals';
import type { z } from 'zod';
import type { BusinessReply, publicLocation, publicStaff, ServiceReply } from '../../src/protocol/catalog.ts';
import { ask, type Problem } from './api.ts';
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

type List<T> = { readonly items: readonly T[] };

/** With the `authorization` of staff everything is read, not only what the public sees. */
export async function loadShop(headers: { readonly [name: string]: string } = {}): Promise<void> {
  shop.value = { state: 'loading' };
  const [about, locations, services, staff] = await Promise.all([
    ask<Business>('GET', '/v1/business', { headers }),
    ask<List<Location>>('GET', '/v1/locations?limit=100', { headers }),
    ask<List<Service>>('GET', '/v1/services?limit=100', { headers }),
    ask<List<Staff>>('GET', '/v1/staff?limit=100', { headers }),
  ]);
  if (!about.ok) shop.value = { state: 'failed', problem: about.problem };
  else if (!locations.ok) shop.value = { state: 'failed', problem: locations.problem };
  else if (!services.ok) shop.value = { state: 'failed', problem: services.problem };
  else if (!staff.ok) shop.value = { state: 'failed', problem: staff.problem };
  else {
    shop.value = { state: 'ready', value: { business: about.body, locations: locations.body.items, services: services.body.items, staff: staff.body.items } };
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
