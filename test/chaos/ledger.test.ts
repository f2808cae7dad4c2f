// What the simulator's ledger complains about, seen alone: the simulator itself has no mistake that shows it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../chaos/simulator/checker/ledger.ts';
import { History } from '../../chaos/simulator/history.ts';

const CALENDAR = '00000000-0000-4000-8000-000000000001';

/** What is complained about when two revisions of a calendar have these places in the order of the business. */
function complaintsAbout(...places: readonly (readonly [xid: number, position: number])[]): readonly string[] {
  const history = new History();
  const ledger = new Ledger(history, () => 0);
  for (const [index, [xid, position]] of places.entries())
    ledger.onChange({
      ...{ calendarId: CALENDAR, revision: index + 1, epoch: 1, at: 0, events: '[]', entryId: `entry ${index}` },
      ...{ by: 'null', requestId: null, xid, position },
    });
  return history.violations.map(({ invariant }) => invariant);
}

test('revisions of a calendar stand in their order: by transaction, and within one by what they drew', () => {
  assert.deepEqual(complaintsAbout([1, 1], [1, 2], [2, 3]), []);
  assert.deepEqual(complaintsAbout([1, 2], [2, 1]), [], 'a later transaction may have drawn a smaller number');
  const complaint = ['a change stands before the one before it'];
  assert.deepEqual(complaintsAbout([2, 1], [1, 2]), complaint);
  assert.deepEqual(complaintsAbout([1, 2], [1, 1]), complaint);
  assert.deepEqual(complaintsAbout([1, 1], [1, 1]), complaint);
});
