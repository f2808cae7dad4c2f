// What follows the log in a simulated world: the audit trail as it is, and a consumer that notes every change, of which the database refuses a few.
import type { LoggedChange } from '../../src/actors/change-log-port.ts';
import { ReadFailure } from '../../src/actors/ports.ts';
import { auditConsumer } from '../../src/audit/audit-consumer.ts';
import type { Consumer } from '../../src/consumers/consumer.ts';
import type { ModelWrites } from './model-database/consumers.ts';

export const NOTES = 'notes';
/** One in so many decisions cannot be consumed. */
const POISONED_OF = 13;

/** By the last digits of its entry, so that every node sees the same. */
export function isPoisoned(entryId: string): boolean {
  return Number.parseInt(entryId.slice(-6), 16) % POISONED_OF === 0;
}

export function noteOf({ calendarId, revision }: Pick<LoggedChange, 'calendarId' | 'revision'>): string {
  return `${calendarId}@${revision}`;
}

/** `isStalled`: what the notes depend on is away, so that they wait. */
export function consumersOfTheWorld(isStalled: () => boolean): readonly Consumer<ModelWrites>[] {
  const audit = auditConsumer<ModelWrites>(async (writes, deeds) => {
    for (const { id, action, subjectId, requestId } of deeds) writes.push({ words: `${id} ${action} ${subjectId} ${requestId}` });
  });
  const notes: Consumer<ModelWrites> = {
    ...{ name: NOTES, from: 'beginning', batchSize: 6, types: null },
    async effectsOf(changes) {
      if (isStalled()) throw new ReadFailure(new Error('what it depends on is away'));
      return async (writes) => {
        for (const change of changes) writes.push({ words: noteOf(change), isRefused: isPoisoned(change.entryId) });
      };
    },
  };
  return [audit, notes];
}
