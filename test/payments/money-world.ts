// A small world in virtual time: one calendar that decides with the real code, the double of Stripe behind the real implementation, customers who pay, and everything that goes wrong
// between them. All by a seed.
import { randomUUID } from 'node:crypto';
import type { CalendarCommand, CalendarEvent } from '../../src/actors/calendar/calendar.ts';
import { decide, dueExpiries } from '../../src/actors/calendar/decide.ts';
import { evolve } from '../../src/actors/calendar/evolve.ts';
import type { AppointmentDraft } from '../../src/actors/scheduler.ts';
import { stripePayments } from '../../src/integrations/stripe/stripe-payments.ts';
import { Deliveries } from '../../src/integrations/stripe-double/deliveries.ts';
import { StripeDouble } from '../../src/integrations/stripe-double/stripe-double.ts';
import { type Instant, instant, MINUTE, SECOND } from '../../src/model/instant.ts';
import { balances } from '../../src/payments/ledger.ts';
import type { PaymentProvider } from '../../src/payments/payment-provider-port.ts';
import type { Payment, PaymentStore } from '../../src/payments/payment-store-port.ts';
import { Payments } from '../../src/payments/payments.ts';
import { holdsGivenUp, refundsAsked } from '../../src/payments/refund-consumer.ts';
import type { PaymentCalendars } from '../../src/payments/settle.ts';
import { given, holdAt, later, NOW, newAppointment, STAFF, slotAt } from '../actors/calendar/scene.ts';
import { disputeFaults, MemoryStore, NO_MOVEMENTS, TAX_PERCENT, taxFaults } from './memory-store.ts';

/** The process has died there, before or after what it was about to do; the next one begins from what is written down. */
export class Crash extends Error {}

/** What is broken on purpose. */
export type Planted = 'nothing' | 'confirm-before-money' | 'refund-twice' | 'lose-a-late-success' | 'take-a-lost-dispute-for-won' | 'forget-what-was-given-up';
const DUE = { amount: 2_000, currency: 'EUR' };
const PAY_SECONDS = 600;
const SECRETS = { secretKey: 'sk_test_double', webhookSecret: 'whsec_double' };
const CARDS = ['4242424242424242', '4000000000000002', '4000002500003155'];
const POLICY = { cancelUntilMinutes: null, rescheduleUntilMinutes: null, refundRules: [{ untilMinutes: 60, percent: 50 }] };
const MOST_STEPS = 24;
const QUIET_MINUTES = 150;
/** Mulberry32: the same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const LOG = { info() {}, warn() {}, error() {} };

export class MoneyWorld {
  readonly #random: () => number;
  readonly #planted: Planted;
  readonly #store = new MemoryStore();
  readonly #calendar = given();
  readonly #answers = new Map<string, 'claimed' | 'claim-refused'>();
  readonly #deliveries: Deliveries;
  readonly #double: StripeDouble;
  readonly #payments: Payments;
  readonly #facts: CalendarEvent[] = [];
  readonly violations: string[] = [];
  #now = NOW;
  #crashes = 0.06;

  constructor(seed: number, planted: Planted) {
    this.#random = randomFrom(seed);
    this.#planted = planted;
    this.#deliveries = new Deliveries({ drop: 0.3, duplicate: 0.3, delay: 0.5 }, this.#random);
    this.#double = new StripeDouble({ ...SECRETS, now: () => Math.floor(this.#now / SECOND), deliveries: this.#deliveries });
    const { secretKey, webhookSecret } = SECRETS;
    const provider = this.#broken(
      stripePayments({ name: 'test', secretKey, webhookSecrets: [webhookSecret], publishableKey: null, apiBase: null, fetch: this.#double.fetch }),
    );
    this.#payments = new Payments({
      store: this.#crashing(this.#lossy(this.#store), ['byId', 'hasEvent', 'byProviderId', 'due', 'refundsOf']),
      provider: this.#crashing(provider, ['open']),
      calendars: this.#crashing(this.#calendars(), []),
      movements: NO_MOVEMENTS,
      ...{ now: () => this.#now, paySeconds: PAY_SECONDS, log: LOG },
    });
  }

  async run(): Promise<void> {
    const steps = 4 + Math.floor(this.#random() * MOST_STEPS);
    for (let step = 0; step < steps; step += 1) await this.#surviving(() => this.#step());
    this.#crashes = 0;
    for (let minute = 0; minute < QUIET_MINUTES; minute += 30) await this.#look(30);
    this.violations.push(...disputeFaults(this.#store, Object.values(this.#double.state.disputes)));
    for (const { id } of Object.values(this.#double.state.disputes)) this.#double.closeDispute(id, this.#random() < 0.5 ? 'won' : 'lost');
    for (let minute = 0; minute < QUIET_MINUTES; minute += 10) await this.#look(10);
    this.violations.push(...disputeFaults(this.#store, Object.values(this.#double.state.disputes)));
    this.#judge();
  }

  async #look(minutes: number): Promise<void> {
    this.#pass(minutes);
    await this.#payments.lookAtDisputes(new AbortController().signal);
    await this.#payments.lookAtOpen(new AbortController().signal);
  }

  async #step(): Promise<void> {
    const dice = this.#random();
    if (dice < 0.2) return this.#begin();
    if (dice < 0.45) return this.#pay();
    if (dice < 0.6) return this.#deliveries.deliver(async (body) => this.#told(body), 3);
    if (dice < 0.72) return this.#payments.lookAtOpen(new AbortController().signal);
    if (dice < 0.84) return this.#pass(Math.ceil(this.#random() * 6));
    if (dice < 0.88) return this.#cancel();
    if (dice < 0.94) return this.#dispute();
    if (dice < 0.97) return void this.#decided({ type: 'release-hold', holdId: this.#any(this.#calendar.holds.keys()) ?? '', proof: this.#holder() });
    return void this.#decided({ type: 'book', slot: slotAt(120), appointment: newAppointment({ id: randomUUID() }), approval: 'automatic' });
  }

  /** As `beginPayment`: each of its steps may be the last. */
  async #begin(): Promise<void> {
    const hold = { ...holdAt(120), id: randomUUID(), placedAt: this.#now, expiresAt: instant(this.#now + 5 * MINUTE) };
    const terms = { serviceName: 'Cut', price: DUE, due: DUE, policy: POLICY, approval: 'automatic', locationId: randomUUID(), timeZone: 'UTC' } as const;
    const place = {
      type: 'place-hold',
      holdId: hold.id,
      staffId: STAFF,
      slot: slotAt(120),
      holder: { tokenFor: hold.id, userId: null },
      holdSeconds: 300,
      terms,
    } as const;
    if (!this.#decided(place)) return;
    const { staffId: _, customerId: _c, ...draft } = newAppointment({ id: randomUUID(), policy: POLICY, price: DUE });
    const payUntil = this.#payments.payUntil();
    const payment = await this.#payments.store.add({
      ...{ id: randomUUID(), holdId: hold.id, appointmentId: draft.id, locationId: terms.locationId },
      ...{ state: 'held', method: 'test', money: DUE, received: 0, refunded: 0, taxPercent: TAX_PERCENT },
      ...{ providerId: null, payUntil, booking: bookingOf(draft), alarm: null, createdAt: this.#now, lookAt: payUntil, version: 1 },
      ...{ card: this.#random() < 0.5 ? 'asked' : null, isFee: false, refusal: null },
    });
    if (!this.#decided({ type: 'begin-paying', holdId: hold.id, proof: { tokenFor: hold.id, userId: null }, paySeconds: PAY_SECONDS })) return;
    const asked = { paymentId: payment.id, money: DUE, description: 'Cut', keepsCard: payment.card !== null, reserves: false };
    const there = await this.#payments.provider.begin(asked);
    await this.#payments.store.change(payment, { state: 'paying', providerId: there.id, payUntil, lookAt: payUntil });
  }

  async #pay(): Promise<void> {
    // Only what a page was told of can be paid: it is written down before.
    const told = new Set([...this.#store.payments.values()].map(({ providerId }) => providerId));
    const intent = this.#any(Object.values(this.#double.state.intents).filter(({ id }) => told.has(id)));
    if (intent?.client_secret == null) return;
    const authenticated = this.#random() < 0.5 ? null : this.#random() < 0.7;
    this.#double.pay(intent.client_secret, this.#any(CARDS) ?? '', authenticated);
  }

  #dispute(): void {
    const { intents, disputes } = this.#double.state;
    const open = this.#any(Object.values(disputes).filter(({ status }) => status.endsWith('needs_response')));
    const [dice, isWarning] = [this.#random(), this.#random() < 0.4];
    if (open !== undefined && dice < 0.35) this.#double.closeDispute(open.id, this.#random() < 0.5 ? 'won' : 'lost');
    else if (open !== undefined && dice < 0.65) this.#double.escalateDispute(open.id);
    else this.#double.openDispute(this.#any(Object.keys(intents)) ?? '', { isWarning, ...(dice < 0.85 && { most: DUE.amount * 0.4 }) });
  }

  async #told(body: string): Promise<boolean> {
    await this.#payments.takeEvent(Buffer.from(body), this.#double.sign(body));
    return true;
  }

  #cancel(): void {
    const gone = new Set(this.#facts.flatMap((fact) => (fact.type === 'appointment.cancelled' ? [fact.appointment.id] : [])));
    const booked = this.#facts.flatMap((fact) => (fact.type === 'appointment.booked' && !gone.has(fact.appointment.id) ? [fact.appointment] : []));
    const appointment = this.#any(booked);
    if (appointment !== undefined) this.#decided({ type: 'cancel', appointment, waivePolicy: this.#random() < 0.5 });
  }

  #calendars(): PaymentCalendars {
    const once = (key: string, command: CalendarCommand) => {
      const answer = this.#answers.get(key) ?? (this.#decided(command) ? 'claimed' : 'claim-refused');
      this.#answers.set(key, answer);
      return answer;
    };
    const appointmentOf = ({ appointmentId, id, money }: Payment) =>
      newAppointment({ id: appointmentId, policy: POLICY, price: DUE, payment: { due: money, paymentId: id } });
    return {
      isHeld: async ({ holdId }) => this.#calendar.holds.has(holdId ?? ''),
      hasMade: async ({ id }) => this.#facts.some((fact) => fact.type === 'appointment.booked' && fact.appointment.payment?.paymentId === id),
      book: async (payment) => {
        const { holdId, providerId } = payment;
        const proof = { tokenFor: holdId, userId: null };
        return once(`book/${providerId}`, { type: 'confirm-hold', holdId: holdId ?? '', proof, appointment: appointmentOf(payment), approval: 'automatic' });
      },
      ...{ owed: async () => null, nearest: async () => [] },
      claimAgain: async (payment) =>
        payment.booking === null || payment.booking.isGivenUp
          ? 'claim-refused'
          : once(`again/${payment.providerId}`, { type: 'book', slot: slotAt(120), appointment: appointmentOf(payment), approval: 'automatic' }),
    };
  }

  /** Whether it was accepted. What follows from the log follows at once: its consumer has a position of its own. */
  #decided(command: CalendarCommand): boolean {
    const expired = dueExpiries(this.#calendar, this.#now);
    for (const event of expired) evolve(this.#calendar, event);
    const decision = decide(this.#calendar, command, this.#now);
    if (!('events' in decision)) return false;
    for (const event of decision.events) {
      evolve(this.#calendar, event);
      this.#facts.push(event);
      if (event.type === 'appointment.booked') this.#watchBooking(event.appointment.payment?.paymentId ?? null);
    }
    const logged = {
      ...{ at: this.#now, events: decision.events, calendarId: '', base: 0, revision: 0, epoch: 0, by: null, requestId: null },
      ...{ xid: '0', position: '0', entryId: '' },
    };
    this.#store.askForRefunds(refundsAsked([logged]));
    if (this.#planted !== 'forget-what-was-given-up') this.#store.noteGivenUp(holdsGivenUp([logged]));
    return true;
  }

  #watchBooking(paymentId: string | null): void {
    if (paymentId === null) return;
    const intent = this.#intentOf(paymentId);
    if (intent?.status !== 'succeeded') this.violations.push(`booked before money: ${paymentId}`);
    const holdId = this.#store.payments.get(paymentId)?.holdId;
    if (this.#facts.some((fact) => fact.type === 'hold.released' && fact.hold.id === holdId))
      this.violations.push(`booked after it was given up: ${paymentId}`);
    if (this.#facts.filter((fact) => fact.type === 'appointment.booked' && fact.appointment.payment?.paymentId === paymentId).length > 1)
      this.violations.push(`two appointments for one payment: ${paymentId}`);
  }

  #judge(): void {
    const booked = new Set(this.#facts.flatMap((fact) => (fact.type === 'appointment.booked' ? [fact.appointment.payment?.paymentId] : [])));
    const back = new Map<string, number>();
    for (const { payment_intent, amount } of Object.values(this.#double.state.refunds))
      back.set(String(payment_intent), (back.get(String(payment_intent)) ?? 0) + amount);
    for (const { payment_intent, amount, status } of Object.values(this.#double.state.disputes))
      if (status === 'lost') back.set(String(payment_intent), (back.get(String(payment_intent)) ?? 0) + amount);
    let sum = 0;
    for (const { id, amount_received, metadata } of Object.values(this.#double.state.intents)) {
      const kept = amount_received - (back.get(id) ?? 0);
      sum += kept;
      if (kept > 0 && !booked.has(metadata.paymentId)) this.violations.push(`money kept without an appointment: ${id}`);
    }
    for (const fact of this.#facts)
      if (fact.type === 'appointment.cancelled' && fact.appointment.payment?.paymentId != null) {
        const intent = this.#intentOf(fact.appointment.payment.paymentId);
        const owed = fact.appointment.reasonBy === 'business' ? DUE.amount : null;
        if (owed !== null && (back.get(intent?.id ?? '') ?? 0) !== owed) this.violations.push(`the business has cancelled and kept money: ${intent?.id}`);
      }
    this.violations.push(...taxFaults(this.#store));
    const accounts = balances([...this.#store.books.values()]);
    if ([...accounts.values()].reduce((total, amount) => total + amount, 0) !== 0) this.violations.push('the ledger is not balanced');
    if ((accounts.get('EUR provider') ?? 0) !== sum) this.violations.push(`the ledger says ${accounts.get('EUR provider') ?? 0}, the provider ${sum}`);
    const alarms = this.#store.told.filter((why) => !/^(dispute-|claim-refused)/.test(why));
    if (alarms.length > 0) this.violations.push(`an alarm without a reason: ${alarms[0]}`);
    for (const { state, id } of this.#store.payments.values())
      if (!['booked', 'refunded', 'closed'].includes(state)) this.violations.push(`a payment is ${state} for ever: ${id}`);
  }

  #intentOf(paymentId: string) {
    return Object.values(this.#double.state.intents).find(({ metadata }) => metadata.paymentId === paymentId);
  }

  #pass(minutes: number): void {
    this.#now = instant(this.#now + minutes * MINUTE) as Instant;
    for (const event of dueExpiries(this.#calendar, this.#now)) evolve(this.#calendar, event);
  }

  #holder() {
    return { tokenFor: this.#any(this.#calendar.holds.keys()) ?? '', userId: null };
  }

  #any<Item>(items: Iterable<Item>): Item | undefined {
    const all = [...items];
    return all[Math.floor(this.#random() * all.length)];
  }

  async #surviving(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (failure) {
      if (!(failure instanceof Crash)) throw failure;
    }
  }

  #crashing<Part extends object>(part: Part, safe: readonly (keyof Part)[]): Part {
    return crashing(part, safe, () => this.#random() < this.#crashes);
  }

  #broken(provider: PaymentProvider): PaymentProvider {
    if (this.#planted === 'confirm-before-money')
      return {
        ...provider,
        read: async (id) => ((there) => there && ({ ...there, status: 'succeeded', received: there.money.amount } as const))(await provider.read(id)),
      };
    if (this.#planted === 'take-a-lost-dispute-for-won')
      return { ...provider, disputes: async (of) => (await provider.disputes(of)).map((one) => (one.status === 'lost' ? { ...one, status: 'won' } : one)) };
    if (this.#planted === 'refund-twice') return { ...provider, refund: (asked) => provider.refund({ ...asked, refundId: randomUUID() }) };
    return provider;
  }

  #lossy(store: MemoryStore): PaymentStore {
    if (this.#planted !== 'lose-a-late-success') return store;
    const change: PaymentStore['change'] = (payment, changes) =>
      store.change(payment, changes.state === 'paid-late' ? { ...changes, state: 'closed', lookAt: null } : changes);
    return new Proxy(store, { get: (target, name) => (name === 'change' ? change : Reflect.get(target, name)) });
  }
}

/** Every call may be the last of its process, before or after it was done. */
export function crashing<Part extends object>(part: Part, safe: readonly (keyof Part)[], isNow: () => boolean): Part {
  const crash = () => {
    if (isNow()) throw new Crash();
  };
  return new Proxy(part, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function' || safe.some((one) => one === name)) return typeof method === 'function' ? method.bind(target) : method;
      return async (...given: unknown[]) => {
        crash();
        const result: unknown = await method.apply(target, given);
        crash();
        return result;
      };
    },
  });
}

function bookingOf(draft: AppointmentDraft): Payment['booking'] {
  const details = {
    name: 'Ada',
    email: 'ada@example.org',
    phone: null,
    phoneE164: null,
    notes: null,
    staffNotes: null,
    answers: {},
    reason: null,
    overrideReason: null,
  };
  const slot = { serviceId: draft.serviceId, staffId: STAFF, startsAt: later(120), endsAt: later(150), seats: 1 };
  return { draft, approval: 'automatic', customerId: null, details, slot };
}
