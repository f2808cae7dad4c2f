import type { TakenResource } from '../../src/actors/calendar/calendar.ts';
import { shardOf } from '../../src/actors/cluster/shard-of.ts';
import type { Candidate } from '../../src/actors/scheduler.ts';
import type { Money } from '../../src/model/money.ts';
import type { SlotTerms } from '../../src/model/slot-terms.ts';
import { doneBy, type StaffTerms } from '../../src/model/staff-terms.ts';
import { checkUnnamed } from './checker/people.ts';
import { History } from './history.ts';
import { Machine } from './machine.ts';
import { Broker } from './model-bus.ts';
import { ModelServer } from './model-database/server.ts';
import { type Promises, Tables } from './model-database/tables.ts';
import type { Fault, Plan } from './plan.ts';
import { Random } from './random.ts';
import { BEGINNING, calendarsFrom, HOURS, PRICE, roomsFrom, servicesFrom, staffTermsWith } from './scene.ts';
import { uuidFrom } from './simulated-process.ts';
import { VirtualTime } from './virtual-time.ts';
import { Weather } from './weather.ts';

/** Machines do not start in the same moment. */
const START_APART_MS = 150;
/** How many commits hang, between the first row they lock and their end, and for how many steps at most: later ones end before them. */
const STALLS = 0.06;
const STALL_STEPS = 150;

/** A hold, an appointment or a block that a person has asked for. `userId`: of holds, whose it is; null: of the bearer of its token. */
export type Mine = { readonly id: string; readonly service: number; readonly userId: string | null };

/** One simulated world: three machines, a database, a bus, and what the plan does to them. */
export class World {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly tables: Tables;
  readonly server: ModelServer;
  readonly machines: readonly Machine[];
  /** Of people. */
  readonly calendars: readonly Candidate[];
  readonly rooms: readonly TakenResource[];
  readonly locationId: string;
  readonly history = new History();
  readonly #services: readonly SlotTerms[];
  /** Of each service. */
  readonly #staffTerms: readonly (readonly StaffTerms[])[];
  /** Of all people, the latest first. */
  readonly appointments: Mine[] = [];
  /** Nobody begins anything new any more. */
  isClosing = false;

  constructor(plan: Plan, options: { readonly promises?: Promises | undefined; readonly onTrace?: ((line: string) => void) | undefined } = {}) {
    this.plan = plan;
    this.time = new VirtualTime(options.onTrace);
    this.random = new Random(plan.seed).fork('world');
    const scene = this.random.fork('scene');
    this.#services = servicesFrom(scene);
    this.calendars = calendarsFrom(scene, plan.calendars);
    this.#staffTerms = staffTermsWith(this.calendars);
    this.locationId = uuidFrom(scene, BEGINNING, 0);
    const clock = () => BEGINNING + this.time.now;
    const stalls = this.random.fork('stalls');
    const stall = () => (stalls.chance(STALLS) ? stalls.below(STALL_STEPS) : 0);
    this.tables = new Tables({ era: uuidFrom(scene, BEGINNING, 1), clock, stall, ...(options.promises && { promises: options.promises }) });
    this.rooms = roomsFrom(this.random.fork('rooms'), plan.rooms);
    for (const { calendarId } of this.everyCalendar) this.tables.addCalendar(calendarId, shardOf(calendarId), HOURS);
    if (plan.retention?.hasAbandoned === true) this.tables.consumers.set('abandoned', { xid: 0, position: 0, owner: null, leaseUntil: clock() });
    this.server = new ModelServer(this.tables, { time: this.time, random: this.random });
    const weather = new Weather(plan, this.time, this.random);
    const broker = new Broker({
      time: this.time,
      random: this.random,
      weather: () => weather.bus(),
      longestStepMs: plan.busStepMs,
      onMessage: (text) => checkUnnamed(this.history, 'bus', text),
    });
    const { time, random, server } = this;
    const onBroken = (what: string) => this.history.broken('a node broke a promise of its own', what);
    this.machines = plan.clocks.map((skew, number) => new Machine(number, skew, { time, random, server, broker, weather, hasBus: plan.hasBus, onBroken }));
  }

  /** Those of people, and then those of rooms. */
  get everyCalendar(): readonly Candidate[] {
    return [...this.calendars, ...this.rooms.map(({ calendarId, resourceId }) => ({ calendarId, staffId: resourceId }))];
  }

  get services(): number {
    return this.#services.length;
  }

  termsOf(service: number): SlotTerms {
    const terms = this.#services[service];
    if (terms === undefined) throw new Error(`there is no service ${service}`);
    return terms;
  }

  /** How long it takes with this person, and what it costs. */
  doneBy(service: number, staffId: string): { readonly minutes: number; readonly price: Money } {
    return doneBy({ minutes: this.termsOf(service).minutes, price: PRICE, staffTerms: this.#staffTerms[service] }, staffId);
  }

  serviceOf(serviceId: string): number {
    return this.#services.findIndex((terms) => terms.serviceId === serviceId);
  }

  /** Starts the machines and sets the plan's faults to their moments. */
  begin(): void {
    for (const [number, machine] of this.machines.entries()) this.time.after(number * START_APART_MS, () => machine.start());
    for (const fault of this.plan.faults) this.time.after(fault.at, () => this.#strike(fault));
    for (const { at, node } of this.plan.cuts) this.time.after(at, () => this.#forget(node));
  }

  #strike(fault: Fault): void {
    const { time, server } = this;
    const machine = 'node' in fault && fault.node !== null ? this.machines[fault.node] : undefined;
    time.note(`fault ${JSON.stringify(fault)}`);
    switch (fault.type) {
      case 'pause':
        machine?.pause();
        time.after(fault.lasts, () => machine?.resume());
        return;
      case 'crash':
        return machine?.crash(fault.downFor);
      case 'hand-over':
        return machine?.handOver(fault.downFor);
      case 'database-crash':
        server.crash();
        time.after(fault.lasts, () => server.restart());
        return;
      case 'slow-database':
        server.slowness = fault.factor;
        time.after(fault.lasts, () => {
          server.slowness = 1;
        });
        return;
      case 'bus-outage':
        return this.#cutBus(fault);
      case 'lost-statements':
      case 'database-hole':
      case 'bus-weather':
      case 'consumer-stall':
      case 'slow-link':
        // The weather knows.
        return;
      default:
        fault satisfies never;
    }
  }

  /** A run that fails has done a part of it. */
  #forget(node: number): void {
    const { retention } = this.plan;
    const running = this.machines[node]?.running;
    if (retention === null || running === undefined) return;
    this.time.note(`${running.process.name} forgets what has had its time`);
    void running.process.ask(() => running.retention.forget(retention)).catch(() => undefined);
  }

  #cutBus({ node, noticedAfter, lasts }: Extract<Fault, { type: 'bus-outage' }>): void {
    const buses = this.machines.filter(({ number }) => node === null || number === node).map(({ bus }) => bus);
    for (const bus of buses) bus?.goOut(noticedAfter);
    this.time.after(lasts, () => {
      for (const bus of buses) bus?.comeBack();
    });
  }
}
