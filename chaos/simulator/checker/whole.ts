// What must hold for everything together, at the end.
import type { History } from '../history.ts';
import type { Tables } from '../model-database/tables.ts';
import { BEGINNING } from '../scene.ts';
import type { Ledger } from './ledger.ts';
import { SmallCalendar } from './small-calendar.ts';

/** A node estimates the database's time from its round trips; in trouble those are long. Milliseconds. */
const CLOCK_TOLERANCE_MS = 1_000;

export function checkHolds(history: History, ledger: Ledger): void {
  for (const { row, events, at } of ledger.all()) {
    for (const event of events) {
      if ('isNew' in event && event.holdId !== null && row.at >= event.appointment.startsAt)
        history.broken(
          'a hold was booked too late',
          `${row.calendarId}@${row.revision}: hold ${event.holdId} began at ${event.appointment.startsAt}, and it was ${row.at}`,
        );
      if (event.type !== 'hold.expired') continue;
      const { expiresAt, id } = event.hold;
      const where = `${row.calendarId}@${row.revision}: hold ${id}`;
      if (row.at < expiresAt) history.broken('a hold ended too early', `${where} was promised until ${expiresAt} and ended at ${row.at}`);
      if (BEGINNING + at < expiresAt - CLOCK_TOLERANCE_MS)
        history.broken('a hold ended too early', `${where} was promised until ${expiresAt}; it was ${BEGINNING + at}`);
    }
  }
}

export function checkTables(history: History, ledger: Ledger, tables: Tables): void {
  for (const { id, revision } of tables.calendars.values()) {
    const last = ledger.logOf(id).at(-1);
    if (revision !== (last?.row.revision ?? 0))
      history.broken('the tables are not what is logged', `${id} is at ${revision}, its log at ${last?.row.revision}`);
    const calendar = last?.calendar ?? new SmallCalendar(id);
    const logged = [...calendar.claims.values()].map(({ id: claim, kind, startsAt, endsAt, lane, status, isOver }) =>
      [claim, kind, startsAt, endsAt, lane, status, isOver].join(' '),
    );
    const rows = [...tables.claims.values()]
      .filter(({ calendarId }) => calendarId === id)
      .map(({ claim, status, session }) => [claim.id, claim.kind, claim.startsAt, claim.endsAt, claim.lane, status, session === null].join(' '));
    if (logged.sort().join('\n') !== rows.sort().join('\n')) {
      history.broken('the tables are not what is logged', `claims of ${id}: ${rows.join(', ')}; its log says ${logged.join(', ')}`);
    }
    checkRecords(history, tables, calendar);
  }
}

/** An appointment's record says the same as its claim; one without a claim is over. */
function checkRecords(history: History, tables: Tables, calendar: SmallCalendar): void {
  for (const { appointment } of tables.appointments.values()) {
    if (appointment.calendarId !== calendar.id) continue;
    const claim = calendar.claims.get(appointment.id);
    const isOver = ['cancelled', 'declined'].includes(appointment.status);
    const isSame = claim?.status === appointment.status && claim.startsAt === appointment.startsAt && claim.lane === appointment.lane;
    if (isOver ? claim !== undefined : !isSame) history.broken('the tables are not what is logged', `record ${appointment.id} is not as its calendar has it`);
  }
}
