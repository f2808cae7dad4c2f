import { createHash } from 'node:crypto';
import type { Answer, AppointmentDraft, BookedFor, Candidate, ClaimAsk, RequestKey, SchedulerCommand } from '../../src/actors/scheduler.ts';
import { packBusy } from '../../src/model/external-busy.ts';
import { instant, MINUTE } from '../../src/model/instant.ts';
import type { Asked, Attempt, Version } from './history.ts';
import { definiteOf, isFinished, isOutdated } from './history.ts';
import { type Act, isInTime, type OnAppointment, type Person, type Step } from './plan.ts';
import type { Random } from './random.ts';
import { lookFor } from './read-trail.ts';
import { BEGINNING, ELSEWHERE, POLICY, PRICE, slotAt } from './scene.ts';
import { CUT, uuidFrom } from './simulated-process.ts';
import type { Mine, World } from './world.ts';

/** A person who could not ask, or got no answer, tries again after this; milliseconds. */
const AGAIN_MS = { least: 5, most: 1_500 };

/** In every text that is typed about a person, and in nothing else. */
export const TYPED = 'quagga';
const ADDRESSES = 6;

/** How likely it is that a key is asked once more, where keys are forgotten. */
const REPEATS = 0.3;

/** How long somebody waits for one answer. */
const IMPATIENCE_MS = { least: 800, most: 14_000 };

/** Somebody who asks for things, one after the other, and remembers what they have. */
export class SimulatedPerson {
  readonly #world: World;
  readonly #plan: Person;
  readonly #random: Random;
  readonly #repeats: Random;
  readonly #holds: Mine[] = [];
  readonly #appointments: Mine[] = [];
  readonly #blocks: Mine[] = [];
  #count = 0;

  constructor(world: World, plan: Person) {
    this.#world = world;
    this.#plan = plan;
    this.#random = world.random.fork(plan.name);
    this.#repeats = world.random.fork(`repeats of ${plan.name}`);
  }

  async live(): Promise<void> {
    await this.#world.time.sleep(this.#plan.startsAt);
    for (const step of this.#plan.steps) {
      await this.#world.time.sleep(step.pause);
      if (this.#world.isClosing) return;
      const command = this.#commandFor(step.act);
      if (command !== undefined) await this.#ask(step, command, await this.#look(step, command));
    }
  }

  /** Every other request is by somebody who is logged in, so that both kinds meet in one commit. */
  #requestFor(command: SchedulerCommand): RequestKey {
    const { name } = this.#plan;
    const request = { caller: name, key: `${name} ${this.#count}`, fingerprint: createHash('sha256').update(JSON.stringify(command)).digest('base64url') };
    if (this.#count % 2 === 0) return request;
    return { ...request, by: { kind: 'user', id: name, name: null, role: 'customer', address: '', requestId: request.key } };
  }

  /** Reads the appointment and thinks about it. A read that fails has shown nothing. */
  async #look({ act, node }: Step, command: SchedulerCommand): Promise<Version | undefined> {
    const running = this.#world.machines[node]?.running;
    if (!('looks' in act) || act.looks === undefined || !('appointmentId' in command) || running === undefined) return undefined;
    const record = await running.process.ask(() => running.node.appointment(command.appointmentId)).catch(() => undefined);
    if (record === undefined || record === CUT) return undefined;
    await this.#world.time.sleep(act.looks);
    return { calendarId: record.calendarId, revision: record.revision };
  }

  async #ask(step: Step, thought: SchedulerCommand, saw: Version | undefined): Promise<void> {
    const command = saw === undefined ? thought : ({ ...thought, basedOn: saw } as SchedulerCommand);
    const request = this.#requestFor(command);
    const asked: Asked = { person: this.#plan.name, request, command, saw, attempts: [] };
    this.#world.history.asked.push(asked);
    const twin = step.twin === null ? undefined : this.#world.time.sleep(step.twin.after).then(() => this.#attempt(asked, step.twin?.node ?? step.node, 'ask'));
    let node = step.node;
    for (let attempt = 0; attempt <= step.patience && definiteOf(asked) === undefined && !isOutdated(asked); attempt += 1) {
      if (attempt > 0) {
        await this.#world.time.sleep(this.#random.between(AGAIN_MS.least, AGAIN_MS.most));
        node = this.#random.below(this.#world.machines.length);
        if (!isInTime(this.#world.plan, asked, this.#world.time.now)) break;
      }
      await this.#attempt(asked, node, 'ask');
    }
    if (definiteOf(asked) === undefined && (step.abandons || isOutdated(asked)) && isInTime(this.#world.plan, asked, this.#world.time.now))
      await this.#attempt(asked, node, 'abandon');
    await twin;
    this.#remember(asked, command);
    if (this.#world.plan.retention !== null && this.#repeats.chance(REPEATS)) void this.#repeat(asked, this.#world.plan.retention.keyMs);
  }

  /** Asks once more as long as the key has its time, whatever has been answered. */
  async #repeat(asked: Asked, keyMs: number): Promise<void> {
    const node = this.#repeats.below(this.#world.machines.length);
    await this.#world.time.sleep(this.#repeats.between(0, keyMs));
    if (isInTime(this.#world.plan, asked, this.#world.time.now)) await this.#attempt(asked, node, 'ask');
  }

  /** Nobody waits for ever; an answer that comes later is an answer all the same. */
  async #attempt(asked: Asked, node: number, kind: Attempt['kind']): Promise<void> {
    const limit = this.#world.time.sleep(this.#random.between(IMPATIENCE_MS.least, IMPATIENCE_MS.most));
    await Promise.race([attemptOn(this.#world, asked, node, kind), limit]);
  }

  /** What was refused is not theirs; of what nobody knows they may have it. */
  #remember(asked: Asked, command: SchedulerCommand): void {
    if (definiteOf(asked)?.outcome === 'no') return;
    const serviceOf = (serviceId: string) => this.#world.serviceOf(serviceId);
    if (command.type === 'place-hold') {
      this.#holds.unshift({ id: command.holdId, service: serviceOf(command.ask.terms.serviceId), userId: command.holder.userId });
    } else if (command.type === 'book' || command.type === 'confirm-hold') {
      const appointment = { id: command.draft.id, service: serviceOf(command.draft.serviceId), userId: null };
      this.#appointments.unshift(appointment);
      this.#world.appointments.unshift(appointment);
    } else if (command.type === 'add-block') this.#blocks.unshift({ id: command.block.id, service: 0, userId: null });
  }

  #commandFor(act: Act): SchedulerCommand | undefined {
    this.#count += 1;
    switch (act.type) {
      case 'hold': {
        const userId = act.user ? this.#plan.name : null;
        const ask = this.#claim(act, act.service);
        return { type: 'place-hold', holdId: this.#newId(), ask, holder: { tokenFor: null, userId }, holdSeconds: act.seconds };
      }
      case 'renew':
      case 'release':
      case 'confirm':
        return this.#onHold(act);
      case 'book':
        return this.#booking(act);
      case 'cancel':
      case 'approve':
      case 'check-in':
      case 'reopen':
      case 'reschedule':
        return this.#onAppointment(act);
      case 'edit':
        return this.#onEdited(act);
      case 'block': {
        const startsAt = slotAt(act.slot);
        const block = { id: this.#newId(), startsAt, endsAt: instant(startsAt + 30 * MINUTE), reason: 'a pause' };
        return { type: 'add-block', calendarId: this.#candidate(act.calendar).calendarId, block };
      }
      case 'unblock': {
        const block = this.#blocks[act.which];
        return block === undefined ? undefined : { type: 'remove-block', calendarId: this.#candidate(act.calendar).calendarId, blockId: block.id };
      }
      case 'time-off': {
        const startsAt = slotAt(act.slot);
        const timeOff = { id: this.#newId(), startsAt, endsAt: instant(startsAt + 10 * MINUTE), reason: null };
        return { type: 'change-hours', calendarId: this.#candidate(act.calendar).calendarId, change: { type: 'add-time-off', timeOff } };
      }
      case 'retire':
      case 'reinstate':
        return { type: 'change-hours', calendarId: this.#candidate(act.calendar).calendarId, change: { type: act.type } };
      case 'busy-elsewhere': {
        const startsAt = slotAt(act.slot);
        const busy = packBusy([startsAt, startsAt + 10 * MINUTE, startsAt + 60 * MINUTE, startsAt + 70 * MINUTE]);
        const { calendarId } = this.#candidate(act.calendar);
        return { type: 'change-external', calendarId, externalCalendarId: ELSEWHERE, change: { type: 'replace', busy } };
      }
      default:
        return act satisfies never;
    }
  }

  #booking(act: Extract<Act, { type: 'book' }>): SchedulerCommand {
    const { customerId, details } = this.#bookedFor();
    const ask = this.#claim(act, act.service);
    const told = { ...details, overrideReason: reasonOf(act) };
    return { type: 'book', ask, draft: { ...this.#draft(act.service), override: ask.override }, approval: act.approval, customerId, details: told };
  }

  #onHold(act: Extract<Act, { type: 'renew' | 'release' | 'confirm' }>): SchedulerCommand | undefined {
    const hold = this.#holds[act.which];
    if (hold === undefined) return undefined;
    const proof = hold.userId === null ? { tokenFor: hold.id, userId: null } : { tokenFor: null, userId: hold.userId };
    const holdId = hold.id;
    if (act.type === 'renew') return { type: 'renew-hold', holdId, proof, holdSeconds: act.seconds };
    if (act.type === 'release') return { type: 'release-hold', holdId, proof };
    return { type: 'confirm-hold', holdId, proof, draft: this.#draft(hold.service), approval: 'automatic', ...this.#bookedFor() };
  }

  #meant({ which, isAnyones }: OnAppointment): Mine | undefined {
    return (isAnyones ? this.#world.appointments : this.#appointments)[which];
  }

  #onAppointment(act: Extract<Act, { type: 'cancel' | 'approve' | 'check-in' | 'reopen' | 'reschedule' }>): SchedulerCommand | undefined {
    const appointment = this.#meant(act);
    if (appointment === undefined) return undefined;
    const appointmentId = appointment.id;
    if (act.type === 'cancel') return { type: 'cancel', appointmentId, reason: `${TYPED} could not come`, waivePolicy: false };
    if (act.type !== 'reschedule') return { type: act.type, appointmentId };
    return { type: 'reschedule', appointmentId, ask: this.#claim(act, appointment.service), waivePolicy: false, overrideReason: reasonOf(act) };
  }

  #onEdited(act: Extract<Act, { type: 'edit' }>): SchedulerCommand | undefined {
    const { which, minutes, calendar, rooms = [], isOver } = act;
    const appointment = this.#meant(act);
    if (appointment === undefined) return undefined;
    const details = { notes: `${TYPED} ${this.#count}`, ...(isOver && { overrideReason: reasonOf(act) }) };
    // A price that no other edit says.
    const price = { amount: this.#random.below(1_000_000), currency: 'EUR' };
    const edit = { fields: ['notes', 'price'], terms: { price }, minutes } as const;
    const ask = minutes === null ? null : this.#claim({ ...act, type: 'reschedule', which, calendars: [calendar], slot: 0, rooms }, appointment.service);
    return { type: 'edit', appointmentId: appointment.id, edit, ask, details };
  }

  #candidate(number: number): Candidate {
    const { everyCalendar } = this.#world;
    const candidate = everyCalendar[number % everyCalendar.length];
    if (candidate === undefined) throw new Error(`there is no calendar ${number}`);
    return candidate;
  }

  #claim(act: Extract<Act, { type: 'hold' | 'book' | 'reschedule' }>, service: number): ClaimAsk {
    const { calendars, slot, rooms = [] } = act;
    const [room, ...more] = this.#world.rooms.filter((_, number) => rooms.includes(number));
    const along = room && { resources: [room, ...more] as const };
    const candidates = calendars
      .map((number) => ({ ...this.#candidate(number), ...along }))
      .map((one) => (act.type === 'reschedule' ? one : this.#agreed(one, service)));
    const override = 'isOver' in act ? ({ rules: ['slot-taken'], by: this.#plan.name } as const) : null;
    return { terms: this.#world.termsOf(service), startsAt: slotAt(slot), seats: 1, override, candidates, peers: [] };
  }

  /** What is new has the length and the price of who does it; what is moved keeps them. */
  #agreed(candidate: Candidate, service: number): Candidate {
    const { minutes, price } = this.#world.doneBy(service, candidate.staffId);
    return { ...candidate, minutes, ...(price.amount !== PRICE.amount && { agreed: { price, policy: POLICY } }) };
  }

  #draft(service: number): AppointmentDraft {
    const id = this.#newId();
    return {
      id,
      reference: `R-${id}`,
      serviceId: this.#world.termsOf(service).serviceId,
      locationId: this.#world.locationId,
      timeZone: 'UTC',
      price: PRICE,
      policy: POLICY,
      source: 'online',
      override: null,
      createdBy: null,
    };
  }

  /** Few addresses, so that several people book for one that is not known yet at the same time; and some give none. */
  #bookedFor(): BookedFor {
    const nothing = { phone: null, phoneE164: null, staffNotes: null, reason: null, overrideReason: null };
    const mailbox = this.#random.below(ADDRESSES + 1);
    const email = mailbox === ADDRESSES ? null : `${TYPED}-${mailbox}@example.org`;
    return { customerId: null, details: { ...nothing, name: `${TYPED} ${this.#plan.name}`, email, notes: `${TYPED} ${this.#count}`, answers: {} } };
  }

  #newId(): string {
    return uuidFrom(this.#random, BEGINNING, this.#count);
  }
}

/** Why it is put over what has the time. */
function reasonOf({ isOver }: { readonly isOver?: true }): string | null {
  return isOver ? `${TYPED} insists` : null;
}

/** Asks once, on whatever runs on that machine at the moment. */
export async function attemptOn(world: World, asked: Asked, number: number, kind: Attempt['kind']): Promise<void> {
  const running = world.machines[number]?.running;
  if (running === undefined) return;
  const attempt: Attempt = {
    node: running.process.name,
    kind,
    askedAt: world.time.now,
    heardAt: Number.POSITIVE_INFINITY,
    answeredAt: Number.POSITIVE_INFINITY,
    answer: null,
  };
  asked.attempts.push(attempt);
  world.time.note(`${asked.request.key} ${kind}s ${attempt.node}: ${asked.command.type}`);
  const { node } = running;
  const work = (): Promise<Answer> => (kind === 'ask' ? node.ask(asked.request, asked.command) : node.abandon(asked.request));
  const answer: Answer | typeof CUT = await running.process.ask(work).catch((error: unknown): typeof CUT => {
    world.history.broken('a node broke a promise of its own', `${asked.request.key} was answered with a failure: ${String(error)}`);
    return CUT;
  });
  attempt.answer = answer === CUT ? 'cut' : answer;
  attempt.heardAt = world.time.now;
  if (isFinished(attempt.answer)) attempt.answeredAt = world.time.now;
  world.time.note(`${asked.request.key} hears from ${attempt.node}: ${wordOf(attempt.answer)}`);
  if (answer !== CUT && asked.request.by !== undefined) void lookFor(world, asked.request, answer, running);
}

function wordOf(answer: Attempt['answer']): string {
  if (answer === null || answer === 'cut') return 'nothing';
  const replayed = 'replayed' in answer && answer.replayed ? ' (repeated)' : '';
  if (answer.outcome === 'ok') return `${answer.event.type} ${answer.calendarId}@${answer.revision}${replayed}`;
  return answer.outcome === 'no' ? `${answer.refusal.code}${replayed}` : answer.outcome;
}
