import { KEPT } from './model-database/tables.ts';
import type { PlantedBug } from './planted-bug.ts';

const DECIDE_BOOK =
  "function decideBook(calendar: CalendarState, { slot, appointment, approval }: Of<'book'>, at: Instant, states: CalendarStates): Decision {";

/** In what those do who work there: put appointments over others, change what a colleague changes, remove people. */
export const BUGS_IN_APPOINTMENTS: readonly PlantedBug[] = [
  {
    name: 'overlap-without-asking',
    why: 'What is booked at a taken time is put over what is there.',
    edits: [
      {
        file: 'src/actors/calendar/decide.ts',
        find: DECIDE_BOOK,
        replace: `${DECIDE_BOOK.replace('{ slot,', '{ slot: asked,')}\n  const slot = { ...asked, override: { rules: ['slot-taken'], by: '' } };`,
      },
    ],
  },
  {
    name: 'overlap-of-a-hold',
    why: 'An appointment is put over a hold.',
    edits: [
      {
        file: 'src/model/slot-engine.ts',
        find: 'return frame.terms.capacity === 1 && holdInTheWay(frame, startsAt) === undefined;',
        replace: 'return frame.terms.capacity === 1;',
      },
    ],
  },
  {
    name: 'overlap-opens-the-way',
    why: 'What was put over others takes no time of its own, and the database does not look.',
    edits: [
      {
        file: 'src/actors/calendar/evolve.ts',
        find: '  addClaim(calendar, claim, details) {\n    calendar.claims.add(claim);',
        replace: '  addClaim(calendar, claim, details) {\n    if (!claim.overlaps) calendar.claims.add(claim);',
      },
    ],
    promises: { ...KEPT, guardsOverlapping: false },
  },
  {
    name: 'edit-of-what-is-overlapped',
    why: 'The notes of an appointment cannot be changed while another one is over it.',
    edits: [{ file: 'src/actors/calendar/fold-fact.ts', find: 'if (isUnmoved(event)) steps', replace: 'if (isUnmoved(event) && calendarId === "") steps' }],
  },
  {
    name: 'record-of-before-written-again',
    why: 'What was changed after a record was read is undone by the change that was decided on it.',
    edits: [{ file: 'src/actors/calendar/decide.ts', find: '(writtenRecords.get(appointment.id) ?? 0) > asOf;', replace: 'writtenRecords.size > 256;' }],
  },
  {
    name: 'edit-of-another-version',
    why: 'What is meant for one version of an appointment is done to another.',
    edits: [{ file: 'src/actors/cluster/claim-desk.ts', find: 'if (isOther(record, basedOn)) return', replace: 'if (isOther(record, undefined)) return' }],
  },
  {
    name: 'length-of-everybody',
    why: 'It takes as long with a person as with everybody else.',
    edits: [
      {
        file: 'src/actors/cluster/choices.ts',
        find: 'return { terms: lasting(terms, minutes), startsAt,',
        replace: 'return { terms: lasting(terms, minutes && undefined), startsAt,',
      },
    ],
  },
  {
    name: 'price-of-everybody',
    why: 'It costs with a person what it costs with everybody else.',
    edits: [
      {
        file: 'src/actors/cluster/choices.ts',
        find: '  const { price, voucher, policy, due } = agreed;',
        replace: '  const { voucher, policy, due } = agreed;\n  const { price } = draft;',
      },
    ],
  },
  {
    name: 'removal-leaves-holds',
    why: 'Who is removed still keeps time for those who are booking.',
    edits: [{ file: 'src/actors/calendar/decide-hours.ts', find: '[...heldOn(calendar), changed]', replace: '[...heldOn(calendar).slice(1), changed]' }],
  },
];
