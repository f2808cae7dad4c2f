// What a router makes of what it hears. The bus is in the hand of the test: it says who hears a message, and what comes back when.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { type Bus, BusFailure } from '../../../src/actors/bus.ts';
import type { Outcome } from '../../../src/actors/calendar/work.ts';
import { Directory } from '../../../src/actors/cluster/directory.ts';
import { channelsOf, type ForwardedCommand, type NodeMessage } from '../../../src/actors/cluster/messages.ts';
import { Router } from '../../../src/actors/cluster/router.ts';
import { shardOf } from '../../../src/actors/cluster/shard-of.ts';
import { StandIns } from '../../../src/actors/cluster/stand-ins.ts';
import type { Timers } from '../../../src/actors/ports.ts';
import { ids } from '../../../src/integrations/this-machine.ts';
import { instant } from '../../../src/model/instant.ts';
import { TEST_SEAL } from '../practice.ts';

const [US, OWNER, HEIR] = ['us', 'owner', 'heir'] as const;
const CALENDAR = randomUUID();
const SHARD = shardOf(CALENDAR);
const FORWARDED: ForwardedCommand = {
  parts: [{ calendarId: CALENDAR, command: { type: 'remove-block', blockId: randomUUID() } }],
  request: { caller: 'test', key: 'key', fingerprint: '' },
  isFinal: true,
  offer: null,
};
const HERE: Outcome = { type: 'refused', refusal: { code: 'not-found' } };
const REFUSED = { type: 'refused', refusal: { code: 'slot-taken' } } as const satisfies Outcome;
const DONE: Outcome = { type: 'done', calendarId: CALENDAR, revision: 4, event: undefined };

type Copy = Extract<NodeMessage, { type: 'forwarded-command' }> & { readonly to: string };

class Scene {
  readonly copies: Copy[] = [];
  readonly timers: { readonly run: () => void; readonly milliseconds: number }[] = [];
  readonly news: number[] = [];
  decided = 0;
  refreshed = 0;
  isUp = true;
  monotonic = 0;
  receivers: number | BusFailure = 1;
  /** What the database will say when it is asked who owns what. */
  nextOwner: { readonly owner: string; readonly epoch: number } | undefined;
  here: () => Promise<Outcome> = async () => HERE;
  readonly directory = new Directory(US, () => undefined);
  readonly standIns = new StandIns({ monotonic: () => this.monotonic, isLiving: (node) => this.directory.isLiving(node) });
  readonly router: Router;

  constructor(owner: string | null = OWNER) {
    this.directory.meet([US, OWNER, HEIR], [US, OWNER, HEIR]);
    this.directory.learn([{ shard: SHARD, owner, epoch: 5 }]);
    this.router = new Router({
      nodeId: US,
      bus: this.#bus(),
      channels: channelsOf('era'),
      directory: this.directory,
      timers: this.#timers(),
      ids,
      seal: TEST_SEAL,
      now: () => instant(1_000),
      decideHere: () => {
        this.decided += 1;
        return this.here();
      },
      refreshDirectory: async () => {
        this.refreshed += 1;
        if (this.nextOwner !== undefined) this.directory.learn([{ shard: SHARD, ...this.nextOwner }]);
      },
      onNews: (_calendarId, revision) => this.news.push(revision),
      standIns: this.standIns,
    });
  }

  /** Lets everything go on that does not wait for a timer or an answer. */
  async settle(): Promise<void> {
    await new Promise(setImmediate);
  }

  /** The answer to a copy that nobody gave has been waited for. */
  async silence(): Promise<void> {
    for (const { run } of this.timers.splice(0)) run();
    await this.settle();
  }

  answer({ to, id, copy }: Copy, outcome: Exclude<Outcome, { type: 'poisoned' | 'unknown' }>): void {
    this.router.hear({ type: 'outcome', from: to, id, copy, outcome, revisions: [4] });
  }

  copy(number: number): Copy {
    const copy = this.copies[number - 1];
    assert.ok(copy, `copy ${number} was sent`);
    return copy;
  }

  #bus(): Bus {
    const scene = this;
    return {
      get isUp() {
        return scene.isUp;
      },
      async publish(channel, text) {
        const message = JSON.parse(text) as Copy;
        scene.copies.push({ ...message, to: channel.split(':').at(-1) ?? '' });
        if (scene.receivers instanceof BusFailure) throw scene.receivers;
        return scene.receivers;
      },
      subscribe: async () => undefined,
      unsubscribe: () => undefined,
      listen: () => undefined,
    };
  }

  #timers(): Timers {
    return {
      monotonic: () => this.monotonic,
      soon: setImmediate,
      after: (milliseconds, run) => {
        const timer = { run, milliseconds };
        this.timers.push(timer);
        return () => void (this.timers.includes(timer) && this.timers.splice(this.timers.indexOf(timer), 1));
      },
    };
  }
}

describe('A router', () => {
  it('sends to the owner, under the epoch it knows and with a deadline, and answers what the owner says', async () => {
    const scene = new Scene();
    const outcome = scene.router.send(FORWARDED);
    await scene.settle();
    const copy = scene.copy(1);
    assert.deepEqual([copy.to, copy.epoch, copy.copy, copy.deadlineAt > 1_000], [OWNER, 5, 1, true]);
    scene.answer(copy, REFUSED);
    assert.deepEqual(await outcome, REFUSED);
    assert.deepEqual([scene.decided, scene.news, scene.timers.length], [0, [4], 0]);
  });

  it('decides here what is ours, what is nobody’s, and everything while the bus is away', async () => {
    for (const owner of [US, null]) assert.deepEqual(await new Scene(owner).router.send(FORWARDED), HERE);
    const scene = new Scene();
    scene.isUp = false;
    assert.deepEqual(await scene.router.send(FORWARDED), HERE);
    assert.equal(scene.copies.length, 0);
  });

  it('an owner whom no message reaches is not waited for', async () => {
    const scene = new Scene();
    scene.receivers = 0;
    assert.deepEqual(await scene.router.send(FORWARDED), HERE);
    assert.deepEqual([scene.copies.length, scene.refreshed, scene.timers.length], [1, 1, 0]);
  });

  it('follows a shard to its new owner, as often as it is told that it has moved', async () => {
    const scene = new Scene();
    const outcome = scene.router.send(FORWARDED);
    await scene.settle();
    const { id, copy } = scene.copy(1);
    scene.router.hear({ type: 'not-owner', from: OWNER, id, copy, row: { shard: SHARD, owner: HEIR, epoch: 6 } });
    await scene.settle();
    assert.deepEqual([scene.copy(2).to, scene.copy(2).epoch], [HEIR, 6]);
    scene.answer(scene.copy(2), { type: 'overloaded' });
    assert.deepEqual(await outcome, { type: 'overloaded' }, 'the first copy did nothing, so the second says it all');
  });

  it('sends once more to an owner that is silent, and then decides here', async () => {
    const scene = new Scene();
    const outcome = scene.router.send(FORWARDED);
    await scene.settle();
    await scene.silence();
    assert.equal(scene.copy(2).id, scene.copy(1).id);
    await scene.silence();
    assert.deepEqual(await outcome, HERE);
    assert.deepEqual([scene.copies.length, scene.decided], [2, 1]);
    assert.deepEqual(await scene.router.send(FORWARDED), HERE);
    assert.equal(scene.copies.length, 2, 'it is not waited for again');
  });

  it('goes around an owner after its first silence, and sends it one command a second until it answers in time', async () => {
    const scene = new Scene();
    const first = scene.router.send(FORWARDED);
    await scene.settle();
    await scene.silence();
    assert.deepEqual(await scene.router.send(FORWARDED), HERE);
    await scene.silence();
    assert.deepEqual(await first, HERE);
    scene.answer(scene.copy(1), REFUSED);
    scene.monotonic = 999;
    assert.deepEqual(await scene.router.send(FORWARDED), HERE);
    assert.equal(scene.copies.length, 2, 'what it says too late does not bring it back');
    scene.monotonic = 1_000;
    const probe = scene.router.send(FORWARDED);
    assert.deepEqual(await scene.router.send(FORWARDED), HERE);
    assert.equal(scene.copies.length, 3, 'one is sent, and no other waits for it');
    scene.answer(scene.copy(3), DONE);
    assert.deepEqual(await probe, DONE);
    void scene.router.send(FORWARDED);
    await scene.settle();
    assert.equal(scene.copies.length, 4, 'it has answered in time');
  });

  it('a "no" counts only from the last copy, an "ok" from any', async () => {
    const scene = new Scene();
    const outcome = scene.router.send(FORWARDED);
    await scene.settle();
    await scene.silence();
    scene.answer(scene.copy(1), REFUSED);
    await scene.settle();
    assert.equal(scene.decided, 0);
    scene.answer(scene.copy(1), DONE);
    assert.equal((await outcome).type, 'done');
  });

  it('an "ok" of an earlier copy ends a decision that takes too long here', async () => {
    const scene = new Scene();
    scene.here = () => new Promise(() => undefined);
    const outcome = scene.router.send(FORWARDED);
    await scene.settle();
    await scene.silence();
    await scene.silence();
    assert.equal(scene.decided, 1);
    scene.answer(scene.copy(2), DONE);
    assert.equal((await outcome).type, 'done');
  });

  it('what did nothing is not known to have done nothing while another copy is out', async () => {
    const scene = new Scene();
    const outcome = scene.router.send(FORWARDED);
    await scene.settle();
    await scene.silence();
    scene.answer(scene.copy(2), { type: 'overloaded' });
    assert.deepEqual(await outcome, { type: 'unknown' });

    const direct = new Scene();
    direct.receivers = new BusFailure('nobody knows');
    direct.here = async () => ({ type: 'overloaded' });
    const unknown = direct.router.send(FORWARDED);
    await direct.settle();
    while (direct.timers.length > 0) await direct.silence();
    assert.deepEqual(await unknown, { type: 'unknown' });
  });

  it('what leaves the key unused is not known either while another copy is out', async () => {
    for (const [answer, isFinal] of [
      [{ type: 'stale' }, true],
      [REFUSED, false],
    ] as const) {
      const scene = new Scene();
      const outcome = scene.router.send({ ...FORWARDED, isFinal });
      await scene.settle();
      await scene.silence();
      scene.answer(scene.copy(2), answer);
      assert.deepEqual(await outcome, { type: 'unknown' }, answer.type);
    }
  });

  it('what did nothing on the direct path is tried again for a moment', async () => {
    const scene = new Scene(null);
    scene.here = async () => (scene.decided < 3 ? { type: 'overloaded' } : HERE);
    const outcome = scene.router.send(FORWARDED);
    await scene.settle();
    while (scene.timers.length > 0) await scene.silence();
    assert.deepEqual([await outcome, scene.decided], [HERE, 3]);
  });
});

describe('An owner that loses to a node that decides in its place', () => {
  const OVERLOADED: Outcome = { type: 'overloaded' };

  /** What is decided at `US` loses to `HEIR`. */
  function losing(): Scene {
    const scene = new Scene(US);
    scene.here = async () => {
      scene.standIns.lost(CALENDAR);
      return OVERLOADED;
    };
    scene.standIns.overtaken(CALENDAR, HEIR);
    return scene;
  }

  it('hands a command over to that node once it has lost, and the next ones at once for a second', async () => {
    const scene = losing();
    const first = scene.router.send(FORWARDED);
    await scene.settle();
    assert.deepEqual([scene.decided, scene.copy(1).to, scene.copy(1).isHandedOver], [1, HEIR, true]);
    scene.answer(scene.copy(1), DONE as Extract<Outcome, { type: 'done' }>);
    assert.deepEqual(await first, DONE);
    const second = scene.router.send(FORWARDED);
    await scene.settle();
    scene.answer(scene.copy(2), REFUSED);
    assert.deepEqual([await second, scene.decided], [REFUSED, 1]);
    scene.monotonic = 1_001;
    const third = scene.router.send(FORWARDED);
    await scene.settle();
    assert.equal(scene.decided, 2, 'it sees whether it still loses');
    scene.answer(scene.copy(3), REFUSED);
    assert.deepEqual(await third, REFUSED);
  });

  it('decides by itself where that node does nothing or is not heard, and then no "no" is definite that leaves the key unused', async () => {
    for (const told of ['overloaded', 'nobody', 'silence'] as const) {
      const scene = losing();
      scene.receivers = told === 'nobody' ? 0 : 1;
      const lose = scene.here;
      scene.here = () => {
        scene.here = async () => REFUSED;
        return lose();
      };
      const outcome = scene.router.send({ ...FORWARDED, isFinal: false });
      await scene.settle();
      if (told === 'overloaded') scene.answer(scene.copy(1), { type: 'overloaded' });
      else if (told === 'silence') await scene.silence();
      assert.deepEqual(await outcome, told === 'silence' ? { type: 'unknown' } : REFUSED, told);
      assert.equal(scene.decided, 2);
    }
  });

  it('keeps its commands where it has not lost, was not overtaken lately, or that node is gone', async () => {
    for (const change of ['not lost', 'long ago', 'gone'] as const) {
      const scene = losing();
      if (change === 'not lost') scene.here = async () => OVERLOADED;
      if (change === 'long ago') scene.monotonic = 5_001;
      if (change === 'gone') scene.directory.meet([US, OWNER], [US, OWNER]);
      assert.deepEqual(await scene.router.send(FORWARDED), OVERLOADED, change);
      assert.equal(scene.copies.length, 0);
    }
  });
});
