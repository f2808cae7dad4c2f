// Claims per second with 500 clients waiting: every claim is for a free slot of a random calendar out of 1,000, and has to be durable before it counts.
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { CLAIMS_PER_SECOND, type Contender, compare, ROUNDS, type Section, takeTurns } from '../measure.ts';
import { CALENDARS, CLAIM_MS, type ClaimContender, type ClaimSystem } from './contender.ts';
import { exclusionConstraint } from './exclusion-constraint.ts';
import { lockCheckInsert } from './lock-check-insert.ts';
import { ormUnitOfWork } from './orm-unit-of-work.ts';
import { slotkeeperBookings, slotkeeperHolds } from './slotkeeper.ts';

const CLIENTS = 500;
const ROUND_MS = 3_000;
const TUNING_MS = 1_000;

export async function measureClaimCore(): Promise<Section> {
  await using postgres = await startPostgres();
  await using opened = new AsyncDisposableStack();
  const contenders: Contender[] = [];
  const pools: string[] = [];
  for (const contender of [slotkeeperHolds, slotkeeperBookings, lockCheckInsert, exclusionConstraint, ormUnitOfWork]) {
    const { poolSize, system } = await openTuned(contender, postgres);
    const load = new Load(opened.use(system));
    await load.claimsPerSecond(TUNING_MS);
    contenders.push({ name: contender.name, round: () => load.claimsPerSecond(ROUND_MS) });
    if (contender.poolSizes.length > 0) pools.push(`${poolSize} (${contender.name})`);
  }
  return {
    title: `Claims per second, ${CLIENTS} waiting clients, ${CALENDARS.toLocaleString('en')} calendars`,
    notes: [
      `Claim core only, no gateway. ${ROUNDS} rounds of ${ROUND_MS / 1_000} s, taking turns; PostgreSQL with fsync on, on the same machine. Every claim won.`,
      `Connections that were best: ${pools.join(', ')}.`,
      'The alternatives write one row a claim. Slotkeeper also writes the idempotency key, the change log and the calendar’s revision, and for an appointment the customer, the record and the notification.',
    ],
    table: compare(await takeTurns(contenders), CLAIMS_PER_SECOND),
  };
}

/** Gives an alternative the number of connections it is fastest with. */
export async function openTuned(contender: ClaimContender, postgres: TestPostgres): Promise<{ readonly poolSize: number; readonly system: ClaimSystem }> {
  let best = { poolSize: 0, score: -1 };
  for (const poolSize of contender.poolSizes) {
    await using system = await contender.open(postgres, CALENDARS, poolSize);
    const score = await new Load(system).claimsPerSecond(TUNING_MS);
    if (score > best.score) best = { poolSize, score };
  }
  return { poolSize: best.poolSize, system: await contender.open(postgres, CALENDARS, best.poolSize) };
}

/** Clients that claim without a pause, each waiting for its answer. */
class Load {
  readonly #system: ClaimSystem;
  /** The next free slot of each calendar, so that every claim can be won. */
  readonly #next: number[];

  constructor(system: ClaimSystem) {
    this.#system = system;
    const first = firstSlot();
    this.#next = Array.from({ length: CALENDARS }, () => first);
  }

  async claimsPerSecond(milliseconds: number): Promise<number> {
    const startedAt = performance.now();
    const endsAt = startedAt + milliseconds;
    let claims = 0;
    const client = async () => {
      while (performance.now() < endsAt) {
        const calendar = Math.floor(Math.random() * CALENDARS);
        const startsAt = this.#next[calendar] ?? 0;
        this.#next[calendar] = startsAt + CLAIM_MS;
        if ((await this.#system.claim(calendar, startsAt)) !== 'won') throw new Error('a free slot was not won');
        claims += 1;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return claims / ((performance.now() - startedAt) / 1_000);
  }
}

/** A half hour some days from now. */
export function firstSlot(): number {
  return (Math.floor(Date.now() / CLAIM_MS) + 96) * CLAIM_MS;
}
