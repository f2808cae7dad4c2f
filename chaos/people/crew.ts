// Everybody who takes part: who writes, who reads, who watches.
import { type FaultProxy, startFaultProxy } from '../../test/support/fault-proxy.ts';
import { Customer } from './customer.ts';
import { Desk } from './desk.ts';
import { Integration } from './integration.ts';
import type { Scene } from './scene.ts';
import { type BoardScreen, type Screen, Screens } from './screens.ts';

/** The same board many times over, so that what a slow reader does not fetch piles up. */
const SLOW_WATCHES = 8;
const SLOW_READERS = 2;
const GLANCE_MS = 1_200;

export type Crew = AsyncDisposable & {
  readonly screens: readonly Screen[];
  /** Between the slow readers and the nodes: this is what stops reading. */
  readonly slowWires: readonly FaultProxy[];
  readonly pushes: () => number;
  /** What no screen should ever have been told. */
  readonly complaints: () => readonly string[];
  /** Resolves when everybody has come to an end after `scene.end()`. */
  readonly done: Promise<void>;
};

export async function startCrew(scene: Scene, customers: number): Promise<Crew> {
  await using opened = new AsyncDisposableStack();
  const { world } = scene;
  const screens = new Screens(scene);
  const throughBalancer = `http://127.0.0.1:${world.balancer.port}`;
  const boards: BoardScreen[] = [];
  const slots: Screen[] = [];
  for (const { index, url } of world.nodes) {
    boards.push(screens.openBoard(boardAt(index), url), screens.openBoard(`board ${index} through the balancer`, throughBalancer));
    for (const [number, service] of world.shop.services.entries()) {
      const question = { serviceId: service.id, from: world.shop.from, to: world.shop.to };
      const isDirect = (number + index) % 2 === 0;
      slots.push(
        screens.openSlots(`slots ${number} ${isDirect ? `at node ${index}` : `${index} through the balancer`}`, isDirect ? url : throughBalancer, question),
      );
    }
  }
  const desks = boards.map((board, number) => new Desk(scene, number, board));
  const slowWires: FaultProxy[] = [];
  for (let number = 0; number < SLOW_READERS; number += 1) {
    const wire = opened.use(await startFaultProxy(() => ({ host: '127.0.0.1', port: world.nextReady().port })));
    slowWires.push(wire);
    boards.push(screens.openBoard(`slow board ${number}`, `http://127.0.0.1:${wire.port}`, SLOW_WATCHES));
  }
  const people = [
    ...Array.from({ length: customers }, (_, number) => new Customer(scene, number)),
    ...desks,
    ...world.nodes.map(({ index }) => new Integration(scene, index)),
  ];
  const all = [...boards, ...slots];
  const glancing = glance(scene, all);
  opened.defer(() => {
    clearInterval(glancing);
    for (const screen of all) screen.close();
  });
  const parts = opened.move();
  return {
    screens: all,
    slowWires,
    pushes: () => screens.tally.pushes,
    complaints: () => screens.tally.unexpected,
    done: Promise.all(people.map((person) => person.play())).then(() => undefined),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** The name of the board that knows no other node than this one. */
export function boardAt(node: number | null): string {
  return `board at node ${node}`;
}

/** Writes down what is on one screen after the other, as it is at that moment. */
function glance({ recorder }: Scene, screens: readonly Screen[]): NodeJS.Timeout {
  let turn = 0;
  return setInterval(() => {
    const screen = screens[turn % screens.length];
    turn += 1;
    if (screen !== undefined) recorder.write(screen.show(recorder.now(), false));
  }, GLANCE_MS);
}
