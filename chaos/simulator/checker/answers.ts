// Every answer against what became durable.
import type { Answer, SchedulerCommand } from '../../../src/actors/scheduler.ts';
import { type Asked, definiteOf, type History, isDefinite } from '../history.ts';
import { sharersOf } from './groups.ts';
import type { Ledger } from './ledger.ts';

type Ok = Extract<Answer, { outcome: 'ok' }>;
type No = Extract<Answer, { outcome: 'no' }>;

export function checkAnswers(history: History, ledger: Ledger): void {
  const made = madeIds(ledger);
  for (const asked of history.asked) {
    checkAgreement(history, asked);
    for (const { answer, answeredAt } of asked.attempts) {
      if (!isDefinite(answer)) continue;
      if (answer.outcome === 'ok') checkYes(history, ledger, asked, answer, answeredAt);
      else checkNo(history, ledger, asked, answer);
    }
    checkMade(history, asked, made);
  }
}

function checkAgreement(history: History, asked: Asked): void {
  const words = new Set(
    asked.attempts
      .map(({ answer }) => answer)
      .filter(isDefinite)
      .map(essenceOf),
  );
  if (words.size > 1) history.broken('a key was answered in two ways', `${asked.request.key}: ${[...words].join('; ')}`);
}

function essenceOf(answer: Ok | No): string {
  return answer.outcome === 'ok' ? `${answer.calendarId}@${answer.revision} ${JSON.stringify(answer.event)}` : JSON.stringify(answer.refusal);
}

function checkYes(history: History, ledger: Ledger, asked: Asked, answer: Ok, answeredAt: number): void {
  const { key } = asked.request;
  const record = ledger.recordOf(answer.calendarId, answer.revision);
  const where = `${key}: ${answer.event.type} ${answer.calendarId}@${answer.revision}`;
  if (record === undefined || JSON.stringify(record.events.at(-1)) !== JSON.stringify(answer.event)) {
    return history.broken('a yes is not in the log as it was answered', where);
  }
  const row = ledger.requestOf(asked.request);
  if (row === undefined) history.broken('a yes is not in the log as it was answered', `${where} has no key`);
  else if (row.outcome !== 'ok' || row.entryId !== record.row.entryId)
    history.broken('a yes is not in the log as it was answered', `${where} is ${row.outcome} by its key`);
  if (record.at > answeredAt) history.broken('an answer came before it was durable', `${where} at ${answeredAt}, durable at ${record.at}`);
  checkTime(history, asked, record.at, where);
  checkOverlap(history, asked, answer, where);
  const entries = ledger.entries.get(record.row.entryId) ?? [];
  // A removal ends holds that stand on other calendars as well; one whose time was over by then ends there in passing.
  const expected = new Set(record.events.flatMap((event) => [...sharersOf(event, answer.calendarId)]));
  const made = entries.filter(({ row: { calendarId }, events }) => expected.has(calendarId) || events.some(({ type }) => type !== 'hold.expired'));
  if (made.length !== expected.size) history.broken('something happened twice', `${where}: ${made.length} changes, not ${expected.size}`);
}

/** What overlaps was asked to overlap by the person that it names. */
function checkOverlap(history: History, { command, person }: Asked, { event }: Ok, where: string): void {
  if (!('appointment' in event) || event.appointment.overlaps !== true) return;
  const { override } = event.appointment;
  const isRecorded = override?.by === person && override.rules.includes('slot-taken');
  const takesTime = 'ask' in command && command.ask !== null;
  if (takesTime && !(isRecorded && command.ask.override?.rules.includes('slot-taken') === true)) history.broken('an overlap was not asked for', where);
}

/** Whatever was done was done for an attempt that was open at that moment: not before it, and not after it had been told that it did nothing. */
function checkTime(history: History, { attempts }: Asked, doneAt: number, where: string): void {
  if (attempts.some(({ askedAt, answeredAt }) => askedAt <= doneAt && doneAt <= answeredAt)) return;
  const spans = attempts.map(({ askedAt, answeredAt, answer }) => `${askedAt} to ${answeredAt}: ${typeof answer === 'object' ? answer?.outcome : answer}`);
  history.broken('a request was done outside its time', `${where} was done at ${doneAt}; it was open ${spans.join(', ')}`);
}

function checkNo(history: History, ledger: Ledger, asked: Asked, { refusal }: No): void {
  const { key } = asked.request;
  const row = ledger.requestOf(asked.request);
  if (row === undefined) return history.broken('a no happened all the same', `${key}: ${refusal.code} is not written down, so an older copy may still succeed`);
  // Holds that were due are ended by whatever decision meets them, also by one that refuses.
  const happened = (ledger.entries.get(row.entryId) ?? []).filter(({ events }) => events.some(({ type }) => type !== 'hold.expired'));
  if (row.outcome === 'ok' || happened.length > 0) history.broken('a no happened all the same', `${key}: ${refusal.code}, and ${row.outcome} by its key`);
  const stored = row.outcome === 'abandoned' ? 'abandoned' : (JSON.parse(row.refusal) as No['refusal'] | null)?.code;
  if (stored !== refusal.code) history.broken('a key was answered in two ways', `${key}: ${refusal.code}, and ${stored} by its key`);
}

/** What a request makes has an id that no other request names. */
function freshIdOf(command: SchedulerCommand): string | undefined {
  switch (command.type) {
    case 'place-hold':
      return command.holdId;
    case 'book':
    case 'confirm-hold':
      return command.draft.id;
    case 'add-block':
      return command.block.id;
    case 'change-hours':
      return command.change.type === 'add-time-off' ? command.change.timeOff.id : undefined;
    default:
      return undefined;
  }
}

function madeIds(ledger: Ledger): ReadonlyMap<string, number> {
  const made = new Map<string, number>();
  const count = (id: string) => made.set(id, (made.get(id) ?? 0) + 1);
  for (const { row, events } of ledger.all()) {
    for (const event of events) {
      // On the calendar of a room it stands once more.
      if (event.type === 'hold.placed') {
        if (event.hold.calendarId === row.calendarId) count(event.hold.id);
      } else if ('isNew' in event && event.isNew) {
        if (event.appointment.calendarId === row.calendarId) count(event.appointment.id);
      } else if (event.type === 'block.added') count(event.block.id);
      else if (event.type === 'hours.changed' && event.change.type === 'add-time-off') count(event.change.timeOff.id);
    }
  }
  return made;
}

function checkMade(history: History, asked: Asked, made: ReadonlyMap<string, number>): void {
  const id = freshIdOf(asked.command);
  if (id === undefined) return;
  const times = made.get(id) ?? 0;
  const answer = definiteOf(asked);
  if (times > 1) history.broken('something happened twice', `${asked.request.key}: ${id} was made ${times} times`);
  if (answer?.outcome === 'no' && times > 0) history.broken('a no happened all the same', `${asked.request.key}: ${answer.refusal.code}, and ${id} was made`);
}
