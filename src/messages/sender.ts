// In whose name messages are written.
import type { Catalog } from '../catalog/catalog.ts';
import type { Sender } from './compose.ts';

/** As the catalog is now. `email`: the address that mails come from. */
export function senderOf({ business, staff, services, locations }: Catalog, email: string): Sender {
  return {
    ...{ business: business.name, email },
    nameOfStaff: (id) => staff.get(id)?.name ?? null,
    nameOfService: (id) => services.get(id)?.name ?? null,
    placeOf(id) {
      const location = locations.get(id);
      return location === undefined ? null : [location.name, location.address].filter((part) => part !== null && part !== '').join(', ');
    },
  };
}
