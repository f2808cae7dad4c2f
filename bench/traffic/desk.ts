import type { Chance } from '../../src/demo/chance.ts';
import type { ClaimReply } from '../../src/protocol/calendars.ts';
import { block as blockSchema } from '../../src/protocol/catalog.ts';
import { slotsReply } from '../../src/protocol/slots.ts';
import { BoardModel } from './board-model.ts';
import { type Claim, claim, type Operation } from './claims.ts';
import type { RestCaller } from './rest-caller.ts';
import type { Run } from './run.ts';
import { ScreenSocket } from './screen-socket.ts';
import { dayFrom, type Shop } from './shop.ts';

const WATCH = 'board';
const DAYS_SHOWN = 3;
const BLOCK_MINUTES = 30;
const MOST_BLOCKS = 5;

/** A front desk: a board that is open all the time, walk-ins, arrivals, cancellations, breaks. */
export class Desk {
  readonly board = new BoardModel();
  readonly from = dayFrom(0);
  readonly to = dayFrom(DAYS_SHOWN);
  readonly #run: Run;
  readonly #shop: Shop;
  readonly #chance: Chance;
  readonly #number: number;
  readonly #screen: ScreenSocket;
  readonly #rest: RestCaller;
  readonly #blocks: { readonly staffId: string; readonly blockId: string }[] = [];

  constructor(run: Run, shop: Shop, number: number, login: { readonly token: string; readonly rest: RestCaller }) {
    this.#run = run;
    this.#shop = shop;
    this.#number = number;
    this.#chance = run.chance(1_000_000 + number);
    this.#rest = login.rest;
    this.#screen = new ScreenSocket(run, login.token);
  }

  async play(): Promise<void> {
    await this.#screen.watchBoard(WATCH, { from: this.from, to: this.to }, this.board);
    while (!this.#run.isOver) {
      const choice = this.#chance.next();
      if (choice < 0.4) await this.#walkIn();
      else if (choice < 0.75) await this.#attend();
      else if (choice < 0.88) await this.#takeBreak();
      else await this.#endBreak();
      await this.#run.pause(this.#chance.integer(200, 900));
    }
  }

  close(): void {
    this.#screen.close();
  }

  /** Somebody stands at the desk: the next free time of today or tomorrow. */
  async #walkIn(): Promise<void> {
    const service = this.#chance.pick(this.#shop.services);
    const slots = await this.#rest.read(`/v1/slots?serviceId=${service.id}&from=${dayFrom(0)}&to=${dayFrom(2)}`, slotsReply);
    const offers = (slots?.slots ?? []).filter(({ staffId }) => this.#hasColumnOf(staffId)).slice(0, 10);
    if (offers.length === 0) return;
    const { startsAt, staffId } = this.#chance.pick(offers);
    await this.#claim('book', {
      body: {
        serviceId: service.id,
        startsAt,
        staffId,
        customer: { name: `Walk-in ${this.#number}`, email: `walk-in-${this.#number}@example.org` },
        notes: 'walked in',
        allowOverlap: true,
      },
    });
  }

  /** Something happens to an appointment that is on the board. */
  async #attend(): Promise<void> {
    const appointments = this.#claims().filter(
      ({ kind, status }) => kind === 'appointment' && (status === 'booked' || status === 'pending' || status === 'checked-in'),
    );
    if (appointments.length === 0) return;
    const { id, status } = this.#chance.pick(appointments);
    await this.#claim(this.#nextStep(status), { appointmentId: id, body: {} });
  }

  #nextStep(status: ClaimReply['status']): Operation {
    if (status === 'pending') return 'approve';
    if (status === 'checked-in') return 'complete';
    return this.#chance.pick(['check-in', 'check-in', 'cancel', 'no-show'] as const);
  }

  async #takeBreak(): Promise<void> {
    const staff = [...this.board.columns.values()].filter(({ staffId }) => staffId !== '');
    if (staff.length === 0 || this.#blocks.length >= MOST_BLOCKS) return;
    const { staffId } = this.#chance.pick(staff);
    const startsAt = Math.ceil(Date.now() / 900_000) * 900_000 + this.#chance.integer(0, 150) * 900_000;
    const body = { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(startsAt + BLOCK_MINUTES * 60_000).toISOString(), reason: 'break' };
    const outcome = await this.#claim('add-block', { staffId, body });
    const added = outcome.type === 'ok' ? blockSchema.safeParse(outcome.body) : undefined;
    if (added?.success) this.#blocks.push({ staffId, blockId: added.data.id });
  }

  async #endBreak(): Promise<void> {
    const block = this.#blocks.shift();
    if (block !== undefined) await this.#claim('remove-block', { ...block, body: {} });
  }

  /** Desks write over their socket, like the page does. */
  #claim(operation: Operation, asked: Omit<Claim, 'operation'>) {
    return claim(this.#run, this.#screen, { operation, ...asked });
  }

  #claims(): ClaimReply[] {
    return [...this.board.columns.values()].flatMap(({ claims }) => [...claims.values()]);
  }

  #hasColumnOf(staffId: string): boolean {
    return [...this.board.columns.values()].some((column) => column.staffId === staffId);
  }
}
