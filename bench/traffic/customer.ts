import type { Chance } from '../../src/demo/chance.ts';
import { type AppointmentReply, appointment as appointmentSchema } from '../../src/protocol/appointments.ts';
import { type HoldReply, hold as holdSchema } from '../../src/protocol/holds.ts';
import { slotsReply } from '../../src/protocol/slots.ts';
import { type Caller, type Claim, claim } from './claims.ts';
import { RestCaller } from './rest-caller.ts';
import type { Run } from './run.ts';
import { ScreenSocket } from './screen-socket.ts';
import { type Shop, type Wish, wishOf } from './shop.ts';
import { SlotsModel } from './slots-model.ts';

type Offer = { readonly startsAt: string; readonly staffId: string };
/** A slot list that is open on a customer's screen when the run ends. */
export type OpenSlots = { readonly model: SlotsModel; readonly wish: Wish };

const WATCH = 'slots';
/** Rounds for which one slot list stays open. */
const ROUNDS_PER_WATCH = 6;
/** The first few times are what everybody clicks at. */
const HOT_OFFERS = 3;

/** Somebody who looks for a time and books it, or thinks better of it. Half of them have the page open, half come through an integration. */
export class Customer {
  readonly #run: Run;
  readonly #shop: Shop;
  readonly #chance: Chance;
  readonly #number: number;
  readonly #screen: ScreenSocket | undefined;
  readonly #rest: RestCaller;
  #open: OpenSlots | undefined;

  constructor(run: Run, shop: Shop, number: number) {
    this.#run = run;
    this.#shop = shop;
    this.#number = number;
    this.#chance = run.chance(number);
    this.#rest = new RestCaller(run, null);
    this.#screen = number % 2 === 0 ? new ScreenSocket(run, null) : undefined;
  }

  get open(): OpenSlots | undefined {
    return this.#open;
  }

  async play(): Promise<void> {
    for (let round = 0; !this.#run.isOver; round += 1) {
      const wish = await this.#look(round);
      const offers = wish === undefined ? [] : await this.#offers(wish);
      if (wish !== undefined && offers.length > 0) await this.#act(wish, offers);
      await this.#run.pause(this.#chance.integer(50, 500));
    }
  }

  close(): void {
    this.#screen?.close();
  }

  get #caller(): Caller {
    return this.#screen ?? this.#rest;
  }

  async #look(round: number): Promise<Wish | undefined> {
    if (this.#screen === undefined) return wishOf(this.#shop, this.#chance);
    if (this.#open !== undefined && round % ROUNDS_PER_WATCH !== 0) return this.#open.wish;
    const wish = wishOf(this.#shop, this.#chance);
    const model = new SlotsModel();
    const { from, to, service } = wish;
    this.#open = undefined;
    const isOpen = await this.#screen.watchSlots(WATCH, { serviceId: service.id, from, to }, model);
    if (isOpen) this.#open = { model, wish };
    return isOpen ? wish : undefined;
  }

  async #offers(wish: Wish): Promise<readonly Offer[]> {
    if (this.#open !== undefined) {
      const starts = [...this.#open.model.columns.values()].flatMap(({ staffId, starts: column }) => [...column].map((at) => ({ at, staffId })));
      return starts.sort((one, other) => one.at - other.at).map(({ at, staffId }) => ({ startsAt: new Date(at).toISOString(), staffId }));
    }
    const { service, from, to } = wish;
    return (await this.#rest.read(`/v1/slots?serviceId=${service.id}&from=${from}&to=${to}`, slotsReply))?.slots ?? [];
  }

  async #act(wish: Wish, offers: readonly Offer[]): Promise<void> {
    const offer = this.#chance.pick(wish.isHot ? offers.slice(0, HOT_OFFERS) : offers);
    const booked = this.#chance.happens(0.65)
      ? await this.#holdFirst(wish, offer)
      : await this.#book({ body: { ...this.#slot(wish, offer), ...this.#person() } });
    if (booked === undefined || this.#run.isOver) return;
    await this.#run.pause(this.#chance.integer(20, 300));
    const { manageToken } = booked;
    const mine = { appointmentId: booked.id, ...(manageToken !== undefined && { manageToken }) };
    if (this.#chance.happens(0.25)) {
      const other = this.#chance.pick(offers);
      await claim(this.#run, this.#caller, {
        operation: 'reschedule',
        ...mine,
        body: { startsAt: other.startsAt, staffId: other.staffId, allowOverlap: true },
      });
    }
    if (this.#chance.happens(0.5)) await claim(this.#run, this.#caller, { operation: 'cancel', ...mine, body: { reason: 'changed my mind' } });
  }

  /** Keeps the slot while typing; then books it, lets it go, or simply closes the page and lets it run out. */
  async #holdFirst(wish: Wish, offer: Offer): Promise<AppointmentReply | undefined> {
    const placed = await claim(this.#run, this.#caller, { operation: 'place-hold', body: this.#slot(wish, offer) });
    if (placed.type !== 'ok') return undefined;
    const read = holdSchema.safeParse(placed.body);
    if (!read.success || read.data.token === undefined) return this.#odd('hold', placed.body);
    const held: HoldReply & { token: string } = { ...read.data, token: read.data.token };
    await this.#run.pause(this.#chance.integer(30, 400));
    const mine = { holdId: held.id, holdToken: held.token };
    if (this.#chance.happens(0.1)) await claim(this.#run, this.#caller, { operation: 'renew-hold', ...mine, body: {} });
    const choice = this.#chance.next();
    if (choice < 0.7) return this.#book({ holdToken: held.token, body: { holdId: held.id, ...this.#person() } });
    if (choice < 0.9) await claim(this.#run, this.#caller, { operation: 'release-hold', ...mine, body: {} });
    return undefined;
  }

  async #book(asked: Omit<Claim, 'operation'>): Promise<AppointmentReply | undefined> {
    const booked = await claim(this.#run, this.#caller, { operation: 'book', ...asked });
    if (booked.type !== 'ok') return undefined;
    const read = appointmentSchema.safeParse(booked.body);
    return read.success ? read.data : this.#odd('appointment', booked.body);
  }

  #odd(what: string, body: object): undefined {
    this.#run.tally.surprise(`an answer that should be a ${what}: ${JSON.stringify(body)}`);
  }

  #slot({ service }: Wish, { startsAt, staffId }: Offer) {
    // Half of them do not mind who does it.
    return { serviceId: service.id, startsAt, ...(this.#chance.happens(0.5) && { staffId }) };
  }

  #person() {
    return { customer: { name: `Traffic ${this.#number}`, email: `traffic-${this.#number}@example.org` }, allowOverlap: true };
  }
}
