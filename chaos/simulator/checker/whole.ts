// What must hold for everything together, at the end.
import type { History } from '../history.ts';
import type { Tables } from '../model-database/tables.ts';
import { BEGINNING } from '../scene.ts';
import type { Ledger, Recorded } from './ledger.ts';
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

export function checkOutbox(history: History, ledger: Ledger, tables: Tables): void {
  const expected = [...ledger.all().flatMap(outboxOf), ...auditedIn(history, ledger)].sort();
  const actual = tables.outbox.map(textOfOutbox).sort();
  if (expected.join('\n') === actual.join('\n')) return;
  const [missing, extra] = [expected.filter((row) => !actual.includes(row)), actual.filter((row) => !expected.includes(row))];
  history.broken('the outbox is not what is logged', `missing: ${missing.join(', ')}; too many: ${extra.join(', ')}`);
}

/** Of what is said to the audit trail: about whom, what and by whom. */
function textOfOutbox({ entryId, calendarId, revision, topic, payload }: Tables['outbox'][number]): string {
  const about = `${entryId} ${calendarId} ${revision} ${topic}`;
  if (topic !== 'audit') return `${about} ${payload}`;
  const { action, subjectId, by } = JSON.parse(payload);
  return `${about} ${action} ${subjectId} ${by.requestId}`;
}

/** Everything that was done for somebody who is logged in, once, on the calendar that answered; but not holds. */
function auditedIn({ asked }: History, ledger: Ledger): readonly string[] {
  return asked.flatMap(({ request }) => {
    const row = request.by && ledger.requestOf(request);
    if (row?.outcome !== 'ok' || row.calendarId === null) return [];
    const event = ledger.recordOf(row.calendarId, row.revision ?? 0)?.events[row.eventIndex ?? 0];
    if (event === undefined || 'hold' in event) return [];
    const subjectId = 'appointment' in event ? event.appointment.id : 'block' in event ? event.block.id : row.calendarId;
    return [`${row.entryId} ${row.calendarId} ${row.revision} audit ${event.type} ${subjectId} ${request.key}`];
  });
}

function outboxOf({ row, events }: Recorded): readonly string[] {
  return events.flatMap((event) => {
    if (!('appointment' in event) || event.appointment.calendarId !== row.calendarId) return [];
    return [`${row.entryId} ${row.calendarId} ${row.revision} ${event.type} ${JSON.stringify({ appointmentId: event.appointment.id })}`];
  });
}

export function checkTables(history: History, ledger: Ledger, tables: Tables): void {
  for (const { id, revision } of tables.calendars.values()) {
    const last = ledger.logOf(id).at(-1);
    if (revision !== (last?.row.revision ?? 0))
      history.broken('the tables are not what is logged', `${id} is at ${revision}, its log at ${last?.row.revision}`);
    const calendar = last?.calendar ?? new SmallCalendar(id);
    const logged = [...calendar.claims.values()].map(({ id: claim, kind, startsAt, endsAt, lane, status }) =>
      [claim, kind, startsAt, endsAt, lane, status].join(' '),
    );
    const rows = [...tables.claims.values()]
      .filter(({ calendarId }) => calendarId === id)
      .map(({ claim, status }) => [claim.id, claim.kind, claim.startsAt, claim.endsAt, claim.lane, status].join(' '));
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
