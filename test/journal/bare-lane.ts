// One lane and the calendars on it, without a node around them: what is submitted in one turn goes out as one commit.
import { randomUUID } from 'node:crypto';
import type { CalendarActor } from '../../src/actors/calendar/actor.ts';
import { ActorRegistry } from '../../src/actors/cluster/actor-registry.ts';
import { Directory } from '../../src/actors/cluster/directory.ts';
import { SHARD_COUNT } from '../../src/actors/cluster/shard-of.ts';
import { DatabaseClock } from '../../src/actors/journal/database-clock.ts';
import { Lane } from '../../src/actors/journal/lane.ts';
import { Outage } from '../../src/actors/journal/outage.ts';
import type { JournalDatabase, ShardOwner } from '../../src/actors/ports.ts';
import type { CalendarChange } from '../../src/actors/scheduler.ts';
import { ids, timers } from '../../src/integrations/this-machine.ts';
import { type Instant, instant } from '../../src/model/instant.ts';
import { timeNow } from '../support/clock.ts';

export type BareLane = Disposable & {
  readonly registry: ActorRegistry;
  readonly lane: Lane;
  /** What became durable, in order. */
  readonly changes: readonly CalendarChange[];
  actor(calendarId: string): Promise<CalendarActor>;
};

export async function openBareLane(database: JournalDatabase): Promise<BareLane> {
  const clock = new DatabaseClock(timers);
  clock.sample(instant(timeNow()), timers.monotonic(), timers.monotonic());
  const changes: CalendarChange[] = [];
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const directory = new Directory(randomUUID(), () => undefined);
  directory.learn(
    await database.refence(
      0,
      Array.from({ length: SHARD_COUNT }, (_, shard) => shard),
    ),
  );
  const epochOf = (shard: number) => directory.rowOf(shard).epoch;
  const onShards = async (rows: readonly ShardOwner[]) => directory.learn(rows);
  const outage = new Outage(silent, timers);
  const lane = new Lane(0, { database, timers, clock, log: silent, outage, epochOf, onShards, onBatch: () => undefined });
  const context = {
    laneOf: () => lane,
    isOurs: () => true,
    now: () => clock.now(),
    after: (milliseconds: number, run: () => void) => timers.after(milliseconds, run),
    newEntryId: (at: Instant) => ids.next(at),
    onChange: (change: CalendarChange) => void changes.push(change),
    onLost: () => undefined,
    hasStandIn: () => false,
    onReloadFailed: () => undefined,
  };
  const registry = new ActorRegistry(database, context, { beforeLoad: async () => undefined, loaded: () => undefined, gone: () => undefined });
  return {
    registry,
    lane,
    changes,
    async actor(calendarId) {
      const actor = await registry.get(calendarId);
      if (actor === undefined) throw new Error(`no calendar ${calendarId}`);
      return actor;
    },
    [Symbol.dispose]() {
      lane.stop();
      registry.close();
    },
  };
}
