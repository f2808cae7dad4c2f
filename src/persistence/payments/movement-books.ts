// The provider’s fees and payouts as entries of the books, and how far they have been read.
import { instant } from '../../model/instant.ts';
import type { MovementBooks } from '../../payments/movements.ts';
import type { Database } from '../database/database.ts';
import { addEntries } from './payment-store.ts';

const READ_TO = `select (select read_to from provider_reading where method = $1), (select min(created_at) from payment where method = $1 and provider_id is not null)`;
/** Another node may have read further. */
const KEEP = `insert into provider_reading (method, read_to) values (?, ?::int8) on conflict (method) do update set read_to = greatest(provider_reading.read_to, excluded.read_to)`;

export function movementBooks(database: Database): MovementBooks {
  const momentOf = (value: unknown) => (value === null ? null : instant(Number(value)));
  return {
    async readTo(method) {
      const [[readTo = null, first = null] = []] = await database.sql(READ_TO, [method]);
      return { readTo: momentOf(readTo), first: momentOf(first) };
    },
    book: (method, entries, readTo) =>
      database.transaction(async (em) => {
        await addEntries(em, entries);
        await em.execute(KEEP, [method, readTo]);
      }),
  };
}
