import type { Action } from '../../access/permissions.ts';
import type { Allowance } from '../../limits/rate-limits.ts';
import { failed, type Reply } from '../../protocol/reply.ts';
import { type ScreenAnswers, type ScreenMessage, type ScreenMessageRead, screenMessages } from '../../protocol/socket.ts';
import { problemOfIssues } from '../problem-of-issues.ts';
import { MAX_FIELDS } from './limits.ts';
import type { LiveRoom } from './live-room.ts';
import type { Screen } from './screen.ts';

/** One kind of message: what is done by it, what it costs, and how it is parsed, asked and answered. */
export type Message = {
  /** A caller without any right to this action is refused before anything is read. */
  readonly action: Action;
  readonly allowance: Allowance;
  /** Its answer may be large: of one screen they go out one after the other. */
  readonly isSnapshot: boolean;
  answer(room: LiveRoom, screen: Screen, body: object): Reply | Promise<Reply>;
};

/** What changes nothing. */
const READS: ReadonlySet<Action> = new Set(['see-busy-times', 'find-slots', 'read-notifications', 'keep-day-notes']);

type Handle<Name extends ScreenMessage> = (room: LiveRoom, screen: Screen, body: ScreenMessageRead<Name>) => Promise<Reply<ScreenAnswers[Name]>>;

/** Makes a message; `handle` gets what the schema of that name has read. */
export function message<Name extends ScreenMessage>(name: Name, action: Action, handle: Handle<Name>): Message {
  const schema = screenMessages[name];
  return {
    action,
    isSnapshot: name.startsWith('watch-'),
    allowance: READS.has(action) ? 'read' : action === 'place-hold' ? 'hold' : 'claim',
    answer: (room, screen, body) => {
      if (hasMoreFields(body, MAX_FIELDS)) return TOO_MANY_FIELDS;
      const read = schema.safeParse(body);
      if (!read.success) return { problem: problemOfIssues(read.error.issues, schema) };
      // The compiler does not see that the schema found under a name reads the body of that name.
      return handle(room, screen, read.data as ScreenMessageRead<Name>);
    },
  };
}

const TOO_MANY_FIELDS = failed('invalid-request', {
  detail: `A message has at most ${MAX_FIELDS} fields.`,
  errors: [{ path: '', message: `must have at most ${MAX_FIELDS} fields, those of its parts included` }],
});

/** However deep it is; what is no object has none. */
function hasMoreFields(body: object, most: number): boolean {
  const unseen: object[] = [body];
  let fields = 0;
  for (let value = unseen.pop(); value !== undefined; value = unseen.pop()) {
    const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    if (!Array.isArray(value)) fields += parts.length;
    if (fields > most) return true;
    for (const part of parts) if (typeof part === 'object' && part !== null) unseen.push(part);
  }
  return false;
}
