// What can be read of a log that is cut: a follower that has missed something is told so, and past states of a calendar are right.
import type { LogPosition } from '../../../src/actors/change-log-port.ts';
import type { CalendarView } from '../../../src/actors/scheduler.ts';
import type { History, Look } from '../history.ts';
import { isAfter, numbersOf } from '../model-database/consumers.ts';
import { BEGINNING } from '../scene.ts';
import type { Ledger, Recorded } from './ledger.ts';
import { claimsAsText } from './sights.ts';
import { SmallCalendar } from './small-calendar.ts';

type Of<Type extends Look['type']> = Extract<Look, { readonly type: Type }>;

export function checkRetention(history: History, ledger: Ledger): void {
  for (const look of history.looks) {
    if (look.type === 'changes') checkFeed(history, ledger, look);
    else if (look.type === 'past') checkPast(history, ledger, look);
    else if (look.type === 'log') checkPage(history, ledger, look);
  }
}

/** What is told of a feed begins where it was asked for and has no holes; that it is not kept is said only of what was cut. */
function checkFeed(history: History, ledger: Ledger, { reader, node, calendarId, after, changes, answeredAt }: Of<'changes'>): void {
  const where = `${reader} on ${node}: ${calendarId} after ${after}`;
  if (changes === null) {
    if (!ledger.cutsOf(calendarId).some(({ revision, at }) => at <= answeredAt && revision > after))
      history.broken('a read was never true', `${where} is said to be cut`);
    return;
  }
  for (const [index, { base }] of changes.entries())
    if (base !== after + index) return history.broken('a reader missed a change', `${where} continues with what follows on ${base}`);
}

/** A moment before the base of a log is answered with the date of the base; every other one with the calendar as it was. */
function checkPast(history: History, ledger: Ledger, look: Of<'past'>): void {
  const { reader, node, calendarId, at, past, answeredAt } = look;
  const where = `${reader} on ${node}: ${calendarId} as it was at ${at - BEGINNING}`;
  if (past === undefined) return history.broken('a calendar was not as it had been', `${where} cannot be told, and not from when on it can`);
  if ('knownFrom' in past) {
    const bases = ledger.cutsOf(calendarId).filter((cut) => cut.at <= answeredAt);
    const isTrue = past.knownFrom > at && bases.some(({ revision }) => ledger.recordOf(calendarId, revision)?.row.at === past.knownFrom);
    if (!isTrue) history.broken('a calendar was not as it had been', `${where} is said to be known from ${past.knownFrom - BEGINNING} on`);
    return;
  }
  const log = ledger.logOf(calendarId).filter((record) => record.row.at <= at);
  const wrong = wrongIn(past, log, look);
  if (wrong !== undefined) history.broken('a calendar was not as it had been', `${where}: ${wrong}`);
}

/** What was dated by then and durable when it was asked for is in it, and nothing that came later. */
function wrongIn({ revision, claims, hours }: CalendarView, log: readonly Recorded[], { calendarId, askedAt, answeredAt }: Of<'past'>): string | undefined {
  const record = log.find(({ row }) => row.revision === revision);
  if (revision > 0 && (record === undefined || record.at > answeredAt)) return `revision ${revision} was not there yet`;
  const due = log.findLast((one) => one.at < askedAt)?.row.revision ?? 0;
  if (revision < due) return `revision ${revision} is shown, and it was at ${due}`;
  const calendar = record?.calendar ?? new SmallCalendar(calendarId);
  const [seen, so] = [claimsAsText(claims), claimsAsText(calendar.claims.values())];
  if (seen !== so) return `${seen}, and it was ${so}`;
  const idsOf = (times: readonly { readonly id: string }[]) => times.map(({ id }) => id).join(' ');
  return idsOf(hours.timeOff) === idsOf(calendar.timeOff) ? undefined : `time off ${idsOf(hours.timeOff)}, and it was ${idsOf(calendar.timeOff)}`;
}

/** Between where it was asked for and how far was looked, every change is in a page, or the page says that something was cut. */
function checkPage(history: History, ledger: Ledger, { reader, node, after, last, changes, hasGap }: Of<'log'>): void {
  const [first] = changes;
  if (last === null || hasGap || first === undefined) return;
  const isFrom = ({ row }: Recorded) => (after === null ? !isAfter(numbersOf(first), row) : isAfter(row, numbersOf(after)));
  const due = ledger.all().filter((record) => isFrom(record) && !isAfter(record.row, numbersOf(last)));
  const read = new Set(changes.map(placeOf));
  for (const { row } of due)
    if (!read.has(placeOf({ xid: String(row.xid), position: String(row.position) })))
      history.broken('a reader missed a change', `${reader} on ${node}: ${row.calendarId}@${row.revision} in the log of the business`);
}

function placeOf({ xid, position }: LogPosition): string {
  return `${xid} ${position}`;
}
