// The pieces of the simulated world: what its promises, pauses, crashes and locks are worth.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Broker, ModelBus } from '../../chaos/simulator/model-bus.ts';
import { Random } from '../../chaos/simulator/random.ts';
import { CUT, SimulatedProcess } from '../../chaos/simulator/simulated-process.ts';
import { VirtualTime } from '../../chaos/simulator/virtual-time.ts';
import { BusFailure, type BusListener } from '../../src/actors/bus.ts';

const SKEW = { rate: 1, offset: 0 };

function processIn(time: VirtualTime, name = 'a process', skew = SKEW): SimulatedProcess {
  return new SimulatedProcess(name, { time, random: new Random(1), skew });
}

describe('virtual time', () => {
  test('events happen in the order of their moments, and those of one moment in the order of their planning', async () => {
    const time = new VirtualTime();
    const seen: string[] = [];
    for (const [moment, name] of [
      [5, 'late'],
      [1, 'first'],
      [1, 'second'],
      [3, 'middle'],
    ] as const)
      time.after(moment, () => seen.push(name));
    await time.run(10);
    assert.deepEqual(seen, ['first', 'second', 'middle', 'late']);
    assert.equal(time.now, 10);
  });

  test('promises go on before the next event, however many of them wait for each other', async () => {
    const time = new VirtualTime();
    const seen: number[] = [];
    time.after(1, () => void chain(20).then(() => seen.push(time.now)));
    time.after(1.001, () => seen.push(-1));
    await time.run(2);
    assert.deepEqual(seen, [1, -1]);
  });

  test('what is cancelled does not happen', async () => {
    const time = new VirtualTime();
    time.after(1, () => assert.fail('it happened'))();
    await time.run(2);
  });
});

async function chain(length: number): Promise<void> {
  for (let link = 0; link < length; link += 1) await Promise.resolve();
}

describe('a simulated process', () => {
  test('after a crash nothing of it goes on, and its callers are cut off', async () => {
    const time = new VirtualTime();
    const process = processIn(time);
    let steps = 0;
    const asked = process.ask(async () => {
      steps += 1;
      await new Promise<void>((resolve) => process.timers.after(10, resolve));
      steps += 1;
    });
    time.after(5, () => process.end());
    await time.run(100);
    assert.deepEqual([steps, await asked], [1, CUT]);
  });

  test('while it is paused its timers and what is sent to it wait, and then come', async () => {
    const time = new VirtualTime();
    const process = processIn(time);
    const seen: string[] = [];
    process.timers.after(10, () => seen.push(`timer at ${time.now}`));
    time.after(5, () => process.pause());
    time.after(20, () => process.deliver(() => seen.push(`message at ${time.now}`)));
    time.after(50, () => process.resume());
    await time.run(100);
    assert.deepEqual(seen.sort(), ['message at 50', 'timer at 50']);
  });

  test('a clock that runs fast waits too short, and says so of itself', async () => {
    const time = new VirtualTime();
    const process = processIn(time, 'a fast one', { rate: 2, offset: 1_000 });
    process.timers.after(100, () => assert.deepEqual([time.now, process.timers.monotonic()], [50, 1_100]));
    await time.run(60);
    assert.equal(time.count, 1);
  });
});

describe('the model of the bus', () => {
  function twoNodes(weather: ConstructorParameters<typeof Broker>[0]['weather'] = () => undefined, lagOfOther = 0) {
    const time = new VirtualTime();
    const broker = new Broker({ time, random: new Random(2), weather, longestStepMs: 1 });
    const heard: string[] = [];
    const [one, other] = ['one', 'other'].map((name) => {
      const bus = new ModelBus(broker, processIn(time, name), () => (name === 'other' ? lagOfOther : 0));
      const listener: BusListener = {
        onMessage: (channel, text) => heard.push(`${name} ${channel} ${text}`),
        onUp: () => heard.push(`${name} is up`),
        onDown: () => heard.push(`${name} is down`),
      };
      bus.listen(listener);
      return bus;
    });
    assert.ok(one && other);
    return { time, one, other, heard };
  }

  test('subscribers hear messages in order, and the sender is told how many there are', async () => {
    const { time, one, other, heard } = twoNodes();
    const counts: number[] = [];
    const work = async () => {
      await other.subscribe(['news']);
      for (const text of ['a', 'b', 'c']) void one.publish('news', text).then((count) => counts.push(count));
    };
    time.after(0, () => void work());
    await time.run(100);
    assert.deepEqual(
      [heard, counts],
      [
        ['other news a', 'other news b', 'other news c'],
        [1, 1, 1],
      ],
    );
  });

  test('a slow link is slow for its own node only, and keeps the order', async () => {
    const { time, one, other, heard } = twoNodes(undefined, 200);
    time.after(0, () => void Promise.all([one.subscribe(['news']), other.subscribe(['news'])]));
    time.after(1_000, () => void Promise.all(['a', 'b'].map((text) => one.publish('news', text))));
    await time.run(1_150);
    assert.deepEqual(heard, ['one news a', 'one news b']);
    await time.run(1_300);
    assert.deepEqual(heard.slice(2), ['other news a', 'other news b']);
  });

  test('an outage loses what is sent, fails the sender, and ends with every subscription made again', async () => {
    const { time, one, other, heard } = twoNodes();
    const failures: unknown[] = [];
    time.after(0, () => void other.subscribe(['news']));
    time.after(10, () => other.goOut(200));
    time.after(20, () => void one.publish('news', 'lost'));
    time.after(30, () => void other.publish('news', 'never sent').catch((failure: unknown) => failures.push(failure)));
    time.after(1_000, () => other.comeBack());
    time.after(2_000, () => void one.publish('news', 'heard'));
    await time.run(3_000);
    assert.deepEqual(heard, ['other is down', 'other is up', 'other news heard']);
    assert.ok(failures[0] instanceof BusFailure);
  });

  test('bad weather loses and doubles', async () => {
    const { time, one, other, heard } = twoNodes(() => ({ loses: 0.5, doubles: 0.5, delays: 0, delayMs: 10 }));
    time.after(0, () => void other.subscribe(['news']));
    for (let number = 0; number < 100; number += 1) time.after(10 + number, () => void one.publish('news', String(number)));
    await time.run(1_000);
    const different = new Set(heard).size;
    assert.ok(different > 20 && different < 80 && heard.length > different, `${heard.length} messages, ${different} different ones`);
  });
});
