import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Bus } from '../../../src/actors/bus.ts';
import type { Outcome } from '../../../src/actors/calendar/work.ts';
import { Directory } from '../../../src/actors/cluster/directory.ts';
import { ForwardedCommands } from '../../../src/actors/cluster/forwarded-commands.ts';
import { channelsOf, type ForwardedCommand, type NodeMessage } from '../../../src/actors/cluster/messages.ts';
import { shardOf } from '../../../src/actors/cluster/shard-of.ts';
import { Outage } from '../../../src/actors/journal/outage.ts';
import { ReadFailure } from '../../../src/actors/ports.ts';
import { timers } from '../../../src/integrations/this-machine.ts';
import { instant } from '../../../src/model/instant.ts';
import { TEST_SEAL } from '../practice.ts';

const US = 'us';
const CALENDAR = randomUUID();

/** An owner of the calendar, and what it says. */
class Scene {
  readonly said: NodeMessage[] = [];
  readonly decisions: ((outcome: Outcome) => void)[] = [];
  readonly failures: ((error: Error) => void)[] = [];
  readonly logged: { readonly level: 'warn' | 'error'; readonly facts: object }[] = [];
  readonly forwarded: ForwardedCommands;

  constructor(owner = US) {
    const directory = new Directory(US, () => undefined);
    directory.meet([US, owner], [US, owner]);
    directory.learn([{ shard: shardOf(CALENDAR), owner, epoch: 5 }]);
    const bus: Bus = {
      isUp: true,
      publish: async (_channel, text) => this.said.push(JSON.parse(text)),
      subscribe: async () => undefined,
      unsubscribe: () => undefined,
      listen: () => undefined,
    };
    this.forwarded = new ForwardedCommands({
      nodeId: US,
      bus,
      channels: channelsOf('era'),
      directory,
      now: () => instant(1_000),
      decideHere: () =>
        new Promise((resolve, reject) => {
          this.decisions.push(resolve);
          this.failures.push(reject);
        }),
      revisionOf: () => 7,
      refreshDirectory: async () => undefined,
      seal: TEST_SEAL,
      log: { info: () => undefined, warn: () => undefined, error: (facts) => this.#note('error', facts) },
      outage: new Outage({ info: () => undefined, warn: (facts) => this.#note('warn', facts), error: (facts) => this.#note('error', facts) }, timers),
    });
  }

  #note(level: 'warn' | 'error', facts: object): void {
    this.logged.push({ level, facts });
  }

  copy(changes: Partial<Extract<NodeMessage, { type: 'forwarded-command' }>> = {}): Extract<NodeMessage, { type: 'forwarded-command' }> {
    const command = { type: 'remove-block', blockId: CALENDAR } as const;
    const forwarded: ForwardedCommand = {
      parts: [{ calendarId: CALENDAR, command }],
      request: { caller: 'c', key: 'k', fingerprint: '' },
      isFinal: true,
      offer: null,
    };
    return {
      type: 'forwarded-command',
      from: 'asker',
      id: 'one',
      copy: 1,
      epoch: 5,
      deadlineAt: instant(2_000),
      forwarded: TEST_SEAL.seal(JSON.stringify(forwarded)),
      ...changes,
    };
  }
}

describe('An owner', () => {
  it('decides what comes under its epoch, and says how far the calendar is by then', async () => {
    const scene = new Scene();
    const accepting = scene.forwarded.accept(scene.copy());
    scene.decisions[0]?.({ type: 'overloaded' });
    await accepting;
    assert.deepEqual(scene.said, [{ type: 'outcome', from: US, id: 'one', copy: 1, outcome: { type: 'overloaded' }, revisions: [7] }]);
  });

  it('decides nothing that is late, not its own, or was decided to be sent under another epoch', async () => {
    const scene = new Scene();
    await scene.forwarded.accept(scene.copy({ deadlineAt: instant(999) }));
    await scene.forwarded.accept(scene.copy({ copy: 2, epoch: 4 }));
    const other = new Scene('somebody else');
    await other.forwarded.accept(other.copy());
    assert.deepEqual(
      [...scene.said, ...other.said].map(({ type }) => type),
      ['not-owner', 'not-owner'],
    );
    assert.equal(scene.decisions.length + other.decisions.length, 0);
  });

  it('decides in the place of the owner what the owner hands over', async () => {
    const scene = new Scene('somebody else');
    const accepting = scene.forwarded.accept(scene.copy({ isHandedOver: true, epoch: 4 }));
    scene.decisions[0]?.({ type: 'overloaded' });
    await accepting;
    assert.deepEqual(
      scene.said.map(({ type }) => type),
      ['outcome'],
    );
  });

  it('tells its log of an outage in one line without a stack, and of a mistake as it is; its asker hears nothing of either', async () => {
    const scene = new Scene();
    const accepting = [1, 2, 3].map((copy) => scene.forwarded.accept(scene.copy({ id: `command ${copy}` })));
    const mistake = new TypeError('not a function');
    const failures = [new ReadFailure(new Error('connection refused')), new ReadFailure(new Error('connection refused')), mistake];
    for (const [index, failure] of failures.entries()) scene.failures[index]?.(failure);
    await Promise.all(accepting);
    assert.deepEqual(scene.said, []);
    const about = { calendarId: CALENDAR, command: 'remove-block' };
    assert.deepEqual(scene.logged, [
      { level: 'warn', facts: { reason: 'connection refused', ...about } },
      { level: 'error', facts: { error: mistake, ...about } },
    ]);
  });

  it('lets a second copy wait for the first, and answers both', async () => {
    const scene = new Scene();
    const both = [scene.forwarded.accept(scene.copy()), scene.forwarded.accept(scene.copy({ copy: 2 }))];
    assert.equal(scene.decisions.length, 1);
    scene.decisions[0]?.({ type: 'overloaded' });
    await Promise.all(both);
    assert.deepEqual(
      scene.said.map((message) => 'copy' in message && message.copy),
      [1, 2],
    );
  });

  it('never begins a copy again that the bus brings twice: its asker may have been told that it did nothing', async () => {
    const scene = new Scene();
    const accepting = scene.forwarded.accept(scene.copy());
    scene.decisions[0]?.({ type: 'overloaded' });
    await accepting;
    await scene.forwarded.accept(scene.copy());
    assert.deepEqual([scene.decisions.length, scene.said.length], [1, 1]);
  });
});
