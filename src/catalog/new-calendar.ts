// What a staff member and a resource have in common when they come, move and go: a calendar at a location.
import { shardOf } from '../actors/cluster/shard-of.ts';
import type { Location } from './catalog.ts';
import { type CatalogTransaction, type NewCalendar, openingHoursOf, type Stored } from './catalog-store-port.ts';
import type { HoursDraft } from './drafts.ts';

/** It starts with a copy of the location's hours. */
export function newCalendar(id: string, location: Location, { timeZone, ownHours, weekly, mostStarts = {} }: HoursDraft): NewCalendar {
  const hours = {
    timeZone,
    weekly,
    overrides: {},
    ownHours,
    timeOff: [],
    location: openingHoursOf(location),
    ...(Object.keys(mostStarts).length > 0 && { mostStarts }),
  };
  return { id, shard: shardOf(id), locationId: location.id, hours };
}

/** The location that is named, or the refusal if there is none. */
export async function locationNamed(transaction: CatalogTransaction, id: string): Promise<Stored<Location> | ReturnType<typeof unknownLocation>> {
  const location = await transaction.location(id);
  return location === undefined || location.archived ? unknownLocation() : location;
}

function unknownLocation() {
  const errors = [{ path: 'locationId', message: 'there is no such location' }];
  return { refusal: { code: 'invalid-request', detail: 'locationId: there is no such location', errors } } as const;
}
