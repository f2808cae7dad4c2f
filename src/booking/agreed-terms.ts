// What is agreed beside the time: price, policy, place and the names things have. A hold keeps it, an appointment has it.

import { type Place, WHOLE_BUSINESS } from '../access/rights.ts';
import type { Appointment, Hold, HoldTerms, OfferedTerms } from '../actors/calendar/calendar.ts';
import type { Candidate } from '../actors/scheduler.ts';
import { dueBefore, noShowFeeOf } from '../catalog/due-before.ts';
import type { Money } from '../model/money.ts';
import { doneBy } from '../model/staff-terms.ts';
import { discountOf, type Voucher } from '../model/voucher.ts';
import type { Chosen } from './add-ons.ts';
import type { Catalogs } from './parts.ts';
import { placeOfCalendar } from './staff-directory.ts';

/** As the catalog has it at this moment, less what a voucher takes off. `isSoon`: a card can be asked to reserve the price until then. */
export function offeredTerms({ service, addOns }: Chosen, seats: number, voucher?: Voucher, isSoon = false): OfferedTerms {
  const { name, price, priceType, taxPercent, approval, cancelUntilMinutes, rescheduleUntilMinutes, refundRules } = service;
  const discount = voucher === undefined ? 0 : discountOf({ ...price, amount: price.amount * seats }, voucher);
  const noShowFee = noShowFeeOf(service, seats, discount);
  const keepsCard = noShowFee !== null && service.noShowFeeCard;
  // A card is kept in the way money is paid, if there is none to pay.
  const due = dueBefore(service, seats, discount) ?? (keepsCard ? { ...price, amount: 0 } : null);
  return {
    serviceName: name,
    ...(addOns.length > 0 && { addOns }),
    price: { amount: price.amount * seats - discount, currency: price.currency },
    ...(voucher && { voucher: { voucherId: voucher.id, discount } }),
    ...(taxPercent !== null && { taxPercent }),
    policy: {
      ...{ cancelUntilMinutes, rescheduleUntilMinutes, refundRules },
      ...(noShowFee && { noShowFee }),
      ...(keepsCard && { keepsCard }),
      ...(noShowFee && service.noShowFeeTaxed && { feeTaxed: true as const }),
      ...(isSoon && due !== null && service.paymentPolicy === 'reserve' && { reserves: true as const }),
      ...(priceType !== 'fixed' && { priceType }),
    },
    approval,
    ...(due && { due }),
  };
}

/** What is otherwise with this person than with everybody, for a candidate; nothing where nothing is. */
export function otherwiseWith(chosen: Chosen, staffId: string, seats: number, voucher?: Voucher): Pick<Candidate, 'minutes' | 'agreed'> {
  const service = doneBy(chosen.service, staffId);
  if (service === chosen.service) return {};
  const { price, voucher: less, policy, due } = offeredTerms({ ...chosen, service }, seats, voucher);
  return { minutes: service.minutes, agreed: { price, ...(less && { voucher: less }), policy, ...(due && { due }) } };
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
  return {
    ...offeredTerms({ service: doneBy(service, hold.staffId), addOns: [] }, hold.seats),
    locationId,
    timeZone,
    ...(locationName !== undefined && { locationName }),
  };
}

/**
 * The terms of a hold with another voucher, or with none, off what was shown with it before there was one. A deposit or a fee is what the catalog now says of the new price, and never
 * more than it was then.
 */
export function termsWith(parts: Catalogs, hold: Hold, voucher: Voucher | null): (Pick<Hold, 'listed'> & { readonly terms: HoldTerms }) | undefined {
  const held = termsOfHold(parts, hold);
  const service = parts.catalog.snapshotWithArchived().services.get(hold.serviceId);
  if (held === undefined || service === undefined) return undefined;
  const { voucher: _, due, ...rest } = held;
  const listed = hold.listed ?? { price: held.price, policy: held.policy, ...(due && { due }) };
  if (voucher === null) return { terms: { ...rest, ...listed } };
  const { price, policy } = listed;
  const each = { ...service, price: { ...price, amount: price.amount / hold.seats } };
  const less = offeredTerms({ service: each, addOns: [] }, hold.seats, voucher);
  const { noShowFee, keepsCard, feeTaxed, reserves, ...rules } = policy;
  const fee = noShowFee && atMost(noShowFee, less.policy.noShowFee ?? less.price);
  const isFee = fee !== undefined && fee.amount > 0;
  const hasCard = isFee && keepsCard === true;
  const before = listed.due && listed.due.amount > 0 && less.due && less.due.amount > 0 ? atMost(listed.due, less.due) : undefined;
  const dueNow = before ?? (hasCard ? { ...price, amount: 0 } : undefined);
  const terms = {
    ...rest,
    price: less.price,
    policy: {
      ...{ ...rules, ...(before && reserves && { reserves }) },
      ...{ ...(isFee && { noShowFee: fee }), ...(hasCard && { keepsCard: true as const }), ...(isFee && feeTaxed && { feeTaxed }) },
    },
  };
  return { listed, terms: { ...terms, ...(less.voucher && { voucher: less.voucher }), ...(dueNow && { due: dueNow }) } };
}

function atMost(money: Money, { amount }: Money): Money {
  return { ...money, amount: Math.min(money.amount, amount) };
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
