import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { shardOf } from '../../src/actors/cluster/shard-of.ts';
import { CatalogKeeper } from '../../src/catalog/catalog-keeper.ts';
import type { CatalogStore } from '../../src/catalog/catalog-store-port.ts';
import { CATALOG_LIMITS } from '../../src/catalog/catalog-store-port.ts';
import { catalogStore } from '../../src/persistence/catalog/catalog-store.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { serviceFields } from '../../src/protocol/catalog.ts';
import { withDefaults } from '../../src/protocol/managed-fields.ts';
import { openFresh, USUAL_ENGINES } from '../persistence/engines.ts';
import { keyOf, locationDraft, request, serviceDraft, staffDraft } from './drafts.ts';

for (const engine of USUAL_ENGINES) {
  describe(`catalog on ${engine.name}`, { skip: engine.skip }, () => {
    let database: Database;
    let store: CatalogStore;
    let catalog: CatalogKeeper;
    let close: () => Promise<void>;
    before(async () => {
      ({ database, close } = await openFresh(engine));
      store = catalogStore(database);
      catalog = await CatalogKeeper.open(store);
    });
    after(() => close());

    /** A location with one service and somebody who does it. */
    async function furnish() {
      const location = locationDraft();
      const service = serviceDraft();
      const member = staffDraft(location.id, { serviceIds: [service.id] });
      await catalog.addLocation(location, request());
      await catalog.addService(service, request());
      await catalog.addStaffMember(member, request());
      return { location, service, member };
    }

    test('a caller that has the answer to a change sees it, and so does the next process', async () => {
      const { location, service, member } = await furnish();
      for (const keeper of [catalog, await CatalogKeeper.open(store)]) {
        assert.deepEqual(keeper.snapshot().locations.get(location.id), { ...location, specialDates: {}, hoursVersion: 1, version: 1 });
        const offered = keeper.snapshot().services.get(service.id);
        assert.deepEqual(offered, { ...withDefaults(serviceFields, service), position: offered?.position, version: 1 });
        assert.deepEqual(keeper.snapshot().staff.get(member.id)?.serviceIds, [service.id]);
      }
    });

    test('a snapshot that somebody holds never changes', async () => {
      const { location } = await furnish();
      const held = catalog.snapshot();
      await catalog.changeLocation(location.id, { name: 'Bridge Street' }, request());
      assert.equal(held.locations.get(location.id)?.name, 'Mill Street');
      assert.equal(catalog.snapshot().locations.get(location.id)?.name, 'Bridge Street');
    });

    test('a new staff member has a calendar with the hours of the location, in the shard of its id', async () => {
      const { location, member } = await furnish();
      const [row] = await database.sql('select kind, shard, revision, hours, location_id from calendar where id = $1', [member.calendarId]);
      const hours = { timeZone: 'Europe/Berlin', weekly: location.weekly, specialDates: {}, version: 1 };
      assert.deepEqual(row, [
        'staff',
        shardOf(member.calendarId),
        0,
        { timeZone: null, weekly: null, overrides: {}, ownHours: false, timeOff: [], location: hours },
        location.id,
      ]);
      assert.deepEqual(await catalog.calendarsOf(location.id), [member.calendarId]);
    });

    test('a change that was made on an older version is refused with the present one', async () => {
      const { service } = await furnish();
      assert.equal((await catalog.changeService(service.id, { minutes: 45 }, request({ expectedVersions: [1] }))).outcome, 'saved');
      const late = await catalog.changeService(service.id, { minutes: 60 }, request({ expectedVersions: [1] }));
      assert.deepEqual(late, {
        outcome: 'refused',
        refusal: { code: 'version-mismatch', detail: 'It has changed: the current version is 2.', currentVersion: 2 },
      });
      assert.equal(catalog.snapshot().services.get(service.id)?.minutes, 45);
    });

    test('of ten changes at once on the same version one is made', async () => {
      const { service } = await furnish();
      const changes = Array.from({ length: 10 }, (_, index) => catalog.changeService(service.id, { minutes: 40 + index }, request({ expectedVersions: [1] })));
      const outcomes = (await Promise.all(changes)).map((answer) => (answer.outcome === 'refused' ? answer.refusal.code : answer.outcome));
      assert.deepEqual(outcomes.sort(), ['saved', ...Array(9).fill('version-mismatch')]);
      assert.equal(catalog.snapshot().services.get(service.id)?.version, 2);
    });

    test('a change repeated under its key is made once and answered the same, also at the same time', async () => {
      const key = keyOf(randomUUIDv7());
      const add = () => catalog.addService({ ...serviceDraft({ name: key.key }), id: randomUUIDv7() }, request({ key }));
      const answers = await Promise.all([add(), add(), add()]);
      assert.deepEqual(answers.map((answer) => answer.outcome).sort(), ['replayed', 'replayed', 'saved']);
      const replies = answers.map((answer) => (answer.outcome === 'refused' ? answer.refusal : answer.reply));
      assert.deepEqual(replies, [replies[0], replies[0], replies[0]]);
      assert.equal([...catalog.snapshot().services.values()].filter((service) => service.name === key.key).length, 1);
    });

    test('a key that stands for another request is refused', async () => {
      const name = randomUUIDv7();
      await catalog.addService(serviceDraft(), request({ key: keyOf(name, 'one') }));
      const other = await catalog.addService(serviceDraft(), request({ key: keyOf(name, 'other') }));
      assert.equal(other.outcome === 'refused' && other.refusal.code, 'idempotency-key-reused');
    });

    test('a refused change leaves nothing behind, not even its key', async () => {
      const key = keyOf(randomUUIDv7());
      const refused = await catalog.addStaffMember(staffDraft(randomUUIDv7()), request({ key }));
      assert.deepEqual(refused.outcome === 'refused' && refused.refusal.code === 'invalid-request' && refused.refusal.errors, [
        { path: 'locationId', message: 'there is no such location' },
      ]);
      assert.deepEqual(await database.sql('select * from http_reply where key = $1', [key.key]), []);
    });

    test('ids that nobody has are named by their place in the list', async () => {
      const { location, service, member } = await furnish();
      const staff = await catalog.addStaffMember(staffDraft(location.id, { serviceIds: [service.id, randomUUIDv7()] }), request());
      assert.deepEqual(staff.outcome === 'refused' && staff.refusal.code === 'invalid-request' && staff.refusal.errors, [
        { path: 'serviceIds.1', message: 'there is no such service' },
      ]);
      const offered = await catalog.changeService(service.id, { staffIds: [randomUUIDv7(), member.id] }, request());
      assert.deepEqual(offered.outcome === 'refused' && offered.refusal.code === 'invalid-request' && offered.refusal.errors, [
        { path: 'staffIds.0', message: 'there is no such staff member' },
      ]);
    });

    test('who does a service can be said from either side, and raises the version of whom it concerns', async () => {
      const { location, service, member } = await furnish();
      const other = staffDraft(location.id);
      await catalog.addStaffMember(other, request());
      await catalog.changeService(service.id, { staffIds: [other.id] }, request());
      assert.deepEqual([catalog.snapshot().staff.get(member.id)?.serviceIds, catalog.snapshot().staff.get(member.id)?.version], [[], 2]);
      assert.deepEqual([catalog.snapshot().staff.get(other.id)?.serviceIds, catalog.snapshot().staff.get(other.id)?.version], [[service.id], 2]);
    });

    test('an id that is in use cannot be brought again', async () => {
      const { location, service, member } = await furnish();
      const again = await Promise.all([
        catalog.addLocation(locationDraft({ id: location.id }), request()),
        catalog.addService(serviceDraft({ id: service.id }), request()),
        catalog.addStaffMember(staffDraft(location.id, { id: member.id }), request()),
        catalog.addStaffMember(staffDraft(location.id, { calendarId: member.calendarId }), request()),
      ]);
      assert.deepEqual(
        again.map((answer) => answer.outcome === 'refused' && answer.refusal.code),
        Array(4).fill('id-in-use'),
      );
    });

    test('what is removed is not offered any more, but never forgotten', async () => {
      const { service, member } = await furnish();
      await catalog.archiveService(service.id, request());
      assert.equal(catalog.snapshot().services.has(service.id), false);
      assert.deepEqual(catalog.snapshot().staff.get(member.id)?.serviceIds, []);
      await catalog.archiveStaffMember(member.id, request());
      assert.equal(catalog.snapshot().staff.has(member.id), false);
      assert.equal(catalog.snapshotWithArchived().services.get(service.id)?.name, 'Haircut');
      assert.deepEqual(catalog.snapshotWithArchived().staff.get(member.id)?.serviceIds, [service.id]);
      assert.equal((await database.sql('select id from calendar where id = $1', [member.calendarId])).length, 1);
      const twice = await catalog.archiveService(service.id, request());
      assert.equal(twice.outcome === 'refused' && twice.refusal.code, 'not-found');
    });

    test('a location goes only when nobody works there any more', async () => {
      const { location, member } = await furnish();
      const early = await catalog.archiveLocation(location.id, request());
      assert.equal(early.outcome === 'refused' && early.refusal.code, 'wrong-status');
      await catalog.archiveStaffMember(member.id, request());
      assert.equal((await catalog.archiveLocation(location.id, request())).outcome, 'saved');
    });

    test('new hours, a new zone or another location make the copies in the calendars stale', async () => {
      const { location, member } = await furnish();
      const stale = [{ calendarId: member.calendarId, locationId: location.id }];
      assert.deepEqual(await catalog.staleCalendars(location.id), []);
      await catalog.changeLocation(location.id, { name: 'Bridge Street' }, request());
      assert.deepEqual(await catalog.staleCalendars(location.id), []);
      await catalog.changeLocationHours(location.id, { dates: { '2027-12-24': [] } }, request());
      assert.deepEqual(await catalog.staleCalendars(location.id), stale);
      assert.deepEqual(catalog.snapshot().locations.get(location.id)?.specialDates, { '2027-12-24': [] });
      await catalog.changeLocationHours(location.id, { dates: { '2027-12-24': null } }, request());
      assert.deepEqual([catalog.snapshot().locations.get(location.id)?.specialDates, catalog.snapshot().locations.get(location.id)?.hoursVersion], [{}, 3]);

      const other = locationDraft({ timeZone: 'Europe/Lisbon' });
      await catalog.addLocation(other, request());
      await catalog.changeStaffMember(member.id, { locationId: other.id }, request());
      assert.deepEqual(await catalog.staleCalendars(null), [{ calendarId: member.calendarId, locationId: other.id }]);
    });

    test('a deposit is part of the price', async () => {
      const price = { amount: 1_000, currency: 'EUR' };
      const errorsOf = async (changes: Parameters<typeof serviceDraft>[0]) => {
        const answer = await catalog.addService(serviceDraft({ price, ...changes }), request());
        return answer.outcome === 'refused' && answer.refusal.code === 'invalid-request' && answer.refusal.errors.map((error) => error.path);
      };
      assert.deepEqual(await errorsOf({ deposit: { amount: 1_001, currency: 'EUR' } }), ['deposit.amount']);
      assert.deepEqual(await errorsOf({ deposit: { amount: 500, currency: 'USD' } }), ['deposit.currency']);
      assert.deepEqual(await errorsOf({ paymentPolicy: 'deposit' }), ['deposit']);
      assert.equal(await errorsOf({ paymentPolicy: 'deposit', deposit: price }), false);
    });

    test('calendars are told of new hours before a change is answered, and again when it is repeated', async () => {
      const { location, member } = await furnish();
      const keeper = await CatalogKeeper.open(store);
      const told: string[] = [];
      await keeper.tellCalendars({
        ask: async (_, command) => {
          if (command.type === 'change-hours') told.push(command.calendarId);
          return { outcome: 'retry', reason: 'draining', retryAfterSeconds: 1 };
        },
      });
      told.length = 0; // what earlier tests have left stale
      const asked = { key: keyOf(randomUUIDv7()) };
      for (let times = 0; times < 2; times += 1) {
        const answer = await keeper.changeLocationHours(location.id, { weekly: [] }, request(asked));
        assert.deepEqual(answer.outcome !== 'refused' && answer.carried, { outcome: 'retry', retryAfterSeconds: 1 });
      }
      await keeper.changeLocation(location.id, { name: 'No change of hours' }, request());
      assert.deepEqual(told, [member.calendarId, member.calendarId]);
      await keeper.archiveStaffMember(member.id, request());
      assert.deepEqual(told, Array(3).fill(member.calendarId));
    });

    const entriesOf = async (subjectId: string) => {
      const columns = 'action, subject_kind, subject_name, before, after, by_id, request_id';
      return await database.sql(`select ${columns} from audit_entry where subject_id = $1 order by at, id`, [subjectId]);
    };

    test('every change is in the audit trail, with who asked and only what differs', async () => {
      const userId = randomUUIDv7();
      const asked = { by: { kind: 'user', id: userId, name: 'Mo', role: 'manager', address: '10.0.0.1' }, requestId: 'r-1' } as const;
      const { location, service, member } = await furnish();
      const { id: _, version: __, ...offered } = catalog.snapshot().services.get(service.id) ?? assert.fail();
      await catalog.changeService(service.id, { minutes: 45, name: 'Long cut', staffIds: [member.id] }, request(asked));
      await catalog.changeService(service.id, { staffIds: [] }, request(asked));
      await catalog.archiveService(service.id, request(asked));
      const [added, ...others] = await entriesOf(service.id);
      assert.deepEqual(added, ['service.added', 'service', 'Haircut', null, offered, null, null]);
      assert.deepEqual(others, [
        ['service.changed', 'service', 'Long cut', { minutes: 30, name: 'Haircut' }, { minutes: 45, name: 'Long cut' }, userId, 'r-1'],
        ['service.changed', 'service', 'Long cut', { staffIds: [member.id] }, { staffIds: [] }, userId, 'r-1'],
        ['service.removed', 'service', 'Long cut', { ...offered, minutes: 45, name: 'Long cut' }, null, userId, 'r-1'],
      ]);

      await catalog.changeLocationHours(location.id, { dates: { '2027-12-24': [] } }, request(asked));
      await catalog.changeLocationHours(location.id, { weekly: [] }, request(asked));
      assert.deepEqual((await entriesOf(location.id)).slice(1), [
        ['location.changed', 'location', 'Mill Street', { specialDates: {} }, { specialDates: { '2027-12-24': [] } }, userId, 'r-1'],
        ['location.changed', 'location', 'Mill Street', { weekly: location.weekly }, { weekly: [] }, userId, 'r-1'],
      ]);

      await catalog.changeStaffMember(member.id, { bookable: false }, request(asked));
      await catalog.archiveStaffMember(member.id, request(asked));
      await catalog.archiveLocation(location.id, request(asked));
      assert.deepEqual(
        (await entriesOf(member.id)).map(([action]) => action),
        ['staff-member.added', 'staff-member.changed', 'staff-member.removed'],
      );
      assert.equal((await entriesOf(location.id)).at(-1)?.[0], 'location.removed');

      const { bufferRule } = catalog.snapshot().business;
      await catalog.changeSettings({ bufferRule: 'sum' }, request(asked));
      assert.deepEqual((await entriesOf('settings')).at(-1)?.slice(3), [{ bufferRule }, { bufferRule: 'sum' }, userId, 'r-1']);
      await catalog.changeSettings({ bufferRule }, request());
    });

    test('a change that is repeated or refused is not in the audit trail again', async () => {
      const { service } = await furnish();
      const key = keyOf(randomUUIDv7());
      const change = () => catalog.changeService(service.id, { minutes: 45 }, request({ key }));
      assert.deepEqual([(await change()).outcome, (await change()).outcome], ['saved', 'replayed']);
      assert.equal((await catalog.changeService(service.id, { minutes: 50 }, request({ expectedVersions: [1] }))).outcome, 'refused');
      assert.equal((await catalog.changeService(service.id, { minutes: 50 }, request({ key: { ...key, fingerprint: 'another' } }))).outcome, 'refused');
      assert.deepEqual(
        (await entriesOf(service.id)).map(([action]) => action),
        ['service.added', 'service.changed'],
      );
    });

    test('who wants to know hears of every new snapshot, whichever node has made the change', async () => {
      const { location } = await furnish();
      const elsewhere = await CatalogKeeper.open(store);
      const heard: (string | undefined)[] = [];
      const stop = elsewhere.onSnapshot(() => heard.push(elsewhere.snapshot().locations.get(location.id)?.name));
      for (const name of ['North', 'South']) {
        await catalog.changeLocation(location.id, { name }, request());
        await elsewhere.catchUp(Number.MAX_SAFE_INTEGER);
      }
      stop();
      await elsewhere.refresh();
      assert.deepEqual(heard, ['North', 'South']);
    });

    test('there are so many locations, services and staff members and no more, removed ones included', async () => {
      const { location, service, member } = await furnish();
      const fill = async (table: string, id: string, most: number, more = '{}') => {
        const [[there] = []] = await database.sql(`select count(*) from ${table}`);
        const copy = `jsonb_populate_record(t, $3::jsonb || jsonb_build_object('id', md5(n::text)::uuid) || case '${table}' when 'staff_member' then jsonb_build_object('calendar_id', md5(n::text)::uuid) else '{}' end)`;
        await database.sql(`insert into ${table} select (${copy}).* from ${table} t, generate_series(1, $2::int) n where t.id = $1`, [
          id,
          most - Number(there),
          more,
        ]);
      };
      const archived = '{"archived": true}';
      await fill('location', location.id, CATALOG_LIMITS.locations, archived);
      await fill('service', service.id, CATALOG_LIMITS.services, archived);
      await fill('calendar', member.calendarId, CATALOG_LIMITS.staff);
      await fill('staff_member', member.id, CATALOG_LIMITS.staff, archived);
      const answers = [
        await catalog.addLocation(locationDraft(), request()),
        await catalog.addService(serviceDraft(), request()),
        await catalog.addStaffMember(staffDraft(location.id), request()),
      ];
      const limits = answers.map((answer) => answer.outcome === 'refused' && answer.refusal.code === 'limit-reached' && answer.refusal.limit);
      assert.deepEqual(limits, ['locations', 'services', 'staff']);
      assert.equal((await catalog.changeService(service.id, { minutes: 40 }, request())).outcome, 'saved');
    });

    test('settings change with a version of their own', async () => {
      const before = catalog.snapshot().business;
      await catalog.changeSettings({ bufferRule: 'sum' }, request({ expectedVersions: [before.version] }));
      assert.deepEqual(catalog.snapshot().business, { ...before, bufferRule: 'sum', version: before.version + 1 });
      const late = await catalog.changeSettings({ bufferRule: 'max' }, request({ expectedVersions: [before.version] }));
      assert.equal(late.outcome === 'refused' && late.refusal.code, 'version-mismatch');
    });
  });
}
