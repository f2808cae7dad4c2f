// Which customers a reader may see or change.
import type { Action } from '../access/permissions.ts';
import type { Principal } from '../access/principal.ts';
import { reachFor } from '../access/rights.ts';

/** Of a location, those with an appointment there or whose record was made there; of a staff member, those with an appointment with them; both null: all. */
export type Within = { readonly locationId: string | null; readonly staffId: string | null };
export const EVERYWHERE: Within = { locationId: null, staffId: null };

/** null: nobody's. */
export function withinOf(principal: Principal | null, action: Action): Within | null {
  const reach = reachFor(principal, action);
  switch (reach) {
    case 'all':
      return EVERYWHERE;
    case 'location':
      return { ...EVERYWHERE, locationId: principal?.locationId ?? null };
    case 'calendar':
      return principal?.staffId == null ? null : { ...EVERYWHERE, staffId: principal.staffId };
    case 'own':
    case null:
      return null;
    default:
      return reach satisfies never;
  }
}
