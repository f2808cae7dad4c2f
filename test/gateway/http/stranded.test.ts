// Closing time over appointments: the caller is told which ones, before the change or, with `appointments=keep`, in the reply.
import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { dateIn, everyDay } from '../../support/dates.ts';
import { type Json, makerOf, type Said } from '../../support/test-server.ts';
import { type Business, berlinTime, openBusiness } from '../business.ts';
import { isProblem } from '../is-problem.ts';

const DAYS = 5;
const DATE = dateIn(DAYS);
const MORNING = { windows: [{ from: '09:00', to: '10:15' }] };

type Change = { readonly method: string; readonly path: (at: Json) => string; readonly body?: unknown };
/** Each closes ten o'clock to half past, on that date or on every day. */
const CHANGES: Readonly<Record<string, Change>> = {
  'time off': {
    method: 'POST',
    path: ({ staff }) => `/v1/staff/${staff}/time-off`,
    body: { startsAt: berlinTime(DAYS, '10:20'), endsAt: berlinTime(DAYS, '12:00') },
  },
  'a date override': { method: 'PUT', path: ({ staff }) => `/v1/staff/${staff}/date-overrides/${DATE}`, body: MORNING },
  'weekly hours of a person': { method: 'PUT', path: ({ staff }) => `/v1/staff/${staff}/hours`, body: { weekly: everyDay('12:00', '17:00') } },
  'a special date': { method: 'PUT', path: ({ location }) => `/v1/locations/${location}/special-dates/${DATE}`, body: { windows: [] } },
  'weekly opening hours': { method: 'PUT', path: ({ location }) => `/v1/locations/${location}/hours`, body: { weekly: everyDay('11:00', '17:00') } },
  'the time zone of a location': { method: 'PATCH', path: ({ location }) => `/v1/locations/${location}`, body: { timeZone: 'Asia/Tokyo' } },
};

describe('changes of hours over appointments', () => {
  let shop: Business;
  before(async () => {
    shop = await openBusiness();
  });
  after(() => shop[Symbol.asyncDispose]());

  const ask = (method: string, path: string, body?: unknown, headers = {}) => shop.ask(method, path, { token: shop.tokens.owner, body, headers });
  /** A location in Berlin, open from nine to five, with two people in it. */
  async function furnish() {
    const make = makerOf(shop, shop.tokens.owner);
    const { id: location } = await make('/v1/locations', { name: 'Annex', timeZone: 'Europe/Berlin', currency: 'EUR', weekly: everyDay('09:00', '17:00') });
    const people = [];
    for (const name of ['Lea', 'Max']) people.push((await make('/v1/staff', { name, locationId: location, serviceIds: [shop.haircut.id] })).id as string);
    const [staff, other] = people;
    return { location: location as string, staff: staff as string, other: other as string };
  }
  async function book(staffId: string, time: string): Promise<Json> {
    const body = {
      serviceId: shop.haircut.id,
      staffId,
      startsAt: berlinTime(DAYS, time),
      customer: { name: 'Kim Example', email: 'kim@example.org' },
      allowOverlap: true,
    };
    const said = await ask('POST', '/v1/appointments', body);
    assert.equal(said.status, 201, said.text);
    return said.body;
  }
  const strandedOf = (appointment: Json) => ({ appointmentId: appointment.id, startsAt: appointment.startsAt, staffId: appointment.staffId });
  /** The same moments, in whatever zone. */
  const ofBody = (body: Json) => body.stranded?.map((one: Json) => ({ ...one, startsAt: Date.parse(one.startsAt) }));
  const expected = (appointments: readonly Json[]) => appointments.map(strandedOf).map((one) => ({ ...one, startsAt: Date.parse(one.startsAt) }));
  const hoursOf = async ({ location, staff }: { location: string; staff: string }) => {
    const [place, person, off] = await Promise.all([
      ask('GET', `/v1/locations/${location}/hours`),
      ask('GET', `/v1/staff/${staff}/hours`),
      ask('GET', `/v1/staff/${staff}/time-off`),
    ]);
    return [place.body, person.body, off.body];
  };

  for (const [what, { method, path, body }] of Object.entries(CHANGES)) {
    test(`${what}: refused with those that it would strand, nothing changed, and nobody's name told`, async () => {
      const at = await furnish();
      const appointment = await book(at.staff, '10:00');
      const before = await hoursOf(at);
      for (const query of ['', '?dryRun=true']) {
        const said = await ask(method, path(at) + query, body);
        isProblem(said, 'still-in-use');
        assert.equal(said.body.appointments, 1);
        assert.equal(said.body.next.id, appointment.id);
        assert.deepEqual(ofBody(said.body), expected([appointment]));
        assert.ok(!said.text.includes('Kim'));
      }
      assert.deepEqual(await hoursOf(at), before);
    });

    test(`${what}: with appointments=keep it is made, and the answer names them, also when it is repeated`, async () => {
      const at = await furnish();
      const appointment = await book(at.staff, '10:00');
      const before = await hoursOf(at);
      const tried = await ask(method, `${path(at)}?appointments=keep&dryRun=true`, body);
      assert.equal(tried.status, 200, tried.text);
      assert.deepEqual(ofBody(tried.body), expected([appointment]));
      assert.deepEqual(await hoursOf(at), before);
      const key = { 'Idempotency-Key': randomUUIDv7() };
      const first = await ask(method, `${path(at)}?appointments=keep`, body, key);
      const again = await ask(method, `${path(at)}?appointments=keep`, body, key);
      for (const said of [first, again]) {
        assert.ok(said.status < 300, said.text);
        assert.deepEqual(ofBody(said.body), expected([appointment]));
      }
      assert.equal((await ask('GET', `/v1/appointments/${appointment.id}`)).body.status, 'booked');
      assert.notDeepEqual(await hoursOf(at), before);
    });

    test(`${what}: where nothing is stranded it is made as before, and names nobody`, async () => {
      const at = await furnish();
      // It lies beside every one of these changes but the time zone's, which moves all of the day.
      if (what !== 'the time zone of a location' && what !== 'a special date' && what !== 'a date override') await book(at.staff, '14:00');
      const said = await ask(method, path(at), body);
      assert.ok(said.status < 300, said.text);
      assert.equal(said.body.stranded, undefined);
    });
  }

  test('of a location all calendars are asked, of people who have been removed as well, and the answer is in order of time', async () => {
    const at = await furnish();
    const [late, early] = [await book(at.staff, '11:00'), await book(at.other, '09:30')];
    assert.equal((await ask('DELETE', `/v1/staff/${at.other}?appointments=keep`)).status, 204);
    const said = await ask('PUT', `/v1/locations/${at.location}/special-dates/${DATE}`, { windows: [] });
    isProblem(said, 'still-in-use');
    assert.deepEqual([said.body.appointments, said.body.next], [2, { id: early.id, startsAt: early.startsAt }]);
    assert.deepEqual(ofBody(said.body), expected([early, late]));
  });

  test('the zone of a person and whether the location’s hours count for them are hours like the others', async () => {
    const at = await furnish();
    const weekly = everyDay('06:00', '08:00');
    await ask('PATCH', `/v1/staff/${at.staff}`, { ownHours: true });
    await ask('PUT', `/v1/staff/${at.staff}/hours`, { weekly });
    const appointment = await book(at.staff, '07:00');
    const refused = await ask('PATCH', `/v1/staff/${at.staff}`, { ownHours: false, name: 'Lena' });
    isProblem(refused, 'still-in-use');
    assert.deepEqual(ofBody(refused.body), expected([appointment]));
    assert.equal((await ask('GET', `/v1/staff/${at.staff}`)).body.name, 'Lea');
    const kept = await ask('PATCH', `/v1/staff/${at.staff}?appointments=keep`, { ownHours: false, name: 'Lena' });
    assert.deepEqual([kept.body.name, kept.body.ownHours, ofBody(kept.body)], ['Lena', false, expected([appointment])]);
  });

  test('whom a person strands who goes to another location is said, and nobody is asked', async () => {
    const at = await furnish();
    const make = makerOf(shop, shop.tokens.owner);
    const tokyo = await make('/v1/locations', { name: 'Tokyo', timeZone: 'Asia/Tokyo', currency: 'JPY', weekly: everyDay('09:00', '17:00') });
    const appointment = await book(at.staff, '16:00');
    const said = await ask('PATCH', `/v1/staff/${at.staff}`, { locationId: tokyo.id });
    assert.deepEqual([said.status, said.body.locationId, ofBody(said.body)], [200, tokyo.id, expected([appointment])]);
    const back = await ask('PATCH', `/v1/staff/${at.staff}`, { locationId: at.location });
    assert.deepEqual([back.status, back.body.stranded], [200, undefined]);
  });

  test('appointments=keep is refused where no hours are changed, as there is nothing to keep', async () => {
    const at = await furnish();
    for (const path of [`/v1/staff/${at.staff}`, `/v1/locations/${at.location}`]) {
      isProblem(await ask('PATCH', `${path}?appointments=keep`, { name: 'Other' }), 'invalid-request', 'appointments');
      assert.equal((await ask('PATCH', path, { name: 'Other' })).status, 200);
    }
  });

  test('taking special hours back strands what was booked in them', async () => {
    const at = await furnish();
    const open = { windows: [{ from: '18:00', to: '20:00' }] };
    for (const path of [`/v1/locations/${at.location}/special-dates/${DATE}`, `/v1/staff/${at.staff}/date-overrides/${DATE}`]) {
      assert.equal((await ask('PUT', path, open)).status, 200);
    }
    const appointment = await book(at.staff, '18:00');
    for (const path of [`/v1/locations/${at.location}/special-dates/${DATE}`]) {
      const said = await ask('DELETE', path);
      isProblem(said, 'still-in-use');
      assert.deepEqual(ofBody(said.body), expected([appointment]));
      assert.deepEqual(ofBody((await ask('DELETE', `${path}?appointments=keep`)).body), expected([appointment]));
    }
  });

  test('an appointment that is made while its time is closed is seen or refused, and never left out', async () => {
    const tells = async (said: Said<Json>, id: string) => said.body.stranded?.some((one: Json) => one.appointmentId === id) ?? false;
    for (let round = 0; round < 6; round += 1) {
      const at = await furnish();
      const path = round % 2 === 0 ? `/v1/staff/${at.staff}/date-overrides/${DATE}` : `/v1/locations/${at.location}/special-dates/${DATE}`;
      const body = {
        serviceId: shop.haircut.id,
        staffId: at.staff,
        startsAt: berlinTime(DAYS, '10:00'),
        customer: { name: 'Kim', email: 'kim@example.org' },
        allowOverlap: true,
      };
      const [closed, booked] = await Promise.all([ask('PUT', path, { windows: [] }), ask('POST', '/v1/appointments', body)]);
      if (booked.status === 201) assert.ok(await tells(closed, booked.body.id), closed.text);
      else isProblem(booked, 'outside-hours');
    }
  });
});
