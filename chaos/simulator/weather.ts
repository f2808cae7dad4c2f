import type { BusWeather } from './model-bus.ts';
import type { Hole, StatementFault } from './model-database/connections.ts';
import { endOf, type Fault, type NodeNumber, type Plan } from './plan.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

type Of<Type extends Fault['type']> = Extract<Fault, { type: Type }>;

/** What the plan's faults do to whatever is under way at a moment. */
export class Weather {
  readonly #plan: Plan;
  readonly #time: VirtualTime;
  readonly #randoms: readonly Random[];

  constructor(plan: Plan, time: VirtualTime, random: Random) {
    this.#plan = plan;
    this.#time = time;
    this.#randoms = plan.clocks.map((_, node) => random.fork(`weather of node ${node}`));
  }

  faultOf(node: NodeNumber): StatementFault | undefined {
    const random = this.#randoms[node];
    for (const fault of this.#active('lost-statements', node)) if (random?.chance(fault.chance)) return fault;
    return undefined;
  }

  hole(node: NodeNumber): Hole | undefined {
    const [fault] = this.#active('database-hole', node);
    return fault === undefined ? undefined : { leftMs: endOf(fault) - this.#time.now, delivers: fault.delivers };
  }

  bus(): BusWeather | undefined {
    return this.#active('bus-weather')[0];
  }

  /** Whether the consumer that notes changes cannot go on. */
  stallsConsumer(): boolean {
    return this.#active('consumer-stall').length > 0;
  }

  /** How much longer than otherwise anything takes from a node to there, and back. Milliseconds. */
  lag(node: NodeNumber, to: 'database' | 'bus'): number {
    return Math.max(0, ...this.#active('slow-link', node).map((fault) => (fault.to === to ? fault.addsMs : 0)));
  }

  /** How long the bus is still out of reach, milliseconds; 0 if it is not. */
  busOutage(node: NodeNumber): number {
    return Math.max(0, ...this.#active('bus-outage', node).map((fault) => endOf(fault) - this.#time.now));
  }

  #active<Type extends Fault['type']>(type: Type, node: NodeNumber | null = null): Of<Type>[] {
    const { now } = this.#time;
    const isHere = (fault: Fault) => !('node' in fault) || fault.node === null || fault.node === node;
    return this.#plan.faults.filter((fault): fault is Of<Type> => fault.type === type && fault.at <= now && now < endOf(fault) && isHere(fault));
  }
}
