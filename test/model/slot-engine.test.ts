import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { listWithAny } from '../../src/model/any-resource.ts';
import { type ClaimTime, ClaimTimes } from '../../src/model/claim-times.ts';
import { HOUR, instant, MINUTE } from '../../src/model/instant.ts';
import { explainSlot, isListCurrent, judgeSlot, listSlots, nearestSlots } from '../../src/model/slot-engine.ts';
import type { SlotWorld } from '../../src/model/slot-frame.ts';
import { type World, worlds } from './arbitrary-worlds.ts';
import { holds } from './random.ts';
import { slowSlots } from './slow-oracle.ts';

function slotWorld({ hours, claims, resourceHours }: World): SlotWorld {
  return { hours, claims: claims.map(claimTimesOf), resourceHours };
}

function claimTimesOf(list: readonly ClaimTime[]): ClaimTimes {
  const claims = new ClaimTimes();
  for (const claim of list) claims.add(claim);
  return claims;
}

test('what is listed is what the rules say, minute by minute', () => {
  holds(
    fc.property(worlds, (world) => {
      const { startsAt, remaining } = listSlots(slotWorld(world), world.terms, world);
      const expected = slowSlots(world.hours, world.claims, world.terms, world, world.resourceHours);
      assert.deepEqual(
        startsAt.map((at, index) => [new Date(at).toISOString(), remaining[index]]),
        [...expected].map(([at, left]) => [new Date(at).toISOString(), left]),
      );
    }),
    60,
  );
});

test('every listed start can be claimed, and no other minute can', () => {
  holds(
    fc.property(worlds, (world) => {
      const engine = slotWorld(world);
      const { terms, from, to, now, seats, ignoreClaimId } = world;
      const listed = new Map(listSlots(engine, terms, world).startsAt.map((at, index) => [at, index]));
      const asked = new Set([...listed.keys(), ...world.claims.flat().map(({ startsAt }) => startsAt)].filter((at) => from <= at && at < to));
      for (let at: number = from; at < to; at += MINUTE) asked.add(instant(at));
      for (const startsAt of asked) {
        const verdict = judgeSlot(engine, terms, { startsAt, now, seats, ignoreClaimId, waived: [] });
        const outcomes = explainSlot(engine, terms, { startsAt, now, seats, ignoreClaimId });
        assert.equal(verdict.ok, listed.has(startsAt), new Date(startsAt).toISOString());
        assert.equal(outcomes.find(({ ok }) => !ok)?.rule, verdict.ok ? undefined : verdict.rule);
      }
    }),
    40,
  );
});

test('where any one of several resources will do, what is listed is all that is listed with each, and names the first', () => {
  holds(
    fc.property(worlds, fc.array(worlds, { minLength: 1, maxLength: 3 }), (world, others) => {
      const [own = []] = world.claims;
      const without = { hours: world.hours, claims: [claimTimesOf(own)] };
      const each = others.map(({ claims, resourceHours: [hours = world.hours] }) => ({
        ...without,
        claims: [...without.claims, claimTimesOf(claims[1] ?? [])],
        resourceHours: [hours],
      }));
      const { startsAt, which } = listWithAny(without, each, world.terms, world);
      const listed = each.map((one) => listSlots(one, world.terms, world).startsAt);
      assert.deepEqual(
        startsAt,
        [...new Set(listed.flat())].sort((one, other) => one - other),
      );
      assert.deepEqual(
        which,
        startsAt.map((at) => listed.findIndex((starts) => starts.includes(at))),
      );
    }),
    60,
  );
});

test('a range is the sum of its parts', () => {
  holds(
    fc.property(worlds, fc.double({ min: 0, max: 1, noNaN: true }), (world, part) => {
      const engine = slotWorld(world);
      const cut = instant(Math.floor(world.from + (world.to - world.from) * part));
      const whole = listSlots(engine, world.terms, world).startsAt;
      const parts = [{ to: cut }, { from: cut }].flatMap((half) => listSlots(engine, world.terms, { ...world, ...half }).startsAt);
      assert.deepEqual(parts, whole);
    }),
    200,
  );
});

test('alternatives are listed starts, the nearest first', () => {
  holds(
    fc.property(worlds, (world) => {
      const engine = slotWorld(world);
      const ask = { startsAt: world.from, now: world.now, seats: world.seats, ignoreClaimId: world.ignoreClaimId };
      const nearest = nearestSlots(engine, world.terms, ask, 4);
      const fortnight = 14 * 24 * 60 * MINUTE;
      const all = listSlots(engine, world.terms, { ...world, from: instant(world.from - fortnight), to: instant(world.from + fortnight + 1) }).startsAt;
      const byDistance = all.map((at) => Math.abs(at - world.from)).sort((one, other) => one - other);
      assert.deepEqual(
        nearest.map((at) => Math.abs(at - world.from)),
        byDistance.slice(0, 4),
      );
      assert.ok(nearest.every((at) => all.includes(at)));
    }),
    60,
  );
});

test('a list that is called current after some time is what would be listed then', () => {
  let kept = 0;
  holds(
    fc.property(worlds, fc.array(fc.integer({ min: 1, max: 40 * HOUR }), { minLength: 1, maxLength: 12 }), (world, waits) => {
      const engine = slotWorld(world);
      const { terms, now } = world;
      const { startsAt, remaining } = listSlots(engine, terms, world);
      // The moments around which the first start is lost as well.
      const lost = startsAt.slice(0, 1).map((first) => first - terms.leadTimeMinutes * MINUTE);
      const moments = [...waits.map((wait) => now + wait), ...lost.flatMap((at) => [at - 1, at, at + 1])].filter((at) => at >= now);
      for (const at of moments.map(instant)) {
        if (!isListCurrent(world.hours, terms, startsAt[0], now, at)) continue;
        kept += 1;
        assert.deepEqual(listSlots(engine, terms, { ...world, now: at }), { startsAt, remaining }, new Date(at).toISOString());
      }
    }),
    200,
  );
  assert.ok(kept > 0);
});
