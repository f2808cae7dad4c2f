// The moment tickets go on sale: 500 clients want 16 slots of one calendar at once. The time until everybody has a definite answer.
import { startPostgres } from '../../test/support/postgres.ts';
import { type Contender, compare, MILLISECONDS, ROUNDS, type Section, takeTurns } from '../measure.ts';
import { firstSlot, openTuned } from './claim-core.ts';
import { CALENDARS, CLAIM_MS, type ClaimSystem } from './contender.ts';
import { exclusionConstraint } from './exclusion-constraint.ts';
import { lockCheckInsert } from './lock-check-insert.ts';
import { ormUnitOfWork } from './orm-unit-of-work.ts';
import { slotkeeperHolds } from './slotkeeper.ts';

const CLIENTS = 500;
const SLOTS = 16;

export async function measureHotMoment(): Promise<Section> {
  await using postgres = await startPostgres();
  await using opened = new AsyncDisposableStack();
  const contenders: Contender[] = [];
  for (const contender of [slotkeeperHolds, lockCheckInsert, exclusionConstraint, ormUnitOfWork]) {
    const moments = new HotMoments(opened.use((await openTuned(contender, postgres)).system));
    await moments.next();
    contenders.push({ name: contender.name, round: () => moments.next() });
  }
  return {
    title: `Hot moment: ${CLIENTS} clients, ${SLOTS} slots of one calendar`,
    notes: [
      `Milliseconds until all ${CLIENTS} have a definite, durable answer. ${ROUNDS} rounds on a calendar of its own each; in every one exactly ${SLOTS} were won.`,
      'A refusal of Slotkeeper is written down as well, and brings the nearest free slots; those of the alternatives say no.',
    ],
    table: compare(await takeTurns(contenders), MILLISECONDS),
  };
}

class HotMoments {
  readonly #system: ClaimSystem;
  #calendar = 0;

  constructor(system: ClaimSystem) {
    this.#system = system;
  }

  async next(): Promise<number> {
    const calendar = this.#calendar % CALENDARS;
    this.#calendar += 1;
    const first = firstSlot();
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: CLIENTS }, (_, client) => this.#system.claim(calendar, first + (client % SLOTS) * CLAIM_MS)));
    const elapsed = performance.now() - startedAt;
    const won = answers.filter((answer) => answer === 'won').length;
    if (won !== SLOTS) throw new Error(`${won} of ${SLOTS} slots were won`);
    return elapsed;
  }
}
