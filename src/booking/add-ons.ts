// What is chosen along with a service: the service is longer and dearer for it.
import type { Principal } from '../access/principal.ts';
import { mayAtAll } from '../access/rights.ts';
import type { BookableService } from '../catalog/catalog.ts';
import { type AgreedAddOn, agreed, sumOf } from '../model/add-ons.ts';
import { doneBy } from '../model/staff-terms.ts';
import { type Failed, failedField, isFailed } from '../protocol/reply.ts';

/** `service`: with the length and the price of all of it. */
export type Chosen = { readonly service: BookableService; readonly addOns: readonly AgreedAddOn[] };

const NONE: readonly AgreedAddOn[] = [];

/** In the order of the service. Customers choose what is offered online. */
export function chosenOf(service: BookableService, ids: readonly string[], principal: Principal | null): Chosen | Failed {
  if (ids.length === 0) return { service, addOns: NONE };
  const addOns = changedAddOns(service, [], ids, principal);
  return isFailed(addOns) ? addOns : withAddOns(service, addOns);
}

/** As they were agreed before. */
export function withAddOns(service: BookableService, addOns: readonly AgreedAddOn[]): Chosen {
  // What is known of a service is found by the service itself.
  if (addOns.length === 0) return { service, addOns };
  const { priceMinor, durationMinutes } = sumOf(addOns);
  const whole = ({ minutes, price: { amount, currency } }: Pick<BookableService, 'minutes' | 'price'>) => ({
    minutes: minutes + durationMinutes,
    price: { amount: amount + priceMinor, currency },
  });
  const staffTerms = service.staffTerms.map(({ staffId }) => ({ staffId, ...whole(doneBy(service, staffId)) }));
  return { service: { ...service, ...whole(service), staffTerms }, addOns };
}

/** Those an appointment is to have: what it keeps stays as it was agreed, whatever the catalog says by now. */
export function changedAddOns(
  service: BookableService,
  kept: readonly AgreedAddOn[],
  ids: readonly string[],
  principal: Principal | null,
): readonly AgreedAddOn[] | Failed {
  const known = new Map([...offeredAddOns(service, principal), ...kept].map((addOn) => [addOn.id, agreed(addOn)]));
  const unknown = ids.findIndex((id) => !known.has(id));
  if (unknown >= 0) return failedField('invalid-request', `addOnIds.${unknown}`, 'is not an add-on of this service');
  return [...known.values()].filter(({ id }) => ids.includes(id));
}

function offeredAddOns({ addOns }: BookableService, principal: Principal | null): BookableService['addOns'] {
  return addOns.filter(({ online }) => online || mayAtAll(principal, 'see-unlisted'));
}
