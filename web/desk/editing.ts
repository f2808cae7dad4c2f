// An appointment that is edited in its panel: what is typed, what that changes, and the same in words. Pure.
import type { Money } from '../../src/model/money.ts';
import type { AppointmentReply, EditAppointment } from '../../src/protocol/appointments.ts';
import { clock, duration, money, moneyField, moneyTyped } from '../kit/money-and-time.ts';
import type { Service } from '../kit/shop.ts';

/** What `PATCH /v1/appointments/{id}` takes, without what says how. */
export type EditChanges = Pick<EditAppointment, 'serviceId' | 'minutes' | 'price' | 'staffId' | 'customer' | 'notes' | 'staffNotes' | 'notify'>;
export type Typed = {
  readonly serviceId: string;
  readonly staffId: string;
  readonly minutes: string;
  readonly price: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly notes: string;
  readonly staffNotes: string;
};
type Field = keyof Typed;
const FIELDS: readonly Field[] = ['serviceId', 'staffId', 'minutes', 'price', 'name', 'phone', 'email', 'notes', 'staffNotes'];
const LABELS = {
  serviceId: 'Service',
  staffId: 'With',
  minutes: 'Length',
  price: 'Price',
  name: 'Name',
  phone: 'Phone',
  email: 'E-mail',
  notes: 'Notes',
  staffNotes: 'Notes for staff',
} as const satisfies Record<Field, string>;
/** Customers are told of these; their own details and what is noted are no news to them. */
const TOLD: readonly Field[] = ['serviceId', 'minutes', 'price', 'staffId'];
const MINUTE = 60_000;
const MOST_MINUTES = 1_440;

export function typedOf({ serviceId, staffId, startsAt, endsAt, price, customer, notes, staffNotes }: AppointmentReply): Typed {
  return {
    ...{ serviceId, staffId, minutes: String((Date.parse(endsAt) - Date.parse(startsAt)) / MINUTE), price: moneyField(price) },
    ...{ name: customer?.name ?? '', email: customer?.email ?? '', phone: customer?.phone ?? '', notes: notes ?? '', staffNotes: staffNotes ?? '' },
  };
}

export function changedFields(begun: Typed, typed: Typed): readonly Field[] {
  return FIELDS.filter((field) => typed[field].trim() !== begun[field].trim());
}

/** What the price of a service follows from. */
export type Priced = Pick<AppointmentReply, 'seats' | 'agreedBefore'>;

/** With another service come its length and its price; with one that it had before, the price that was agreed. */
export function withService(typed: Typed, { id, minutes, price }: Service, { seats, agreedBefore = [] }: Priced): Typed {
  const agreed = agreedBefore.find(({ serviceId }) => serviceId === id)?.price;
  return { ...typed, serviceId: id, minutes: String(minutes), price: moneyField(agreed ?? { ...price, amount: price.amount * seats }) };
}

/** Undefined unless it is a whole number of minutes that the server takes. */
export function minutesOf({ minutes }: Typed): number | undefined {
  const given = /^\s*\d{1,4}\s*$/.test(minutes) ? Number(minutes) : 0;
  return given >= 1 && given <= MOST_MINUTES ? given : undefined;
}

export function priceOf({ price }: Typed, currency: string): Money | undefined {
  return moneyTyped(price, currency);
}

/** Only what differs: what others change meanwhile stays. Null where something typed cannot be read. */
export function changesOf(begun: Typed, typed: Typed, currency: string, service: Service | undefined, priced: Priced): EditChanges | null {
  const changed = new Set(changedFields(begun, typed));
  const [minutes, price] = [minutesOf(typed), priceOf(typed, currency)];
  if (minutes === undefined || price === undefined) return null;
  const byService = changed.has('serviceId') && service !== undefined ? withService(typed, service, priced) : begun;
  const orNone = (text: string) => (text.trim() === '' ? null : text.trim());
  const customer = {
    ...(changed.has('name') && { name: typed.name.trim() }),
    ...(changed.has('email') && { email: orNone(typed.email) }),
    ...(changed.has('phone') && { phone: orNone(typed.phone) }),
  };
  return {
    ...(changed.has('serviceId') && { serviceId: typed.serviceId }),
    ...(changed.has('staffId') && { staffId: typed.staffId }),
    ...(typed.minutes.trim() !== byService.minutes && { minutes }),
    ...(typed.price.trim() !== byService.price && { price }),
    ...(Object.keys(customer).length > 0 && { customer }),
    ...(changed.has('notes') && { notes: orNone(typed.notes) }),
    ...(changed.has('staffNotes') && { staffNotes: orNone(typed.staffNotes) }),
  };
}

/** What puts it back. The price that was agreed comes back with the service; it is named as well by those who may. */
export function backTo(begun: Typed, typed: Typed, currency: string, mayPrice: boolean): EditChanges | undefined {
  const changed = changedFields(begun, typed);
  const back = changesOf(typed, begun, currency, undefined, { seats: 1 });
  if (back === null || !changed.includes('serviceId')) return back ?? undefined;
  const { price: _, ...rest } = back;
  return { ...rest, minutes: minutesOf(begun), ...(mayPrice && { price: priceOf(begun, currency) }) };
}

export function isTold(begun: Typed, typed: Typed): boolean {
  return changedFields(begun, typed).some((field) => TOLD.includes(field));
}

export type Naming = {
  readonly service: (id: string) => string;
  readonly person: (id: string) => string;
  readonly currency: string;
  readonly startsAt: number;
  readonly timeZone: string;
};
export type ChangeLine = { readonly label: string; readonly before: string; readonly after: string; readonly more?: string };

/** One line for each thing that becomes another. */
export function linesOf(begun: Typed, typed: Typed, naming: Naming): readonly ChangeLine[] {
  return changedFields(begun, typed).map((field) => ({
    label: LABELS[field],
    before: said(field, begun, naming),
    after: said(field, typed, naming),
    ...moreOf(field, begun, typed, naming),
  }));
}

function said(field: Field, typed: Typed, { service, person, currency }: Naming): string {
  if (field === 'serviceId') return service(typed.serviceId);
  if (field === 'staffId') return person(typed.staffId);
  const [minutes, price] = [minutesOf(typed), priceOf(typed, currency)];
  if (field === 'minutes') return minutes === undefined ? typed.minutes : duration(minutes);
  if (field === 'price') return price === undefined ? typed.price : money(price);
  return typed[field].trim() === '' ? 'none' : typed[field].trim();
}

function moreOf(field: Field, begun: Typed, typed: Typed, { currency, startsAt, timeZone }: Naming): { readonly more?: string } {
  const minutes = minutesOf(typed);
  if (field === 'minutes' && minutes !== undefined) return { more: `until ${clock(startsAt + minutes * MINUTE, timeZone)}` };
  const [was, is] = [priceOf(begun, currency), priceOf(typed, currency)];
  if (field !== 'price' || was === undefined || is === undefined) return {};
  const difference = is.amount - was.amount;
  return { more: `${money({ amount: Math.abs(difference), currency })} ${difference > 0 ? 'more' : 'less'}` };
}
