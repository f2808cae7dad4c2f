// Numbers of receipts, as tax offices expect them: one series of the business for each year, which begins at 1 and leaves none out.
//
// A number is taken in the transaction that books the money. The row of the series stays locked until the commit, so the next one waits, whatever node it is on, and a transaction that
// is undone gives its number back. The year is that of the day on which clocks at the location show the money to have come.
import { dateOfDay } from '../../model/local-dates.ts';
import { localDayOf } from '../../model/zone-offsets.ts';
import type { LedgerEntry } from '../../payments/ledger.ts';
import type { EntityManager } from '../database/database.ts';

/** More have more. */
const LEAST_DIGITS = 6;

const ZONE = 'select time_zone as "timeZone" from location where id = ?::uuid';
const NEXT = `insert into receipt_series (year, last) values (?::int, 1) on conflict (year) do update set last = receipt_series.last + 1 returning last`;
const GIVE = 'update payment set receipt_number = ? where id = ?::uuid and receipt_number is null returning id';

/** Rejects where the payment has a number: its money is booked once. */
export async function giveReceiptNumber(
  em: EntityManager,
  { paymentId, locationId, at }: Pick<LedgerEntry, 'paymentId' | 'locationId' | 'at'>,
): Promise<string> {
  const [location] = await em.execute<{ timeZone: string }[]>(ZONE, [locationId]);
  if (location === undefined) throw new Error(`location ${locationId} of payment ${paymentId} is not there, and nothing says what year it is`);
  const year = dateOfDay(localDayOf(location.timeZone, at)).slice(0, 4);
  const [series] = await em.execute<{ last: number | string }[]>(NEXT, [Number(year)]);
  const number = `${year}-${String(series?.last).padStart(LEAST_DIGITS, '0')}`;
  const given = await em.execute<object[]>(GIVE, [number, paymentId]);
  if (given.length === 0) throw new Error(`payment ${paymentId} is not there, or has a receipt already`);
  return number;
}
