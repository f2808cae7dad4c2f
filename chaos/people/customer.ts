import { randomUUID } from 'node:crypto';
import type { Chance } from '../../src/demo/chance.ts';
import { type AppointmentReply, appointment as appointmentSchema } from '../../src/protocol/appointments.ts';
import { type HoldReply, hold as holdSchema } from '../../src/protocol/holds.ts';
import { slotsReply } from '../../src/protocol/slots.ts';
import type { Operation, ShopFacts } from '../history/lines.ts';
import { Asker } from './asker.ts';
import { readOverRest } from './rest-wire.ts';
import type { Scene } from './scene.ts';
import { anyStart } from './times.ts';

type Wish = { readonly serviceId: string; readonly startsAt: string; readonly staffId?: string };

const READ_PATIENCE_MS = 4_000;
/** The first few times are what everybody clicks at. */
const HOT_OFFERS = 4;
/** Appointments that a customer keeps at a time; the oldest goes for the next one, or the shop would be full after a minute and say nothing but no. */
const MOST_KEPT = 1;
/** Somewhat longer than a hold lives. */
const TOO_LONG_MS = 4_500;

/** Somebody who looks for a time and books it, or thinks better of it, or does what one should not do: twice, too late, or with what is gone. */
export class Customer {
  readonly #scene: Scene;
  readonly #chance: Chance;
  readonly #asker: Asker;
  readonly #number: number;
  readonly #home: number;
  readonly #kept: AppointmentReply[] = [];

  constructor(scene: Scene, number: number) {
    this.#scene = scene;
    this.#number = number;
    this.#home = number % scene.world.nodes.length;
    this.#chance = scene.chance(number);
    const transport = Math.floor(number / scene.world.nodes.length) % 2 === 0 ? 'rest' : 'socket';
    this.#asker = new Asker(scene, { person: `customer ${number}`, as: 'guest', transport, home: this.#home, chance: this.#chance });
  }

  async play(): Promise<void> {
    while (!this.#scene.isOver) {
      const wish = await this.#choose();
      const booked = this.#chance.happens(0.65) ? await this.#holdFirst(wish) : await this.#book({ body: wish });
      if (booked !== undefined && !this.#scene.isOver) await this.#reconsider(booked);
      await this.#scene.pause(this.#chance.integer(40, 400));
    }
  }

  /** Half of them click at what is offered, half ask for what they have in mind, free or not; half do not mind who does it. */
  async #choose(): Promise<Wish> {
    const { shop } = this.#scene.world;
    const service = this.#chance.happens(0.5) ? (shop.services[0] ?? this.#chance.pick(shop.services)) : this.#chance.pick(shop.services);
    const offers = this.#chance.happens(0.5) ? await this.#offers(service) : [];
    if (offers.length > 0) return { serviceId: service.id, ...this.#chance.pick(this.#chance.happens(0.5) ? offers.slice(0, HOT_OFFERS) : offers) };
    const staffId = this.#chance.pick(shop.staff).id;
    return { serviceId: service.id, startsAt: anyStart(shop, service, this.#chance), ...(this.#chance.happens(0.7) && { staffId }) };
  }

  async #offers(service: ShopFacts['services'][number]): Promise<readonly Omit<Wish, 'serviceId'>[]> {
    const { recorder, world } = this.#scene;
    const question = { serviceId: service.id, from: world.shop.from, to: world.shop.to };
    const node = this.#chance.happens(0.5) ? this.#home : this.#chance.integer(0, world.nodes.length - 1);
    const askedAt = recorder.now();
    const path = `/v1/slots?serviceId=${question.serviceId}&from=${question.from}&to=${question.to}&timeZone=UTC`;
    const body = await readOverRest(world.nodes[node]?.url ?? '', path, { schema: slotsReply, token: null, patienceMs: READ_PATIENCE_MS });
    if (body === undefined) return [];
    recorder.write({ line: 'read', what: 'slots', node, askedAt, answeredAt: recorder.now(), question, body });
    return (body.slots ?? []).map(({ startsAt, staffId }) => ({ startsAt, ...(this.#chance.happens(0.5) && { staffId }) }));
  }

  /** Keeps the slot while typing; then books it, lets it go, or leaves it to run out. */
  async #holdFirst(wish: Wish): Promise<AppointmentReply | undefined> {
    const placed = await this.#asker.settle({ operation: 'place-hold', body: { id: randomUUID(), ...wish } });
    if (placed.type !== 'ok') return undefined;
    const read = holdSchema.safeParse(placed.body);
    if (!read.success || read.data.token === undefined) return this.#odd('hold', placed.body);
    const held: HoldReply & { token: string } = { ...read.data, token: read.data.token };
    const mine = { holdId: held.id, holdToken: held.token };
    await this.#scene.pause(this.#chance.integer(20, 500));
    if (this.#chance.happens(0.15)) await this.#asker.settle({ operation: 'renew-hold', ...mine, body: {} });
    const choice = this.#chance.next();
    if (choice < 0.1) await this.#scene.pause(TOO_LONG_MS);
    if (choice < 0.65) return this.#book({ holdToken: held.token, body: { holdId: held.id } });
    if (choice < 0.85) {
      await this.#asker.settle({ operation: 'release-hold', ...mine, body: {} });
      // What is let go is gone.
      if (this.#chance.happens(0.3)) await this.#asker.settle({ operation: this.#chance.pick<Operation>(['renew-hold', 'release-hold']), ...mine, body: {} });
    }
    return undefined;
  }

  async #book(asked: { readonly holdToken?: string; readonly body: object }): Promise<AppointmentReply | undefined> {
    const customer = { name: `Customer ${this.#number}`, email: `customer-${this.#number}@example.org` };
    const id = randomUUID();
    const body = { id, ...asked.body, customer, notes: `what I want for ${id}`, allowOverlap: true };
    const booked = await this.#asker.settle({ operation: 'book', ...asked, body });
    if (booked.type !== 'ok') return undefined;
    const read = appointmentSchema.safeParse(booked.body);
    return read.success ? read.data : this.#odd('appointment', booked.body);
  }

  async #reconsider(appointment: AppointmentReply): Promise<void> {
    const { serviceId } = appointment;
    const { shop } = this.#scene.world;
    const mine = mineOf(appointment);
    await this.#scene.pause(this.#chance.integer(20, 400));
    const service = shop.services.find((each) => each.id === serviceId);
    if (service !== undefined && this.#chance.happens(0.4)) {
      const body = { startsAt: anyStart(shop, service, this.#chance), staffId: this.#chance.pick(shop.staff).id, allowOverlap: true };
      await this.#asker.settle({ operation: 'reschedule', ...mine, body });
    }
    if (this.#scene.isOver) return;
    if (!this.#chance.happens(0.7)) return this.#keep(appointment);
    await this.#asker.settle({ operation: 'cancel', ...mine, body: { reason: 'changed my mind' } });
    if (this.#chance.happens(0.15)) await this.#asker.settle({ operation: 'cancel', ...mine, body: { reason: 'once more' } });
  }

  async #keep(appointment: AppointmentReply): Promise<void> {
    this.#kept.push(appointment);
    const oldest = this.#kept.length > MOST_KEPT ? this.#kept.shift() : undefined;
    if (oldest !== undefined) await this.#asker.settle({ operation: 'cancel', ...mineOf(oldest), body: { reason: 'another time suits me better' } });
  }

  #odd(what: string, body: object): undefined {
    this.#scene.recorder.surprise(`an answer that should be a ${what}: ${JSON.stringify(body)}`);
  }
}

function mineOf({ id, manageToken }: AppointmentReply): { readonly appointmentId: string; readonly manageToken?: string } {
  return { appointmentId: id, ...(manageToken !== undefined && { manageToken }) };
}
