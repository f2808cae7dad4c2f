// Small beginnings for tests: a location, a service and a staff member with nothing out of the ordinary.
import { randomUUIDv7 } from 'node:crypto';
import { SYSTEM } from '../../src/audit/audit-entry.ts';
import type { CatalogRequest } from '../../src/catalog/catalog-answer.ts';
import type { LocationDraft, ServiceDraft, StaffDraft } from '../../src/catalog/drafts.ts';

export function locationDraft(changes: Partial<LocationDraft> = {}): LocationDraft {
  const weekly = [{ day: 'monday', from: '09:00', to: '17:00' }] as const;
  return { id: randomUUIDv7(), name: 'Mill Street', timeZone: 'Europe/Berlin', currency: 'EUR', address: null, phone: null, country: null, weekly, ...changes };
}

export function serviceDraft(changes: Partial<ServiceDraft> = {}): ServiceDraft {
  const price = { amount: 3_400, currency: 'EUR' };
  return { id: randomUUIDv7(), name: 'Haircut', minutes: 30, slotIntervalMinutes: 15, bufferAfterMinutes: 5, price, ...changes };
}

export function staffDraft(locationId: string, changes: Partial<StaffDraft> = {}): StaffDraft {
  const rest = { name: 'Ana', email: null, bookable: true, serviceIds: [], timeZone: null, ownHours: false, weekly: null };
  return { id: randomUUIDv7(), calendarId: randomUUIDv7(), locationId, ...rest, ...changes };
}

type Asked = Partial<Pick<CatalogRequest<unknown>, 'key' | 'expectedVersions' | 'by' | 'requestId'>>;

export function request<T>(asked: Asked = {}): CatalogRequest<T> {
  return { ...SYSTEM, key: null, expectedVersions: null, reply: (value) => ({ status: 201, body: value }), ...asked };
}

export function keyOf(key: string, fingerprint = 'the same') {
  return { caller: 'user:1', key, fingerprint };
}
