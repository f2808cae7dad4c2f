// Imports of customers as rows, so that each node can tell how far one is.
import { defineEntity, p } from '@mikro-orm/core';
import type { CustomerStore, CustomerTransaction, ImportProgress } from '../../customers/customer-store-port.ts';
import { instant } from '../../model/instant.ts';
import type { Database, EntityManager, SqlRow } from '../database/database.ts';
import { readInTime } from '../database/read-failure.ts';

/** Written by the import, with each of its steps; of the newest alone. Counts, and nothing of a person. */
export const CustomerImportRow = defineEntity({
  name: 'CustomerImportRow',
  tableName: 'customer_import',
  properties: {
    id: p.uuid().primary(),
    /** Of the user who imports, if they have one. */
    locationId: p.uuid().nullable(),
    /** To be added; null: the table is still being read. */
    customers: p.integer().nullable(),
    added: p.integer(),
    startedAt: p.bigint('number'),
    /** When the last step was done. */
    seenAt: p.bigint('number'),
    endedAt: p.bigint('number').nullable(),
  },
});

const MOST_KEPT = 20;
const BEGIN = 'insert into customer_import (id, location_id, added, started_at, seen_at) values (?, ?, 0, ?, ?)';
const CUT = 'delete from customer_import where id not in (select id from customer_import order by started_at desc, id desc limit ?)';
const NOTE = 'update customer_import set customers = ?, added = ?, seen_at = ?, ended_at = ? where id = ?';
const LIST = `select id, customers, added, started_at, seen_at, ended_at from customer_import
  where $1::uuid is null or location_id = $1::uuid order by started_at desc, id desc`;

export function importsOf(database: Database): CustomerStore['imports'] {
  return {
    begin: ({ id, locationId, at }) =>
      database.transaction(async (em) => {
        await em.execute(BEGIN, [id, locationId, at, at]);
        await em.execute(CUT, [MOST_KEPT]);
      }),
    forget: (id) => database.transaction(async (em) => void (await em.execute('delete from customer_import where id = ?', [id]))),
    list: async ({ locationId }) => (await readInTime(database.sql(LIST, [locationId]))).map(progressOf),
  };
}

export async function noteImport(em: EntityManager, ...[id, { customers, added, at, isOver }]: Parameters<CustomerTransaction['noteImport']>): Promise<void> {
  await em.execute(NOTE, [customers, added, at, isOver ? at : null, id]);
}

function progressOf([id, customers, added, startedAt, seenAt, endedAt]: SqlRow): ImportProgress {
  const [began, seen] = [instant(Number(startedAt)), instant(Number(seenAt))];
  const counts = { customers: customers === null ? null : Number(customers), added: Number(added) };
  return { id: String(id), ...counts, startedAt: began, seenAt: seen, endedAt: endedAt === null ? null : instant(Number(endedAt)) };
}
