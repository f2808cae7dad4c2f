import type { Entry } from '../journal/entry.ts';
import type { CalendarCommand } from './calendar.ts';
import type { Typed } from './typed.ts';
import type { Outcome, Work } from './work.ts';

/** Work that waits for its turn or for its decision to become durable. `attempts` counts lost compare-and-sets. */
export type Pending = Work & { readonly resolve: (outcome: Outcome) => void; attempts: number; entry: Entry | null; outcome: Outcome | null };

/** How often one command is decided again after losing a compare-and-set, before it is given back. */
const DECIDE_AGAIN_LIMIT = 3;

export function pendingOf(work: Work, resolve: (outcome: Outcome) => void): Pending {
  return { ...work, resolve, attempts: 0, entry: null, outcome: null };
}

/** What a calendar does by itself when holds are due. No caller waits for it. */
export function ownExpiry(): Pending {
  return pendingOf({ command: { type: 'expire-holds' }, request: null, isFinal: true, elaborate: null }, () => undefined);
}

/** Which commands are not decided again: those that have lost too often and, if another node decides in our place, all that can be handed over to it. */
export function givenBack(hasStandIn: boolean): (pending: Pending) => boolean {
  return ({ attempts, handsOver }) => attempts >= DECIDE_AGAIN_LIMIT || (hasStandIn && handsOver === true);
}

/** It will be decided again. */
export function takeBack(pending: Pending): void {
  pending.entry = null;
  pending.outcome = null;
}

export function typedWith(command: CalendarCommand): Typed | undefined {
  return 'typed' in command ? command.typed : undefined;
}
