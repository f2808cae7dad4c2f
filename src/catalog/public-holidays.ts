// Public holidays of a country, or of a region of it, for a location. The list of the world's holidays is loaded when it is first asked for:
// it holds the node up for 0.15 s and takes 9 MB, and few nodes are ever asked.
import type Holidays from 'date-holidays';
import type { HolidaysTypes } from 'date-holidays';
import { RecentMap } from '../actors/recent-map.ts';
import { HOUR, type Instant } from '../model/instant.ts';
import { dateOfDay, dayOfDate, localDateOf } from '../model/local-dates.ts';
import { type HolidaysQuery, type PublicHoliday, type PublicHolidaysReply, YEARS_AHEAD } from '../protocol/holidays.ts';
import { done, failed, failedField, type Reply } from '../protocol/reply.ts';
import { type Catalog, countryOfLocation } from './catalog.ts';

type Calendar = typeof Holidays;
type Region = PublicHolidaysReply['regions'][number];
type Parts = { readonly catalog: { snapshot(): Catalog }; readonly scheduler: { now(): Instant } };

/** A year that follows the moon takes up to 90 ms to work out. */
const MOST_KNOWN = 200;
const known = new RecentMap<string, readonly PublicHoliday[]>(MOST_KNOWN);
const OTHERWISE = 'en';

export async function readHolidays({ catalog, scheduler }: Parts, locationId: string, query: HolidaysQuery): Promise<Reply> {
  const location = catalog.snapshot().locations.get(locationId);
  if (location === undefined) return failed('not-found', { detail: 'There is no such location.' });
  const thisYear = Number(localDateOf(scheduler.now(), location.timeZone).slice(0, 4));
  const { year = thisYear, language = OTHERWISE, region, country = countryOfLocation(location) } = query;
  if (year < thisYear || year > thisYear + YEARS_AHEAD) return failedField('invalid-request', 'year', `must be from ${thisYear} to ${thisYear + YEARS_AHEAD}`);
  const { default: Calendar } = await import('date-holidays');
  const world = new Calendar();
  const countries = Object.keys(world.getCountries());
  if (country === null) return failedField('invalid-request', 'country', `must be given, as the location has none: ${countries.join(', ')}`);
  if (!countries.includes(country)) return failedField('invalid-request', 'country', `must be one whose holidays are known: ${countries.join(', ')}`);
  const regions = regionsOf(world, country, language);
  if (region !== undefined && !regions.some(({ code }) => code === region)) return failedField('invalid-request', 'region', regionWords(country, regions));
  const items = holidaysOf(Calendar, { country, region, year, language });
  return done({ country, region: region ?? null, year, regions, items });
}

function regionWords(country: string, regions: readonly Region[]): string {
  if (regions.length === 0) return `cannot be given: no region of ${country} has holidays of its own`;
  return `must be one of ${country}: ${regions.map(({ code, name }) => `${code} (${name})`).join(', ')}`;
}

/** Regions and their parts. Those with small letters in their code are left out: the package lists them, but never finds their holidays. */
function regionsOf(world: Holidays, country: string, language: string): readonly Region[] {
  const listed = (names: { readonly [code: string]: string } | undefined) => Object.entries(names ?? {}).filter(([code]) => code === code.toUpperCase());
  return listed(world.getStates(country, language)).flatMap(([state, name]) => [
    { code: state, name },
    ...listed(world.getRegions(country, state, language)).map(([part, itsName]) => ({ code: `${state}-${part}`, name: `${name}, ${itsName}` })),
  ]);
}

type Asked = { readonly country: string; readonly region: string | undefined; readonly year: number; readonly language: string };

function holidaysOf(Calendar: Calendar, { country, region = '', year, language }: Asked): readonly PublicHoliday[] {
  const key = [country, region, year, language].join(' ');
  const before = known.get(key);
  if (before !== undefined) return before;
  const [state, part] = region.split('-');
  const place = { country, ...(state && { state }), ...(part && { region: part }) };
  const calendar = new Calendar(place, { types: ['public'], languages: [language, OTHERWISE] });
  const named = new Map(calendar.getHolidays(year).flatMap((holiday) => daysOf(holiday).map((day) => [`${day.date} ${day.name}`, day])));
  const items = [...named.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, day]) => day);
  known.set(key, items);
  return items;
}

/** A holiday may last several days, or begin at noon. Days of 23 hours are whole ones, and an afternoon after several days is none. */
function daysOf({ date, start, end, name }: HolidaysTypes.Holiday): readonly PublicHoliday[] {
  const [first = '', time = ''] = date.split(' ');
  const day = dayOfDate(first);
  if (day === undefined) throw new Error(`a holiday on ${date}`);
  const days = Math.floor((end.getTime() - start.getTime() + HOUR) / (24 * HOUR));
  if (days === 0) return [{ date: first, name, from: time.slice(0, 5) }];
  return Array.from({ length: days }, (_, index) => ({ date: dateOfDay(day + index), name, from: null }));
}
