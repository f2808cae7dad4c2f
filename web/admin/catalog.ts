// What the business offers, as those who manage it see it. Read when the page opens, and again after each change and when the page is looked at again.
import { batch, signal } from '@preact/signals';
import type { z } from 'zod';
import type { BusinessReply, managedLocation, managedResource, managedStaff, ServiceReply } from '../../src/protocol/catalog.ts';
import { ask } from '../kit/api.ts';
import { type Loading, shop } from '../kit/shop.ts';
import { askEach } from './ask-each.ts';

export type ManagedLocation = z.output<typeof managedLocation>;
export type ManagedStaff = z.output<typeof managedStaff>;
export type ManagedResource = z.output<typeof managedResource>;
export type ManagedService = ServiceReply;
export type Catalog = {
  readonly business: BusinessReply;
  readonly locations: readonly ManagedLocation[];
  readonly services: readonly ManagedService[];
  readonly staff: readonly ManagedStaff[];
  readonly resources: readonly ManagedResource[];
};

export const catalog = signal<Loading<Catalog>>({ state: 'loading' });
let reading: Promise<void> | undefined;

/** What is shown stays until the new answer is there. Callers at the same time share one reading. */
export function loadCatalog(): Promise<void> {
  reading ??= read().finally(() => {
    reading = undefined;
  });
  return reading;
}

async function read(): Promise<void> {
  const [business, locations, services, staff, resources] = await Promise.all([
    ask<BusinessReply>('GET', '/v1/business'),
    askEach<ManagedLocation>('/v1/locations'),
    askEach<ManagedService>('/v1/services'),
    askEach<ManagedStaff>('/v1/staff'),
    askEach<ManagedResource>('/v1/resources'),
  ]);
  const failed = [business, locations, services, staff, resources].find((answer) => !answer.ok);
  if (failed !== undefined && !failed.ok) {
    if (catalog.peek().state !== 'ready') catalog.value = { state: 'failed', problem: failed.problem };
    return;
  }
  if (!(business.ok && locations.ok && services.ok && staff.ok && resources.ok)) return;
  const value = { business: business.body, locations: locations.body, services: services.body, staff: staff.body, resources: resources.body };
  batch(() => {
    catalog.value = { state: 'ready', value };
    shop.value = { state: 'ready', value };
  });
}

/** Only for what is shown once it is loaded. */
export function openCatalog(): Catalog {
  if (catalog.value.state !== 'ready') throw new Error('the catalog is asked before it is loaded');
  return catalog.value.value;
}
