import type { Database } from '../database/database.ts';

const PAGE = 200;
const NEXT = 'select id, sealed_url from external_calendar where ($1::uuid is null or id > $1) order by id limit $2::int';
/** Not what was replaced meanwhile. */
const RESEAL = 'update external_calendar set sealed_url = $3 where id = $1 and sealed_url = $2';

/** `reseal`: null where nothing is to be done. */
export async function resealAddresses(database: Database, reseal: (sealed: string) => string | null, signal: AbortSignal): Promise<void> {
  for (let last: string | null = null; !signal.aborted; ) {
    const rows = await database.sql(NEXT, [last, PAGE]);
    for (const [id, sealedUrl] of rows) {
      const resealed = reseal(String(sealedUrl));
      if (resealed !== null) await database.sql(RESEAL, [id, sealedUrl, resealed]);
      last = String(id);
    }
    if (rows.length < PAGE) return;
  }
}
