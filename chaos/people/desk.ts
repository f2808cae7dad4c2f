import { randomUUID } from 'node:crypto';
import type { Chance } from '../../src/demo/chance.ts';
import type { ClaimReply } from '../../src/protocol/calendars.ts';
import type { Asked, Operation } from '../history/lines.ts';
import { Asker } from './asker.ts';
import type { Scene } from './scene.ts';
import type { BoardScreen } from './screens.ts';
import { anyStart, MINUTE_MS } from './times.ts';

const BREAK_MS = 30 * MINUTE_MS;
const MOST_BREAKS = 4;

/** A front desk: acts upon what is on its board, which may be out of date. */
export class Desk {
  readonly #scene: Scene;
  readonly #board: BoardScreen;
  readonly #chance: Chance;
  readonly #asker: Asker;
  readonly #number: number;
  #visit: string | undefined;
  readonly #breaks: { readonly staffId: string; readonly blockId: string }[] = [];

  constructor(scene: Scene, number: number, board: BoardScreen) {
    this.#scene = scene;
    this.#board = board;
    this.#number = number;
    this.#chance = scene.chance(10_000 + number);
    this.#asker = new Asker(scene, {
      person: `desk ${number}`,
      as: 'desk',
      transport: 'socket',
      home: number % scene.world.nodes.length,
      chance: this.#chance,
    });
  }

  async play(): Promise<void> {
    while (!this.#scene.isOver) {
      const choice = this.#chance.next();
      if (choice < 0.17) await this.#walkIn();
      else if (choice < 0.2) await this.#squeezeIn();
      else if (choice < 0.7) await this.#attend();
      else if (choice < 0.78) await this.#receive();
      else if (choice < 0.88) await this.#takeBreak();
      else await this.#endBreak();
      await this.#scene.pause(this.#chance.integer(100, 600));
    }
  }

  async #walkIn(): Promise<void> {
    const { shop } = this.#scene.world;
    const service = this.#chance.pick(shop.services);
    const customer = { name: `Walk-in ${this.#number}`, email: `walk-in-${this.#number}@example.org` };
    const wish = { serviceId: service.id, startsAt: anyStart(shop, service, this.#chance), staffId: this.#chance.pick(shop.staff).id };
    const id = randomUUID();
    await this.#asker.settle({ operation: 'book', body: { id, ...wish, customer, notes: `walked in as ${id}`, allowOverlap: true } });
  }

  /** Over what stands on the board. */
  async #squeezeIn(): Promise<void> {
    const taken = this.#claims();
    if (taken.length === 0) return;
    const { shop } = this.#scene.world;
    const { startsAt, staffId = this.#chance.pick(shop.staff).id } = this.#chance.pick(taken);
    const id = randomUUID();
    const service = this.#chance.pick(shop.services.filter(({ capacity }) => capacity === 1));
    const customer = { name: `Squeezed in ${this.#number}`, email: `squeezed-in-${this.#number}@example.org` };
    const override = { rules: ['slot-taken', 'slot-in-past', 'too-soon', 'outside-hours', 'off-grid'], reason: 'toothache' };
    const body = { id, serviceId: service.id, startsAt, staffId, customer, notes: `squeezed in as ${id}`, override, allowOverlap: true };
    await this.#asker.settle({ operation: 'book', body });
  }

  /** A walk-in who has just arrived: every step can be taken for them, and taken back. */
  async #receive(): Promise<void> {
    if (this.#visit !== undefined) {
      const operation = this.#chance.pick<Operation>(['check-in', 'complete', 'no-show', 'reopen', 'reopen']);
      await this.#asker.settle({ operation, appointmentId: this.#visit, body: {} });
      return;
    }
    const { shop } = this.#scene.world;
    const id = randomUUID();
    const startsAt = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - MINUTE_MS).toISOString();
    const wish = { serviceId: this.#chance.pick(shop.services.slice(0, 3)).id, startsAt, staffId: this.#chance.pick(shop.staff).id };
    const customer = { name: `Visitor ${this.#number}`, email: `visitor-${this.#number}@example.org` };
    const override = { rules: ['slot-in-past', 'too-soon', 'outside-hours', 'off-grid'], reason: 'is here already' };
    const booked = await this.#asker.settle({ operation: 'book', body: { id, ...wish, customer, notes: `here as ${id}`, override, allowOverlap: true } });
    if (booked.type === 'ok') this.#visit = id;
  }

  /** Something happens to an appointment that is on the board. */
  async #attend(): Promise<void> {
    const appointments = this.#claims().filter(({ kind, status }) => kind === 'appointment' && status !== 'completed' && status !== 'no-show');
    if (appointments.length === 0) return;
    const { id, status, serviceId } = this.#chance.pick(appointments);
    const operation = this.#nextStep(status);
    await this.#asker.settle({ operation, appointmentId: id, body: operation === 'reschedule' ? this.#elsewhere(serviceId) : {} });
  }

  #nextStep(status: ClaimReply['status']): Operation {
    if (status === 'pending') return this.#chance.pick<Operation>(['approve', 'approve', 'cancel', 'reschedule']);
    if (status === 'checked-in') return 'complete';
    // The last two are days too early.
    return this.#chance.pick<Operation>(['cancel', 'cancel', 'cancel', 'reschedule', 'reschedule', 'check-in', 'no-show']);
  }

  #elsewhere(serviceId: string | null): Asked['body'] {
    const { shop } = this.#scene.world;
    const service = shop.services.find(({ id }) => id === serviceId) ?? this.#chance.pick(shop.services);
    return { startsAt: anyStart(shop, service, this.#chance), staffId: this.#chance.pick(shop.staff).id, allowOverlap: true };
  }

  async #takeBreak(): Promise<void> {
    if (this.#breaks.length >= MOST_BREAKS) return;
    const { shop } = this.#scene.world;
    const staffId = this.#chance.pick(shop.staff).id;
    const blockId = randomUUID();
    const startsAt = anyStart(shop, this.#chance.pick(shop.services), this.#chance);
    const body = { id: blockId, startsAt, endsAt: new Date(Date.parse(startsAt) + BREAK_MS).toISOString(), reason: 'break' };
    const added = await this.#asker.settle({ operation: 'add-block', staffId, body });
    if (added.type === 'ok') this.#breaks.push({ staffId, blockId });
  }

  async #endBreak(): Promise<void> {
    const ended = this.#breaks.shift();
    if (ended !== undefined) await this.#asker.settle({ operation: 'remove-block', ...ended, body: {} });
  }

  #claims(): ClaimReply[] {
    return [...this.#board.board.columns.values()].flatMap(({ claims }) => [...claims.values()]);
  }
}
