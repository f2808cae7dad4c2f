// What is missing before the first time can be booked.
import { listed } from '../../kit/money-and-time.ts';
import type { Catalog } from '../catalog.ts';

export type Step = 'place' | 'hours' | 'service' | 'person' | 'done';

export const STEPS: readonly { readonly id: Step; readonly title: string; readonly done: (catalog: Catalog) => string }[] = [
  { id: 'place', title: 'Your business', done: ({ business, locations }) => `${business.name}, in the zone ${locations[0]?.timeZone ?? ''}` },
  { id: 'hours', title: 'When it is open', done: () => 'Opening hours are set' },
  { id: 'service', title: 'What can be booked', done: ({ services }) => listed(services.map(({ name }) => name)) },
  { id: 'person', title: 'Who does it', done: ({ staff }) => listed(staff.map(({ name }) => name)) },
  { id: 'done', title: 'Here is your booking page', done: () => '' },
];

export function nextStep({ locations, services, staff }: Catalog): Step {
  if (locations.length === 0) return 'place';
  if (locations.every(({ weekly }) => weekly.length === 0) && staff.every(({ ownHours }) => ownHours !== true)) return 'hours';
  if (!services.some(({ active }) => active)) return 'service';
  return services.some(({ active, staffIds }) => active && staffIds.length > 0) ? 'done' : 'person';
}
