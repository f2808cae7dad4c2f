// Time kept free of customers. Pure.
import type { Instant } from '../../model/instant.ts';
import type { Block, CalendarCommand, CalendarEvent, Decision, Refusal } from './calendar.ts';
import { type CalendarState, type CalendarStates, claimsKeptFrom } from './calendar-state.ts';
import { RETIRED } from './decide-hours.ts';
import { conflictWith } from './judge.ts';

type Of<Type extends CalendarCommand['type']> = Extract<CalendarCommand, { type: Type }>;

type BlockCommand = Of<'add-block' | 'move-block' | 'remove-block'>;

export function decideBlock(calendar: CalendarState, command: BlockCommand, at: Instant, states: CalendarStates): Decision {
  switch (command.type) {
    case 'add-block':
      return decideAddBlock(calendar, command);
    case 'remove-block':
      return decideRemoveBlock(calendar, command, at);
    case 'move-block':
      return command.from === undefined ? decideMoveBlock(calendar, command, at) : decideTakeBlock(calendar, command, states.get(command.from), at);
    default:
      return command satisfies never;
  }
}

/** A block occupies free time; it never displaces anything. */
function decideAddBlock(calendar: CalendarState, { block }: Of<'add-block'>): Decision {
  if (calendar.hours.retired) return refuse(RETIRED);
  if (calendar.claims.get(block.id) !== undefined) return refuse({ code: 'id-in-use' });
  return inTheWayOf(calendar, block) ?? accept({ type: 'block.added', block });
}

/** Never in its own way. The last of the two facts answers. */
function decideMoveBlock(calendar: CalendarState, { blockId, startsAt, endsAt }: Of<'move-block'>, at: Instant): Decision {
  if (calendar.hours.retired) return refuse(RETIRED);
  const removed = decideRemoveBlock(calendar, { type: 'remove-block', blockId }, at);
  if (!('events' in removed)) return removed;
  const block = { id: blockId, startsAt, endsAt, reason: calendar.blockReasons.get(blockId) ?? null };
  return inTheWayOf(calendar, block) ?? { events: [...removed.events, { type: 'block.added', block }] };
}

/** Out of another calendar, whose part of the group removes it. */
function decideTakeBlock(calendar: CalendarState, { blockId, startsAt, endsAt }: Of<'move-block'>, from: CalendarState | undefined, at: Instant): Decision {
  if (from === undefined) return { stale: true };
  const removed = decideRemoveBlock(from, { type: 'remove-block', blockId }, at);
  const [left] = 'events' in removed ? removed.events : [];
  if (left === undefined || !('block' in left)) return removed;
  const block = { ...left.block, startsAt, endsAt };
  const added = decideAddBlock(calendar, { type: 'add-block', block });
  return 'events' in added ? accept({ type: 'block.added', block, movedFrom: { calendarId: from.id, block: left.block } }) : added;
}

function inTheWayOf(calendar: CalendarState, { id, startsAt, endsAt }: Block): { readonly refusal: Refusal } | undefined {
  const other = calendar.claims.overlapping(startsAt, endsAt).find((claim) => claim.id !== id);
  return other && refuse({ code: 'slot-taken', conflict: conflictWith(calendar, other.id, other.kind) });
}

/** One that ended long ago may have gone from the database. */
function decideRemoveBlock(calendar: CalendarState, { blockId }: Of<'remove-block'>, at: Instant): Decision {
  const claim = calendar.claims.get(blockId);
  if (claim?.kind !== 'block' || claim.endsAt <= claimsKeptFrom(at)) return refuse({ code: 'not-found' });
  return accept({
    type: 'block.removed',
    block: { id: blockId, startsAt: claim.startsAt, endsAt: claim.endsAt, reason: calendar.blockReasons.get(blockId) ?? null },
  });
}

const accept = (event: CalendarEvent): Decision => ({ events: [event] });
const refuse = (refusal: Refusal): { readonly refusal: Refusal } => ({ refusal });
