// A text for a location and a date, for those who work there later. It may be about people, so it is in no fact, log or trail, and kept for a month.
import type { Caller } from '../access/caller.ts';
import { refuseAt } from '../access/rights.ts';
import type { Instant } from '../model/instant.ts';
import type { DayNoteReply } from '../protocol/day-notes.ts';
import { done, type Failed, failed, type Reply } from '../protocol/reply.ts';
import { etagOf, expectedVersionsOf } from '../protocol/versions.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Catalogs } from './parts.ts';

export type DayNote = { readonly text: string; readonly changedAt: Instant | null; readonly version: number };
export type NamedDay = { readonly locationId: string; readonly date: string };
export const NO_NOTE: DayNote = { text: '', changedAt: null, version: 0 };

/** What keeping them needs of its storage. */
export type DayNoteStore = {
  read(day: NamedDay): Promise<DayNote>;
  /** One at a time for one day: `change` is told what stands there, and answers what will; the same again is not written. */
  write(day: NamedDay, change: (before: DayNote) => DayNote): Promise<DayNote>;
};
/** Hears of every note that is written through it. */
export type HeardDayNotes = DayNoteStore & { listen(listener: (day: NamedDay, version: number) => void): () => void };

export function heardDayNotes(store: DayNoteStore): HeardDayNotes {
  const listeners = new Set<(day: NamedDay, version: number) => void>();
  return {
    read: (day) => store.read(day),
    async write(day, change) {
      const after = await store.write(day, change);
      for (const listener of listeners) listener(day, after.version);
      return after;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type Parts = Pick<Catalogs, 'catalog'> & { readonly dayNotes: DayNoteStore; readonly scheduler: { now(): Instant } };

export async function readDayNote(parts: Parts, caller: Caller, day: NamedDay): Promise<Reply<DayNoteReply>> {
  const zone = zoneOf(parts, caller, day);
  return typeof zone === 'string' ? told(day, zone, await parts.dayNotes.read(day)) : zone;
}

/** The same text again changes nothing, so a repeat after a lost answer is answered alike, whatever version it names. */
export async function writeDayNote(parts: Parts, caller: Caller, day: NamedDay, text: string): Promise<Reply<DayNoteReply>> {
  const zone = zoneOf(parts, caller, day);
  if (typeof zone !== 'string') return zone;
  const expected = expectedVersionsOf(caller.ifMatch);
  if (expected === undefined) return failed('version-mismatch', { detail: 'If-Match does not name a version of this note.' });
  let isMismatch = false;
  const after = await parts.dayNotes.write(day, (before) => {
    if (before.text === text) return before;
    isMismatch = expected !== null && !expected.includes(before.version);
    return isMismatch ? before : { text, changedAt: parts.scheduler.now(), version: before.version + 1 };
  });
  return isMismatch ? failed('version-mismatch', { currentVersion: etagOf(after.version) }) : told(day, zone, after);
}

/** Of a location that was removed, too: what was written there is still to be read. */
function zoneOf({ catalog }: Parts, { principal }: Caller, { locationId }: NamedDay): string | Failed {
  const barred = refuseAt(principal, 'keep-day-notes', { staffId: null, locationId });
  return barred ?? catalog.snapshotWithArchived().locations.get(locationId)?.timeZone ?? failed('not-found');
}

function told(day: NamedDay, zone: string, { changedAt, ...note }: DayNote): Reply<DayNoteReply> {
  const body = { ...day, ...note, changedAt: changedAt === null ? null : wireTime(changedAt, zone) };
  return done(body, { headers: { ETag: etagOf(note.version) } });
}
