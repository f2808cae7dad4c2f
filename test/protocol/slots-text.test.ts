import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInstant, instant, MINUTE } from '../../src/model/instant.ts';
import { slotsReply } from '../../src/protocol/slots.ts';
import { type SlotRow, slotsText } from '../../src/protocol/slots-text.ts';
import { availabilityCases, listedFor } from '../model/availability-world.ts';

const ERA = 'an era with "quotes"';

test('the text of an answer is that of its value, and fits the schema, for every availability case', () => {
  let rows = 0;
  for (const availabilityCase of availabilityCases()) {
    const listing = listedFor(availabilityCase);
    if (listing === undefined) continue;
    const { timeZone, minutes, lists } = listing;
    const named = lists.map((list, index) => ({ ...list, staffId: uuid(index) }));
    const found = named.flatMap(({ staffId, startsAt, remaining }): SlotRow[] =>
      startsAt.map((at, index) => ({
        at,
        minutes: minutes + index,
        staffId,
        resourceId: index % 2 === 0 ? undefined : uuid(99),
        remaining: remaining[index] ?? 0,
      })),
    );
    const calendars = named.map(({ staffId }) => ({ calendarId: staffId, staffId, revision: 7, era: ERA }));
    const slots = found.map(({ at, minutes: length, staffId, resourceId, remaining }) => ({
      startsAt: formatInstant(at, timeZone),
      endsAt: formatInstant(instant(at + length * MINUTE), timeZone),
      staffId,
      ...(resourceId !== undefined && { resourceId }),
      remaining,
    }));
    const text = slotsText({ timeZone, rows: found, omitted: 3, nextFrom: null, calendars });
    assert.equal(text, JSON.stringify({ timeZone, slots, omitted: 3, nextFrom: null, calendars }), availabilityCase.id);
    assert.deepEqual(slotsReply.parse(JSON.parse(text)), JSON.parse(text), availabilityCase.id);
    rows += slots.length;
  }
  assert.ok(rows > 500, `${rows} rows were compared`);
});

function uuid(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}
