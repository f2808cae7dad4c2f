// What it costs that a calendar belongs to another node: the same claim, one after the other, on a calendar of the node that is asked and on one of its neighbour.
import { shardOf } from '../../src/actors/cluster/shard-of.ts';
import type { Candidate } from '../../src/actors/scheduler.ts';
import { HOUR, instant } from '../../src/model/instant.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { type FewNode, openFewNode, untilSpread } from '../../test/actors/cluster/few-nodes.ts';
import { addCalendars, claimOf, newKey, placeHold, slot, wordOf } from '../../test/actors/practice.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { startRedis } from '../../test/support/redis.ts';
import { type Contender, compare, MILLISECONDS_FINE, median, ROUNDS, type Section, takeTurns } from '../measure.ts';

const CLAIMS_A_ROUND = 300;
const CALENDARS_EACH = 20;

export async function measureCrossNode(): Promise<Section> {
  await using opened = new AsyncDisposableStack();
  const postgres = opened.use(await startPostgres());
  const redis = opened.use(await startRedis());
  const databaseUrl = await postgres.createDatabase();
  const database = opened.use(await openDatabase({ kind: 'postgres', url: databaseUrl }));
  const asked = opened.use(await openFewNode({ databaseUrl, redisUrl: redis.url }));
  opened.use(await openFewNode({ databaseUrl, redisUrl: redis.url }));
  await untilSpread(database, 2);
  const owners = new Map((await database.sql('select id, owner from shard')).map(([id, owner]) => [Number(id), String(owner)]));
  const isLocal = ({ calendarId }: Candidate) => owners.get(shardOf(calendarId)) === asked.nodeId;
  const people = await addCalendars(database, CALENDARS_EACH * 4);
  const contenders: Contender[] = [
    claims('on a calendar of another node', asked, people.filter((person) => !isLocal(person)).slice(0, CALENDARS_EACH)),
    claims('on a calendar of its own', asked, people.filter(isLocal).slice(0, CALENDARS_EACH)),
  ];
  for (const contender of contenders) await contender.round();
  return {
    title: 'A claim through another node',
    notes: [
      `Median milliseconds until a hold is answered, one at a time, ${CLAIMS_A_ROUND} in each of ${ROUNDS} rounds. Two nodes with one PostgreSQL and one Redis, all on this machine, both nodes on one event loop.`,
    ],
    table: compare(await takeTurns(contenders), MILLISECONDS_FINE),
  };
}

function claims(name: string, { node }: FewNode, people: readonly Candidate[]): Contender {
  let claimed = 0;
  return {
    name,
    async round() {
      const times: number[] = [];
      for (let number = 0; number < CLAIMS_A_ROUND; number += 1) {
        const person = people[claimed % people.length];
        if (person === undefined) throw new Error('there are no calendars');
        const startsAt = instant(slot() + Math.floor(claimed / people.length) * HOUR);
        claimed += 1;
        const askedAt = performance.now();
        const answer = await node.ask(newKey(), placeHold(claimOf(person, startsAt), { holdSeconds: 3_600 }));
        times.push(performance.now() - askedAt);
        if (wordOf(answer) !== 'hold.placed') throw new Error(wordOf(answer));
      }
      return median(times);
    },
  };
}
