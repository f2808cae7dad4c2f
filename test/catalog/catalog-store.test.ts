import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CatalogKeeper } from '../../src/catalog/catalog-keeper.ts';
import { catalogStore } from '../../src/persistence/catalog/catalog-store.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openFresh, USUAL_ENGINES } from '../persistence/engines.ts';
import { locationDraft, request, serviceDraft, staffDraft } from './drafts.ts';

for (const engine of USUAL_ENGINES) {
  describe(`the catalog that is read again on ${engine.name}`, { skip: engine.skip }, () => {
    let database: Database;
    let close: () => Promise<void>;
    before(async () => {
      ({ database, close } = await openFresh(engine));
    });
    after(() => close());

    test('after any change it is what reading everything gives, and what has not changed is not read', async () => {
      const store = catalogStore(database);
      const keeper = await CatalogKeeper.open(store);
      const [location, other] = [locationDraft(), locationDraft({ name: 'Elsewhere' })];
      const [cut, wash] = [serviceDraft({ name: 'Cut' }), serviceDraft({ name: 'Wash' })];
      const ana = staffDraft(location.id, { serviceIds: [wash.id, cut.id] });
      const ben = staffDraft(location.id, { name: 'Ben' });
      const room = { id: ben.id, calendarId: cut.id, name: 'Room', kind: null, locationId: location.id, ownHours: false, weekly: null };
      let known = await store.load();
      const changes: readonly (() => Promise<{ readonly outcome: string }>)[] = [
        () => keeper.addLocation(location, request()),
        () => keeper.addLocation(other, request()),
        () => keeper.addService(cut, request()),
        () => keeper.addService(wash, request()),
        () => keeper.addStaffMember(ana, request()),
        () => keeper.addStaffMember(ben, request()),
        () => keeper.addResource(room, request()),
        () => keeper.changeService(cut.id, { staffIds: [ben.id] }, request()),
        () => keeper.changeService(wash.id, { position: 0, name: 'Wash first' }, request()),
        () => keeper.changeService(cut.id, { position: 5 }, request()),
        () => keeper.changeStaffMember(ana.id, { serviceIds: [cut.id, wash.id], locationId: other.id }, request()),
        () => keeper.changeLocationHours(location.id, { weekly: [] }, request()),
        () => keeper.archiveService(wash.id, request()),
        () => keeper.archiveResource(room.id, request()),
        () => keeper.archiveStaffMember(ben.id, request()),
        () => keeper.changeSettings({ name: 'Another name' }, request()),
      ];
      for (const change of changes) {
        assert.equal((await change()).outcome, 'saved', String(change));
        known = await store.load(known);
        assert.deepEqual(known, await store.load(), String(change));
      }
      const again = await store.load(known);
      for (const list of ['locations', 'services', 'staff', 'resources'] as const) assert.ok(again[list].every((row, index) => row === known[list][index]));
    });

    test('what a plan has decided on the calendars, and a crash has kept from the catalog, is in it once a node opens, and before the next change', async () => {
      const store = catalogStore(database);
      const catalog = await CatalogKeeper.open(store);
      const furnish = async () => {
        const location = locationDraft();
        const member = staffDraft(location.id);
        await catalog.addLocation(location, request());
        await catalog.addStaffMember(member, request());
        return { location, member };
      };
      const { location, member } = await furnish();
      const closed = await furnish();
      const ahead = `update calendar set hours = jsonb_set(jsonb_set(hours, '{plannedFor}', to_jsonb($2::text)), '{location}', hours -> 'location' || $3::jsonb) where id = $1`;
      const next = (date: string) => JSON.stringify({ specialDates: { [date]: [] }, version: 2 });
      await database.sql(ahead, [member.calendarId, location.id, next('2027-12-24')]);
      await database.sql(ahead, [closed.member.calendarId, closed.location.id, next('2027-12-25')]);
      assert.deepEqual(await catalog.staleCalendars(location.id), [], 'it is not told the hours before');
      await catalog.changeLocationHours(closed.location.id, { dates: { '2027-12-31': [] } }, request());
      const leaver = (await furnish()).member;
      await database.sql(`update calendar set hours = hours || jsonb_build_object('retired', true, 'plannedFor', $2::text) where id = $1`, [
        leaver.calendarId,
        leaver.id,
      ]);
      const keeper = await CatalogKeeper.open(store);
      await keeper.tellCalendars({ ask: async () => ({ outcome: 'retry', reason: 'draining', retryAfterSeconds: 1 }) });
      assert.deepEqual(
        [location, closed.location].map(({ id }) => [keeper.snapshot().locations.get(id)?.specialDates, keeper.snapshot().locations.get(id)?.hoursVersion]),
        [
          [{ '2027-12-24': [] }, 2],
          [{ '2027-12-25': [], '2027-12-31': [] }, 3],
        ],
      );
      assert.ok(!keeper.snapshot().staff.has(leaver.id));
      assert.deepEqual(await store.unsettledCalendars(leaver.id), []);
    });
  });
}
