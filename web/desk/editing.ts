// An appointment that is edited in its panel: what is typed, what that changes, and the same in words. Pure.
import { sumOf } from '../../src/model/add-ons.ts';
import type { Money } from '../../src/model/money.ts';
import { doneBy } from '../../src/model/staff-terms.ts';
import type { AppointmentReply, EditAppointment } from '../../src/protocol/appointments.ts';
import { clock, duration, money, moneyField, moneyTyped } from '../kit/money-and-time.ts';
import type { Service } from '../kit/shop.ts';
import { words } from './wording.ts';

/** What `PATCH /v1/appointments/{id}` takes, without what says how. */
export type EditChanges = Pick<
  EditAppointment,
  'serviceId' | 'addOnIds' | 'minutes' | 'price' | 'priceType' | 'staffId' | 'customer' | 'notes' | 'staffNotes' | 'notify'
>;
export type Typed = {
  readonly serviceId: string;
  /** Their ids, with spaces between them. */
  readonly addOns: string;
  readonly staffId: string;
  readonly minutes: string;
  readonly price: string;
  readonly priceType: AppointmentReply['priceType'];
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly notes: string;
  readonly staffNotes: string;
};
type Field = keyof Typed;
const FIELDS: readonly Field[] = ['serviceId', 'addOns', 'staffId', 'minutes', 'price', 'priceType', 'name', 'phone', 'email', 'notes', 'staffNotes'];
/** Customers are told of these; their own details and what is noted are no news to them. */
const TOLD: readonly Field[] = ['serviceId', 'addOns', 'minutes', 'price', 'priceType', 'staffId'];
const MINUTE = 60_000;
const MOST_MINUTES = 1_440;

export function typedOf({ serviceId, addOns, staffId, startsAt, endsAt, price, priceType, customer, notes, staffNotes }: AppointmentReply): Typed {
  return {
    ...{
      serviceId,
      addOns: addOns.map(({ id }) => id).join(' '),
      staffId,
      minutes: String((Date.parse(endsAt) - Date.parse(startsAt)) / MINUTE),
      price: moneyField(price),
      priceType,
    },
    ...{ name: customer?.name ?? '', email: customer?.email ?? '', phone: customer?.phone ?? '', notes: notes ?? '', staffNotes: staffNotes ?? '' },
  };
}

export function changedFields(begun: Typed, typed: Typed): readonly Field[] {
  return FIELDS.filter((field) => typed[field].trim() !== begun[field].trim());
}

/** A price that is set is final, unless something else is chosen then. */
export function withPrice(typed: Typed, price: string): Typed {
  return { ...typed, price, ...(typed.priceType === 'from' && { priceType: 'fixed' }) };
}

type AddOn = AppointmentReply['addOns'][number];

export function addOnIdsOf({ addOns }: Typed): readonly string[] {
  return addOns.split(' ').filter(Boolean);
}

/** Length and price change by the difference. `known`: those it has, as they were agreed, before those that are offered. */
export function withAddOns(
  typed: Typed,
  ids: readonly string[],
  known: readonly AddOn[],
  { currency, seats }: { readonly currency: string; readonly seats: number },
): Typed {
  const sum = (of: readonly string[]) => sumOf(of.flatMap((id) => known.find((one) => one.id === id) ?? []));
  const [was, is] = [sum(addOnIdsOf(typed)), sum(ids)];
  const [minutes, price] = [minutesOf(typed), priceOf(typed, currency)];
  return {
    ...typed,
    addOns: ids.join(' '),
    ...(minutes !== undefined && { minutes: String(minutes + is.durationMinutes - was.durationMinutes) }),
    ...(price !== undefined && { price: moneyField({ currency, amount: Math.max(0, price.amount + (is.priceMinor - was.priceMinor) * seats) }) }),
  };
}

/** What the price of a service follows from. */
export type Priced = Pick<AppointmentReply, 'seats' | 'agreedBefore' | 'voucher'>;

/** With another service come its length and its price with the person, and no add-ons; with one that it had before, the price and the add-ons that were agreed. */
export function withService(typed: Typed, service: Service, { seats, agreedBefore = [], voucher }: Priced): Typed {
  const { id, minutes, price, priceType } = doneBy(service, typed.staffId);
  const agreed = agreedBefore.find(({ serviceId }) => serviceId === id);
  const addOns = agreed?.addOns ?? [];
  return {
    ...typed,
    serviceId: id,
    addOns: addOns.map((one) => one.id).join(' '),
    minutes: String(minutes + sumOf(addOns).durationMinutes),
    // What a voucher has taken off stays taken off.
    price: moneyField(agreed?.price ?? { ...price, amount: Math.max(0, price.amount * seats - (voucher?.discount.amount ?? 0)) }),
    priceType: agreed?.priceType ?? priceType,
  };
}

/** With another person. `other`: the service that it is to be in the place of its own, whose length and price follow the person unless others were typed. */
export function withPerson(typed: Typed, staffId: string, other: Service | undefined, priced: Priced): Typed {
  const next = { ...typed, staffId };
  if (other === undefined) return next;
  const [before, after] = [withService(typed, other, priced), withService(next, other, priced)];
  return {
    ...next,
    ...(typed.minutes === before.minutes && { minutes: after.minutes }),
    ...(typed.price === before.price && { price: after.price }),
  };
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
export function changesOf(
  begun: Typed,
  typed: Typed,
  currency: string,
  service: Service | undefined,
  priced: Priced,
  known: readonly AddOn[] = [],
): EditChanges | null {
  const changed = new Set(changedFields(begun, typed));
  const [minutes, price] = [minutesOf(typed), priceOf(typed, currency)];
  if (minutes === undefined || price === undefined) return null;
  const byService = changed.has('serviceId') && service !== undefined ? withService(typed, service, priced) : begun;
  const ids = addOnIdsOf(typed);
  // What the server comes to by itself is not said, so that it is right also if a price was changed meanwhile.
  const expected = ids.join(' ') === byService.addOns ? byService : withAddOns(byService, ids, known, { currency, seats: priced.seats });
  const isPriced = typed.price.trim() !== expected.price;
  const isTyped = typed.priceType !== 'free' && (isPriced ? typed.priceType === 'from' : typed.priceType !== expected.priceType);
  const orNone = (text: string) => (text.trim() === '' ? null : text.trim());
  const customer = {
    ...(changed.has('name') && { name: typed.name.trim() }),
    ...(changed.has('email') && { email: orNone(typed.email) }),
    ...(changed.has('phone') && { phone: orNone(typed.phone) }),
  };
  return {
    ...(changed.has('serviceId') && { serviceId: typed.serviceId }),
    ...(changed.has('staffId') && { staffId: typed.staffId }),
    ...(ids.join(' ') !== byService.addOns && { addOnIds: [...ids] }),
    ...(typed.minutes.trim() !== expected.minutes && { minutes }),
    ...(isPriced && { price }),
    ...(isTyped && { priceType: typed.priceType === 'from' ? 'from' : 'fixed' }),
    ...(Object.keys(customer).length > 0 && { customer }),
    ...(changed.has('notes') && { notes: orNone(typed.notes) }),
    ...(changed.has('staffNotes') && { staffNotes: orNone(typed.staffNotes) }),
  };
}

type Undoing = { readonly currency: string; readonly seats: number; readonly known: readonly AddOn[]; readonly mayPrice: boolean };

/**
 * What puts it back. The price that was agreed comes back with the service; it is named as well by those who may, as what an add-on costs and takes may
 * have become another.
 */
export function backTo(begun: Typed, typed: Typed, { currency, seats, known, mayPrice }: Undoing): EditChanges | undefined {
  const changed = changedFields(begun, typed);
  const back = changesOf(typed, begun, currency, undefined, { seats }, known);
  const isOther = changed.includes('serviceId');
  if (back === null || (!isOther && !changed.includes('addOns'))) return back ?? undefined;
  const { price: _, priceType: _type, ...rest } = back;
  const isPriced = mayPrice && (isOther || changed.includes('price') || changed.includes('priceType'));
  return {
    ...rest,
    ...((isOther || changed.includes('minutes')) && { minutes: minutesOf(begun) }),
    ...(isPriced && { price: priceOf(begun, currency) }),
    ...(isPriced && begun.priceType === 'from' && { priceType: 'from' }),
  };
}

export function isTold(begun: Typed, typed: Typed): boolean {
  return changedFields(begun, typed).some((field) => TOLD.includes(field));
}

export type Naming = {
  readonly service: (id: string) => string;
  readonly addOn: (id: string) => string;
  readonly person: (id: string) => string;
  readonly currency: string;
  readonly startsAt: number;
  readonly timeZone: string;
};
export type ChangeLine = { readonly label: string; readonly before: string; readonly after: string; readonly more?: string };

/** One line for each thing that becomes another. */
export function linesOf(begun: Typed, typed: Typed, naming: Naming): readonly ChangeLine[] {
  return changedFields(begun, typed).map((field) => ({
    label: words.value.fields[field],
    before: said(field, begun, naming),
    after: said(field, typed, naming),
    ...moreOf(field, begun, typed, naming),
  }));
}

function said(field: Field, typed: Typed, { service, addOn, person, currency }: Naming): string {
  if (field === 'addOns') return addOnIdsOf(typed).map(addOn).join(', ') || words.value.edit.none;
  if (field === 'serviceId') return service(typed.serviceId);
  if (field === 'staffId') return person(typed.staffId);
  if (field === 'priceType') return words.value.priceTypes[typed.priceType];
  const [minutes, price] = [minutesOf(typed), priceOf(typed, currency)];
  if (field === 'minutes') return minutes === undefined ? typed.minutes : duration(minutes);
  if (field === 'price') return price === undefined ? typed.price : money(price);
  return typed[field].trim() === '' ? words.value.edit.none : typed[field].trim();
}

function moreOf(field: Field, begun: Typed, typed: Typed, { currency, startsAt, timeZone }: Naming): { readonly more?: string } {
  const minutes = minutesOf(typed);
  if (field === 'minutes' && minutes !== undefined) return { more: words.value.edit.until({ time: clock(startsAt + minutes * MINUTE, timeZone) }) };
  const [was, is] = [priceOf(begun, currency), priceOf(typed, currency)];
  if (field !== 'price' || was === undefined || is === undefined) return {};
  const difference = is.amount - was.amount;
  const amount = money({ amount: Math.abs(difference), currency });
  return { more: difference > 0 ? words.value.edit.more({ amount }) : words.value.edit.less({ amount }) };
}
