// The answer to a question about free times, as text: it may have ten thousand rows, and each is written by hand.
import { type Instant, instant, MINUTE } from '../model/instant.ts';
import type { SlotsReply } from './slots.ts';
import { wireTime } from './wire-times.ts';

export type SlotRow = {
  readonly at: Instant;
  readonly minutes: number;
  readonly staffId: string;
  readonly resourceId: string | undefined;
  readonly remaining: number;
};
export type SlotsToWrite = Required<Pick<SlotsReply, 'timeZone' | 'omitted' | 'nextFrom' | 'calendars'>> & {
  readonly rows: readonly SlotRow[];
};

/** What `JSON.stringify` makes of the `SlotsReply` of these rows. */
export function slotsText({ timeZone, rows, omitted, nextFrom, calendars }: SlotsToWrite): string {
  const timeOf = remembering((at: number) => JSON.stringify(wireTime(instant(at), timeZone)));
  const idOf = remembering((id: string) => JSON.stringify(id));
  const slots = rows.map(({ at, minutes, staffId, resourceId, remaining }) => {
    const resource = resourceId === undefined ? '' : `,"resourceId":${idOf(resourceId)}`;
    return `{"startsAt":${timeOf(at)},"endsAt":${timeOf(at + minutes * MINUTE)},"staffId":${idOf(staffId)}${resource},"remaining":${remaining}}`;
  });
  const rest = JSON.stringify({ omitted, nextFrom, calendars });
  return `{"timeZone":${JSON.stringify(timeZone)},"slots":[${slots.join(',')}],${rest.slice(1)}`;
}

/** Several people are free at the same moments, and one slot often ends where the next begins. */
function remembering<Value>(write: (value: Value) => string): (value: Value) => string {
  const known = new Map<Value, string>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const text = write(value);
    known.set(value, text);
    return text;
  };
}
