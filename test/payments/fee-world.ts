// A no-show, its fee and the card that was kept for it, in virtual time: two desks charge, waive and undo, the customer pays by a link, cards are declined and removed, processes die, events get lost. All by a seed.
import { randomUUID } from 'node:crypto';
import type { Scheduler } from '../../src/actors/scheduler.ts';
import { stripePayments } from '../../src/integrations/stripe/stripe-payments.ts';
import { Deliveries } from '../../src/integrations/stripe-double/deliveries.ts';
import { StripeDouble } from '../../src/integrations/stripe-double/stripe-double.ts';
import { instant, MINUTE, SECOND } from '../../src/model/instant.ts';
import { openAtProvider } from '../../src/payments/begin-payment.ts';
import { balances } from '../../src/payments/ledger.ts';
import { feeAgreed, owedFor } from '../../src/payments/owed.ts';
import { paymentCalendars } from '../../src/payments/payment-calendars.ts';
import type { PaymentProvider } from '../../src/payments/payment-provider-port.ts';
import type { NewPayment } from '../../src/payments/payment-store-port.ts';
import { Payments } from '../../src/payments/payments.ts';
import { isFailed } from '../../src/protocol/reply.ts';
import { NOW, newAppointment } from '../actors/calendar/scene.ts';
import { MemoryStore, NO_MOVEMENTS } from './memory-store.ts';
import { Crash, crashing, randomFrom } from './money-world.ts';

export type PlantedInFees = 'nothing' | 'charge-twice' | 'charge-above-the-fee' | 'charge-although-waived' | 'charge-beside-a-link';
const FEE = { amount: 2_000, currency: 'EUR' };
const PRICE = { amount: 5_000, currency: 'EUR' };
const SECRETS = { secretKey: 'sk_test_double', webhookSecret: 'whsec_double' };
const CARDS = ['4242424242424242', '4242424242424242', '4000002760003184', '4000000000000341'];
const MOST_STEPS = 20;
const MOST_CHARGES = 3;
const LOG = { info() {}, warn() {}, error() {} };

export class FeeWorld {
  readonly #random: () => number;
  readonly #planted: PlantedInFees;
  readonly #store = new MemoryStore();
  readonly #double: StripeDouble;
  readonly #deliveries: Deliveries;
  readonly #payments: Payments;
  readonly #id = randomUUID();
  readonly violations: string[] = [];
  readonly #links = new Set<string>();
  #wasUndone = false;
  #status: 'no-show' | 'booked' = 'no-show';
  #now = NOW;
  #crashes = 0;

  constructor(seed: number, planted: PlantedInFees) {
    this.#random = randomFrom(seed);
    this.#planted = planted;
    this.#deliveries = new Deliveries({ drop: 0.3, duplicate: 0.3, delay: 0.5 }, this.#random);
    this.#double = new StripeDouble({ ...SECRETS, now: () => Math.floor(this.#now / SECOND), deliveries: this.#deliveries });
    const isCrash = () => this.#random() < this.#crashes;
    const { secretKey, webhookSecret } = SECRETS;
    const provider = stripePayments({
      name: 'test',
      secretKey,
      webhookSecrets: [webhookSecret],
      publishableKey: null,
      apiBase: null,
      fetch: this.#double.fetch,
    });
    this.#payments = new Payments({
      store: crashing(this.#seen(), ['byId', 'hasEvent', 'byProviderId', 'due', 'refundsOf', 'ofAppointment'], isCrash),
      provider: crashing(this.#watched(this.#broken(provider)), ['open'], isCrash),
      calendars: crashing(this.#calendars(), [], isCrash),
      movements: NO_MOVEMENTS,
      ...{ now: () => this.#now, paySeconds: 600, log: LOG },
    });
  }

  async run(): Promise<void> {
    await this.#keepCard();
    this.#crashes = 0.08;
    const steps = 4 + Math.floor(this.#random() * MOST_STEPS);
    for (let step = 0; step < steps; step += 1) await this.#surviving(() => this.#step());
    this.#crashes = 0;
    for (let minute = 0; minute < 180; minute += 15) await this.#look(15);
    this.#judge();
  }

  /** A card without a payment, as on the booking page. */
  async #keepCard(): Promise<void> {
    const keeper = await this.#store.add(this.#payment({ state: 'booked', money: { ...FEE, amount: 0 }, card: 'asked' }));
    const there = await this.#payments.provider.begin({ paymentId: keeper.id, money: keeper.money, description: 'Cut', keepsCard: true, reserves: false });
    this.#double.pay(there.clientSecret ?? '', CARDS[Math.floor(this.#random() * CARDS.length)] ?? '', true);
    await this.#store.change(keeper, { providerId: there.id, card: 'kept' });
  }

  #payment(more: Partial<NewPayment>): NewPayment {
    return {
      ...{ id: randomUUID(), holdId: null, appointmentId: this.#id, locationId: randomUUID(), state: 'held', method: 'test', money: FEE },
      ...{ received: 0, refunded: 0, taxPercent: null, providerId: null, payUntil: null, booking: null, alarm: null, card: null, isFee: false, refusal: null },
      ...{ createdAt: this.#now, lookAt: null, version: 1, ...more },
    };
  }

  async #step(): Promise<unknown> {
    if (this.#random() < 0.2) return this.#payByLink();
    const dice = this.#random();
    if (dice < 0.35) return this.#charge();
    if (dice < 0.5) return this.#deliveries.deliver(async (body) => this.#told(body), 3);
    if (dice < 0.65) return this.#look(Math.ceil(this.#random() * 6));
    if (dice < 0.75) return this.#store.waived.add(this.#id);
    if (dice < 0.82) return this.#store.waived.delete(this.#id);
    if (dice < 0.93) return this.#undo();
    if (dice < 0.96) return this.#double.detachCards();
    return this.#erase();
  }

  #undo(): void {
    this.#wasUndone = true;
    this.#status = this.#status === 'no-show' ? 'booked' : 'no-show';
  }

  #erase(): void {
    for (const payment of this.#store.payments.values())
      if (payment.card === 'kept') this.#store.payments.set(payment.id, { ...payment, card: 'leaving', lookAt: this.#now, version: payment.version + 1 });
  }

  /** As the desk does, by what it sees: what is due by the second of two nodes may be old. */
  async #charge(): Promise<void> {
    const isAsked = this.#status === 'no-show' && (this.#planted === 'charge-although-waived' || !this.#store.waived.has(this.#id));
    const hasCard = [...this.#store.payments.values()].some(({ card }) => card === 'kept');
    if (!isAsked || !hasCard) return;
    const fee = this.#payment({ isFee: true, payUntil: this.#payments.payUntil(), lookAt: this.#now });
    const waived = this.#planted === 'charge-although-waived' && this.#store.waived.delete(this.#id);
    const added = await this.#store.addFee(fee, MOST_CHARGES);
    if (waived) this.#store.waived.add(this.#id);
    if (typeof added !== 'string') await this.#payments.settle(added.id);
  }

  /** As the customer does, who may leave the page open. */
  async #payByLink(): Promise<void> {
    const paid = [...this.#store.payments.values()].reduce((sum, { received, refunded }) => sum + received - refunded, 0);
    if (owedFor(this.#appointment(), this.#store.waived.has(this.#id)) - paid < FEE.amount) return;
    const added = await this.#payments.store.addOpen(this.#payment({ payUntil: this.#payments.payUntil(), lookAt: this.#payments.payUntil() }));
    if (added.isFee) return this.#payments.settle(added.id);
    if (added.payUntil === null || added.payUntil <= this.#now) {
      await this.#payments.store.change(added, { payUntil: this.#now, lookAt: this.#now });
      return this.#payments.settle(added.id);
    }
    const begun = await openAtProvider(this.#payments, added, 'Cut', added.payUntil);
    if (isFailed(begun) || begun.clientSecret === null) return;
    this.#links.add(begun.clientSecret);
    if (this.#random() < 0.6) this.#double.pay(begun.clientSecret, CARDS[0] ?? '', true);
  }

  /** A link that was left open is paid at any moment. */
  #canPayByLink(): boolean {
    return this.#charged().some(({ client_secret, status }) => this.#links.has(client_secret ?? '') && status !== 'canceled' && status !== 'succeeded');
  }

  async #look(minutes: number): Promise<void> {
    this.#now = instant(this.#now + minutes * MINUTE);
    await this.#payments.lookAtOpen(new AbortController().signal);
  }

  async #told(body: string): Promise<boolean> {
    await this.#payments.takeEvent(Buffer.from(body), this.#double.sign(body));
    return true;
  }

  #appointment() {
    const policy = { cancelUntilMinutes: null, rescheduleUntilMinutes: null, refundRules: [], noShowFee: FEE, keepsCard: true } as const;
    return { ...newAppointment({ id: this.#id, price: PRICE, policy }), status: this.#status };
  }

  #seen(): MemoryStore {
    if (this.#planted !== 'charge-beside-a-link') return this.#store;
    const ofAppointment = async (id: string) => (await this.#store.ofAppointment(id)).filter(({ isFee, card }) => isFee || card !== null);
    return Object.assign(new MemoryStore(), this.#store, { ofAppointment });
  }

  #calendars() {
    // Only these are asked about an appointment that is there.
    const scheduler = { now: () => this.#now, appointment: async () => this.#appointment() } as unknown as Scheduler;
    const rest = { catalog: {} as never, appointments: { customerOf: async () => undefined }, knowsGivenUp: async () => true };
    const calendars = paymentCalendars({ ...rest, scheduler, store: this.#store });
    return this.#planted === 'charge-although-waived' ? { ...calendars, isHeld: async () => true } : calendars;
  }

  /** Whatever is charged is owed at that moment. */
  #watched(provider: PaymentProvider): PaymentProvider {
    return {
      ...provider,
      charge: async (asked) => {
        const before = this.#charged().length;
        const answer = await provider.charge(asked);
        const made = this.#charged().slice(before);
        const owed = owedFor(this.#appointment(), this.#store.waived.has(this.#id));
        if (made.length > 0 && (this.#status !== 'no-show' || owed === 0)) this.violations.push('charged although it was not owed');
        if (made.length > 0 && this.#canPayByLink()) this.violations.push('charged while the customer could pay by a link');
        if (made.length > 1) this.violations.push('charged twice');
        if (made.some(({ amount }) => amount > (feeAgreed(this.#appointment())?.amount ?? 0))) this.violations.push('charged above the fee');
        return answer;
      },
    };
  }

  #charged() {
    return Object.values(this.#double.state.intents);
  }

  #broken(provider: PaymentProvider): PaymentProvider {
    if (this.#planted === 'charge-twice')
      return {
        ...provider,
        charge: async (asked) => {
          await provider.charge({ ...asked, paymentId: randomUUID() });
          return provider.charge(asked);
        },
      };
    if (this.#planted === 'charge-above-the-fee')
      return { ...provider, charge: (asked) => provider.charge({ ...asked, money: { ...asked.money, amount: asked.money.amount + 1 } }) };
    return provider;
  }

  #judge(): void {
    const back = new Map<string, number>();
    for (const { payment_intent, amount } of Object.values(this.#double.state.refunds))
      back.set(String(payment_intent), (back.get(String(payment_intent)) ?? 0) + amount);
    const kept = this.#charged().map(({ id, amount_received }) => amount_received - (back.get(id) ?? 0));
    const sum = kept.reduce((total, amount) => total + amount, 0);
    // While they were not a no-show, the price was due, and a link paid more of it.
    const [most, times] = this.#wasUndone && this.#links.size > 0 ? [PRICE.amount, 2] : [FEE.amount, 1];
    if (sum > most || kept.filter((amount) => amount > 0).length > times) this.violations.push(`charged twice: ${sum}`);
    const accounts = balances([...this.#store.books.values()]);
    if ((accounts.get('EUR provider') ?? 0) !== sum) this.violations.push(`the ledger says ${accounts.get('EUR provider') ?? 0}, the provider ${sum}`);
    if (this.#store.told.length > 0) this.violations.push(`an alarm without a reason: ${this.#store.told[0]}`);
    for (const { id, state, card } of this.#store.payments.values()) {
      if (!['booked', 'refunded', 'closed'].includes(state)) this.violations.push(`a fee is ${state} for ever: ${id}`);
      if (card === 'leaving') this.violations.push(`a card is not forgotten: ${id}`);
    }
    const hasCustomer = Object.keys(this.#double.state.customers).length > 0;
    const isGone = [...this.#store.payments.values()].some(({ card }) => card === 'gone');
    if (isGone && hasCustomer) this.violations.push('a card is kept by the provider that was to be forgotten');
  }

  async #surviving(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (failure) {
      if (!(failure instanceof Crash)) throw failure;
    }
  }
}
