// What calendars decide together, as a pure function of their states.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Appointment, CalendarCommand, CalendarEvent, SlotAsk, TakenResource } from '../../../src/actors/calendar/calendar.ts';
import { type CalendarState, emptyState } from '../../../src/actors/calendar/calendar-state.ts';
import { dueExpiries } from '../../../src/actors/calendar/decide.ts';
import { decideAlone, decideGroup } from '../../../src/actors/calendar/decide-group.ts';
import { evolve } from '../../../src/actors/calendar/evolve.ts';
import type { GroupDecision, Part, Parts } from '../../../src/actors/calendar/group.ts';
import type { Instant } from '../../../src/model/instant.ts';
import { HOURS, TERMS } from '../practice.ts';
import { appointmentAt, blockAt, booked, HOLD_SECONDS, holdAt, id, later, NOW, newAppointment, slotAt } from './scene.ts';

const [ANN, BEN, ROOM, OTHER_ROOM] = [id(1), id(3), id(5), id(7)] as const;
const roomOf = (calendarId: string): TakenResource => ({ calendarId, resourceId: calendarId === ROOM ? id(6) : id(8) });
const YOGA = { ...TERMS, serviceId: id(20), capacity: 3 };

/** Calendars, and what has happened to them. */
class Scene {
  readonly states = new Map<string, CalendarState>([ANN, BEN, ROOM, OTHER_ROOM].map((one) => [one, emptyState(one, HOURS)]));

  /** As a node does it: one moment for all, what is due has ended first, and each calendar takes its facts in. */
  decide(parts: Parts, at: Instant = NOW): GroupDecision {
    for (const { calendarId } of parts) {
      const state = this.of(calendarId);
      for (const event of dueExpiries(state, at)) evolve(state, event);
    }
    const decision = decideGroup(this.states, parts, at);
    if ('eventsOf' in decision) for (const [one, events] of decision.eventsOf) for (const event of events) evolve(this.of(one), event);
    return decision;
  }

  of(calendarId: string): CalendarState {
    return this.states.get(calendarId) ?? assert.fail(`no calendar ${calendarId}`);
  }

  /** Which claims stand where. */
  standing(): Record<string, readonly string[]> {
    const standing = Array.from(this.states, ([one, { claims }]) => [one, claims.overlapping(later(0), later(10_000)).map((claim) => claim.id)] as const);
    return Object.fromEntries(standing.filter(([, claims]) => claims.length > 0));
  }
}

const goAlong = (calendarId: string): Part => ({ calendarId, command: { type: 'go-along' } });
const withRoom = (slot: SlotAsk, room: string): SlotAsk => ({ ...slot, resource: roomOf(room) });
const place = (calendarId: string, slot: SlotAsk, holdId: string): Parts => {
  const command: CalendarCommand = { type: 'place-hold', holdId, staffId: id(2), slot, holder: { tokenFor: null, userId: null }, holdSeconds: HOLD_SECONDS };
  return slot.resource === undefined ? [{ calendarId, command }] : [{ calendarId, command }, goAlong(slot.resource.calendarId)];
};
const confirm = (holdId: string, appointmentId = id(11)): CalendarCommand => ({
  type: 'confirm-hold',
  holdId,
  proof: { tokenFor: holdId, userId: null },
  appointment: { ...newAppointment(), id: appointmentId },
  approval: 'automatic',
});

function wordOf(decision: GroupDecision): string {
  if ('stale' in decision) return 'stale';
  if ('refusal' in decision) return decision.refusal.code;
  return Array.from(decision.eventsOf, ([calendarId, events]) => `${calendarId.slice(-1)}: ${events.map(({ type }) => type).join(' ')}`).join(', ');
}

describe('A claim with a room', () => {
  it('stands on both calendars under one id, and each step is on both, until neither has it', () => {
    const scene = new Scene();
    assert.equal(wordOf(scene.decide(place(ANN, withRoom(slotAt(60), ROOM), id(10)))), '1: hold.placed, 5: hold.placed');
    assert.deepEqual(scene.standing(), { [ANN]: [id(10)], [ROOM]: [id(10)] });
    assert.equal(wordOf(scene.decide([{ calendarId: ANN, command: confirm(id(10)) }, goAlong(ROOM)])), '1: appointment.booked, 5: appointment.booked');
    assert.deepEqual(scene.standing(), { [ANN]: [id(11)], [ROOM]: [id(11)] });
    const record = { ...appointmentAt(60), id: id(11), resource: roomOf(ROOM) };
    const cancelling: CalendarCommand = { type: 'cancel', appointment: record, waivePolicy: true };
    assert.equal(wordOf(scene.decide([{ calendarId: ANN, command: cancelling }, goAlong(ROOM)])), '1: appointment.cancelled, 5: appointment.cancelled');
    assert.deepEqual(scene.standing(), {});
  });

  it('is refused whole where only the room is taken, and the refusal names the room and until when', () => {
    const scene = new Scene();
    scene.decide(place(BEN, withRoom(slotAt(60), ROOM), id(10)));
    const decision = scene.decide(place(ANN, withRoom(slotAt(60), ROOM), id(12)));
    const until = later(HOLD_SECONDS / 60);
    assert.deepEqual(decision, { refusal: { code: 'slot-taken', conflict: { by: 'hold', until, resourceId: id(6) } } });
    assert.deepEqual(scene.standing(), { [BEN]: [id(10)], [ROOM]: [id(10)] });
    evolve(scene.of(OTHER_ROOM), { type: 'block.added', block: blockAt(60) });
    const blocked = scene.decide(place(ANN, withRoom(slotAt(60), OTHER_ROOM), id(12)));
    assert.deepEqual(blocked, { refusal: { code: 'slot-taken', conflict: { by: 'block', resourceId: id(8) } } });
  });

  it('keeps the buffers of its own service from what is in the room', () => {
    const scene = new Scene();
    scene.decide(place(BEN, withRoom(slotAt(60), ROOM), id(10)));
    const buffered = { ...TERMS, bufferBeforeMinutes: 10 };
    assert.equal(wordOf(scene.decide(place(ANN, withRoom(slotAt(90, buffered), ROOM), id(12)))), 'slot-taken');
    assert.equal(wordOf(scene.decide(place(ANN, withRoom(slotAt(90), ROOM), id(12)))), '1: hold.placed, 5: hold.placed');
  });

  it('the staff member’s own "no" comes before the room’s', () => {
    const scene = new Scene();
    scene.decide(place(ANN, withRoom(slotAt(60), ROOM), id(10)));
    const decision = scene.decide(place(ANN, withRoom(slotAt(60), ROOM), id(12)));
    assert.ok('refusal' in decision && decision.refusal.conflict?.resourceId === undefined);
  });

  it('is refused where the room has been removed', () => {
    const scene = new Scene();
    scene.of(ROOM).hours = { ...HOURS, retired: true };
    assert.equal(wordOf(scene.decide(place(ANN, withRoom(slotAt(60), ROOM), id(10)))), 'not-found');
  });

  it('ends on both at its time: a group that decides after one of them has seen it end sees it ended on each', () => {
    const scene = new Scene();
    scene.decide(place(ANN, withRoom(slotAt(60), ROOM), id(10)));
    const end = later(HOLD_SECONDS / 60);
    assert.deepEqual(
      dueExpiries(scene.of(ANN), end).map(({ type }) => type),
      ['hold.expired'],
    );
    assert.deepEqual(
      dueExpiries(scene.of(ROOM), end).map(({ type }) => type),
      ['hold.expired'],
    );
    assert.equal(wordOf(scene.decide([{ calendarId: ANN, command: confirm(id(10)) }, goAlong(ROOM)], end)), 'hold-expired');
    assert.deepEqual(scene.standing(), {});
  });

  it('cannot be decided about by one of its calendars alone', () => {
    const scene = new Scene();
    scene.decide(place(ANN, withRoom(slotAt(60), ROOM), id(10)));
    assert.deepEqual(decideAlone(scene.of(ANN), confirm(id(10)), NOW), { stale: true });
    assert.equal(wordOf(scene.decide([{ calendarId: ANN, command: confirm(id(10)) }])), 'stale');
    assert.deepEqual(scene.standing(), { [ANN]: [id(10)], [ROOM]: [id(10)] });
  });

  it('a record that names another room than the calendar has is stale', () => {
    const scene = new Scene();
    const booking: CalendarCommand = {
      type: 'book',
      slot: withRoom(slotAt(60), ROOM),
      appointment: { ...newAppointment(), id: id(11) },
      approval: 'automatic',
    };
    scene.decide([{ calendarId: ANN, command: booking }, goAlong(ROOM)]);
    for (const resource of [undefined, roomOf(OTHER_ROOM)]) {
      const { resource: _, ...rest } = { ...appointmentAt(60), id: id(11) };
      const appointment = { ...rest, ...(resource && { resource }) };
      const cancelling: CalendarCommand = { type: 'cancel', appointment, waivePolicy: true };
      assert.equal(wordOf(scene.decide([{ calendarId: ANN, command: cancelling }, ...(resource ? [goAlong(resource.calendarId)] : [])])), 'stale');
    }
  });
});

describe('A class in a room', () => {
  const join = (calendarId: string, room: string, holdId: string) => place(calendarId, withRoom(slotAt(60, YOGA), room), holdId);

  it('has its seats in one room, and no other claim is in that room', () => {
    const scene = new Scene();
    for (const holdId of [id(10), id(12)]) assert.equal(wordOf(scene.decide(join(ANN, ROOM, holdId))), '1: hold.placed, 5: hold.placed');
    assert.equal(wordOf(scene.decide(join(ANN, OTHER_ROOM, id(14)))), 'slot-taken');
    assert.equal(wordOf(scene.decide(join(BEN, ROOM, id(14)))), 'slot-taken');
    assert.equal(wordOf(scene.decide(join(ANN, ROOM, id(14)))), '1: hold.placed, 5: hold.placed');
    assert.equal(wordOf(scene.decide(join(ANN, ROOM, id(16)))), 'slot-taken');
  });
});

describe('A move', () => {
  const booked = (room?: string) => {
    const scene = new Scene();
    const slot = room === undefined ? slotAt(60) : withRoom(slotAt(60), room);
    const command: CalendarCommand = { type: 'book', slot, appointment: { ...newAppointment(), id: id(11) }, approval: 'automatic' };
    const decision = scene.decide([{ calendarId: ANN, command }, ...(room ? [goAlong(room)] : [])]);
    const event = 'eventsOf' in decision ? decision.eventsOf.get(ANN)?.at(-1) : undefined;
    assert.ok(event !== undefined && 'appointment' in event);
    return { scene, appointment: event.appointment };
  };
  const move = (appointment: Extract<CalendarEvent, { appointment: unknown }>['appointment'], slot: SlotAsk, ...rooms: readonly string[]): Parts => [
    { calendarId: ANN, command: { type: 'move-out', appointment, waivePolicy: false } },
    { calendarId: BEN, command: { type: 'move-in', appointment, staffId: id(4), slot } },
    ...rooms.map(goAlong),
  ];

  it('is a group of two: both have the fact, and where it comes to answers', () => {
    const { scene, appointment } = booked();
    const decision = scene.decide(move(appointment, slotAt(90)));
    assert.equal(wordOf(decision), '1: appointment.rescheduled, 3: appointment.rescheduled');
    assert.ok('answeredBy' in decision && decision.answeredBy === BEN);
    assert.deepEqual(scene.standing(), { [BEN]: [id(11)] });
  });

  it('keeps its room, takes another one, or leaves it, and no half stays behind', () => {
    for (const [from, to] of [
      [ROOM, ROOM],
      [ROOM, OTHER_ROOM],
      [ROOM, undefined],
      [undefined, ROOM],
    ] as const) {
      const { scene, appointment } = booked(from);
      const rooms = [...new Set([from, to].filter((room) => room !== undefined))];
      const decision = scene.decide(move(appointment, to === undefined ? slotAt(90) : withRoom(slotAt(90), to), ...rooms));
      assert.ok('eventsOf' in decision, wordOf(decision));
      assert.deepEqual(scene.standing(), { [BEN]: [id(11)], ...(to && { [to]: [id(11)] }) });
    }
  });

  it('on its own calendar may change nothing but the room', () => {
    const { scene, appointment } = booked(ROOM);
    const command: CalendarCommand = { type: 'reschedule', appointment, slot: withRoom(slotAt(60), OTHER_ROOM), waivePolicy: false };
    scene.decide([{ calendarId: ANN, command }, goAlong(ROOM), goAlong(OTHER_ROOM)]);
    assert.deepEqual(scene.standing(), { [ANN]: [id(11)], [OTHER_ROOM]: [id(11)] });
  });

  it('does not happen without one of the calendars on which it stands', () => {
    const { scene, appointment } = booked(ROOM);
    assert.equal(wordOf(scene.decide(move(appointment, slotAt(90)))), 'stale');
    assert.deepEqual(scene.standing(), { [ANN]: [id(11)], [ROOM]: [id(11)] });
  });
});

describe('A swap', () => {
  /** As `actors/cluster/swap.ts` asks for it. */
  const swap = (one: Appointment, other: Appointment): Parts => {
    const pair = [one, other] as const;
    const [leaving, ...parts] = [
      ...pair.map((appointment): Part => ({ calendarId: appointment.calendarId, command: { type: 'move-out', appointment, waivePolicy: true } })),
      ...pair.map(({ calendarId, id: claimId }): Part => ({ calendarId, command: { type: 'give-way', claimId } })),
      ...pair.map((appointment): Part => {
        const to = appointment === one ? other : one;
        const slot = { ...slotAt(0), startsAt: to.startsAt };
        return { calendarId: to.calendarId, command: { type: 'move-in', appointment, staffId: to.staffId, slot, isSwapped: true } };
      }),
    ];
    return [leaving ?? assert.fail(), ...parts];
  };
  const standing = (scene: Scene) =>
    [ANN, BEN].map((one) =>
      scene
        .of(one)
        .claims.overlapping(later(0), later(10_000))
        .map((claim) => `${claim.id.slice(-2)} ${claim.startsAt - later(0)}`),
    );
  const begin = (...appointments: readonly Appointment[]) => {
    const scene = new Scene();
    for (const appointment of appointments) evolve(scene.of(appointment.calendarId), booked(appointment));
    return scene;
  };
  const at = (minutes: number) => minutes * 60_000;
  const [first, second] = [appointmentAt(60, { id: id(11) }), appointmentAt(90, { id: id(12) })];

  it('of two on one calendar, of which neither is in the way of the other; the one that is asked for answers', () => {
    const scene = begin(first, second);
    const decision = scene.decide(swap(first, second));
    assert.ok('eventsOf' in decision);
    const answer = decision.eventsOf.get(decision.answeredBy)?.at(-1);
    assert.ok(answer !== undefined && 'appointment' in answer && answer.appointment.id === first.id);
    assert.deepEqual(standing(scene), [[`12 ${at(60)}`, `11 ${at(90)}`], []]);
  });

  it('of two on two calendars', () => {
    const other = { ...second, calendarId: BEN };
    const scene = begin(first, other);
    assert.equal(
      wordOf(scene.decide(swap(first, other))),
      '1: appointment.rescheduled appointment.rescheduled, 3: appointment.rescheduled appointment.rescheduled',
    );
    assert.deepEqual(standing(scene), [[`12 ${at(60)}`], [`11 ${at(90)}`]]);
  });

  it('is refused whole where one of them has no room, and nothing of it stays behind', () => {
    const scene = begin(first, second, appointmentAt(120, { id: id(13) }));
    const long = { ...first, startsAt: later(0), endsAt: later(60) };
    const there = begin(long, second, appointmentAt(120, { id: id(13) }));
    const before = standing(there);
    assert.equal(wordOf(there.decide(swap(long, second))), 'slot-taken');
    assert.deepEqual(standing(there), before);
    assert.equal(wordOf(scene.decide(swap({ ...first, status: 'cancelled' }, second))), 'wrong-status');
  });
});

it('a room that is removed ends the holds in it, on both calendars', () => {
  const scene = new Scene();
  scene.decide(place(ANN, withRoom(slotAt(60), ROOM), id(10)));
  scene.decide(place(BEN, withRoom(slotAt(120), ROOM), id(12)));
  const retiring: Part = { calendarId: ROOM, command: { type: 'change-hours', change: { type: 'retire' } } };
  assert.equal(wordOf(scene.decide([retiring, goAlong(ANN)])), 'stale');
  const decision = scene.decide([retiring, goAlong(ANN), goAlong(BEN)]);
  assert.ok('answeredBy' in decision && decision.answeredBy === ROOM);
  assert.deepEqual(scene.standing(), {});
});

it('a hold of a calendar’s own says nothing of others', () => {
  const scene = new Scene();
  assert.ok(holdAt(60).resource === undefined);
  assert.equal(wordOf(scene.decide(place(ANN, slotAt(60), id(10)))), '1: hold.placed');
});

describe('A block that is moved to another calendar', () => {
  const moved = (): Parts => {
    const { id: blockId, startsAt, endsAt } = blockAt(90);
    return [
      { calendarId: ANN, command: { type: 'remove-block', blockId } },
      { calendarId: BEN, command: { type: 'move-block', blockId, startsAt, endsAt, from: ANN } },
    ];
  };

  it('leaves one and is on the other, with its reason; the fact that answers is that it is there, and says where it was', () => {
    const scene = new Scene();
    const block = blockAt(60, { reason: 'stocktaking' });
    evolve(scene.of(ANN), { type: 'block.added', block });
    const decision = scene.decide(moved());
    assert.equal(wordOf(decision), '1: block.removed, 3: block.added');
    assert.ok('eventsOf' in decision && decision.answeredBy === BEN);
    const there = { ...blockAt(90), reason: 'stocktaking' };
    assert.deepEqual(decision.eventsOf.get(BEN), [{ type: 'block.added', block: there, movedFrom: { calendarId: ANN, block } }]);
    assert.deepEqual(scene.standing(), { [BEN]: [block.id] });
  });

  it('stays where it is if the other has no time or is gone; one that is not there is not found', () => {
    const scene = new Scene();
    assert.equal(wordOf(scene.decide(moved())), 'not-found');
    evolve(scene.of(ANN), { type: 'block.added', block: blockAt(60) });
    scene.decide(place(BEN, slotAt(90), id(10)));
    assert.equal(wordOf(scene.decide(moved())), 'slot-taken');
    assert.deepEqual(scene.standing(), { [ANN]: [blockAt(60).id], [BEN]: [id(10)] });
    scene.of(BEN).hours = { ...HOURS, retired: true };
    assert.equal(wordOf(scene.decide(moved())), 'not-found');
  });

  it('cannot be decided about by the calendar alone that it goes to', () => {
    const scene = new Scene();
    evolve(scene.of(ANN), { type: 'block.added', block: blockAt(60) });
    const [, taking] = moved();
    assert.deepEqual(taking && decideAlone(scene.of(BEN), taking.command, NOW), { stale: true });
  });
});
