// What is reserved on a card, in virtual time: a customer reserves, comes or cancels, two desks take it, all or a part, or cash; cards are declined, processes die, events get lost, and days pass. All by a seed.
import { randomUUID } from 'node:crypto';
import type { Scheduler } from '../../src/actors/scheduler.ts';
import { stripePayments } from '../../src/integrations/stripe/stripe-payments.ts';
import { Deliveries } from '../../src/integrations/stripe-double/deliveries.ts';
import { StripeDouble } from '../../src/integrations/stripe-double/stripe-double.ts';
import { HOUR, instant, SECOND } from '../../src/model/instant.ts';
import { balances } from '../../src/payments/ledger.ts';
import { paymentCalendars } from '../../src/payments/payment-calendars.ts';
import type { PaymentProvider } from '../../src/payments/payment-provider-port.ts';
import type { Payment } from '../../src/payments/payment-store-port.ts';
import { Payments } from '../../src/payments/payments.ts';
import { keptOf } from '../../src/payments/refund-rules.ts';
import type { PaymentCalendars } from '../../src/payments/settle.ts';
import { NOW, newAppointment } from '../actors/calendar/scene.ts';
import { MemoryStore, NO_MOVEMENTS } from './memory-store.ts';
import { Crash, crashing, randomFrom } from './money-world.ts';

export type PlantedInReservations = 'nothing' | 'capture-twice' | 'capture-after-cancel' | 'book-what-is-reserved' | 'never-taken';
const PRICE = { amount: 5_000, currency: 'EUR' };
const SECRETS = { secretKey: 'sk_test_double', webhookSecret: 'whsec_double' };
const MOST_STEPS = 20;
const LOG = { info() {}, warn() {}, error() {} };

export class ReserveWorld {
  readonly #random: () => number;
  readonly #planted: PlantedInReservations;
  readonly #store = new MemoryStore();
  readonly #double: StripeDouble;
  readonly #deliveries: Deliveries;
  readonly #payments: Payments;
  readonly #id = randomUUID();
  readonly violations: string[] = [];
  #status: 'none' | 'booked' | 'checked-in' | 'no-show' | 'cancelled' = 'none';
  #keeps = 0;
  #takenBefore = 0;
  #now = NOW;
  #crashes = 0.08;

  constructor(seed: number, planted: PlantedInReservations) {
    this.#random = randomFrom(seed);
    this.#planted = planted;
    this.#deliveries = new Deliveries({ drop: 0.3, duplicate: 0.3, delay: 0.5 }, this.#random);
    this.#double = new StripeDouble({ ...SECRETS, now: () => Math.floor(this.#now / SECOND), deliveries: this.#deliveries });
    const isCrash = () => this.#random() < this.#crashes;
    const { secretKey, webhookSecret } = SECRETS;
    const access = { name: 'test', secretKey, webhookSecrets: [webhookSecret], publishableKey: null, apiBase: null, fetch: this.#double.fetch } as const;
    this.#payments = new Payments({
      store: crashing(this.#store, ['byId', 'hasEvent', 'byProviderId', 'due', 'refundsOf', 'ofAppointment'], isCrash),
      provider: crashing(this.#broken(stripePayments(access)), ['open'], isCrash),
      calendars: crashing(this.#calendars(), [], isCrash),
      movements: NO_MOVEMENTS,
      ...{ now: () => this.#now, paySeconds: 600, log: LOG },
    });
  }

  async run(): Promise<void> {
    await this.#surviving(() => this.#begin());
    const steps = 4 + Math.floor(this.#random() * MOST_STEPS);
    for (let step = 0; step < steps; step += 1) await this.#surviving(() => this.#step());
    this.#crashes = 0;
    for (let hours = 0; hours < 240; hours += 10) await this.#look(10);
    this.#judge();
  }

  async #begin(): Promise<void> {
    const draft = newAppointment({ id: this.#id, price: PRICE });
    const payment = await this.#store.add({
      ...{ id: randomUUID(), holdId: randomUUID(), appointmentId: this.#id, locationId: randomUUID(), state: 'held', method: 'test', money: PRICE },
      ...{ received: 0, refunded: 0, taxPercent: null, providerId: null, payUntil: this.#payments.payUntil(), alarm: null, card: null, isFee: false },
      ...{ booking: { draft } as unknown as Payment['booking'], refusal: null, createdAt: this.#now, lookAt: this.#payments.payUntil(), version: 1 },
      reservation: { capture: null, takeAt: null },
    });
    const there = await this.#payments.provider.begin({ paymentId: payment.id, money: PRICE, description: 'Cut', keepsCard: false, reserves: true });
    await this.#store.change(payment, { state: 'paying', providerId: there.id });
    if (this.#random() < 0.9) this.#double.pay(there.clientSecret ?? '', this.#random() < 0.9 ? '4242424242424242' : '4000000000000002', true);
  }

  async #step(): Promise<unknown> {
    const dice = this.#random();
    if (dice < 0.25) return this.#look(Math.ceil(this.#random() * 10) / 10);
    if (dice < 0.4) return this.#deliveries.deliver(async (body) => this.#told(body), 3);
    if (dice < 0.5) return this.#look(Math.ceil(this.#random() * 10));
    if (dice < 0.65 && this.#status === 'booked') this.#status = this.#random() < 0.8 ? 'checked-in' : 'no-show';
    if (dice < 0.72 && this.#status === 'checked-in') this.#status = 'booked';
    if (dice < 0.8 && this.#status === 'booked') return this.#cancel();
    if (dice < 0.95) return this.#take();
    return this.#cash();
  }

  /** What follows from the log follows at once. */
  #cancel(): void {
    this.#status = 'cancelled';
    this.#takenBefore = this.#taken();
    const percent = [100, 50, 0][Math.floor(this.#random() * 3)] ?? 0;
    this.#keeps = keptOf(PRICE, PRICE.amount, percent);
    this.#store.askForRefunds([{ id: `cancelled/${this.#id}`, appointmentId: this.#id, price: PRICE.amount, percent, why: 'cancelled', at: this.#now }]);
  }

  /** As the desk does, by what it sees. */
  async #take(): Promise<void> {
    const held = this.#held();
    if (held?.state !== 'reserved' || held.reservation === null || held.reservation.capture !== null || this.#status !== 'checked-in') return;
    const capture = this.#random() < 0.5 ? PRICE.amount : 1_500;
    await this.#payments.store.change(held, { reservation: { ...held.reservation, capture }, lookAt: this.#now });
    await this.#payments.settle(held.id);
  }

  async #cash(): Promise<void> {
    const held = this.#held();
    const isFree = held === undefined || (held.received === 0 && (held.reservation?.capture ?? 0) === 0);
    if (this.#status !== 'checked-in' || !isFree || this.#store.payments.size > 1) return;
    await this.#store.addAtDesk({
      ...{ id: randomUUID(), holdId: null, appointmentId: this.#id, locationId: randomUUID(), state: 'booked', method: 'cash', money: PRICE },
      ...{ received: PRICE.amount, refunded: 0, taxPercent: null, providerId: null, payUntil: null, booking: null, alarm: null, card: null },
      ...{ isFee: false, refusal: null, createdAt: this.#now, lookAt: null, version: 1 },
    });
  }

  #held(): Payment | undefined {
    return [...this.#store.payments.values()].find(({ reservation }) => reservation !== null);
  }

  async #look(hours: number): Promise<void> {
    this.#now = instant(this.#now + hours * HOUR);
    await this.#payments.lookAtOpen(new AbortController().signal);
  }

  async #told(body: string): Promise<boolean> {
    await this.#payments.takeEvent(Buffer.from(body), this.#double.sign(body));
    return true;
  }

  #calendars(): PaymentCalendars {
    const appointment = async () => (this.#status === 'none' ? undefined : { ...newAppointment({ id: this.#id, price: PRICE }), status: this.#status });
    // Only these are asked about an appointment that is there.
    const scheduler = { now: () => this.#now, appointment } as unknown as Scheduler;
    const rest = { catalog: {} as never, appointments: { customerOf: async () => undefined }, knowsGivenUp: async () => true };
    const { owed } = paymentCalendars({ ...rest, scheduler, store: this.#store });
    const isOver = () => this.#now > NOW + HOUR / 6;
    return {
      ...{ isHeld: async () => !isOver(), hasMade: async () => this.#status !== 'none', nearest: async () => [] },
      owed: this.#planted === 'never-taken' ? async () => null : owed,
      book: async (payment) => {
        if (this.#status !== 'none') return 'claimed';
        if (isOver() || payment.booking === null) return 'claim-refused';
        if (Object.values(this.#double.state.intents).every(({ status }) => status !== 'requires_capture'))
          this.violations.push('booked before it was reserved');
        this.#status = 'booked';
        return 'claimed';
      },
      claimAgain: async () => 'claim-refused',
    };
  }

  #broken(provider: PaymentProvider): PaymentProvider {
    if (this.#planted === 'capture-twice')
      return {
        ...provider,
        capture: async (asked) => {
          const taken = await provider.capture(asked);
          const again = await provider.begin({ paymentId: randomUUID(), money: PRICE, description: '', keepsCard: false, reserves: false });
          this.#double.pay(again.clientSecret ?? '', '4242424242424242', true);
          return taken;
        },
      };
    if (this.#planted === 'capture-after-cancel')
      return { ...provider, cancel: async (id) => (this.#status === 'cancelled' ? provider.capture({ id, amount: PRICE.amount }) : provider.cancel(id)) };
    if (this.#planted === 'book-what-is-reserved')
      return {
        ...provider,
        read: async (id) =>
          ((there) => (there?.status === 'authorised' ? ({ ...there, status: 'succeeded', received: there.money.amount } as const) : there))(
            await provider.read(id),
          ),
      };
    return provider;
  }

  #taken(): number {
    return Object.values(this.#double.state.intents).reduce((total, { amount_received }) => total + amount_received, 0);
  }

  #judge(): void {
    const back = Object.values(this.#double.state.refunds).reduce((sum, { amount }) => sum + amount, 0);
    const intents = Object.values(this.#double.state.intents);
    const sum = intents.reduce((total, { amount_received }) => total + amount_received, 0) - back;
    const provider = balances([...this.#store.books.values()]).get('EUR provider') ?? 0;
    if (provider !== sum) this.violations.push(`the ledger says ${provider}, the provider ${sum}`);
    const cash = [...this.#store.payments.values()].some(({ method }) => method === 'cash');
    if (this.#status === 'none' && sum > 0) this.violations.push('money kept without an appointment');
    if (this.#status === 'cancelled' && !cash && sum !== this.#keeps && intents[0]?.status !== 'canceled')
      this.violations.push(`of a cancelled appointment ${sum} is kept, and not ${this.#keeps}`);
    if (this.#status === 'cancelled' && this.#keeps === 0 && (sum > 0 || this.#taken() > this.#takenBefore))
      this.violations.push('taken after it was cancelled');
    if (this.#status === 'no-show' && sum > PRICE.amount) this.violations.push('taken beyond what was reserved');
    if (intents.some(({ status }) => status === 'requires_capture')) this.violations.push('it is reserved for ever');
    const lost = intents.some(({ cancellation_reason }) => cancellation_reason === 'automatic');
    if (lost) this.violations.push('the bank let go of it before it was taken');
    if (this.#store.told.length > 0 && !lost) this.violations.push(`an alarm without a reason: ${this.#store.told[0]}`);
    for (const { state, method } of this.#store.payments.values())
      if (method === 'test' && !['booked', 'refunded', 'closed'].includes(state)) this.violations.push(`a payment is ${state} for ever`);
  }

  async #surviving(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (failure) {
      if (!(failure instanceof Crash)) throw failure;
    }
  }
}
