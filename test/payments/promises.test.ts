// The three promises of paying, in random worlds. All 20,000: `PAYMENT_SEEDS=20000 npm test -- payments/promises`.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FeeWorld, type PlantedInFees } from './fee-world.ts';
import { MoneyWorld, type Planted } from './money-world.ts';
import { type PlantedInReservations, ReserveWorld } from './reserve-world.ts';

const SEEDS = Number(process.env.PAYMENT_SEEDS ?? 250);
/** A planted bug has to be found within so many worlds. */
const MOST_TO_FIND = 150;

async function violationsOf(seed: number, planted: Planted): Promise<readonly string[]> {
  const world = new MoneyWorld(seed, planted);
  await world.run();
  return world.violations;
}

suite('paying keeps its promises', () => {
  test('no booking before money, no two for one payment, no money without an appointment, none for what was given up, and books that balance', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) assert.deepEqual(await violationsOf(seed, 'nothing'), [], `seed ${seed}`);
  });

  const found = {
    'confirm-before-money': /booked before money/,
    'refund-twice': /ledger says|refund/,
    'lose-a-late-success': /money kept without an appointment/,
    'take-a-lost-dispute-for-won': /ledger says/,
    'forget-what-was-given-up': /booked after it was given up/,
  } as const;
  for (const planted of Object.keys(found) as (keyof typeof found)[])
    test(`the planted bug "${planted}" is found`, async () => {
      for (let seed = 1; seed <= MOST_TO_FIND; seed += 1) if ((await violationsOf(seed, planted)).some((violation) => found[planted].test(violation))) return;
      assert.fail(`not found in ${MOST_TO_FIND} worlds`);
    });
});

async function faultsOf(seed: number, planted: PlantedInFees): Promise<readonly string[]> {
  const world = new FeeWorld(seed, planted);
  await world.run();
  return world.violations;
}

suite('a no-show fee', () => {
  test('is charged once, never above what was agreed, only while it is owed, and the card is forgotten when it has to be', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) assert.deepEqual(await faultsOf(seed, 'nothing'), [], `seed ${seed}`);
  });

  const found = {
    'charge-twice': /charged twice/,
    'charge-above-the-fee': /charged above the fee/,
    'charge-although-waived': /charged although it was not owed/,
    'charge-beside-a-link': /could pay by a link/,
  } as const;
  for (const planted of Object.keys(found) as (keyof typeof found)[])
    test(`the planted bug "${planted}" is found`, async () => {
      for (let seed = 1; seed <= MOST_TO_FIND; seed += 1) if ((await faultsOf(seed, planted)).some((violation) => found[planted].test(violation))) return;
      assert.fail(`not found in ${MOST_TO_FIND} worlds`);
    });
});

async function breachesOf(seed: number, planted: PlantedInReservations): Promise<readonly string[]> {
  const world = new ReserveWorld(seed, planted);
  await world.run();
  return world.violations;
}

suite('what is reserved on a card', () => {
  test('is taken once, as much as was decided, never for what was called off, and only what was taken is in the books', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) assert.deepEqual(await breachesOf(seed, 'nothing'), [], `seed ${seed}`);
  });

  const found = {
    'capture-twice': /ledger says/,
    'capture-after-cancel': /taken after it was cancelled|is kept, and not/,
    'book-what-is-reserved': /ledger says/,
    'never-taken': /the bank let go/,
  } as const;
  for (const planted of Object.keys(found) as (keyof typeof found)[])
    test(`the planted bug "${planted}" is found`, async () => {
      for (let seed = 1; seed <= MOST_TO_FIND; seed += 1) if ((await breachesOf(seed, planted)).some((violation) => found[planted].test(violation))) return;
      assert.fail(`not found in ${MOST_TO_FIND} worlds`);
    });
});
