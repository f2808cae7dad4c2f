// Where a reader begins that wants everything there is, once the log is cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY } from '../../src/model/instant.ts';
import { ChangeLogReads } from '../../src/persistence/change-log/change-log-reads.ts';
import { cutLog } from '../../src/persistence/change-log/log-retention.ts';
import { onEachDatabaseAlone } from '../actors/on-each-database.ts';
import { addCalendars, book, claimOf, newKey, openTestNode, slot } from '../actors/practice.ts';

const EVERYTHING = { calendarIds: null, types: null };

onEachDatabaseAlone('The beginning of a log that is cut', (place) => {
  test('from the beginning a reader goes on page by page, whatever old changes of quiet calendars are kept', async () => {
    const { database } = place;
    const [quiet, busy] = await addCalendars(database, 2);
    assert.ok(quiet && busy);
    {
      await using practice = await openTestNode(database);
      for (const calendar of [quiet, busy]) for (const number of [0, 1, 2]) await practice.node.ask(newKey(), book(claimOf(calendar, slot(number))));
    }
    await database.sql('delete from consumer');
    await database.sql('delete from request');
    await database.sql('update change set at = at - $1::int8 where calendar_id = $2 or revision = 1', [20 * DAY, quiet.calendarId]);
    await cutLog(database, { logDays: 10, claimDays: 60 });
    const kept = await database.sql('select calendar_id, revision from change order by xid, position');
    const told = [quiet, busy, busy].map(({ calendarId }, index) => [calendarId, String(index === 0 ? 3 : index + 1)]);
    assert.deepEqual(
      kept.map(([calendarId, revision]) => [calendarId, String(revision)]),
      told,
    );
    const log = new ChangeLogReads(database);
    const first = await log.page(null, EVERYTHING, 1);
    const second = await log.page(first.last, EVERYTHING, 1);
    const read = [...first.changes, ...second.changes].map(({ calendarId, revision }) => [calendarId, String(revision)]);
    assert.deepEqual([read, second.hasGap], [told.slice(1), false]);
  });
});
