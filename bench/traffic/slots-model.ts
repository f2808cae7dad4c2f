import type { ServerMessageBody, SlotsSnapshot } from '../../src/protocol/socket.ts';
import type { Applied } from './board-model.ts';

export type SlotColumn = { readonly staffId: string; revision: number; readonly starts: Set<number> };

/** The free times a customer would have on the screen, worked out from nothing but what the server sent to it. */
export class SlotsModel {
  era = '';
  timeZone = 'UTC';
  readonly columns = new Map<string, SlotColumn>();

  get revisions(): Record<string, number> {
    return Object.fromEntries([...this.columns].map(([calendarId, { revision }]) => [calendarId, revision]));
  }

  takeSnapshot(snapshot: SlotsSnapshot): string | undefined {
    const known = snapshot.era === this.era ? new Map(this.columns) : new Map<string, SlotColumn>();
    this.columns.clear();
    this.era = snapshot.era;
    this.timeZone = snapshot.timeZone;
    for (const { calendarId, staffId, revision, slots } of snapshot.calendars)
      this.columns.set(calendarId, { staffId, revision, starts: new Set(slots.map((slot) => Date.parse(slot))) });
    for (const calendarId of snapshot.unchanged) {
      const column = known.get(calendarId);
      if (column === undefined) return `calendar ${calendarId} is called unchanged, but was never told`;
      this.columns.set(calendarId, column);
    }
    return undefined;
  }

  change({ era, calendarId, base, revision, taken, freed }: ServerMessageBody<'slots-changed'>): Applied {
    const column = this.columns.get(calendarId);
    if (column === undefined || era !== this.era || base > column.revision) return 'gap';
    if (base < column.revision) return 'old';
    for (const start of taken) column.starts.delete(Date.parse(start));
    for (const start of freed) column.starts.add(Date.parse(start));
    column.revision = revision;
    return 'applied';
  }
}
