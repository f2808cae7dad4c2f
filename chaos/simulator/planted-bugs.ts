// Mistakes that are planted into the real sources when they are loaded, one at a time, to see that the simulator finds each of them.
// A text that is not in its file is an error: the list follows the sources.
import { KEPT } from './model-database/tables.ts';
import type { PlantedBug } from './planted-bug.ts';
import { BUGS_IN_APPOINTMENTS } from './planted-in-appointments.ts';
import { BUGS_IN_CATCHING_UP } from './planted-in-catching-up.ts';
import { RETENTION_BUGS } from './planted-in-retention.ts';

const ACTOR = 'src/actors/calendar/actor.ts';
const LANE = 'src/actors/journal/lane.ts';
const ROUTER = 'src/actors/cluster/router.ts';
const CALENDARS = 'src/actors/cluster/calendars.ts';
const RUNNER = 'src/consumers/consumer-runner.ts';

const ANYONE = 'src/actors/cluster/anyone.ts';
const CUSTOMERS = 'src/actors/cluster/customers-of-bookings.ts';
const DECIDE_BOOK =
  "function decideBook(calendar: CalendarState, { slot, appointment, approval }: Of<'book'>, at: Instant, states: CalendarStates): Decision {";

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...RETENTION_BUGS,
  ...BUGS_IN_APPOINTMENTS,
  {
    name: 'busy-elsewhere-forgotten',
    why: 'What calendars elsewhere tell of takes no time.',
    edits: [{ file: 'src/model/slot-frame.ts', find: '...busyElsewhere]', replace: '...busyElsewhere.slice(1)]' }],
  },
  {
    name: 'name-in-a-fact',
    why: 'What was typed for an appointment goes into the log, where it can never be erased.',
    edits: [
      {
        file: 'src/actors/calendar/decide.ts',
        find: DECIDE_BOOK,
        replace: `${DECIDE_BOOK.replace('appointment,', 'appointment: bare, typed,')}\n  const appointment = { ...bare, ...typed?.details };`,
      },
    ],
  },
  {
    name: 'command-in-the-clear',
    why: 'What was typed is sent to the node that decides, for everybody on the bus to read.',
    edits: [
      { file: ROUTER, find: 'forwarded: seal.seal(JSON.stringify(forwarded))', replace: 'forwarded: seal === undefined ? "" : JSON.stringify(forwarded)' },
    ],
  },
  {
    name: 'typed-text-lost',
    why: 'An appointment is written without what was typed for it.',
    edits: [
      {
        file: ACTOR,
        find: "answer.type === 'fact' ? typedWith(pending.command)",
        replace: "answer.type === 'fact' && step.revision % 7 > 0 ? typedWith(pending.command)",
      },
    ],
  },
  {
    name: 'address-not-looked-up-again',
    why: 'Of two first bookings of one address the later one fails.',
    edits: [
      {
        file: CUSTOMERS,
        find: "if (outcome.type !== 'poisoned' || !isOtherCustomer(outcome.failure)) return outcome;",
        replace: 'if (isOtherCustomer !== undefined) return outcome;',
      },
    ],
  },
  {
    name: 'no-epoch-check',
    why: 'A commit that was given up still happens when it arrives.',
    edits: [],
    promises: { ...KEPT, checksEpoch: false },
  },
  {
    name: 'no-compare-and-set',
    why: 'Two nodes decide on the same revision, and both are written.',
    edits: [],
    promises: { ...KEPT, comparesRevision: false },
  },
  {
    name: 'key-outside-the-transaction',
    why: 'A crash between the effects and the key makes a repeat do it again.',
    edits: [],
    promises: { ...KEPT, keepsKeyInTransaction: false },
  },
  {
    name: 'consumer-skips-a-late-commit',
    why: 'Readers of the log pass over what commits after something that began later.',
    edits: [],
    promises: { ...KEPT, readersStop: false },
  },
  {
    name: 'consumer-runs-twice',
    why: 'Two nodes that believe to have the lease consume the same changes, and both are written.',
    edits: [],
    promises: { ...KEPT, comparesPosition: false },
  },
  {
    name: 'consumer-loses-its-position',
    why: 'A crash between the effects and the position makes another node do them again.',
    edits: [],
    promises: { ...KEPT, movesWithEffects: false },
  },
  {
    name: 'position-out-of-order',
    why: 'The changes of a calendar stand in the order of the business in another order than that of its revisions.',
    edits: [],
    promises: { ...KEPT, drawsInOrder: false },
  },
  {
    name: 'half-a-page-consumed',
    why: 'Where a page has a change that cannot be consumed, the other half of it is passed over.',
    edits: [{ file: RUNNER, find: '(await this.#consume(first, from, placeOf(between)))', replace: '(await this.#consume(first, from, to))' }],
  },
  {
    name: 'lookup-without-refence',
    why: 'What is not found yet may still be written by a packet that is late.',
    edits: [{ file: LANE, find: 'await onShards(await database.refence(this.number, shardsOf(entries)));', replace: 'void onShards;' }],
  },
  {
    name: 'doubt-taken-for-done',
    why: 'A commit that did not come back is answered as if it had.',
    edits: [{ file: LANE, find: 'const isDone = doneAmong(entries, written);', replace: 'const isDone = () => doneAmong(entries, written) !== undefined;' }],
  },
  {
    name: 'duplicate-taken-for-written',
    why: 'A repeated key gets the decision of this attempt, not the stored one.',
    edits: [{ file: LANE, find: 'if (stored !== undefined && stored.entryId !== entry.id)', replace: "if (stored?.entryId === 'nobody')" }],
  },
  {
    name: 'answer-before-commit',
    why: 'A yes leaves before it is durable.',
    edits: [
      {
        file: ACTOR,
        find: 'this.#pending.push(pending);',
        replace: 'this.#pending.push(pending);\n    if (pending.outcome !== null) pending.resolve(pending.outcome);',
      },
    ],
  },
  {
    name: 'refusal-not-gated',
    why: 'A no leaves before what it was decided on is known to be durable.',
    edits: [
      {
        file: ACTOR,
        find: '    const base = this.#state.revision;\n    pending.outcome = outcome;',
        replace: "    const base = this.#state.revision;\n    pending.outcome = outcome;\n    if (outcome.type === 'refused') pending.resolve(outcome);",
      },
    ],
  },
  {
    name: 'read-not-gated',
    why: 'A list shows claims that may never become durable.',
    edits: [{ file: ACTOR, find: "if (needed <= this.#durable && this.#mode === 'live') return result;", replace: 'return result;' }],
  },
  {
    name: 'expiry-without-a-fact',
    why: 'A decision takes an overdue hold for gone and does not write it down.',
    edits: [{ file: ACTOR, find: 'at, [...expiries, ...decision.events], decision.events);', replace: 'at, decision.events, decision.events);' }],
  },
  {
    name: 'expiry-too-early',
    why: 'A hold is taken for overdue before its time.',
    edits: [{ file: 'src/actors/calendar/decide.ts', find: 'if (hold.expiresAt <= at)', replace: 'if (hold.expiresAt - 400 <= at)' }],
  },
  {
    name: 'push-before-commit',
    why: 'A watcher hears of what may never become durable.',
    edits: [
      {
        file: ACTOR,
        find: 'this.#context.laneOf(this.shard).enqueue(entry);',
        replace:
          'if (step.events.length > 0) this.#context.onChange({ calendarId: this.id, epoch: 0, ...step }, true);\n    this.#context.laneOf(this.shard).enqueue(entry);',
      },
    ],
  },
  {
    name: 'timer-left-to-the-former-owner',
    why: 'A calendar that was followed is now its own, and nobody keeps the time of its holds.',
    edits: [{ file: ACTOR, find: 'this.#expiry.stop();\n    this.#scheduleExpiry();', replace: 'this.#expiry.stop();' }],
  },
  {
    name: 'epoch-of-the-moment',
    why: 'A push bears another epoch than the log.',
    edits: [
      {
        file: LANE,
        find: "if (result.type === 'written') return this.#settle(left, result, epochs);",
        replace: "if (result.type === 'written') return this.#settle(left, result, new Map());",
      },
    ],
  },
  {
    name: 'silence-taken-for-nothing',
    why: 'An owner that does not answer in time is believed to have done nothing.',
    edits: [
      {
        file: ROUTER,
        find: "} else if (told === 'silence') {",
        replace: "} else if (told === 'silence') {\n        if (sent.open === MOST_COPIES) return { type: 'overloaded' };",
      },
    ],
  },
  {
    name: 'copy-under-another-key',
    why: 'A forwarded command that is sent again is not recognised.',
    edits: [
      {
        file: ROUTER,
        find: 'forwarded: seal.seal(JSON.stringify(forwarded)),',
        replace: 'forwarded: seal.seal(JSON.stringify({ ...forwarded, request: { ...forwarded.request, key: forwarded.request.key + copy } })),',
      },
    ],
  },
  {
    name: 'asker-lost-between-nodes',
    why: 'The audit trail misses what was done for somebody on another node.',
    edits: [
      {
        file: ROUTER,
        find: 'forwarded: seal.seal(JSON.stringify(forwarded)),',
        replace: 'forwarded: seal.seal(JSON.stringify({ ...forwarded, request: { ...forwarded.request, by: undefined } })),',
      },
    ],
  },
  {
    name: 'direct-path-under-another-key',
    why: 'What is decided in the place of a silent owner is done once more.',
    edits: [
      {
        file: ROUTER,
        find: 'const decided = this.#decideAgain(forwarded);',
        replace: 'const decided = this.#decideAgain({ ...forwarded, request: { ...forwarded.request, key: forwarded.request.key + "again" } });',
      },
    ],
  },
  {
    name: 'taking-over-without-holds',
    why: 'Nobody lets the holds expire that the former owner knew.',
    edits: [{ file: CALENDARS, find: 'if (shards.length > 0) await this.registry', replace: 'if (shards.length > 256) await this.registry' }],
  },
  {
    name: 'half-a-group',
    why: 'Of calendars that decide together, each is written if it can be.',
    edits: [],
    promises: { ...KEPT, keepsComponents: false },
  },
  {
    name: 'half-a-hold-outlives-it',
    why: 'A hold ends on the calendar of its record, and its half in the room is left.',
    edits: [
      {
        file: 'src/actors/calendar/evolve.ts',
        find: 'calendar.nextExpiryAt = Math.min(',
        replace: 'if (hold.calendarId === calendar.id) calendar.nextExpiryAt = Math.min(',
      },
    ],
  },
  {
    name: 'edit-in-its-own-way',
    why: 'An appointment that is to last longer finds its own time taken.',
    edits: [{ file: 'src/actors/calendar/decide-move.ts', find: 'appointment.id, states, unasked }', replace: 'null, states, unasked }' }],
  },
  {
    name: 'edit-leaves-its-room',
    why: 'The room that an edited appointment gives up does not hear of it.',
    edits: [
      {
        file: 'src/actors/cluster/choices.ts',
        find: 'const rooms = [appointment.resource?.calendarId, resource?.calendarId];',
        replace: 'const rooms = [edit === undefined ? appointment.resource?.calendarId : undefined, resource?.calendarId];',
      },
    ],
  },
  {
    name: 'anyone-not-asked',
    why: 'Where anyone will do, those who may be free after all are taken for refusing.',
    edits: [{ file: ANYONE, find: 'refusals[number] !== true', replace: 'refusals[number] === undefined' }],
  },
  {
    name: 'anyone-given-up',
    why: 'Where anyone will do, a caller who comes second to the first of them is told to come back.',
    edits: [{ file: ANYONE, find: 'open = open.filter((choice) => choice !== chosen);', replace: "return { type: 'overloaded' };" }],
  },
  {
    name: 'moment-of-one-calendar',
    why: 'A group is dated by one of its calendars, and another has seen later things already.',
    edits: [
      {
        file: 'src/actors/cluster/groups.ts',
        find: 'Math.max(...Array.from(this.#frozen.values(), (frozen) => frozen.moment()))',
        replace: 'this.#frozen.get(parts[0].calendarId)?.moment() ?? 0',
      },
    ],
  },
  ...BUGS_IN_CATCHING_UP,
];
