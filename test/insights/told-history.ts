// A year of two locations in two zones, told to a change log at random, and what reports should say of it: worked out from the last state of everything, with Temporal.
import { randomUUID } from 'node:crypto';
import type { Appointment, CalendarEvent } from '../../src/actors/calendar/calendar.ts';
import { MEASURES } from '../../src/insights/roll-up.ts';
import { type Instant, instant } from '../../src/model/instant.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { appointmentAt } from '../actors/calendar/scene.ts';

const DAY = 86_400_000;
/** From before New York's clocks go forward to after they go back. Berlin's do both in between. */
const FIRST = Date.UTC(2026, 1, 20);
const DAYS = 270;

export type Random = (below: number) => number;
/** Small and repeatable (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Place = { readonly locationId: string; readonly timeZone: string; readonly staff: readonly { readonly staffId: string; readonly calendarId: string }[] };

export class ToldHistory {
  readonly places: readonly Place[] = ['Europe/Berlin', 'America/New_York'].map((timeZone) => ({
    ...{ locationId: randomUUID(), timeZone },
    staff: [1, 2].map(() => ({ staffId: randomUUID(), calendarId: randomUUID() })),
  }));
  readonly services = [1, 2, 3].map(() => randomUUID());
  readonly customers: string[] = Array.from({ length: 25 }, () => randomUUID());
  /** As they are by now, and who they are for. */
  readonly appointments = new Map<string, Appointment>();
  readonly customerOf = new Map<string, string>();
  readonly #database: Database;
  readonly #random: Random;
  readonly #revisions = new Map<string, number>();

  constructor(database: Database, random: Random) {
    this.#database = database;
    this.#random = random;
  }

  async open(): Promise<void> {
    for (const { locationId, timeZone } of this.places)
      await this.#database.sql(`insert into location (id, name, time_zone, currency, weekly, special_dates) values ($1, 'L', $2, 'EUR', '[]', '{}')`, [
        ...[locationId, timeZone],
      ]);
    for (const id of this.customers) await this.#database.sql(`insert into customer (id, name, created_at) values ($1, 'C', 0)`, [id]);
  }

  /** So many steps: new appointments, and whatever can happen to those that are there. */
  async tell(steps: number): Promise<void> {
    for (let step = 0; step < steps; step += 1) {
      const known = [...this.appointments.values()];
      if (known.length < 5 || this.#random(5) < 2) await this.#book();
      else await this.#change(this.#of(known));
    }
  }

  #of<Item>(items: readonly Item[]): Item {
    const item = items[this.#random(items.length)];
    if (item === undefined) throw new Error('there is none');
    return item;
  }

  /** Any minute of the day counts: the hours in which clocks change as well. */
  #start(): Instant {
    return instant(FIRST + this.#random(DAYS) * DAY + this.#random(96) * 900_000);
  }

  async #book(): Promise<void> {
    const { locationId, timeZone, staff } = this.#of(this.places);
    const startsAt = this.#start();
    const [capacity, seats] = this.#random(6) === 0 ? [7, 1 + this.#random(3)] : [1, 1];
    const appointment: Appointment = appointmentAt(0, {
      ...{
        id: randomUUID(),
        reference: randomUUID(),
        locationId,
        timeZone,
        ...this.#of(staff),
        serviceId: this.#of(this.services),
        customerId: this.#of(this.customers),
      },
      ...{ startsAt, endsAt: instant(startsAt + (1 + this.#random(8)) * 900_000), createdAt: instant(startsAt - this.#random(60 * 24) * 3_600_000) },
      ...{ capacity, seats, price: { amount: 100 * (10 + this.#random(90)), currency: this.#random(9) === 0 ? 'USD' : 'EUR' } },
      ...{ source: this.#of(['online', 'desk', 'integration'] as const), status: this.#random(8) === 0 ? 'pending' : 'booked' },
    });
    this.customerOf.set(appointment.id, appointment.customerId);
    await this.#fact({ type: appointment.status === 'pending' ? 'appointment.requested' : 'appointment.booked', appointment, isNew: true, holdId: null });
  }

  async #change(appointment: Appointment): Promise<void> {
    if (this.#random(3) === 0) return this.#move(appointment);
    const became = this.#of(['cancelled', 'checked-in', 'completed', 'no-show', 'booked', 'declined'] as const);
    const type = became === 'booked' ? 'appointment.reopened' : (`appointment.${became}` as const);
    await this.#fact({ type, appointment: { ...appointment, status: became }, was: { status: appointment.status } });
  }

  async #move(appointment: Appointment): Promise<void> {
    const { calendarId, staffId, startsAt, endsAt, lane } = appointment;
    const { locationId, timeZone, staff } = this.#of(this.places);
    const at = this.#start();
    const moved = { ...appointment, locationId, timeZone, ...this.#of(staff), startsAt: at, endsAt: instant(at + endsAt - startsAt) };
    await this.#fact({ type: 'appointment.rescheduled', appointment: moved, from: { calendarId, staffId, startsAt, endsAt, lane } });
  }

  /** What several calendars decide together is in the log of each. */
  async #fact(event: Extract<CalendarEvent, { readonly appointment: Appointment }>): Promise<void> {
    const { appointment } = event;
    const { id, reference, status, calendarId, staffId, locationId, serviceId, startsAt, endsAt, createdAt } = appointment;
    const entryId = randomUUID();
    const calendars = new Set([...('from' in event ? [event.from.calendarId] : []), calendarId]);
    await this.#database.transaction(async (em) => {
      for (const one of calendars) {
        const revision = (this.#revisions.get(one) ?? 0) + 1;
        this.#revisions.set(one, revision);
        await em.execute('insert into change (calendar_id, revision, epoch, at, events, entry_id) values (?::uuid, ?::int8, 0, ?::int8, ?::json, ?::uuid)', [
          ...[one, revision, createdAt, JSON.stringify([event]), entryId],
        ]);
      }
      await em.execute(
        `insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, updated_at)
          values (?::uuid, ?, ?, ?::uuid, ?::uuid, ?::uuid, ?::uuid, ?::uuid, ?::int8, ?::int8, 1, ?::jsonb, ?::int8, 0)
          on conflict (id) do update set status = excluded.status, calendar_id = excluded.calendar_id, staff_id = excluded.staff_id, location_id = excluded.location_id,
            starts_at = excluded.starts_at, ends_at = excluded.ends_at, details = excluded.details`,
        [
          ...[
            id,
            reference,
            status,
            calendarId,
            staffId,
            locationId,
            serviceId,
            this.customerOf.get(id),
            startsAt,
            endsAt,
            JSON.stringify(appointment),
            createdAt,
          ],
        ],
      );
    });
    this.appointments.set(id, appointment);
  }

  /** Two records of one customer become one. */
  merged(from: string, into: string): void {
    for (const [id, customerId] of this.customerOf) if (customerId === from) this.customerOf.set(id, into);
    this.customers.splice(this.customers.indexOf(from), 1);
  }

  /** Every sum, as one line of text, in order. */
  expected(): readonly string[] {
    const sums = new Map<string, number[]>();
    for (const appointment of this.appointments.values()) {
      const { startsAt, endsAt, timeZone, staffId, serviceId, locationId, source, price } = appointment;
      const local = Temporal.Instant.fromEpochMilliseconds(startsAt).toZonedDateTimeISO(timeZone);
      const day = Temporal.PlainDate.from('1970-01-01').until(local.toPlainDate(), { largestUnit: 'day' }).days;
      const taken = !['cancelled', 'declined'].includes(appointment.status);
      // One that was moved to before it was booked was booked at its start.
      const lead = Math.max(0, Math.floor((startsAt - appointment.createdAt) / 60_000));
      const visit = isVisit(appointment);
      const others = [...this.appointments.values()].filter((one) => isVisit(one) && this.#isOfTheSame(one, appointment));
      const before = others.filter((one) => isEarlier(one, appointment));
      const next = others.filter((one) => isEarlier(appointment, one)).toSorted((one, other) => one.startsAt - other.startsAt)[0];
      const is = (yes: boolean) => (yes ? 1 : 0);
      const statuses = ['pending', 'booked', 'declined', 'checked-in', 'completed', 'cancelled', 'no-show'].map((status) => is(status === appointment.status));
      const seconds = Math.round(((endsAt - startsAt) / 1_000) * (appointment.seats / appointment.capacity));
      const leads = [is(lead < 1_440), is(lead >= 1_440 && lead < 10_080), is(lead >= 10_080 && lead < 43_200), is(lead >= 43_200)];
      const flags = [is(visit), is(visit && before.length === 0), is(visit && next !== undefined && next.startsAt - startsAt <= 90 * DAY)];
      const measures = [...statuses, taken ? seconds : 0, taken ? price.amount : 0, lead, ...leads, ...flags];
      for (const cell of [
        ['staff', day, -1, locationId, staffId, source, price.currency],
        ['service', day, local.hour, locationId, serviceId, source, price.currency],
      ]) {
        const sum = sums.get(cell.join(' ')) ?? MEASURES.map(() => 0);
        sums.set(
          cell.join(' '),
          sum.map((value, index) => value + (measures[index] ?? 0)),
        );
      }
    }
    return [...sums].map(([cell, values]) => `${cell}: ${values.join(' ')}`).sort();
  }

  #isOfTheSame(one: Appointment, other: Appointment): boolean {
    return one.id !== other.id && this.customerOf.get(one.id) === this.customerOf.get(other.id);
  }
}

function isVisit({ status }: Appointment): boolean {
  return ['booked', 'checked-in', 'completed'].includes(status);
}

function isEarlier(one: Appointment, other: Appointment): boolean {
  return one.startsAt === other.startsAt ? one.id < other.id : one.startsAt < other.startsAt;
}

/** Where the sums that are there are others than those that are expected: nothing, or the first few of both. */
export async function wrongSums(database: Database, history: ToldHistory): Promise<readonly string[]> {
  const [stored, expected] = [await storedSums(database), history.expected()];
  const [isThere, isDue] = [new Set(stored), new Set(expected)];
  const wrong = [
    ...stored.filter((sum) => !isDue.has(sum)).map((sum) => `is ${sum}`),
    ...expected.filter((sum) => !isThere.has(sum)).map((sum) => `due ${sum}`),
  ];
  return wrong.length > 0 || expected.length > 0 ? wrong.slice(0, 6) : ['there are no sums'];
}

/** The sums that are there, written like those that are expected. A cell in which nothing is left is none. */
async function storedSums(database: Database): Promise<readonly string[]> {
  const rows = await database.sql(`select slice, day, hour, location_id, subject_id, source, currency, ${MEASURES.join(', ')} from insight_sum`);
  return rows
    .filter((row) => row.slice(7).some((value) => value !== 0))
    .map((row) => `${row.slice(0, 7).join(' ')}: ${row.slice(7).join(' ')}`)
    .sort();
}
