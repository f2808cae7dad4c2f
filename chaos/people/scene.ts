import { setTimeout as wait } from 'node:timers/promises';
import { Chance } from '../../src/demo/chance.ts';
import type { Asked, AttemptLine } from '../history/lines.ts';
import type { Recorder } from '../history/recorder.ts';
import type { World } from '../world/world.ts';
import type { DeskLogin } from './desk-login.ts';
import type { SocketWires } from './socket-wires.ts';

/** Who asked something under a key, and so who has to ask again. */
export type Unsettled = { readonly asked: Asked; readonly as: AttemptLine['as']; readonly person: string };

/** What people share: the world they live in, how long they go on, and what they have left undecided. */
export class Scene {
  readonly world: World;
  readonly recorder: Recorder;
  readonly login: DeskLogin;
  readonly wires: SocketWires;
  /** Asked, without a definite answer, and not given up for good. */
  readonly unsettled: Unsettled[] = [];
  readonly #seed: number;
  readonly #over = new AbortController();
  readonly #asides = new Set<Promise<unknown>>();

  constructor(parts: { readonly world: World; readonly recorder: Recorder; readonly login: DeskLogin; readonly wires: SocketWires; readonly seed: number }) {
    this.world = parts.world;
    this.recorder = parts.recorder;
    this.login = parts.login;
    this.wires = parts.wires;
    this.#seed = parts.seed;
  }

  /** Nobody begins anything new. */
  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  end(): void {
    this.#over.abort();
  }

  /** A source of chance for one person, so that people do not disturb each other's choices. */
  chance(person: number): Chance {
    return new Chance((this.#seed * 7_919 + person * 104_729) % 2 ** 32);
  }

  /** Something that nobody waits for now, but that has to come to its end before the run does. */
  aside(work: Promise<unknown>): void {
    this.#asides.add(work);
    void work.finally(() => this.#asides.delete(work));
  }

  async asidesDone(): Promise<void> {
    await Promise.all(this.#asides);
  }

  /** Waits, but not past the end. */
  async pause(milliseconds: number): Promise<void> {
    await wait(milliseconds, undefined, { signal: this.#over.signal }).catch(() => undefined);
  }
}
