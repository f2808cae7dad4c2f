import type { Entry } from '../journal/entry.ts';
import type { CalendarCommand } from './calendar.ts';
import type { Typed } from './typed.ts';
import type { Outcome, Work } from './work.ts';

/** Work that waits for its turn or for its decision to become durable. `attempts` counts lost compare-and-sets. */
export type Pending = Work & { readonly resolve: (outcome: Outcome) => void; attempts: number; entry: Entry | null; outcome: Outcome | null };

export function pendingOf(work: Work, resolve: (outcome: Outcome) => void): Pending {
  return { ...work, resolve, attempts: 0, entry: null, outcome: null };
}

/** What a calendar does by itself when holds are due. No caller waits for it. */
export function ownExpiry(): Pending {
  return pendingOf({ command: { type: 'expire-holds' }, request: null, isFinal: true, elaborate: null }, () => undefined);
}

/** It will be decided again. */
export function takeBack(pending: Pending): void {
  pending.entry = null;
  pending.outcome = null;
}

export function typedWith(command: CalendarCommand): Typed | undefined {
  return 'typed' in command ? command.typed : undefined;
}
