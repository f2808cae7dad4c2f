import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CalendarActor } from '../../src/actors/calendar/actor.ts';
import type { CalendarEvent } from '../../src/actors/calendar/calendar.ts';
import { batchOf } from '../../src/actors/journal/batch.ts';
import type { Entry } from '../../src/actors/journal/entry.ts';
import type { ClaimRow, CommitBatch } from '../../src/actors/ports.ts';
import { instant } from '../../src/model/instant.ts';
import { type Part, RandomHistory, steps } from '../actors/calendar/random-history.ts';
import { appointmentAt, booked, held, holdAt, id, NOW } from '../actors/calendar/scene.ts';
import { HOURS } from '../actors/practice.ts';
import { holds } from '../model/random.ts';

describe('The rows of a commit', () => {
  it('lead from the claims before to the claims after, however many decisions go out together', () => {
    holds(
      fc.property(steps, fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (history, goesOut) => {
        const random = new RandomHistory();
        const table = new ClaimTable();
        let waiting: Entry[] = [];
        const send = () => {
          if (waiting.length > 0) table.apply(batchOf(waiting, () => 1));
          waiting = [];
        };
        for (const [index, step] of history.entries()) {
          const parts = random.take(step);
          if (parts.length > 0) waiting.push(entryOf(parts));
          if (goesOut[index]) send();
        }
        send();
        assert.deepEqual(table.claims(), random.states.flatMap(claimsOf).sort());
      }),
      200,
    );
  });

  it('a hold that was placed, booked and cancelled within one commit leaves no claim', () => {
    const hold = holdAt(60);
    const appointment = appointmentAt(60);
    const batch = batchOfEvents(
      [held(hold)],
      [booked(appointment, hold.id)],
      [{ type: 'appointment.cancelled', appointment: { ...appointment, status: 'cancelled' } }],
    );
    assert.deepEqual([batch.claimsAdded, batch.claimsChanged, batch.claimsRemoved], [[], [], []]);
    assert.deepEqual(batch.calendars, [{ id: id(1), from: 0, to: 3, component: 0, hours: null }]);
    assert.deepEqual(
      batch.appointments.map(({ fresh, revision, appointment: { status } }) => ({ fresh, revision, status })),
      [{ fresh: true, revision: 3, status: 'cancelled' }],
    );
  });

  it('an appointment that is checked in keeps its row', () => {
    const appointment = appointmentAt(60);
    const batch = batchOfEvents([{ type: 'appointment.checked-in', appointment: { ...appointment, status: 'checked-in' } }]);
    assert.deepEqual([batch.claimsAdded, batch.claimsRemoved, batch.claimsChanged.map(({ claim }) => claim.status)], [[], [], ['checked-in']]);
  });

  it('an appointment whose notes are edited keeps its row, and one that becomes longer gets another', () => {
    const before = appointmentAt(60);
    const { calendarId, staffId, startsAt, endsAt, lane, serviceId, price } = before;
    const from = { calendarId, staffId, startsAt, endsAt, lane };
    const edited = { fields: ['notes'], was: { serviceId, price } } as const;
    const rows = (appointment: typeof before) => {
      const { claimsAdded, claimsChanged, claimsRemoved } = batchOfEvents([{ type: 'appointment.edited', appointment, from, edited }]);
      return [claimsAdded.length, claimsChanged.length, claimsRemoved.length];
    };
    assert.deepEqual(rows(before), [0, 1, 0]);
    assert.deepEqual(rows({ ...before, overlaps: true }), [1, 0, 1]);
    assert.deepEqual(rows({ ...before, endsAt: instant(endsAt + 1) }), [1, 0, 1]);
  });

  it('the last hours of several changes are written', () => {
    const change = { type: 'set-weekly', weekly: null } as const;
    const first = { ...HOURS, ownHours: true };
    const last = { ...HOURS, timeZone: 'Europe/Berlin' };
    const batch = batchOfEvents(
      [{ type: 'hours.changed', hours: first, was: HOURS, change }],
      [{ type: 'hours.changed', hours: last, was: first, change }],
      [held(holdAt(60))],
    );
    assert.deepEqual(batch.calendars, [{ id: id(1), from: 0, to: 3, component: 0, hours: last }]);
  });
});

/** The table of claims, as the stored function changes it. */
class ClaimTable {
  readonly #rows = new Map<string, ClaimRow>();

  apply({ claimsRemoved, claimsChanged, claimsAdded }: CommitBatch): void {
    for (const { id: claimId, calendarId } of claimsRemoved) {
      assert.equal(this.#rows.get(claimId)?.calendarId, calendarId, `${claimId} is removed from where it is not`);
      this.#rows.delete(claimId);
    }
    for (const { claim, details, calendarId } of claimsChanged) {
      const row = this.#rows.get(claim.id);
      assert.ok(row?.calendarId === calendarId, `${claim.id} is changed where it is not`);
      this.#rows.set(claim.id, { ...row, details, claim: { ...row.claim, status: claim.status } });
    }
    for (const row of claimsAdded) {
      assert.ok(!this.#rows.has(row.claim.id), `${row.claim.id} is added twice`);
      this.#rows.set(row.claim.id, row);
    }
  }

  claims(): string[] {
    return [...this.#rows.values()].map(({ calendarId, claim, details }) => textOf(calendarId, claim, details)).sort();
  }
}

function claimsOf(state: RandomHistory['states'][number]): string[] {
  return Array.from({ length: state.claims.size }, (_, index) => {
    const claim = state.claims.claimAt(index);
    const details = claim.kind === 'block' ? { reason: state.blockReasons.get(claim.id) ?? null } : (state.holds.get(claim.id) ?? null);
    return textOf(state.id, claim, details);
  });
}

function textOf(calendarId: string, claim: ClaimRow['claim'], details: ClaimRow['details']): string {
  const { id: claimId, kind, status, startsAt, endsAt, serviceId, capacity, lane, seats } = claim;
  return JSON.stringify([calendarId, claimId, kind, status, startsAt, endsAt, serviceId, capacity, lane, seats, details]);
}

const actors = [actorOf(id(1)), actorOf(id(3))] as const;
let entries = 0;

function entryOf(parts: readonly Part[]): Entry {
  entries += 1;
  return {
    id: id(entries),
    parts: parts.map(({ calendar, ...part }) => ({ actor: actors[calendar], ...part })),
    request: null,
    answer: { type: 'fact' },
    end: () => undefined,
  };
}

/** One entry each, one after the other on the first calendar. */
function batchOfEvents(...decisions: readonly (readonly CalendarEvent[])[]): CommitBatch {
  const parts = decisions.map((events, index) => ({ calendar: 0 as const, base: index, revision: index + 1, at: NOW, events }));
  return batchOf(
    parts.map((part) => entryOf([part])),
    () => 1,
  );
}

/** Of an actor, a batch knows only whose decisions these are. */
function actorOf(calendarId: string): CalendarActor {
  const unused = () => {
    throw new Error('nobody asks this calendar');
  };
  return new CalendarActor(
    { id: calendarId, shard: 0, revision: 0, changedAt: NOW, hours: HOURS, claims: [], holds: [], blockReasons: new Map() },
    {
      laneOf: unused,
      isOurs: () => true,
      now: () => NOW,
      after: unused,
      newEntryId: unused,
      load: unused,
      missed: unused,
      changesBetween: unused,
      onChange: unused,
      onLost: unused,
      hasStandIn: unused,
      onReloadFailed: unused,
    },
  );
}
