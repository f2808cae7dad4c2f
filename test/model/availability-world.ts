// Reads the availability cases and asks the engine what they ask. Not a test file: the tests run it in this process and in others with other clocks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { CalendarHours, DateWindows, WeeklyWindow } from '../../src/model/calendar-hours.ts';
import { type ClaimTime, ClaimTimes } from '../../src/model/claim-times.ts';
import { DAY, type Instant, instant, MINUTE, parseInstant } from '../../src/model/instant.ts';
import { checkRange, firstInstantOf, isTimeZone } from '../../src/model/local-dates.ts';
import { explainSlot, judgeSlot, listSlots } from '../../src/model/slot-engine.ts';
import type { SlotWorld } from '../../src/model/slot-frame.ts';
import type { SlotTerms } from '../../src/model/slot-terms.ts';
import type { SlotRule } from '../../src/model/slots.ts';

type CaseClaim = {
  id?: string;
  kind: 'hold' | 'appointment' | 'block';
  startsAt: string;
  endsAt: string;
  expiresAt?: string;
  status?: 'pending' | 'booked' | 'cancelled';
  serviceId?: string;
  bufferBeforeMinutes?: number;
  bufferAfterMinutes?: number;
  staffId?: string;
  resourceId?: string;
};
type CaseStaff = {
  id: string;
  ownHours: boolean;
  timeZone?: string;
  hours: WeeklyWindow[] | null;
  dateOverrides?: DateWindows;
  timeOff?: { startsAt: string; endsAt: string }[];
};
type CaseInput = {
  now: string;
  query: { from: string; to: string; timeZone: string };
  bufferRule: 'max' | 'sum';
  location: { timeZone: string; hours: WeeklyWindow[]; specialDates?: DateWindows };
  staff: CaseStaff[];
  service: Omit<SlotTerms, 'serviceId' | 'bufferRule'> & { id: string; resourceIds?: string[] };
  claims: CaseClaim[];
  seats?: number;
  moving?: string;
};
type Starts = string[] | { first: string[]; last: string[]; perDay: Record<string, number> };
type CaseExpected = {
  problem?: { status: number; code: string };
  count?: number;
  slots?: Starts;
  byStaff?: Record<string, string[]>;
  remaining?: Record<string, number>;
  claims?: { startsAt: string; refusedBy: SlotRule[] }[];
};
export type AvailabilityCase = { id: string; title: string; input: CaseInput; expected: CaseExpected };

export function availabilityCases(): AvailabilityCase[] {
  return JSON.parse(readFileSync(new URL('availability-cases.json', import.meta.url), 'utf8')).cases;
}

/** What the engine lists for a case, by staff member; `undefined` where the query itself is refused. */
export function listedFor({ input }: AvailabilityCase) {
  const { from, to, timeZone } = input.query;
  if (checkRange(from, to) !== undefined || !isTimeZone(timeZone)) return undefined;
  const range = { from: firstInstantOf(from, timeZone), to: firstInstantOf(to, timeZone), ...asker(input) };
  const lists = input.staff.map((member) => ({ staffId: member.id, ...listSlots(worldOf(input, member), termsOf(input), range) }));
  return { timeZone, minutes: input.service.minutes, lists };
}

/** Throws AssertionError unless the engine answers as the case expects. */
export function checkCase(availabilityCase: AvailabilityCase): void {
  const { input, expected } = availabilityCase;
  const { timeZone } = input.query;
  const listing = listedFor(availabilityCase);
  assert.equal(listing === undefined, expected.problem !== undefined, 'the query itself is refused');
  if (listing === undefined) return;

  const listed = listing.lists;
  const union = [...new Set(listed.flatMap(({ startsAt }) => startsAt))].sort((one, other) => one - other);
  assert.equal(union.length, expected.count, 'number of starts');
  assertStarts(union, expected.slots, timeZone);
  for (const [staffId, starts] of Object.entries(expected.byStaff ?? {})) {
    assert.deepEqual(listed.find((one) => one.staffId === staffId)?.startsAt.map(utc), starts, `starts of ${staffId}`);
  }
  for (const { startsAt, remaining } of expected.remaining === undefined ? [] : listed) {
    assert.deepEqual(Object.fromEntries(startsAt.map((at, index) => [utc(at), remaining[index]])), expected.remaining, 'seats left');
  }
  for (const claim of expected.claims ?? []) checkClaim(input, claim);
  checkListedIsJudged(
    input,
    listed.map(({ startsAt }) => startsAt),
  );
}

function checkClaim(input: CaseInput, { startsAt, refusedBy }: { startsAt: string; refusedBy: SlotRule[] }): void {
  const ask = { startsAt: at(startsAt), ...asker(input), waived: [] };
  const verdicts = input.staff.map((member) => judgeSlot(worldOf(input, member), termsOf(input), ask));
  const isAccepted = verdicts.some((verdict) => verdict.ok);
  assert.equal(isAccepted, refusedBy.length === 0, `the claim for ${startsAt}`);
  if (isAccepted) return;
  for (const verdict of verdicts) assert.ok(!verdict.ok && refusedBy.includes(verdict.rule), `${startsAt} refused by ${JSON.stringify(verdict)}`);
}

/** Around every listed start, the engine accepts exactly what it lists, and explains it. */
function checkListedIsJudged(input: CaseInput, listed: Instant[][]): void {
  for (const [index, member] of input.staff.entries()) {
    const world = worldOf(input, member);
    const starts = new Set(listed[index]);
    for (const start of [...starts].slice(0, 24)) {
      for (const startsAt of [start, instant(start + MINUTE)]) {
        const verdict = judgeSlot(world, termsOf(input), { startsAt, ...asker(input), waived: [] });
        assert.equal(verdict.ok, starts.has(startsAt), utc(startsAt));
        const rules = explainSlot(world, termsOf(input), { startsAt, ...asker(input) });
        assert.equal(rules.find(({ ok }) => !ok)?.rule, verdict.ok ? undefined : verdict.rule);
      }
    }
  }
}

function assertStarts(starts: Instant[], expected: Starts | undefined, timeZone: string): void {
  if (expected === undefined || Array.isArray(expected)) {
    assert.deepEqual(starts.map(utc), expected);
    return;
  }
  assert.deepEqual(starts.slice(0, expected.first.length).map(utc), expected.first);
  assert.deepEqual(starts.slice(-expected.last.length).map(utc), expected.last);
  for (const [date, count] of Object.entries(expected.perDay)) {
    const from = firstInstantOf(date, timeZone);
    const to = firstInstantOf(new Date(Date.parse(date) + DAY).toISOString().slice(0, 10), timeZone);
    assert.equal(starts.filter((start) => from <= start && start < to).length, count, `starts on ${date}`);
  }
}

function asker(input: CaseInput) {
  return { now: at(input.now), seats: input.seats ?? 1, ignoreClaimId: input.moving === undefined ? null : claimId(input, input.moving) };
}

function termsOf({ service, bufferRule }: CaseInput): SlotTerms {
  const { id, resourceIds: _, ...terms } = service;
  return { ...terms, serviceId: id, bufferRule };
}

function worldOf(input: CaseInput, member: CaseStaff): SlotWorld {
  const { location } = input;
  const hours: CalendarHours = {
    timeZone: member.timeZone ?? null,
    weekly: member.hours,
    overrides: member.dateOverrides ?? {},
    ownHours: member.ownHours,
    timeOff: (member.timeOff ?? []).map((away, index) => ({ id: uuid(1_000 + index), startsAt: at(away.startsAt), endsAt: at(away.endsAt), reason: null })),
    location: { timeZone: location.timeZone, weekly: location.hours, specialDates: location.specialDates ?? {}, version: 1 },
  };
  const own = claimsWhere(input, (claim) => claim.resourceId === undefined && (claim.staffId ?? input.staff[0]?.id) === member.id);
  const resources = (input.service.resourceIds ?? []).map((resourceId) => claimsWhere(input, (claim) => claim.resourceId === resourceId));
  return { hours, claims: [own, ...resources] };
}

function claimsWhere(input: CaseInput, isHere: (claim: CaseClaim) => boolean): ClaimTimes {
  const claims = new ClaimTimes();
  for (const [index, claim] of input.claims.entries()) {
    const isLive = claim.status !== 'cancelled' && (claim.expiresAt === undefined || at(claim.expiresAt) > at(input.now));
    if (isLive && isHere(claim)) claims.add(claimTimeOf(input, claim, index));
  }
  return claims;
}

function claimTimeOf({ service }: CaseInput, claim: CaseClaim, index: number): ClaimTime {
  const isMain = claim.serviceId === service.id;
  return {
    id: uuid(index),
    kind: claim.kind,
    status: claim.kind === 'block' ? null : claim.kind === 'hold' ? 'held' : (claim.status ?? 'booked'),
    startsAt: at(claim.startsAt),
    endsAt: at(claim.endsAt),
    bufferBeforeMinutes: claim.bufferBeforeMinutes ?? (isMain ? service.bufferBeforeMinutes : 0),
    bufferAfterMinutes: claim.bufferAfterMinutes ?? (isMain ? service.bufferAfterMinutes : 0),
    serviceId: claim.serviceId ?? null,
    capacity: isMain ? service.capacity : 1,
    lane: index,
    seats: 1,
  };
}

function claimId(input: CaseInput, id: string): string {
  return uuid(input.claims.findIndex((claim) => claim.id === id));
}

function uuid(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

function at(text: string): Instant {
  const moment = parseInstant(text);
  assert.ok(moment !== undefined, text);
  return moment;
}

function utc(moment: number): string {
  return new Date(moment).toISOString().replace('.000Z', 'Z');
}
