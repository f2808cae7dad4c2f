// The demo's appointments are asked for like anybody's, so everything about them is a fact that the calendars have decided.
import { setTimeout } from 'node:timers/promises';
import type { Override, TakenResource } from '../actors/calendar/calendar.ts';
import type { Answer, ClaimAsk, Scheduler, SchedulerCommand } from '../actors/scheduler.ts';
import type { BookableService, Catalog } from '../catalog/catalog.ts';
import { noShowFeeOf } from '../catalog/due-before.ts';
import { termsOf } from '../catalog/slot-terms-of.ts';
import { type Instant, MINUTE, SECOND } from '../model/instant.ts';
import type { Chance } from './chance.ts';
import { type DemoAppointment, type DemoFate, type DemoPlan, fateOf } from './demo-plan.ts';
import { type DemoIds, idOf } from './store-business.ts';

/** Asked for at once: enough for the journal to write them together, and less than one calendar's queue holds. */
const AT_ONCE = 200;
const ATTEMPTS = 10;
/** No I, L, O, 0, 1: it is read over the phone. */
const REFERENCE_CHARACTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

export type DemoScheduler = Pick<Scheduler, 'ask' | 'now'>;
export type Placing = {
  readonly scheduler: DemoScheduler;
  readonly catalog: Catalog;
  readonly ids: DemoIds;
  readonly chance: Chance;
  readonly now: Instant;
  /** The moment that ids look as if they were made at: the same all day. */
  readonly idsFrom: Instant;
  /** Who is said to have entered the past. */
  readonly ownerId: string;
};
/** `refused`: a seeding that was cut off on another day has taken the time already. */
export type Placed = { readonly booked: number; readonly refused: number };

type Step = { readonly key: string; readonly command: SchedulerCommand };
type Booking = Extract<SchedulerCommand, { type: 'book' }>;
type Prepared = { readonly calendarId: string; readonly book: Step & { readonly command: Booking }; readonly later: readonly Step[] };

export async function placeBlocks({ scheduler, ids, chance, idsFrom }: Placing, plan: DemoPlan): Promise<void> {
  const steps = plan.blocks.map(({ login, startsAt, endsAt, reason }): Step => {
    const block = { id: chance.uuid(idsFrom), startsAt, endsAt, reason };
    return { key: `block-${block.id}`, command: { type: 'add-block', calendarId: idOf(ids.staff, login).calendarId, block } };
  });
  await inSlices(steps, (step) => ask(scheduler, step));
}

/**
 * In the order of their starts. A start on a grid of kind `pack` counts from the end of the appointment before it, so that one has been answered
 * before it is asked for, and none is cancelled before all are booked.
 */
export async function placeAppointments(placing: Placing, plan: DemoPlan): Promise<Placed> {
  const prepared = plan.appointments.map((appointment) => prepare(placing, appointment));
  // Ids of customers by their address: who is known by an earlier slice is not new in the next one.
  const customers = new Map<string, string>();
  const lastOf = new Map<string, Promise<unknown>>();
  const place = async ({ book: { key, command }, later }: Prepared, before: Promise<unknown> | undefined) => {
    if (command.ask.terms.grid === 'pack') await before;
    const { email } = command.details;
    const answer = await ask(placing.scheduler, { key, command: { ...command, customerId: customers.get(email ?? '') ?? null } });
    if (answer.outcome === 'no') return null;
    if ('appointment' in answer.event) customers.set(email ?? '', answer.event.appointment.customerId);
    return later;
  };
  const outcomes = await inSlices(prepared, (one) => {
    const placed = place(one, lastOf.get(one.calendarId));
    lastOf.set(one.calendarId, placed);
    return placed;
  });
  const booked = outcomes.filter((later) => later !== null);
  await inSlices(booked, async (later) => {
    for (const step of later) await ask(placing.scheduler, step);
  });
  return { booked: booked.length, refused: outcomes.length - booked.length };
}

function prepare(placing: Placing, appointment: DemoAppointment): Prepared {
  const { catalog, ids, chance, now, idsFrom, ownerId } = placing;
  const service = catalog.services.get(idOf(ids.services, appointment.service));
  const staff = idOf(ids.staff, appointment.login);
  const location = catalog.locations.get(catalog.staff.get(staff.staffId)?.locationId ?? '');
  if (service === undefined || location === undefined) throw new Error(`the demo has lost ${appointment.service}`);
  const id = chance.uuid(idsFrom);
  const override: Override | null = appointment.startsAt < now + MINUTE ? { rules: ['slot-in-past', 'too-soon'], by: ownerId } : null;
  const [room, ...more] = roomsFor(placing, service);
  const candidate = { ...staff, ...(room && { resources: [room, ...more] as const }) };
  const claim: ClaimAsk = { terms: termsOf(service, catalog.business), startsAt: appointment.startsAt, seats: 1, override, candidates: [candidate] };
  const { cancelUntilMinutes, rescheduleUntilMinutes, refundRules, priceType } = service;
  const noShowFee = noShowFeeOf(service, 1);
  const draft = {
    id,
    reference: referenceOf(chance),
    serviceId: service.id,
    serviceName: service.name,
    locationId: location.id,
    locationName: location.name,
    timeZone: location.timeZone,
    price: service.price,
    taxPercent: service.taxPercent,
    policy: { cancelUntilMinutes, rescheduleUntilMinutes, refundRules, ...(noShowFee && { noShowFee }), ...(priceType !== 'fixed' && { priceType }) },
    source: appointment.source,
    override,
    createdBy: null,
  };
  const details = {
    ...appointment.customer,
    phoneE164: null,
    notes: appointment.notes,
    staffNotes: null,
    answers: {},
    reason: null,
    overrideReason: override && 'Entered after the visit.',
  };
  // An appointment that has begun can no longer be approved.
  const approval = override === null ? service.approval : 'automatic';
  return {
    calendarId: staff.calendarId,
    book: { key: `book-${id}`, command: { type: 'book', ask: claim, draft, approval, customerId: null, details } },
    later: whatFollows(id, fateOf(appointment, now), approval),
  };
}

function whatFollows(appointmentId: string, fate: DemoFate, approval: BookableService['approval']): Step[] {
  const step = (command: SchedulerCommand): Step => ({ key: `${command.type}-${appointmentId}`, command });
  if (fate === 'pending') return [];
  const approved = approval === 'manual' ? [step({ type: 'approve', appointmentId })] : [];
  switch (fate) {
    case 'booked':
      return approved;
    case 'cancelled':
      return [...approved, step({ type: 'cancel', appointmentId, reason: 'The customer could not come.', waivePolicy: true })];
    case 'checked-in':
      return [...approved, step({ type: 'check-in', appointmentId })];
    case 'completed':
      return [...approved, step({ type: 'complete', appointmentId })];
    case 'no-show':
      return [...approved, step({ type: 'no-show', appointmentId })];
    default:
      return fate satisfies never;
  }
}

/** Asks until the answer is definite. */
export async function ask(scheduler: DemoScheduler, { key, command }: Step): Promise<Extract<Answer, { outcome: 'ok' | 'no' }>> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const answer = await scheduler.ask({ caller: 'demo', key, fingerprint: key }, command);
    if (answer.outcome === 'ok' || answer.outcome === 'no') return answer;
    if (answer.outcome === 'retry') await setTimeout(answer.retryAfterSeconds * SECOND);
  }
  throw new Error(`the demo could not ${command.type}: no definite answer after ${ATTEMPTS} attempts`);
}

async function inSlices<Item, Result>(items: readonly Item[], run: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(run))));
  }
  return results;
}

function referenceOf(chance: Chance): string {
  const half = () => Array.from({ length: 4 }, () => chance.pick([...REFERENCE_CHARACTERS])).join('');
  return `${half()}-${half()}`;
}

/** All that the service could take along: in the demo it is offered at one location only. */
function roomsFor({ ids }: Placing, { resourceIds }: BookableService): readonly TakenResource[] {
  return [...ids.rooms.values()].filter(({ resourceId }) => resourceIds.includes(resourceId));
}
