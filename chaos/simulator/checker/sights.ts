// What readers and watchers saw against what became durable.
import { MINUTE } from '../../../src/model/instant.ts';
import { type History, isShown, type Look, type Shown } from '../history.ts';
import { slotAt } from '../scene.ts';
import type { Picture } from '../watcher.ts';
import type { World } from '../world.ts';
import type { Ledger } from './ledger.ts';
import { SmallCalendar } from './small-calendar.ts';

/** Starts that are compared; past them nobody asks. */
const SLOTS_COMPARED = 12;

export function checkLooks(world: World, ledger: Ledger): void {
  for (const look of world.history.looks) {
    if (isShown(look)) checkLook(world, ledger, look);
    else if (look.type === 'changes') checkChanges(world.history, ledger, look);
  }
  checkMemory(world.history, ledger);
}

/** The calendar at that revision, if it was durable by then. */
function calendarAt(ledger: Ledger, calendarId: string, revision: number, by: number): SmallCalendar | undefined {
  if (revision === 0) return new SmallCalendar(calendarId);
  const record = ledger.recordOf(calendarId, revision);
  return record !== undefined && record.at <= by ? record.calendar : undefined;
}

function checkLook(world: World, ledger: Ledger, look: Shown): void {
  const { calendarId, revision } = look.type === 'view' ? look.view : look.slots;
  const where = `${look.reader} on ${look.node}: ${look.type} ${calendarId}@${revision}`;
  const calendar = calendarAt(ledger, calendarId, revision, look.answeredAt);
  if (calendar === undefined) return world.history.broken('a read was never true', `${where} was not durable at ${look.answeredAt}`);
  const [seen, so] =
    look.type === 'view' ? [claimsAsText(look.view.claims), claimsAsText(calendar.claims.values())] : [startsSeen(look), startsOf(world, calendar, look)];
  if (seen !== so) world.history.broken('a read was never true', `${where}: ${seen}, and it is ${so}`);
}

type Claimed = { readonly [fact in 'kind' | 'id' | 'startsAt' | 'endsAt' | 'lane' | 'status' | 'expiresAt' | 'reason']: unknown };

export function claimsAsText(claims: Iterable<Claimed>): string {
  const rows = [...claims].map(({ kind, id, startsAt, endsAt, lane, status, expiresAt, reason }) =>
    String([kind, id, startsAt, endsAt, lane, status, expiresAt, reason]),
  );
  return rows.sort().join(' | ');
}

function startsSeen({ slots }: Extract<Look, { type: 'slots' }>): string {
  return slots.startsAt.filter((start) => start < slotAt(SLOTS_COMPARED)).join(' ');
}

function startsOf(world: World, calendar: SmallCalendar, { service, slots }: Extract<Look, { type: 'slots' }>): string {
  const { serviceId, capacity } = world.termsOf(service);
  const { minutes } = world.doneBy(service, slots.staffId);
  const starts = Array.from({ length: SLOTS_COMPARED }, (_, number) => slotAt(number));
  return starts.filter((startsAt) => calendar.isFree({ serviceId, startsAt, endsAt: startsAt + minutes * MINUTE, capacity })).join(' ');
}

function checkChanges(history: History, ledger: Ledger, look: Extract<Look, { type: 'changes' }>): void {
  for (const change of look.changes ?? []) {
    const record = ledger.recordOf(look.calendarId, change.revision);
    const isSo =
      record !== undefined && record.at <= look.answeredAt && record.row.events === JSON.stringify(change.events) && record.row.epoch === change.epoch;
    if (!isSo) history.broken('a read was never true', `${look.reader} on ${look.node}: change ${look.calendarId}@${change.revision}`);
  }
}

/** A node that has shown a revision, or answered with one, shows nothing older to those who ask afterwards; of a group on each of its calendars. */
function checkMemory(history: History, ledger: Ledger): void {
  const shown = history.looks.flatMap((look) => {
    if (!isShown(look)) return [];
    const { calendarId, revision } = look.type === 'view' ? look.view : look.slots;
    return [{ node: look.node, calendarId, revision, at: look.answeredAt }];
  });
  const answered = history.asked.flatMap(({ attempts }) =>
    attempts.flatMap(({ node, answer, answeredAt }) => {
      if (answer === null || answer === 'cut' || answer.outcome !== 'ok' || answer.replayed) return [];
      const entryId = ledger.recordOf(answer.calendarId, answer.revision)?.row.entryId ?? '';
      return (ledger.entries.get(entryId) ?? []).map(({ row: { calendarId, revision } }) => ({ node, calendarId, revision, at: answeredAt }));
    }),
  );
  for (const look of history.looks) {
    if (!isShown(look)) continue;
    const { calendarId, revision } = look.type === 'view' ? look.view : look.slots;
    const newer = [...shown, ...answered].find(
      (other) => other.node === look.node && other.calendarId === calendarId && other.at < look.askedAt && other.revision > revision,
    );
    if (newer !== undefined)
      history.broken('a node forgot what it had shown', `${look.reader} on ${look.node}: ${calendarId}@${revision}, and ${newer.revision} before`);
  }
}

export function checkPictures(history: History, ledger: Ledger, pictures: readonly Picture[]): void {
  for (const picture of pictures) {
    let last: number | undefined;
    for (const { at, change } of picture.heard) {
      const where = `${picture.watcher} on ${picture.node}: ${picture.calendarId}@${change.revision}`;
      const record = ledger.recordOf(picture.calendarId, change.revision);
      const { row } = record ?? {};
      if (record === undefined || row === undefined || record.at > at) history.broken('a push is not what is logged', `${where} was not durable at ${at}`);
      else if (row.events !== JSON.stringify(change.events) || row.epoch !== change.epoch || row.at !== change.at || change.base !== row.revision - 1) {
        history.broken('a push is not what is logged', `${where}: epoch ${change.epoch} and ${row.epoch}`);
      }
      if (last !== undefined && change.base !== last) history.broken('a feed has a hole', `${where} after ${last}`);
      last = change.revision;
    }
  }
}
