import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { AppointmentFilter, AppointmentPage } from '../../src/booking/appointment-reads-port.ts';
import { type Instant, instant } from '../../src/model/instant.ts';
import type { AppointmentOrder } from '../../src/persistence/appointments/appointment-list.ts';
import { AppointmentReads } from '../../src/persistence/appointments/appointment-reads.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { newDetails } from '../actors/practice.ts';
import { pageOf } from '../support/page.ts';
import { ENGINES, openFresh } from './engines.ts';

const NINE = Date.parse('2026-06-01T09:00:00Z');
const HOUR = 3_600_000;
const [anna, ben, room, salon, studio, cut, colour, carla, dora] = Array.from({ length: 9 }, () => randomUUID());

type Stored = {
  id?: string;
  hour: number;
  staffId?: string | undefined;
  locationId?: string | undefined;
  serviceId?: string | undefined;
  customerId?: string | undefined;
  status?: string;
  details?: object;
  person?: object;
};

for (const kind of ENGINES) {
  describe(`reading appointments on ${kind.name}`, { skip: kind.skip }, () => {
    let database: Database;
    let reads: AppointmentReads;
    let close: () => Promise<void>;
    const ids: string[] = [];

    const store = async ({
      id = randomUUID(),
      hour,
      staffId = anna,
      locationId = salon,
      serviceId = cut,
      customerId = carla,
      status = 'booked',
      details = {},
      person,
    }: Stored) => {
      const startsAt = NINE + hour * HOUR;
      await database.sql(
        `insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, created_by, updated_at)
          values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 3, $11, $12, null, $13)`,
        [id, id.slice(0, 8), status, room, staffId, locationId, serviceId, customerId, startsAt, startsAt + HOUR, details, NINE, NINE - hour * HOUR],
      );
      if (person !== undefined)
        await database.sql('insert into appointment_person select * from jsonb_populate_record(null::appointment_person, $1)', [
          { appointment_id: id, corrections: 0, ...person },
        ]);
      return id;
    };

    before(async () => {
      ({ database, close } = await openFresh(kind));
      reads = new AppointmentReads(database);
      for (const [id, name] of [
        [carla, 'Carla'],
        [dora, 'Dora'],
      ])
        await database.sql(`insert into customer (id, name, email, phone, created_at) values ($1, $2, $3, '123', 0)`, [id, name, `${name}@example.test`]);
      ids.push(
        await store({
          hour: 0,
          details: { timeZone: 'Europe/Berlin' },
          person: { name: 'C.', email: 'carla@example.test', notes: 'careful' },
        }),
      );
      ids.push(await store({ hour: 1, staffId: ben, locationId: studio, customerId: dora, status: 'cancelled' }));
      // Three at one moment: their order is that of their ids.
      ids.push(...[await store({ hour: 2 }), await store({ hour: 2, serviceId: colour }), await store({ hour: 2, staffId: ben })].sort());
      ids.push(await store({ hour: 3, status: 'pending' }));
    });
    after(() => close());

    const listed = async (filter: AppointmentFilter) => (await pageOf(reads.list(filter, 100, null))).items.map((appointment) => ids.indexOf(appointment.id));
    const at = (hour: number): Instant => instant(NINE + hour * HOUR);

    test('columns and details make the whole appointment', async () => {
      const appointment = await reads.byId(ids[0] ?? '');
      assert.deepEqual(appointment, {
        ...{ id: ids[0], reference: ids[0]?.slice(0, 8), status: 'booked', calendarId: room, staffId: anna, locationId: salon, serviceId: cut },
        ...{ startsAt: NINE, endsAt: NINE + HOUR, revision: 3, createdAt: NINE, createdBy: null, timeZone: 'Europe/Berlin', customerId: carla },
        details: newDetails({ name: 'C.', email: 'carla@example.test', notes: 'careful' }),
      });
    });

    test('an appointment whose text was erased is there without it, and a customer is found by their address', async () => {
      const erased = await reads.byId(ids[1] ?? '');
      assert.deepEqual([erased?.customerId, erased?.details], [dora, null]);
      assert.deepEqual([...(await reads.detailsOf(ids)).keys()], [ids[0]]);
      assert.deepEqual([await reads.customerOf('Dora@example.test'), await reads.customerOf('erin@example.test')], [{ id: dora, isBlocked: false }, undefined]);
    });

    test('ids that are unknown, or no ids at all, are left out', async () => {
      const found = await reads.byIds([ids[1] ?? '', randomUUID(), 'nonsense']);
      assert.deepEqual([...found.keys()], [ids[1]]);
      assert.equal(await reads.byId('nonsense'), undefined);
    });

    test('a list goes by start, then by id', async () => {
      assert.deepEqual(await listed({}), [0, 1, 2, 3, 4, 5]);
    });

    test('each filter narrows the list, and all that are given apply', async () => {
      assert.deepEqual(await listed({ from: at(1), to: at(2) }), [1]);
      // In part is enough: who asks for a day sees what began the evening before.
      assert.deepEqual(await listed({ from: instant(at(1) + HOUR / 2), to: at(2) }), [1]);
      assert.deepEqual(await listed({ from: at(1), to: instant(at(1) + 1) }), [1]);
      assert.deepEqual(await listed({ updatedSince: at(-1) }), [0, 1]);
      assert.deepEqual(await listed({ updatedSince: at(-3), order: 'updatedAt' }), [5, 2, 3, 4, 1, 0]);
      assert.deepEqual(await listed({ locationIds: [salon ?? '', studio ?? ''], order: '-startsAt' }), [5, 4, 3, 2, 1, 0]);
      assert.deepEqual(await listed({ locationIds: [salon ?? '', studio ?? ''], statuses: ['pending', 'cancelled'], order: '-startsAt' }), [5, 1]);
      assert.deepEqual(await listed({ serviceId: cut ?? '', statuses: ['pending', 'cancelled'], staffIds: [ben ?? ''] }), [1]);
      assert.deepEqual(await listed({ serviceId: cut ?? '', locationIds: [studio ?? ''], madeByGuest: true }), [1]);
      assert.deepEqual(await listed({ from: at(2) }), [2, 3, 4, 5]);
      assert.deepEqual((await listed({ staffIds: [ben ?? ''] })).length, 2);
      assert.deepEqual(await listed({ staffIds: [] }), []);
      assert.deepEqual(await listed({ locationIds: [studio ?? ''] }), [1]);
      assert.deepEqual(await listed({ customerId: dora ?? '' }), [1]);
      assert.deepEqual((await listed({ serviceId: colour ?? '' })).length, 1);
      assert.deepEqual(await listed({ statuses: ['pending', 'cancelled'] }), [1, 5]);
      assert.deepEqual(await listed({ statuses: ['pending', 'cancelled'], staffIds: [anna ?? ''] }), [5]);
    });

    test('what starts between one moment and the next is counted, without what was cancelled', async () => {
      assert.deepEqual(await reads.counts({}, [at(0), at(2), at(3), at(4), at(5)]), [1, 3, 1, 0]);
      assert.deepEqual(await reads.counts({ staffIds: [ben ?? ''], locationIds: [salon ?? ''] }, [at(0), at(2), at(4)]), [0, 1]);
      assert.deepEqual(await reads.counts({ customerId: dora ?? '' }, [at(0), at(4)]), [0]);
    });

    test('pages follow each other without a gap or a repeat, also within one moment, in every order', async () => {
      const orders = { startsAt: [0, 1, 2, 3, 4, 5], '-startsAt': [5, 4, 3, 2, 1, 0], updatedAt: [5, 2, 3, 4, 1, 0] } satisfies Record<
        AppointmentOrder,
        number[]
      >;
      for (const [order, expected] of Object.entries(orders)) {
        for (const [size, filter] of [1, 2, 3, 6].flatMap((size) => [[size, {}] as const, [size, { locationIds: [salon ?? '', studio ?? ''] }] as const])) {
          const seen: number[] = [];
          let cursor: string | null = null;
          do {
            const page: AppointmentPage = await pageOf(reads.list({ ...filter, order: order as AppointmentOrder }, size, cursor));
            assert.ok(page.items.length <= size);
            seen.push(...page.items.map((appointment) => ids.indexOf(appointment.id)));
            cursor = page.nextCursor;
          } while (cursor !== null);
          assert.deepEqual(seen, expected, `pages of ${size}, by ${order}`);
        }
      }
    });

    test('a cursor is good for its own order only', async () => {
      const { nextCursor } = await pageOf(reads.list({}, 1, null));
      assert.equal(await reads.list({ order: '-startsAt' }, 1, nextCursor), 'unknown-cursor');
      assert.equal(await reads.list({ order: 'updatedAt' }, 1, nextCursor), 'unknown-cursor');
    });

    test('a cursor that no page has given is refused', async () => {
      for (const cursor of ['', 'x', Buffer.from('1/2').toString('base64url'), Buffer.from(`1/${randomUUID()};`).toString('base64url')]) {
        assert.equal(await reads.list({}, 10, cursor), 'unknown-cursor');
      }
    });

    test('the history of an appointment follows it over its calendars and tells each fact once', async () => {
      const [first, second] = [randomUUID(), randomUUID()];
      const id = await store({ hour: 9, details: {} });
      await database.sql('update appointment set calendar_id = $2 where id = $1', [id, second]);
      const log = (calendarId: string, revision: number, minute: number, events: object[]) =>
        database.sql('insert into change (calendar_id, revision, epoch, at, events, entry_id) values ($1, $2, 1, $3, $4, $5)', [
          ...[calendarId, revision, NINE + minute * 60_000, JSON.stringify(events), randomUUID()],
        ]);
      const move = { type: 'appointment.rescheduled', appointment: { id, calendarId: second }, from: { calendarId: first } };
      const stranger = { type: 'appointment.booked', appointment: { id: randomUUID(), calendarId: first } };
      await log(first, 1, 0, [stranger, { type: 'appointment.booked', appointment: { id, calendarId: first } }]);
      await log(first, 2, 1, [stranger]);
      await log(first, 3, 2, [move]);
      await log(second, 1, 2, [move]);
      await log(second, 2, 5, [{ type: 'appointment.cancelled', appointment: { id, calendarId: second } }]);
      const history = await reads.history(id);
      assert.deepEqual(
        history.map((change) => [change.calendarId, change.base, change.revision, change.events.map((event) => event.type)]),
        [
          [first, 0, 1, ['appointment.booked']],
          [second, 0, 1, ['appointment.rescheduled']],
          [second, 1, 2, ['appointment.cancelled']],
        ],
      );
      assert.deepEqual(await reads.history(randomUUID()), []);
    });

    test('the history of an appointment begins with it, however much of the log is older', async () => {
      const id = await store({ hour: 9, details: {} });
      const [[createdAt] = []] = await database.sql('select created_at from appointment where id = $1', [id]);
      for (const older of [0, 1, 2, 3, 500]) {
        const calendarId = randomUUID();
        await database.sql('update appointment set calendar_id = $2 where id = $1', [id, calendarId]);
        const statement = `insert into change (calendar_id, revision, epoch, at, events, entry_id)
          select $1::uuid, 70 + n, 1, $3::int8 + (n - $4::int) * 60000 - case when n < $4 then 3600000 else 0 end, $2::json, gen_random_uuid() from generate_series(0, $4 + 5) n`;
        const events = JSON.stringify([{ type: 'appointment.booked', appointment: { id, calendarId } }]);
        await database.sql(statement, [calendarId, events, createdAt, older]);
        const revisions = (await reads.history(id)).map(({ revision }) => revision);
        assert.deepEqual(
          revisions,
          [0, 1, 2, 3, 4, 5].map((place) => 70 + older + place),
        );
      }
    });
  });
}
