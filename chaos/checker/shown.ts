// What somebody was shown, held against the calendar at the revision that was shown with it.
import type { ClaimReply } from '../../src/protocol/calendars.ts';
import type { Change, History, ReadLine, ScreenLine, ShopFacts, SlotsQuestion } from '../history/lines.ts';
import { type Violation, violation } from './invariants.ts';
import { type CalendarModel, type ClaimVersion, liveAt } from './model.ts';
import { offeredStarts } from './offered.ts';

type Models = ReadonlyMap<string, CalendarModel>;
/** What differs, in words; `undefined`: nothing. */
type Difference = string | undefined;

export function checkReads({ reads, screens, run }: History, models: Models): Violation[] {
  const restsFrom = Math.min(...screens.filter(({ isFinal }) => isFinal).map((screen) => screen.at));
  return reads.flatMap((read) =>
    readDifferences(read, { models, shop: run.shop, isAtRest: read.askedAt > restsFrom }).map((difference) =>
      violation(8, `${read.what} read at node ${read.node}: ${difference}`, {
        at: read.answeredAt,
        about: read.what === 'slots' ? [] : [read.body.calendarId],
      }),
    ),
  );
}

export function checkScreens({ screens, run, caughtUp }: History, models: Models): Violation[] {
  const found = screens.flatMap((screen) =>
    screenDifferences(screen, models, run.shop).map((difference) => violation(9, `${screen.screen}: ${difference}`, { at: screen.at })),
  );
  if (caughtUp === undefined) return found;
  const { screensMilliseconds } = run.bounds;
  const { after, behind } = caughtUp;
  if (after === null) found.push(violation(9, `these screens never caught up after the last fault: ${behind.join(', ')}`));
  else if (after > screensMilliseconds)
    found.push(violation(9, `the screens caught up ${after} ms after the last fault, later than ${screensMilliseconds} ms, these last: ${behind.join(', ')}`));
  return found;
}

/** `isAtRest`: nothing changes any more. */
type Ground = { readonly models: Models; readonly shop: ShopFacts; readonly isAtRest: boolean };

function readDifferences(read: ReadLine, ground: Ground): string[] {
  const { models } = ground;
  switch (read.what) {
    case 'calendar': {
      const { calendarId, revision, era, claims } = read.body;
      return some(at(models, { calendarId, revision, era }, (live) => claimsDifference(claims, live)));
    }
    case 'slots':
      return read.body.calendars.flatMap(({ calendarId, revision, era, staffId }) => {
        const slots = (read.body.slots ?? []).filter((slot) => slot.staffId === staffId);
        const listed = new Map(slots.map(({ startsAt, remaining }) => [Date.parse(startsAt), remaining]));
        return some(at(models, { calendarId, revision, era }, (live) => slotsDifference(listed, live, read.question, ground)));
      });
    case 'changes':
      return some(changesDifference(read.body, read.after, models.get(read.body.calendarId)));
    default:
      return read satisfies never;
  }
}

function screenDifferences(screen: ScreenLine, models: Models, shop: ShopFacts): string[] {
  const { era } = screen;
  const ground = { models, shop, isAtRest: screen.isFinal };
  const rooms = new Set(screen.what === 'board' ? [] : shop.rooms.map(({ calendarId }) => calendarId));
  const isBehind = screen.columns.flatMap(({ calendarId, revision }) => {
    const head = models.get(calendarId)?.head;
    return screen.isFinal && revision !== head ? [`at rest it shows revision ${revision} of calendar ${calendarId}, which is at ${head}`] : [];
  });
  const missing = screen.isFinal
    ? [...models.keys()].filter((calendarId) => !rooms.has(calendarId) && !screen.columns.some((column) => column.calendarId === calendarId))
    : [];
  const wrong =
    screen.what === 'board'
      ? screen.columns.flatMap(({ calendarId, revision, claims }) => {
          const range = { startsAt: Date.parse(`${screen.from}T00:00Z`), endsAt: Date.parse(`${screen.to}T00:00Z`) };
          const isShown = (claim: { readonly startsAt: number; readonly endsAt: number }) => claim.startsAt < range.endsAt && range.startsAt < claim.endsAt;
          const shown = claims.filter((claim) => isShown({ startsAt: Date.parse(claim.startsAt), endsAt: Date.parse(claim.endsAt) }));
          return some(at(models, { calendarId, revision, era }, (live) => claimsDifference(shown, live.filter(isShown))));
        })
      : screen.columns.flatMap(({ calendarId, revision, starts }) =>
          some(at(models, { calendarId, revision, era }, (live) => slotsDifference(listOf(starts), live, screen.question, ground, seatless))),
        );
  return [...isBehind, ...lateDifferences(screen, models, shop), ...missing.map((calendarId) => `calendar ${calendarId} is not on it`), ...wrong];
}

/** A list that names an older revision than it should know is right as long as nothing on it has changed since. */
function lateDifferences(screen: ScreenLine, models: Models, shop: ShopFacts): string[] {
  if (screen.what !== 'slots' || roomsFor(screen.question, shop).length > 0) return [];
  return screen.columns.flatMap(({ calendarId, revision, starts }) => {
    const least = screen.least?.[calendarId] ?? 0;
    const live = liveAt(models.get(calendarId)?.versions ?? [], least);
    const difference = revision < least ? startsDifference(listOf(starts), seatless(live, screen.question, shop)) : undefined;
    return some(difference && `calendar ${calendarId} at revision ${revision}, when everybody was to know ${least}: ${difference}`);
  });
}

type Label = { readonly calendarId: string; readonly revision: number; readonly era: string };

function at(models: Models, { calendarId, revision, era }: Label, compare: (live: readonly ClaimVersion[]) => Difference): Difference {
  const model = models.get(calendarId);
  if (model === undefined) return `calendar ${calendarId} is unknown`;
  if (era !== model.era) return `calendar ${calendarId} is of era ${era}, and its feed of ${model.era}`;
  if (revision > model.head) return `calendar ${calendarId} is at revision ${revision}, and its feed ends at ${model.head}`;
  const difference = compare(liveAt(model.versions, revision));
  return difference && `calendar ${calendarId} at revision ${revision}: ${difference}`;
}

function claimsDifference(claims: readonly ClaimReply[], live: readonly ClaimVersion[]): Difference {
  return textDifference(claims.map(textOfReply), live.map(textOfVersion));
}

function textOfReply({ kind, id, startsAt, endsAt, lane, seats, serviceId, status, expiresAt }: ClaimReply): string {
  const until = kind === 'hold' && expiresAt !== undefined ? Date.parse(expiresAt) : null;
  return JSON.stringify([kind, id, Date.parse(startsAt), Date.parse(endsAt), lane, seats, serviceId, status, until]);
}

function textOfVersion({ kind, id, startsAt, endsAt, lane, seats, serviceId, status, expiresAt }: ClaimVersion): string {
  return JSON.stringify([kind, id, startsAt, endsAt, lane, seats, serviceId, status, kind === 'hold' ? expiresAt : null]);
}

function startsDifference(listed: ReadonlyMap<number, number>, offered: ReadonlyMap<number, number>): Difference {
  const text = ([startsAt, remaining]: readonly [number, number]) => `${new Date(startsAt).toISOString()} (${remaining})`;
  return textDifference([...listed].map(text), [...offered].map(text));
}

/**
 * Which revision a room had is not told. So of a service that takes one along only what the staff member is not free for is wrong, until nothing
 * changes any more.
 */
function slotsDifference(
  listed: ReadonlyMap<number, number>,
  live: readonly ClaimVersion[],
  question: SlotsQuestion,
  { models, shop, isAtRest }: Ground,
  offeredBy: typeof offeredStarts = offeredStarts,
): Difference {
  const rooms = roomsFor(question, shop);
  if (rooms.length === 0) return startsDifference(listed, offeredBy(live, question, shop));
  if (!isAtRest) {
    const offered = offeredStarts(live, question, shop);
    const wrong = [...listed.keys()].find((start) => !offered.has(start));
    return wrong === undefined ? undefined : `${new Date(wrong).toISOString()} is shown as free`;
  }
  const inRooms = rooms.map((calendarId) => liveAt(models.get(calendarId)?.versions ?? [], models.get(calendarId)?.head ?? 0));
  return startsDifference(listed, offeredBy(live, question, shop, inRooms));
}

/** The calendars of the rooms that would do. */
function roomsFor({ serviceId }: SlotsQuestion, { services, rooms }: ShopFacts): readonly string[] {
  const { roomIds = [] } = services.find(({ id }) => id === serviceId) ?? {};
  return rooms.filter(({ id }) => roomIds.includes(id)).map(({ calendarId }) => calendarId);
}

/** Screens keep starts without seats. */
function seatless(...question: Parameters<typeof offeredStarts>): ReadonlyMap<number, number> {
  return listOf([...offeredStarts(...question).keys()]);
}

function listOf(starts: readonly number[]): ReadonlyMap<number, number> {
  return new Map(starts.map((startsAt) => [startsAt, 1]));
}

function changesDifference(
  page: { readonly calendarId: string; readonly era: string; readonly changes: readonly Change[] },
  after: number,
  model: CalendarModel | undefined,
): Difference {
  if (model === undefined || page.era !== model.era) return `a page of calendar ${page.calendarId} of era ${page.era}`;
  const there = model.changes.slice(after, after + page.changes.length);
  const wrong = page.changes.find((change, index) => JSON.stringify(change) !== JSON.stringify(there[index]));
  return wrong && `revision ${wrong.revision} of calendar ${page.calendarId} was told otherwise than it is told at the end`;
}

function textDifference(here: readonly string[], there: readonly string[]): Difference {
  const inHere = new Set(here);
  const inThere = new Set(there);
  const extra = here.filter((text) => !inThere.has(text));
  const missing = there.filter((text) => !inHere.has(text));
  if (extra.length === 0 && missing.length === 0) return undefined;
  return `shown but not there: ${extra.slice(0, 3).join(' ') || 'nothing'} (${extra.length}); there but not shown: ${missing.slice(0, 3).join(' ') || 'nothing'} (${missing.length})`;
}

function some(difference: Difference): string[] {
  return difference === undefined ? [] : [difference];
}
