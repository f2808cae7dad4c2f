// What is agreed beside the time: price, policy, place and the names things have. A hold keeps it, an appointment has it.

import { type Place, WHOLE_BUSINESS } from '../access/rights.ts';
import type { Appointment, Hold, HoldTerms, OfferedTerms } from '../actors/calendar/calendar.ts';
import { dueBefore, noShowFeeOf } from '../catalog/due-before.ts';
import type { Chosen } from './add-ons.ts';
import type { Catalogs } from './parts.ts';
import { placeOfCalendar } from './staff-directory.ts';

/** As the catalog has it at this moment. */
export function offeredTerms({ service, addOns }: Chosen, seats: number): OfferedTerms {
  const { name, price, priceType, taxPercent, approval, cancelUntilMinutes, rescheduleUntilMinutes, refundRules } = service;
  const noShowFee = noShowFeeOf(service, seats);
  const keepsCard = noShowFee !== null && service.noShowFeeCard;
  // A card is kept in the way money is paid, if there is none to pay.
  const due = dueBefore(service, seats) ?? (keepsCard ? { ...price, amount: 0 } : null);
  return {
    serviceName: name,
    ...(addOns.length > 0 && { addOns }),
    price: { amount: price.amount * seats, currency: price.currency },
    ...(taxPercent !== null && { taxPercent }),
    policy: {
      ...{ cancelUntilMinutes, rescheduleUntilMinutes, refundRules },
      ...(noShowFee && { noShowFee }),
      ...(keepsCard && { keepsCard }),
      ...(noShowFee && service.noShowFeeTaxed && { feeTaxed: true as const }),
      ...(priceType !== 'fixed' && { priceType }),
    },
    approval,
    ...(due && { due }),
  };
}

/** Those that were shown with the hold; of a hold of a version that kept none, those of now. `undefined`: the catalog does not know its service or calendar. */
export function termsOfHold(parts: Catalogs, hold: Hold): HoldTerms | undefined {
  if (hold.terms !== undefined) return hold.terms;
  const { services, locations } = parts.catalog.snapshotWithArchived();
  const service = services.get(hold.serviceId);
  const place = placeOfCalendar(parts, hold.calendarId);
  if (service === undefined || place === undefined) return undefined;
  const { locationId, timeZone } = place;
  const locationName = locations.get(locationId)?.name;
  return { ...offeredTerms({ service, addOns: [] }, hold.seats), locationId, timeZone, ...(locationName !== undefined && { locationName }) };
}

/** What rights to a hold are judged by: where its appointment is going to be. */
export function placeOfHold(parts: Catalogs, hold: Hold): Place {
  const locationId = hold.terms?.locationId ?? placeOfCalendar(parts, hold.calendarId)?.locationId;
  return locationId === undefined ? WHOLE_BUSINESS : { staffId: hold.staffId, locationId };
}

type AgreedNames = Pick<Appointment, 'locationId' | 'serviceName' | 'locationName'>;

/** What service and location were called when it was booked, and what the staff member and the resource are called now; null: the catalog does not know it, and nothing was kept. */
export function namesOf(parts: Catalogs, claimed: Pick<Appointment, 'serviceId' | 'staffId' | 'resource'>, agreed: AgreedNames) {
  const { services, staff, locations, resources } = parts.catalog.snapshotWithArchived();
  const resourceId = claimed.resource?.resourceId;
  return {
    serviceName: agreed.serviceName ?? services.get(claimed.serviceId)?.name ?? null,
    staffName: staff.get(claimed.staffId)?.name ?? null,
    ...(resourceId !== undefined && { resourceId, resourceName: resources.get(resourceId)?.name ?? null }),
    locationName: agreed.locationName ?? locations.get(agreed.locationId)?.name ?? null,
  };
}
