import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Catalog, Location } from '../../src/catalog/catalog.ts';
import { readHolidays } from '../../src/catalog/public-holidays.ts';
import type { Instant } from '../../src/model/instant.ts';
import type { HolidaysQuery, PublicHoliday, PublicHolidaysReply } from '../../src/protocol/holidays.ts';
import { isFailed } from '../../src/protocol/reply.ts';

const PLACES = { berlin: ['Europe/Berlin', null], zurich: ['Europe/Zurich', null], dallas: ['America/Chicago', 'US'], nowhere: ['Etc/UTC', null] } as const;
const locations = Object.entries(PLACES).map(([id, [timeZone, country]]) => [id, { id, timeZone, country } as Location] as const);
const catalog = { snapshot: () => ({ locations: new Map<string, Location>(locations) }) as Partial<Catalog> as Catalog };

async function asked(place: string, query: HolidaysQuery, now: string) {
  return readHolidays({ catalog, scheduler: { now: () => Date.parse(now) as Instant } }, place, query);
}
async function listed(place: keyof typeof PLACES, query: HolidaysQuery = {}, now = '2026-11-30T12:00:00Z'): Promise<PublicHolidaysReply> {
  const reply = await asked(place, query, now);
  assert.ok(!isFailed(reply), JSON.stringify(reply));
  return reply.body as PublicHolidaysReply;
}
async function refused(place: string, query: HolidaysQuery) {
  const reply = await asked(place, query, '2026-11-30T12:00:00Z');
  assert.ok(isFailed(reply), 'it is answered');
  return [reply.problem.code, reply.problem.errors?.[0]?.path, reply.problem.detail ?? ''] as const;
}
const on = (items: readonly PublicHoliday[], date: string) => items.filter((item) => item.date === date).map(({ name }) => name);

describe('public holidays of a location', () => {
  test('fixed and moving days are on their dates in each year', async () => {
    const mondays = { 2026: '04-06', 2027: '03-29', 2028: '04-17' };
    const thursdays = { 2026: '11-26', 2027: '11-25', 2028: '11-23' };
    for (const year of [2026, 2027, 2028] as const) {
      const { items: german } = await listed('berlin', { year, language: 'de' });
      assert.deepEqual(on(german, `${year}-10-03`), ['Tag der Deutschen Einheit'], String(year));
      assert.deepEqual(on(german, `${year}-${mondays[year]}`), ['Ostermontag'], String(year));
      const { items: american } = await listed('dallas', { year });
      assert.deepEqual(on(american, `${year}-${thursdays[year]}`), ['Thanksgiving Day'], String(year));
      assert.deepEqual(on(american, `${year}-02-14`), [], 'a day that is only observed is no public holiday');
    }
  });

  test('the year and country are those of the location, names are English unless another language is asked for and known', async () => {
    const { country, year, region, items } = await listed('berlin', {}, '2026-12-31T23:30:00Z');
    assert.deepEqual([country, year, region, on(items, '2027-12-25')], ['DE', 2027, null, ['Christmas Day']]);
    assert.deepEqual(on((await listed('berlin', { year: 2027, language: 'pt' })).items, '2027-03-29'), ['Easter Monday']);
    assert.equal((await listed('nowhere', { country: 'GB', region: 'SCT' })).country, 'GB');
  });

  test('a region, and a part of one, adds its own days to those of the country', async () => {
    const ofWomen = async (region?: string) => on((await listed('berlin', { year: 2027, ...(region !== undefined && { region }) })).items, '2027-03-08').length;
    assert.deepEqual([await ofWomen(), await ofWomen('BE'), await ofWomen('BY')], [0, 1, 0]);
    const { regions, items } = await listed('berlin', { year: 2027, region: 'BY-A' });
    assert.ok(regions.some(({ code, name }) => code === 'BY-A' && name === 'Bayern, Stadt Augsburg'));
    assert.deepEqual([on(items, '2027-08-08').length, on(items, '2027-01-06').length], [1, 1]);
  });

  test('a holiday of several days is listed with each, and one of an afternoon says when it begins', async () => {
    const { items: turkish } = await listed('nowhere', { country: 'TR', year: 2027 });
    const feast = turkish.filter(({ name }) => name.includes('Eid al-Fitr')).map(({ date }) => date);
    assert.deepEqual(feast, ['2027-03-09', '2027-03-10', '2027-03-11']);
    const { items: icelandic } = await listed('nowhere', { country: 'IS', year: 2027 });
    assert.equal(icelandic.find(({ date }) => date === '2027-12-24')?.from, '13:00');
    assert.equal(icelandic.find(({ date }) => date === '2027-12-25')?.from, null);
  });

  test('what does not exist is refused by its field, with what does', async () => {
    const [code, path, detail] = await refused('nowhere', {});
    assert.deepEqual([code, path], ['invalid-request', 'country']);
    assert.match(detail, /must be given.*AT, .*DE, /);
    assert.match((await refused('berlin', { country: 'ZZ' })).join(' '), /^invalid-request country .*AT, .*DE, /);
    assert.match((await refused('berlin', { region: 'XX' })).join(' '), /^invalid-request region .*BE \(Berlin\), .*BY \(Bayern\)/);
    assert.match((await refused('berlin', { country: 'CK', region: 'ATIU' })).join(' '), /^invalid-request region .*no region of CK/);
    for (const year of [2025, 2029]) assert.match((await refused('berlin', { year })).join(' '), /^invalid-request year .*from 2026 to 2028/);
    assert.equal((await refused('elsewhere', {}))[0], 'not-found');
  });
});
