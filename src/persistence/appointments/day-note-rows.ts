// Notes of a day as rows.
import { defineEntity, LockMode, p } from '@mikro-orm/core';
import { type DayNote, type DayNoteStore, NO_NOTE } from '../../booking/day-notes.ts';
import { instant } from '../../model/instant.ts';
import type { Database, SqlRow } from '../database/database.ts';
import { readInTime } from '../database/read-failure.ts';

/** Written by the front desk. An emptied note stays until it is forgotten: versions go on. */
export const DayNoteRow = defineEntity({
  name: 'DayNoteRow',
  tableName: 'day_note',
  properties: {
    locationId: p.uuid().primary(),
    date: p.text().primary(),
    text: p.text(),
    version: p.integer(),
    /** Milliseconds since 1970. */
    changedAt: p.bigint('number'),
  },
});

const NOTE = 'select text, version, changed_at from day_note where location_id = $1::uuid and date = $2::text';
/** Two who write the first note of a day wait for each other. */
const BEGIN = "insert into day_note (location_id, date, text, version, changed_at) values (?::uuid, ?::text, '', 0, 0) on conflict do nothing";

export function dayNoteStore(database: Database): DayNoteStore {
  return {
    async read({ locationId, date }) {
      const [row] = await readInTime(database.sql(NOTE, [locationId, date]));
      return row === undefined ? NO_NOTE : noteOf(row);
    },
    write: (day, change) =>
      database.transaction(async (em) => {
        await em.execute(BEGIN, [day.locationId, day.date]);
        const row = await em.findOneOrFail(DayNoteRow, day, { lockMode: LockMode.PESSIMISTIC_WRITE });
        const before = noteOf([row.text, row.version, row.changedAt]);
        const after = change(before);
        if (after !== before) Object.assign(row, { text: after.text, version: after.version, changedAt: after.changedAt ?? 0 });
        return after;
      }),
  };
}

function noteOf([text, version, changedAt]: SqlRow): DayNote {
  return { text: String(text), version: Number(version), changedAt: Number(version) === 0 ? null : instant(Number(changedAt)) };
}
