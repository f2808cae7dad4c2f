// One lane and the calendars on it, without a node around them: what is submitted in one turn goes out as one commit.
import { randomUUID } from 'node:crypto';
import type { CalendarActor } from '../../src/actors/calendar/actor.ts';
import { ActorRegistry } from '../../src/actors/cluster/actor-registry.ts';
import { DatabaseClock } from '../../src/actors/journal/database-clock.ts';
import { Lane } from '../../src/actors/journal/lane.ts';
import type { JournalDatabase } from '../../src/actors/ports.ts';
import type { CalendarChange } from '../../src/actors/scheduler.ts';
import { ids, timers } from '../../src/integrations/this-machine.ts';

export type BareLane = Disposable & {
  readonly registry: ActorRegistry;
  readonly lane: Lane;
  /** What became durable, in order. */
  readonly changes: readonly CalendarChange[];
  actor(calendarId: string): Promise<CalendarActor>;
};

export async function openBareLane(database: JournalDatabase): Promise<BareLane> {
  const nodeId = randomUUID();
  const clock = new DatabaseClock(timers);
  clock.sample(await database.databaseTime(), timers.monotonic(), timers.monotonic());
  const changes: CalendarChange[] = [];
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const epochs = new Map(await database.takeAllShards(nodeId));
  const lane = new Lane(0, { nodeId, database, timers, clock, log: silent, epochs, onBuried: () => undefined, onBatch: () => undefined }, { atomic: false });
  const registry = new ActorRegistry(database, {
    laneOf: () => lane,
    now: () => clock.now(),
    after: (milliseconds, run) => timers.after(milliseconds, run),
    newEntryId: (at) => ids.next(at),
    onChange: (change) => void changes.push(change),
    onReloadFailed: () => undefined,
  });
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
