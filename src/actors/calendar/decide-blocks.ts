// Time kept free of customers. Pure.
import type { Instant } from '../../model/instant.ts';
import type { Block, CalendarCommand, CalendarEvent, Decision, Refusal } from './calendar.ts';
import { type CalendarState, claimsKeptFrom } from './calendar-state.ts';
import { RETIRED } from './decide-hours.ts';
import { conflictWith } from './judge.ts';

type Of<Type extends CalendarCommand['type']> = Extract<CalendarCommand, { type: Type }>;

export function decideBlock(calendar: CalendarState, command: Of<'add-block' | 'move-block' | 'remove-block'>, at: Instant): Decision {
  if (command.type === 'add-block') return decideAddBlock(calendar, command);
  return command.type === 'move-block' ? decideMoveBlock(calendar, command, at) : decideRemoveBlock(calendar, command, at);
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
