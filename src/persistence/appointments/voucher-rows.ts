// Vouchers and their uses as rows. Uses are written by the triggers of `migrations/vouchers.ts` alone, in the commits of holds and appointments.
import { defineEntity, p } from '@mikro-orm/core';
import type { CountedVoucher, VoucherStore } from '../../booking/vouchers.ts';
import { instant } from '../../model/instant.ts';
import type { Voucher } from '../../model/voucher.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { Database, EntityManager, SqlRow } from '../database/database.ts';
import { decodeCursor, encodeCursor } from '../database/page-cursor.ts';
import { readInTime } from '../database/read-failure.ts';

/** Never changed but to be ended. */
export const VoucherRow = defineEntity({
  name: 'VoucherRow',
  tableName: 'voucher',
  checks: [{ name: 'voucher_discount', expression: '(amount > 0) is distinct from (percent >= 1 and percent <= 100)' }],
  indexes: [{ name: 'voucher_created_at', properties: ['createdAt', 'id'] }],
  properties: {
    id: p.uuid().primary(),
    code: p.text().unique('voucher_code'),
    amount: p.bigint('number').nullable(),
    percent: p.integer().nullable(),
    leastPrice: p.bigint('number').nullable(),
    /** Of the amounts. */
    currency: p.character().length(3).nullable(),
    mostUses: p.integer().nullable(),
    mostUsesEach: p.integer().nullable(),
    serviceIds: p.json<string[]>(),
    validFrom: p.bigint('number').nullable(),
    validTo: p.bigint('number').nullable(),
    endedAt: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
  },
});

/** One for each hold and each appointment that has a voucher and was not called off. */
export const VoucherUseRow = defineEntity({
  name: 'VoucherUseRow',
  tableName: 'voucher_use',
  indexes: [{ name: 'voucher_use_voucher', properties: ['voucherId', 'until'] }],
  properties: {
    /** Of the hold, or the appointment. */
    claimId: p.uuid().primary(),
    voucherId: p.uuid(),
    /** Of a hold: when it ends, and counts no more. */
    until: p.bigint('number').nullable(),
  },
});

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::int8';
const COLUMNS = `v.id, v.code, v.amount, v.percent, v.least_price, v.currency, v.most_uses, v.most_uses_each, v.service_ids, v.valid_from, v.valid_to, v.ended_at, v.created_at`;
const USED = `(select count(*) from voucher_use u where u.voucher_id = v.id and (u.until is null or u.until > ${NOW}))::int`;
const USES = `select ${USED}, (select count(*) from voucher_use u join appointment a on a.id = u.claim_id where u.voucher_id = v.id and a.customer_id = $2::uuid)::int
  from voucher v where v.id = $1::uuid`;
const LIST = `select ${COLUMNS}, ${USED} from voucher v where ($1::boolean is null or (v.ended_at is null and (v.valid_to is null or v.valid_to > $2::int8)) = $1)
  and ($3::int8 is null or (v.created_at, v.id) < ($3, $4::uuid)) order by v.created_at desc, v.id desc limit $5::int`;
/** Those who make one wait for each other, so that the limit holds. */
const TAKE_TURNS = `select pg_advisory_xact_lock(hashtextextended('vouchers', 0))`;
const ADD = `insert into voucher (id, code, amount, percent, least_price, currency, most_uses, most_uses_each, service_ids, valid_from, valid_to, created_at)
  values (?::uuid, ?, ?::int8, ?::int, ?::int8, ?, ?::int, ?::int, ?::jsonb, ?::int8, ?::int8, ?::int8) on conflict do nothing returning id`;
const END = 'update voucher set ended_at = ?::int8 where id = ?::uuid and ended_at is null returning id';

export function voucherStore(database: Database): VoucherStore {
  const read = (sql: string, parameters: readonly unknown[]) => readInTime(database.sql(sql, parameters));
  return {
    async byCode(code) {
      const [row] = await read(`select ${COLUMNS} from voucher v where v.code = $1`, [code]);
      return row && voucherOf(row);
    },
    async byId(id) {
      const [row] = await read(`select ${COLUMNS}, ${USED} from voucher v where v.id = $1::uuid`, [id]);
      return row && countedOf(row);
    },
    async uses(voucherId, customerId) {
      const [row] = await read(USES, [voucherId, customerId]);
      return { all: Number(row?.[0] ?? 0), ofCustomer: Number(row?.[1] ?? 0) };
    },
    async list({ isOpen, at, cursor }, limit) {
      const after = cursor === null ? null : decodeCursor(cursor);
      if (after === undefined) return 'unknown-cursor';
      const rows = (await read(LIST, [isOpen, at, after?.at ?? null, after?.id ?? null, limit + 1])).map(countedOf);
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1) : undefined;
      return { items, nextCursor: last === undefined ? null : encodeCursor({ at: last.createdAt, id: last.id }) };
    },
    add: (voucher, most, audit) =>
      database.transaction(async (em) => {
        const outcome = await addIn(em, voucher, most);
        if (outcome === 'added') await addAuditEntry(em, audit);
        return outcome;
      }),
    end: (id, at, audit) =>
      database.transaction(async (em) => {
        const ended = await em.execute(END, [at, id]);
        if (ended.length > 0) await addAuditEntry(em, audit);
      }),
  };
}

async function addIn(em: EntityManager, voucher: Voucher, most: number): Promise<'added' | 'taken' | 'too-many'> {
  await em.execute(TAKE_TURNS);
  const [counted] = await em.execute<{ there: number }[]>('select count(*)::int as there from voucher');
  if ((counted?.there ?? 0) >= most) return 'too-many';
  const { id, code, amount, percent, leastPrice, mostUses, mostUsesEach, serviceIds, validFrom, validTo, createdAt } = voucher;
  const currency = amount?.currency ?? leastPrice?.currency ?? null;
  const added = await em.execute(ADD, [
    ...[id, code, amount?.amount ?? null, percent, leastPrice?.amount ?? null, currency],
    ...[mostUses, mostUsesEach, JSON.stringify(serviceIds), validFrom, validTo, createdAt],
  ]);
  return added.length > 0 ? 'added' : 'taken';
}

function voucherOf([
  id,
  code,
  amount,
  percent,
  leastPrice,
  currency,
  mostUses,
  mostUsesEach,
  serviceIds,
  validFrom,
  validTo,
  endedAt,
  createdAt,
]: SqlRow): Voucher {
  const number = (value: unknown) => (value === null ? null : Number(value));
  const money = (value: unknown) => (value === null ? null : { amount: Number(value), currency: String(currency) });
  const moment = (value: unknown) => (value === null ? null : instant(Number(value)));
  return {
    ...{ id: String(id), code: String(code), amount: money(amount), percent: number(percent), leastPrice: money(leastPrice) },
    ...{ mostUses: number(mostUses), mostUsesEach: number(mostUsesEach) },
    // Written by this server, so it is what it says.
    serviceIds: (typeof serviceIds === 'string' ? JSON.parse(serviceIds) : serviceIds) as string[],
    ...{ validFrom: moment(validFrom), validTo: moment(validTo), endedAt: moment(endedAt), createdAt: instant(Number(createdAt)) },
  };
}

function countedOf(row: SqlRow): CountedVoucher {
  return { ...voucherOf(row), used: Number(row.at(-1)) };
}
