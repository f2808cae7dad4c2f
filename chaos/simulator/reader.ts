import type { LogPosition } from '../../src/actors/change-log-port.ts';
import { DAY, instant } from '../../src/model/instant.ts';
import type { Running } from './machine.ts';
import type { Reader } from './plan.ts';
import type { Random } from './random.ts';
import { BEGINNING, FIRST_SLOT } from './scene.ts';
import { CUT } from './simulated-process.ts';
import type { World } from './world.ts';

const MOST_CHANGES = 50;
/** Of the whole business, which is read in small pages. */
const PAGE = 8;
const EVERYTHING = { calendarIds: null, types: null };
type Step = Reader['steps'][number];

/** Somebody who only looks, now here and now there. */
export async function readOn(world: World, plan: Reader): Promise<void> {
  const reader = new SimulatedReader(world, plan.name);
  await world.time.sleep(plan.startsAt);
  for (const step of plan.steps) {
    await world.time.sleep(step.pause);
    if (world.isClosing) return;
    const running = world.machines[step.node]?.running;
    // A read that fails has shown nothing.
    if (running !== undefined) await reader.look(step, running).catch(() => undefined);
  }
}

class SimulatedReader {
  readonly #world: World;
  readonly #name: string;
  readonly #random: Random;
  /** How far each calendar was said to be. */
  readonly #known = new Map<string, number>();
  /** In the log of the business. */
  #cursor: LogPosition | null = null;

  constructor(world: World, name: string) {
    this.#world = world;
    this.#name = name;
    this.#random = world.random.fork(name);
  }

  async look(step: Step, running: Running): Promise<void> {
    const { everyCalendar } = this.#world;
    const calendar = everyCalendar[step.calendar % everyCalendar.length];
    if (calendar === undefined) return;
    switch (step.look) {
      case 'views':
        return await this.#view(running, calendar.calendarId);
      case 'slots':
        return await this.#listSlots(running, calendar, step.calendar % this.#world.services);
      case 'changes':
        return await this.#readChanges(running, calendar.calendarId);
      case 'past':
        return await this.#lookBack(running, calendar.calendarId);
      case 'log':
        return await this.#followLog(running);
      default:
        step.look satisfies never;
    }
  }

  #asked({ process }: Running) {
    return { reader: this.#name, node: process.name, askedAt: this.#world.time.now };
  }

  async #view(running: Running, calendarId: string): Promise<void> {
    const { time, history } = this.#world;
    const asked = this.#asked(running);
    const views = await running.process.ask(() => running.node.views([calendarId], instant(0), instant(Number.MAX_SAFE_INTEGER)));
    if (views !== CUT) for (const view of views) history.looks.push({ ...asked, type: 'view', answeredAt: time.now, view });
  }

  async #listSlots(running: Running, { calendarId, staffId }: World['everyCalendar'][number], service: number): Promise<void> {
    const { time, history } = this.#world;
    const asked = this.#asked(running);
    const range = { from: FIRST_SLOT, to: instant(FIRST_SLOT + DAY), seats: 1, movingAppointmentId: null };
    const terms = { ...this.#world.termsOf(service), minutes: this.#world.doneBy(service, staffId).minutes };
    const found = await running.process.ask(() => running.node.slots([{ calendarId, staffId, terms, ...range }]));
    if (found !== CUT) for (const slots of found) history.looks.push({ ...asked, type: 'slots', answeredAt: time.now, slots, service });
  }

  /** From anywhere up to where the calendar was last said to be. */
  async #readChanges(running: Running, calendarId: string): Promise<void> {
    const { time, history } = this.#world;
    const asked = this.#asked(running);
    const after = this.#random.below((this.#known.get(calendarId) ?? 0) + 1);
    const answer = await running.process.ask(() => running.node.changes(calendarId, after, MOST_CHANGES));
    if (answer === CUT || answer === 'not-found') return;
    if (answer !== 'too-old') this.#known.set(calendarId, answer.revision);
    history.looks.push({ ...asked, type: 'changes', answeredAt: time.now, calendarId, after, changes: answer === 'too-old' ? null : answer.changes });
  }

  async #lookBack(running: Running, calendarId: string): Promise<void> {
    const { time, history } = this.#world;
    const asked = this.#asked(running);
    const at = instant(Math.floor(BEGINNING + this.#random.between(0, time.now)));
    const past = await running.process.ask(() => running.node.viewAt(calendarId, at));
    if (past !== CUT) history.looks.push({ ...asked, type: 'past', answeredAt: time.now, calendarId, at, past });
  }

  /** As an integration does: on from where it was, and where something was cut meanwhile from the oldest that is kept. */
  async #followLog(running: Running): Promise<void> {
    const { time, history } = this.#world;
    const asked = this.#asked(running);
    const after = this.#cursor;
    const page = await running.process.ask(() => running.log.page(after, EVERYTHING, PAGE));
    if (page === CUT) return;
    const { changes, last, hasGap } = page;
    history.looks.push({ ...asked, type: 'log', answeredAt: time.now, after, changes, last, hasGap });
    this.#cursor = hasGap ? null : (last ?? after);
  }
}
