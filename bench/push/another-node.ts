// How soon a slot that was taken on one node leaves an open page, on that node and on another: two servers as processes of their own, real sockets.
import { randomUUID } from 'node:crypto';
import { startServer } from '../../test/faults/demo-process.ts';
import { TestScreen } from '../../test/gateway/socket/test-screen.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { startRedis } from '../../test/support/redis.ts';
import { askOver, type Json } from '../../test/support/test-server.ts';
import { type Contender, compare, MILLISECONDS_FINE, type Section, takeTurns } from '../measure.ts';

const TAKEN_A_ROUND = 60;
const ROUNDS = 5;
const WEEKS = 8;
/** Of sixty, the second slowest. */
const SECOND_SLOWEST = -2;

type Slot = { readonly serviceId: string; readonly staffId: string; readonly startsAt: string };

export async function measurePushes(): Promise<Section> {
  await using opened = new AsyncDisposableStack();
  const postgres = opened.use(await startPostgres());
  const redis = opened.use(await startRedis());
  const url = await postgres.createDatabase();
  const settings = { REDIS_URL: redis.url, DRAIN_SECONDS: '0', RATE_LIMIT_SCALE: '1000000' };
  const urls: string[] = [];
  for (let node = 0; node < 2; node += 1) {
    const server = await startServer({ kind: 'postgres', url }, settings);
    opened.defer(async () => void (await server.end('SIGTERM')));
    urls.push(server.url);
  }
  const [here = '', there = ''] = urls;
  const slots = await freeTimes(here);
  const contenders: Contender[] = [];
  for (const [name, page] of [
    ['a page on another node', there],
    ['a page on the same node', here],
  ] as const) {
    const screen = await watching(page, slots[0]?.serviceId ?? '');
    opened.defer(() => screen.close());
    contenders.push({ name, round: () => secondSlowest(here, screen, slots) });
  }
  return {
    title: 'A slot that is taken leaves an open page',
    notes: [
      `Milliseconds from asking for a hold over REST until the page of somebody else hears that the slot is gone; of ${TAKEN_A_ROUND} in a round, one after the other, the second slowest. ${ROUNDS} rounds. Two servers, PostgreSQL and Redis on this machine.`,
    ],
    table: compare(await takeTurns(contenders, ROUNDS), MILLISECONDS_FINE),
  };
}

async function secondSlowest(url: string, screen: TestScreen, slots: Slot[]): Promise<number> {
  const times: number[] = [];
  for (let number = 0; number < TAKEN_A_ROUND; number += 1) {
    const slot = slots.pop();
    if (slot === undefined) throw new Error('there are no free times left');
    const instant = Date.parse(slot.startsAt);
    const isGone = ({ taken }: Json) => taken.some((startsAt: string) => Date.parse(startsAt) === instant);
    screen.told.length = 0;
    const askedAt = performance.now();
    const { status } = await askOver(url, 'POST', '/v1/holds', { body: slot, headers: { 'idempotency-key': randomUUID() } });
    if (status !== 201) throw new Error(`a hold was answered with ${status}`);
    await screen.hears('slots-changed', isGone);
    times.push(performance.now() - askedAt);
  }
  return times.sort((one, other) => one - other).at(SECOND_SLOWEST) ?? Number.NaN;
}

async function watching(url: string, serviceId: string): Promise<TestScreen> {
  const screen = await TestScreen.open(url);
  const { ok } = await screen.ask('watch-slots', { watchId: 'w', serviceId, ...weeks() });
  if (!ok) throw new Error('the page cannot watch');
  return screen;
}

function weeks(): { readonly from: string; readonly to: string; readonly timeZone: string } {
  const today = Temporal.Now.plainDateISO('UTC');
  return { from: `${today.add({ days: 2 })}`, to: `${today.add({ weeks: WEEKS })}`, timeZone: 'UTC' };
}

/** Free times of the first service for one person; no two overlap. */
async function freeTimes(url: string): Promise<Slot[]> {
  const { items } = (await askOver(url, 'GET', '/v1/services')).body;
  const service = items.find((offered: Json) => offered.capacity === 1 && offered.approval === 'automatic');
  const query = new URLSearchParams({ serviceId: service.id, ...weeks() });
  const { slots } = (await askOver(url, 'GET', `/v1/slots?${query}`)).body;
  const lastEnd = new Map<string, number>();
  return slots.flatMap(({ startsAt, endsAt, staffId }: Json): Slot[] => {
    // A buffer's worth apart.
    if (Date.parse(startsAt) < (lastEnd.get(staffId) ?? 0) + 3_600_000) return [];
    lastEnd.set(staffId, Date.parse(endsAt));
    return [{ serviceId: service.id, staffId, startsAt }];
  });
}
