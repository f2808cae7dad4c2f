// What was taken on which day, added up from the books; and the books of some days, to take away. A day is a date as clocks at the location show it.
import { type Caller, sourceOf } from '../access/caller.ts';
import { auditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import { dateOfDay, dayOfDate } from '../model/local-dates.ts';
import type { Money } from '../model/money.ts';
import { firstInstantOfDay } from '../model/zone-offsets.ts';
import type { DaysAsked, TakingsReply } from '../protocol/books.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { DiscountSum, LedgerSum } from './book-reads-port.ts';
import { placeOf, referenceTold } from './books.ts';
import { METHOD_ACCOUNTS, takenBy } from './ledger.ts';
import type { Paying } from './parts.ts';

/** Of one answer: more is for fewer days. */
const MOST_ROWS = 5_000;
/** Some 40 MB. */
const MOST_EXPORTED = 200_000;
const EXPORTED_AT_ONCE = 1_000;

type Method = (typeof METHOD_ACCOUNTS)[number];
type Place = { readonly id: string; readonly name: string; readonly timeZone: string };
type Row = TakingsReply['rows'][number];
type Discount = TakingsReply['vouchers'][number];

export async function readTakings(parts: Paying, caller: Caller, asked: DaysAsked): Promise<Reply<TakingsReply>> {
  const places = placesFor(parts, caller, asked);
  if (isFailed(places)) return places;
  const rows: Row[] = [];
  const vouchers: Discount[] = [];
  const firstDay = dayOfDate(asked.from) ?? 0;
  for (const [zone, there] of Map.groupBy(places, ({ timeZone }) => timeZone)) {
    const names = new Map(there.map(({ id, name }) => [id, name]));
    const bounds = boundsOf(asked, zone);
    rows.push(...rowsOf(await parts.payments.books.sums([...names.keys()], bounds), names, firstDay));
    const discounts = await parts.payments.books.discounts([...names.keys()], bounds, MOST_ROWS + 1);
    vouchers.push(...discounts.map((one) => discountOf(one, names, firstDay)));
    if (rows.length + vouchers.length > MOST_ROWS) return failedField('invalid-request', 'to', `makes more than ${MOST_ROWS} rows: ask for fewer days`);
  }
  rows.sort((one, other) => orderOf(one).localeCompare(orderOf(other)));
  vouchers.sort((one, other) => placeAndDay(one).localeCompare(placeAndDay(other)) || one.code.localeCompare(other.code));
  return done({ from: asked.from, to: asked.to, rows, totals: totalsOf(rows), vouchers });
}

function discountOf(
  { locationId, day, currency, voucherId, code, uses, discount }: DiscountSum,
  names: ReadonlyMap<string, string>,
  firstDay: number,
): Discount {
  const place = { locationId, locationName: names.get(locationId) ?? '' };
  return { date: dateOfDay(firstDay + day), ...place, voucherId, code, uses, discount: { amount: discount, currency } };
}

/** Where each day begins, and where the last one ends. */
function boundsOf({ from, to }: DaysAsked, zone: string): readonly Instant[] {
  const [first, last] = [dayOfDate(from) ?? 0, dayOfDate(to) ?? 0];
  return Array.from({ length: last - first + 1 }, (_, index) => firstInstantOfDay(zone, first + index));
}

function rowsOf(sums: readonly LedgerSum[], names: ReadonlyMap<string, string>, firstDay: number): Row[] {
  return [...Map.groupBy(sums, ({ locationId, day, currency }) => `${locationId} ${day} ${currency}`).values()].flatMap((these) => {
    const [first] = these;
    if (first === undefined) return [];
    const { locationId, day, currency } = first;
    return METHOD_ACCOUNTS.flatMap((method) => {
      const moved = movedOf(these, method);
      if (moved === undefined) return [];
      return { date: dateOfDay(firstDay + day), locationId, locationName: names.get(locationId) ?? '', method, ...takenOf(moved, currency) };
    });
  });
}

type Taxed = { readonly taxPercent: number | null; readonly gross: number; readonly tax: number };
type Moved = { readonly received: number; readonly refunded: number; readonly disputed: number; readonly taxes: readonly Taxed[] };

/** `undefined`: nothing has come to or gone from that account, nor was lost of what it had. */
function movedOf(sums: readonly LedgerSum[], method: Method): Moved | undefined {
  const these = sums.filter((one) => methodOf(one) === method);
  if (these.length === 0) return undefined;
  const sum = (of: 'received' | 'refunded' | 'disputed') => totalOf(these.map((one) => takenBy(one)?.[of] ?? 0));
  return { received: sum('received'), refunded: sum('refunded'), disputed: sum('disputed'), taxes: taxesOf(these.flatMap(taxedBy)) };
}

/** What a bank gives to a customer for good was withdrawn from the provider before. */
function methodOf(one: LedgerSum): Method {
  return takenBy(one)?.account ?? 'provider';
}

function taxedBy({ debit, credit, taxPercent, amount, tax }: LedgerSum): readonly Taxed[] {
  if (credit === 'customers') return [{ taxPercent, gross: amount, tax }];
  return debit === 'customers' ? [{ taxPercent, gross: -amount, tax: -tax }] : [];
}

/** Added up by rate, the lowest first; what has none is last. */
function taxesOf(all: readonly Taxed[]): readonly Taxed[] {
  const orderOfRate = ({ taxPercent }: Taxed) => taxPercent ?? Infinity;
  return [...Map.groupBy(all, ({ taxPercent }) => taxPercent)]
    .map(([taxPercent, these]) => ({ taxPercent, gross: totalOf(these.map(({ gross }) => gross)), tax: totalOf(these.map(({ tax }) => tax)) }))
    .sort((one, other) => orderOfRate(one) - orderOfRate(other));
}

function takenOf({ received, refunded, disputed, taxes }: Moved, currency: string) {
  const money = (amount: number): Money => ({ amount, currency });
  return {
    ...{ received: money(received), refunded: money(refunded), disputed: money(disputed), net: money(received - refunded - disputed) },
    taxes: taxes.map(({ taxPercent, gross, tax }) => ({ taxPercent, gross: money(gross), net: money(gross - tax), tax: money(tax) })),
  };
}

function totalOf(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function totalsOf(rows: readonly Row[]): TakingsReply['totals'] {
  const currencies = [...new Set(rows.map(({ net }) => net.currency))].sort();
  return METHOD_ACCOUNTS.flatMap((method) =>
    currencies.flatMap((currency) => {
      const these = rows.filter((row) => row.method === method && row.net.currency === currency);
      const sum = (of: 'received' | 'refunded' | 'disputed') => totalOf(these.map((row) => row[of].amount));
      const taxes = taxesOf(these.flatMap((row) => row.taxes.map(({ taxPercent, gross, tax }) => ({ taxPercent, gross: gross.amount, tax: tax.amount }))));
      const moved = { received: sum('received'), refunded: sum('refunded'), disputed: sum('disputed'), taxes };
      return these.length === 0 ? [] : [{ method, ...takenOf(moved, currency) }];
    }),
  );
}

function orderOf({ method, net, ...row }: Row): string {
  return [placeAndDay(row), METHOD_ACCOUNTS.indexOf(method), net.currency].join('\u0000');
}

function placeAndDay({ date, locationName, locationId }: Pick<Row, 'date' | 'locationName' | 'locationId'>): string {
  return [date, locationName, locationId].join('\u0000');
}

/** Locations that no longer are have had takings, too. */
function placesFor({ catalog }: Paying, caller: Caller, asked: DaysAsked): readonly Place[] | Failed {
  const place = placeOf(caller, asked);
  if (isFailed(place)) return place;
  const all = [...catalog.snapshotWithArchived().locations.values()];
  const found = all.filter(({ id }) => place.locationId === null || id === place.locationId);
  return asked.locationId !== undefined && found.length === 0 ? failedField('invalid-request', 'locationId', 'is not a location') : found;
}

/** One entry, as a line of a table. Moments as clocks at the location show them. */
export type LedgerLine = Readonly<Record<string, string | number | null>>;

/** Taking them away is in the audit trail, and is noted before anything leaves. */
export async function exportLedger(parts: Paying, caller: Caller, asked: DaysAsked): Promise<Reply<{ lines: readonly LedgerLine[] }>> {
  const place = placeOf(caller, asked);
  if (isFailed(place)) return place;
  const places = placesFor(parts, caller, asked);
  if (isFailed(places)) return places;
  const { books } = parts.payments;
  const subject = { kind: 'ledger', id: asked.locationId ?? caller.principal?.locationId ?? 'all', name: null } as const;
  const { from, to } = asked;
  await books.noteExport(auditEntry(sourceOf(caller), parts.scheduler.now(), { action: 'ledger.exported', subject, after: { from, to } }));
  const placeOfId = new Map(places.map((one) => [one.id, one]));
  const spans: { locationId: string | null; from: Instant; to: Instant }[] = places.map(({ id, timeZone }) => {
    const bounds = [firstInstantOfDay(timeZone, dayOfDate(from) ?? 0), firstInstantOfDay(timeZone, dayOfDate(to) ?? 0)] as const;
    return { locationId: id, from: bounds[0], to: bounds[1] };
  });
  // What the provider moves by itself is of no location: it is told to those whom the list tells it.
  if (place.locationId === null)
    spans.push({ locationId: null, from: firstInstantOfDay('UTC', dayOfDate(from) ?? 0), to: firstInstantOfDay('UTC', dayOfDate(to) ?? 0) });
  const lines: LedgerLine[] = [];
  for (let after = 0; ; ) {
    const entries = await books.entriesAt(spans, after, EXPORTED_AT_ONCE);
    const appointments = await parts.appointments.byIds([...new Set(entries.flatMap(({ appointmentId }) => appointmentId ?? []))]);
    for (const { number, at, locationId, debit, credit, amount, currency, key, paymentId, appointmentId, receiptNumber, taxPercent, tax } of entries) {
      const there = placeOfId.get(locationId ?? '');
      const time = wireTime(at, there?.timeZone ?? 'UTC');
      const appointment = appointments.get(appointmentId ?? '');
      const { serviceName = null } = appointment ?? {};
      const reference = appointment === undefined ? null : referenceTold(caller, appointment);
      lines.push({
        ...{ number, date: time.slice(0, 10), at: time, location: there?.name ?? null, debit, credit, amount, currency },
        ...{ service: serviceName, reference, key, paymentId, appointmentId, taxPercent, receiptNumber },
        ...{ tax, net: tax === null ? null : amount - tax },
      });
    }
    if (lines.length > MOST_EXPORTED) return failed('limit-reached', { detail: `A table has at most ${MOST_EXPORTED} entries: ask for fewer days.` });
    const last = entries.at(-1);
    if (last === undefined || entries.length < EXPORTED_AT_ONCE) return done({ lines });
    after = last.number;
  }
}
