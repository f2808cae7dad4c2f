// Five hundred people want the same time, half over REST and half over sockets, of one node or of three. `ROUNDS=100` repeats it as often.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startServer } from '../faults/demo-process.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { dateIn } from '../support/dates.ts';
import { POSTGRES_MISSING, startPostgres } from '../support/postgres.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { askOver, type Json, openTestServer } from '../support/test-server.ts';

const PEOPLE = 500;
const ROUNDS = Number(process.env.ROUNDS ?? 1);
const WEEKS = 8;
const MOST_ASKED_AGAIN = 5;
const MANY = { RATE_LIMIT_SCALE: '1000000' };

type Slot = { readonly serviceId: string; readonly staffId: string; readonly startsAt: string };
type Claimed = { readonly won: boolean; readonly problem?: Json };
type Place = { readonly name: string; readonly skip: string | false; open(stack: AsyncDisposableStack): Promise<readonly string[]> };

/** Each opens the demo business, and says where it can be reached. */
const PLACES: readonly Place[] = [
  {
    name: 'one node',
    skip: false,
    async open(stack) {
      return [stack.use(await openTestServer({ isDemo: true, settings: MANY })).url];
    },
  },
  {
    name: 'three nodes',
    skip: POSTGRES_MISSING || REDIS_MISSING,
    async open(stack) {
      const postgres = stack.use(await startPostgres({ fsync: false }));
      const redis = stack.use(await startRedis());
      const url = await postgres.createDatabase();
      const urls: string[] = [];
      for (let node = 0; node < 3; node += 1) {
        const server = await startServer({ kind: 'postgres', url }, { ...MANY, REDIS_URL: redis.url, DRAIN_SECONDS: '0' });
        stack.defer(async () => void (await server.end('SIGTERM')));
        urls.push(server.url);
      }
      return urls;
    },
  },
];

for (const { name, skip, open } of PLACES) {
  describe(`through ${name}`, { skip }, () => {
    const stack = new AsyncDisposableStack();
    let urls: readonly string[];
    let screens: readonly TestScreen[];
    let free: Slot[];

    before(async () => {
      urls = await open(stack);
      screens = await Promise.all(Array.from({ length: PEOPLE / 2 }, (_, person) => TestScreen.open(urlOf(person))));
      free = await freeTimes(urlOf(0));
    });
    after(async () => {
      for (const screen of screens) screen.socket.close();
      await stack.disposeAsync();
    });

    function urlOf(person: number): string {
      return urls[person % urls.length] ?? assert.fail('there is no server');
    }

    async function claim(person: number, slot: object): Promise<Claimed> {
      const key = randomUUID();
      for (let attempt = 0; ; attempt += 1) {
        const claimed = await claimOnce(person, slot, key);
        // A busy machine may take longer than a node waits for another: then the same key is asked again, as the contract says.
        if (attempt === MOST_ASKED_AGAIN || !['outcome-unknown', 'overloaded'].includes(claimed.problem?.code)) return claimed;
      }
    }

    async function claimOnce(person: number, slot: object, key: string): Promise<Claimed> {
      const screen = screens[person];
      if (screen !== undefined) {
        const answer = await screen.ask('place-hold', { ...slot, key });
        return answer.ok ? { won: true } : { won: false, problem: answer.problem };
      }
      const { status, body } = await askOver(urlOf(person), 'POST', '/v1/holds', { body: slot, headers: { 'idempotency-key': key } });
      return status === 201 ? { won: true } : { won: false, problem: body };
    }

    test(`of ${PEOPLE} who want one slot exactly one gets it, and all others are told who has it and what is free instead`, { timeout: 600_000 }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const slot = take(free);
        const answers = await Promise.all(Array.from({ length: PEOPLE }, (_, person) => claim(person, slot)));
        assert.equal(answers.filter((answer) => answer.won).length, 1, `round ${round}`);
        for (const { problem } of answers.filter((answer) => !answer.won)) {
          assert.equal(problem?.code, 'slot-taken', JSON.stringify(problem));
          assert.equal(problem.conflict.by, 'hold');
          assert.ok(problem.alternatives.length >= 3, JSON.stringify(problem.alternatives));
        }
      }
    });

    test(`of ${PEOPLE} who want 16 slots exactly 16 get one`, async () => {
      const slots = apart(free, 16);
      const answers = await Promise.all(Array.from({ length: PEOPLE }, (_, person) => claim(person, slots[person % slots.length] ?? take(free))));
      assert.equal(answers.filter((answer) => answer.won).length, slots.length);
      assert.deepEqual(new Set(answers.flatMap(({ problem }) => (problem === undefined ? [] : [problem.code]))), new Set(['slot-taken']));
    });
  });
}

/** Free times of everybody who does the first service, over some weeks. */
async function freeTimes(url: string): Promise<Slot[]> {
  const services = (await askOver(url, 'GET', '/v1/services')).body.items;
  const service = services.find((offered: Json) => offered.capacity === 1 && offered.approval === 'automatic');
  const query = new URLSearchParams({ serviceId: service.id, from: dateIn(2), to: dateIn(7 * WEEKS), timeZone: 'UTC' });
  const { slots } = (await askOver(url, 'GET', `/v1/slots?${query}`)).body;
  return apart(
    slots.map(({ startsAt, staffId }: Json): Slot => ({ serviceId: service.id, staffId, startsAt })),
    ROUNDS + 40,
  );
}

/** Some of these, none of which overlaps another: each on another day of another person. */
function apart(slots: readonly Slot[], most: number): Slot[] {
  const byDay = new Map(slots.map((slot) => [`${slot.staffId} ${slot.startsAt.slice(0, 10)}`, slot]));
  return [...byDay.values()].slice(0, most);
}

function take(slots: Slot[]): Slot {
  const slot = slots.shift();
  assert.ok(slot, 'there are free times left');
  return slot;
}
