// Five hundred people want the same time, half over REST and half over sockets. `ROUNDS=100` repeats it as often.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { type Json, openTestServer, type TestServer } from '../support/test-server.ts';

const PEOPLE = 500;
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const WEEKS = 8;

let shop: TestServer;
let screens: readonly TestScreen[];
let free: Slot[];

type Slot = { readonly serviceId: string; readonly staffId: string; readonly startsAt: string };

before(async () => {
  shop = await openTestServer({ isDemo: true, settings: { RATE_LIMIT_SCALE: '1000000' } });
  screens = await Promise.all(Array.from({ length: PEOPLE / 2 }, () => TestScreen.open(shop.server.url)));
  free = await freeTimes();
});

after(async () => {
  for (const screen of screens) screen.socket.close();
  await shop[Symbol.asyncDispose]();
});

test(`of ${PEOPLE} who want one slot exactly one gets it, and all others are told who has it and what is free instead`, async () => {
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

type Claimed = { readonly won: boolean; readonly problem?: Json };

async function claim(person: number, slot: object): Promise<Claimed> {
  const screen = screens[person];
  if (screen !== undefined) {
    const answer = await screen.ask('place-hold', { ...slot, key: randomUUID() });
    return answer.ok ? { won: true } : { won: false, problem: answer.problem };
  }
  const { status, body } = await shop.ask('POST', '/v1/holds', { body: slot, headers: { 'idempotency-key': randomUUID() } });
  return status === 201 ? { won: true } : { won: false, problem: body };
}

/** Free times of everybody who does the first service, over some weeks. */
async function freeTimes(): Promise<Slot[]> {
  const services = (await shop.ask('GET', '/v1/services')).body.items;
  const service = services.find((offered: Json) => offered.capacity === 1 && offered.approval === 'automatic');
  const today = Temporal.Now.plainDateISO('UTC');
  const query = new URLSearchParams({ serviceId: service.id, from: `${today.add({ days: 2 })}`, to: `${today.add({ weeks: WEEKS })}`, timeZone: 'UTC' });
  const { slots } = (await shop.ask('GET', `/v1/slots?${query}`)).body;
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
