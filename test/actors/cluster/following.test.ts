// What counts as fresh of the calendars of others. The bus and the database are in the hand of the test: it says when each of them answers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Bus } from '../../../src/actors/bus.ts';
import { Following } from '../../../src/actors/cluster/following.ts';
import { channelsOf } from '../../../src/actors/cluster/messages.ts';
import { ReadFailure } from '../../../src/actors/ports.ts';

const CALENDAR = 'a calendar';

class Scene {
  readonly subscribed = Promise.withResolvers<void>();
  readonly compared = Promise.withResolvers<ReadonlyMap<string, number>>();
  readonly following = new Following({
    bus: this.#bus(),
    channels: channelsOf('era'),
    database: { revisions: () => this.compared.promise },
    timers: { monotonic: () => 0, soon: setImmediate, after: () => () => undefined },
    outage: { meet: () => undefined },
    actorOf: () => undefined,
    inMemory: () => [],
    onBeacon: async () => undefined,
  });

  get isLive(): boolean {
    return this.following.isLive(CALENDAR);
  }

  #bus(): Bus {
    const subscribe = () => this.subscribed.promise;
    return { isUp: true, publish: async () => 0, subscribe, unsubscribe: () => undefined, listen: () => undefined };
  }
}

describe('A calendar of another node', () => {
  it('that is not in memory yet is fresh once its subscription stands, since the snapshot comes afterwards', async () => {
    const scene = new Scene();
    const joined = scene.following.join([CALENDAR]);
    assert.equal(scene.isLive, false);
    scene.subscribed.resolve();
    await joined;
    assert.equal(scene.isLive, true);
  });

  it('that was in memory before its subscription stood is not fresh before it has been compared', async () => {
    const scene = new Scene();
    const joined = scene.following.joinLoaded([CALENDAR]);
    scene.subscribed.resolve();
    await new Promise(setImmediate);
    assert.equal(scene.isLive, false);
    scene.compared.resolve(new Map([[CALENDAR, 1]]));
    await joined;
    assert.equal(scene.isLive, true);
  });

  it('that could not be compared is not fresh, although its subscription stands', async () => {
    const scene = new Scene();
    const joined = scene.following.joinLoaded([CALENDAR]);
    scene.subscribed.resolve();
    scene.compared.reject(new ReadFailure('the database does not answer'));
    await assert.rejects(joined, ReadFailure);
    assert.equal(scene.isLive, false);
  });
});
