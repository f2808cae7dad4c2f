// A week of slots with 500 claims in the calendar: the engine against a date-time object for every slot.
import assert from 'node:assert/strict';
import { instant } from '../../src/model/instant.ts';
import { listSlots } from '../../src/model/slot-engine.ts';
import { type Contender, compare, MICROSECONDS, type Section, takeTurns } from '../measure.ts';
import { slotsByLuxon, slotsByTemporal } from './alternatives.ts';
import { datesOfWeek, HOURS, inMemory, makeClaims, NOW, startOf, TERMS, WEEKS } from './week.ts';

/** A round lasts about this long, whatever the contender. */
const ROUND_MS = 300;

type Compute = (week: number) => readonly number[];

export async function measureSlots(): Promise<Section> {
  const claims = makeClaims();
  const claimTimes = inMemory(claims);
  const weeks = Array.from({ length: WEEKS }, (_, week) => datesOfWeek(week));
  const ranges = weeks.map((dates) => ({
    from: instant(startOf(dates[0] ?? assert.fail())),
    to: instant(startOf((dates[6] ?? assert.fail()).add({ days: 1 }))),
    now: NOW,
    seats: 1,
    ignoreClaimId: null,
  }));
  const engine =
    (hours: typeof HOURS): Compute =>
    (week) =>
      listSlots({ hours, claims: [claimTimes] }, TERMS, ranges[week] ?? assert.fail()).startsAt;
  // The engine prepares the hours of a calendar once; a calendar whose hours have just changed pays for that again.
  const fresh: Compute = (week) => engine({ ...HOURS })(week);
  const temporal: Compute = (week) => slotsByTemporal(claims, weeks[week] ?? assert.fail());
  const luxon: Compute = (week) => slotsByLuxon(claims, weeks[week] ?? assert.fail());

  const found = weeks.map((_, week) => engine(HOURS)(week));
  assert.ok(
    found.every((slots) => slots.length > 10),
    'too few slots to say anything',
  );
  for (const [week, slots] of found.entries()) {
    for (const other of [fresh, temporal, luxon]) assert.deepEqual(other(week), slots, `different answers in week ${week}`);
  }
  const contenders = [
    contender('Slotkeeper', engine(HOURS)),
    contender('Slotkeeper, hours just changed', fresh),
    contender('a Temporal.ZonedDateTime per slot', temporal),
    contender('luxon', luxon),
  ];
  const scores = await takeTurns(contenders);
  const count = found.reduce((sum, slots) => sum + slots.length, 0) / WEEKS;
  return {
    title: 'A week of slots, 500 claims in the calendar',
    notes: [
      `One query of seven days; ${Math.round(count)} slots are found on average. All contenders gave the same answers for ${WEEKS} weeks before anything was timed.`,
    ],
    table: compare(scores, MICROSECONDS),
  };
}

function contender(name: string, compute: Compute): Contender {
  let batch = 1;
  const timed = () => {
    const startedAt = performance.now();
    for (let index = 0; index < batch; index += 1) compute(index % WEEKS);
    return performance.now() - startedAt;
  };
  // Warm, and large enough a batch that the clock does not matter.
  while (timed() < ROUND_MS / 3) batch *= 2;
  return { name, round: () => (timed() / batch) * 1_000 };
}
