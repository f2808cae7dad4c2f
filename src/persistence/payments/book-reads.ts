// Payments and the books, for those who look after money.
import { readQuestion } from '../../customers/question.ts';
import type { BookReads, DiscountSum, LedgerSum, PaymentQuestion } from '../../payments/book-reads-port.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import { customersLike } from '../customers/customer-search.ts';
import type { Database } from '../database/database.ts';
import { decodeCursor, encodeCursor, type Position } from '../database/page-cursor.ts';
import { readInTime } from '../database/read-failure.ts';
import { paymentOf, READ_COLUMNS, STORED_ENTRIES, STORED_ENTRY_COLUMNS, storedEntryOf } from './payment-rows.ts';

const ENTRIES = `select ${STORED_ENTRY_COLUMNS} from ${STORED_ENTRIES}`;
const LEDGER = `${ENTRIES} where ($1::uuid is null or l.location_id = $1) and ($2::int8 is null or l.number < $2) and ($4::text is null or l.debit = $4 or l.credit = $4)
  order by l.number desc limit $3::int`;
const FEES = `select payment_id, currency, sum(case debit when 'fees' then amount else -amount end)::int8 from ledger_entry
  where payment_id = any($1::uuid[]) and 'fees' in (debit, credit) group by 1, 2 order by 1, 2`;
const ENTRIES_OF = `${ENTRIES} where l.appointment_id = $1::uuid and l.payment_id = $2::uuid order by l.number`;
/** Of equal bounds, as of a date that a zone left out, the later one counts. */
const SUMS = `select location_id, width_bucket(at, $2::int8[]) - 1, debit, credit, currency, tax_percent, sum(amount)::int8, coalesce(sum(tax), 0)::int8 from ledger_entry
  where location_id = any($1::uuid[]) and at >= $3::int8 and at < $4::int8 group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`;
/** A use of a hold has an end; it is no visit yet. */
const DISCOUNTS = `select a.location_id, width_bucket(a.starts_at, $2::int8[]) - 1, a.details #>> '{price,currency}', v.id, v.code, count(*)::int,
    sum((a.details #>> '{voucher,discount}')::int8)::int8
  from voucher_use u join voucher v on v.id = u.voucher_id join appointment a on a.id = u.claim_id
  where u.until is null and a.location_id = any($1::uuid[]) and a.starts_at >= $3::int8 and a.starts_at < $4::int8 and a.status <> 'no-show'
    and (a.details #>> '{voucher,discount}')::int8 > 0 group by 1, 2, 3, 4, 5 order by 1, 2, 5, 3 limit $5::int`;
/** In two parts, so that both find their days by the index. */
const ENTRIES_AT = `select * from (
    ${ENTRIES} join unnest($1::uuid[], $2::int8[], $3::int8[]) r(place, first, after) on l.location_id = r.place and l.at >= r.first and l.at < r.after where l.number > $4::int8
    union all
    ${ENTRIES} join unnest($1::uuid[], $2::int8[], $3::int8[]) r(place, first, after) on r.place is null and l.at >= r.first and l.at < r.after
      where l.location_id is null and l.number > $4::int8) e
  order by number limit $5::int`;

export function bookReads(database: Database): BookReads {
  const read = (sql: string, parameters: readonly unknown[]) => readInTime(database.sql(sql, parameters));
  return {
    async list(question, limit) {
      const after = question.cursor === null ? null : decodeCursor(question.cursor);
      if (after === undefined) return 'unknown-cursor';
      const { sql, parameters } = listStatement(question, after, limit + 1);
      return pageOf((await read(sql, parameters)).map(paymentOf), limit, ({ createdAt, id }) => encodeCursor({ at: createdAt, id }));
    },
    async ledger({ locationId, cursor, account }, limit) {
      if (cursor !== null && !/^\d{1,15}$/.test(cursor)) return 'unknown-cursor';
      const rows = await read(LEDGER, [locationId, cursor === null ? null : Number(cursor), limit + 1, account]);
      return pageOf(rows.map(storedEntryOf), limit, ({ number }) => String(number));
    },
    entriesOf: async ({ id, appointmentId }) => (await read(ENTRIES_OF, [appointmentId, id])).map(storedEntryOf),
    async feesOf(paymentIds) {
      const rows = await read(FEES, [paymentIds]);
      const fees = rows.map(([id, currency, amount]) => ({ id: String(id), fee: { amount: Number(amount), currency: String(currency) } }));
      return new Map([...Map.groupBy(fees, ({ id }) => id)].map(([id, these]) => [id, these.map(({ fee }) => fee)]));
    },
    async sums(locationIds, bounds) {
      const rows = await read(SUMS, [locationIds, bounds, bounds[0], bounds.at(-1)]);
      return rows.map(([locationId, day, debit, credit, currency, rate, amount, tax]) => {
        // Written by this server, so it is what it says.
        const taxPercent = rate === null ? null : Number(rate);
        return { locationId, day: Number(day), debit, credit, currency, taxPercent, amount: Number(amount), tax: Number(tax) } as LedgerSum;
      });
    },
    async discounts(locationIds, bounds, limit) {
      const rows = await read(DISCOUNTS, [locationIds, bounds, bounds[0], bounds.at(-1), limit]);
      return rows.map(([locationId, day, currency, voucherId, code, uses, discount]) => {
        return { locationId, day: Number(day), currency, voucherId, code, uses: Number(uses), discount: Number(discount) } as DiscountSum;
      });
    },
    async entriesAt(places, after, limit) {
      const [ids, from, to] = [places.map(({ locationId }) => locationId), places.map((one) => one.from), places.map((one) => one.to)];
      return (await read(ENTRIES_AT, [ids, from, to, after, limit])).map(storedEntryOf);
    },
    noteExport: (entry) => database.transaction((em) => addAuditEntry(em, entry)),
  };
}

/** Also of receipts from before there was a series. */
const RECEIPT_NUMBER = /^(20\d\d-\d{6,}|20\d{6}-[0-9A-F]{8})$/;

function listStatement({ locationId, states, methods, hasAlarm, from, to, text, textWithin }: PaymentQuestion, after: Position | null, limit: number) {
  const parameters: unknown[] = [];
  const give = (value: unknown, type: string) => `$${parameters.push(value)}::${type}`;
  // A card that was kept alone is no money; it is listed only where something is wrong with it.
  const conditions = ['(m.amount > 0 or m.alarm is not null)'];
  if (locationId !== null) conditions.push(`m.location_id = ${give(locationId, 'uuid')}`);
  if (states !== null) conditions.push(`m.state = any(${give(states, 'text[]')})`);
  if (methods !== null) conditions.push(`m.method = any(${give(methods, 'text[]')})`);
  if (hasAlarm !== null) conditions.push(`m.alarm is ${hasAlarm ? 'not ' : ''}null`);
  if (from !== null) conditions.push(`m.created_at >= ${give(from, 'int8')}`);
  if (to !== null) conditions.push(`m.created_at < ${give(to, 'int8')}`);
  if (after !== null) conditions.push(`(m.created_at, m.id) < (${give(after.at, 'int8')}, ${give(after.id, 'uuid')})`);
  if (text !== null) {
    const there = textWithin === null ? '' : ` and a.location_id = ${give(textWithin, 'uuid')}`;
    const byAppointment = `m.appointment_id in (${appointmentsLike(text, give)}${there})`;
    const number = text.trim().toUpperCase();
    conditions.push(RECEIPT_NUMBER.test(number) ? `(m.receipt_number = ${give(number, 'text')} or ${byAppointment})` : byAppointment);
  }
  const where = conditions.join(' and ');
  return {
    sql: `select ${READ_COLUMNS} from payment m where ${where} order by m.created_at desc, m.id desc limit ${give(limit, 'int')}`,
    parameters,
  };
}

/** One by its reference, or all of the customers who are found so. */
function appointmentsLike(text: string, give: (value: unknown, type: string) => string): string {
  const question = readQuestion(text);
  if (question.type === 'words' && question.reference !== null) return `select a.id from appointment a where a.reference = ${give(question.reference, 'text')}`;
  return `select a.id from appointment a where a.customer_id in (${customersLike(question, give)})`;
}

function pageOf<Item>(items: readonly Item[], limit: number, cursorOf: (item: Item) => string) {
  const [page, last] = [items.slice(0, limit), items[limit - 1]];
  return { items: page, nextCursor: items.length > limit && last !== undefined ? cursorOf(last) : null };
}
