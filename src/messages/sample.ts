// A message to look at before there is one.
import type { Catalog } from '../catalog/catalog.ts';
import { DAY, HOUR, type Instant, instant, MINUTE } from '../model/instant.ts';
import { shareOf } from '../model/money.ts';
import type { MessageKind } from '../protocol/messages.ts';
import type { AboutAppointment } from './message.ts';
import { ABOUT_MONEY } from './template.ts';

const STATUSES = {
  'appointment-requested': 'pending',
  'appointment-declined': 'declined',
  'appointment-cancelled': 'cancelled',
} as const satisfies Partial<Record<MessageKind, AboutAppointment['status']>>;
const PAID_PERCENT = 25;
const NOWHERE = '00000000-0000-7000-8000-000000000000';

/** With the first service, staff member and location that there are; in two days, on the hour. */
export function sampleAppointment(kind: MessageKind, { services, staff, locations }: Catalog, now: Instant): AboutAppointment {
  const [service] = services.values();
  const [member] = staff.values();
  const location = locations.get(member?.locationId ?? '') ?? locations.values().next().value;
  const startsAt = instant(Math.ceil(now / HOUR) * HOUR + 2 * DAY);
  const endsAt = instant(startsAt + (service?.minutes ?? 60) * MINUTE);
  const staffId = member?.id ?? NOWHERE;
  return asIfTold(kind, {
    ...{ id: NOWHERE, reference: 'K7QM-2FXR', serviceId: service?.id ?? NOWHERE, locationId: location?.id ?? NOWHERE, staffId, startsAt, endsAt },
    status: 'booked',
    timeZone: location?.timeZone ?? 'UTC',
    price: service?.price ?? { amount: 0, currency: location?.currency ?? 'EUR' },
    ...(service !== undefined && service.priceType !== 'fixed' && { priceType: service.priceType }),
    createdAt: now,
    changedAt: now,
  });
}

/** What would be told of it, as far as it has not happened to the appointment: some money, a move by a day to what costs more than was paid. */
export function asIfTold(kind: MessageKind, about: AboutAppointment): AboutAppointment {
  const { startsAt, endsAt, staffId, price } = about;
  return {
    ...about,
    ...(kind in STATUSES && { status: STATUSES[kind as keyof typeof STATUSES] }),
    ...(ABOUT_MONEY.includes(kind) && { money: price.amount === 0 ? { ...price, amount: 4_500 } : price }),
    ...(kind === 'appointment-cancelled' && about.by === undefined && { by: 'business' }),
    ...(kind === 'appointment-changed' && { from: { startsAt: instant(startsAt - DAY), endsAt: instant(endsAt - DAY), staffId } }),
    ...(kind === 'appointment-changed' && price.amount > 0 && { isRepriced: true, paid: shareOf(price, PAID_PERCENT) }),
  };
}
