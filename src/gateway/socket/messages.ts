import { randomUUIDv7 } from 'node:crypto';
import { type ProblemDraft, problemOf } from '../../protocol/problems.ts';
import type { Acknowledgement } from '../../protocol/socket.ts';
import { failed, isFailed, type Reply } from '../operations/reply.ts';
import { problemOfOutage } from '../outage.ts';
import { problemOfTooMany } from '../security/rate-limits.ts';
import { refuseAction } from '../security/rights.ts';
import { claimMessages } from './claim-messages.ts';
import { MAX_MESSAGES_IN_FLIGHT } from './limits.ts';
import type { LiveRoom } from './live-room.ts';
import type { Message } from './message.ts';
import { refreshToken } from './refresh-token.ts';
import type { Screen } from './screen.ts';
import { watchMessages } from './watch-messages.ts';

/** Every message, by name. A map, not an object: a screen may well send `constructor`. */
export const MESSAGES: ReadonlyMap<string, Message> = new Map(Object.entries({ ...watchMessages, ...claimMessages, 'refresh-token': refreshToken }));

/** Answers one message. Never rejects; a message without an acknowledgement is not acted upon, because nobody would hear what came of it. */
export async function answerMessage(room: LiveRoom, screen: Screen, name: string, words: readonly unknown[]): Promise<void> {
  const answer = words.at(-1);
  if (typeof answer !== 'function') return;
  const requestId = randomUUIDv7();
  screen.inFlight += 1;
  try {
    const reply = await replyTo(room, screen, name, words.slice(0, -1));
    if (screen.isConnected) answer(acknowledgement(reply, requestId));
  } catch (failure) {
    room.context.logger.error({ err: failure, requestId, message: name.slice(0, 100) }, 'message failed');
    const outage = problemOfOutage(failure, false);
    if (screen.isConnected) answer(acknowledgement(outage === undefined ? failed('internal') : { problem: outage }, requestId));
  } finally {
    screen.inFlight -= 1;
  }
}

async function replyTo(room: LiveRoom, screen: Screen, name: string, words: readonly unknown[]): Promise<Reply> {
  const message = MESSAGES.get(name);
  // Counting may take a moment, in which the session can have ended.
  const refusal = refuseNow(room, screen) ?? (await refuseTooMany(room, screen, message)) ?? refuseNow(room, screen);
  if (refusal !== undefined) return { problem: refusal };
  if (message === undefined) return failed('not-found', { detail: `There is no message ${JSON.stringify(name.slice(0, 100))}.` });
  const barred = refuseAction(screen.principal, message.action);
  if (barred !== undefined) return barred;
  const [body] = words;
  if (words.length !== 1) return notOneObject(`carries ${words.length} values before the acknowledgement`);
  if (typeof body !== 'object' || body === null || Array.isArray(body) || ArrayBuffer.isView(body) || body instanceof ArrayBuffer)
    return notOneObject('does not carry an object');
  return message.answer(room, screen, body);
}

function notOneObject(what: string): Reply {
  return failed('invalid-request', {
    detail: `The message ${what}; send one object and one acknowledgement.`,
    errors: [{ path: '', message: 'must be one object' }],
  });
}

/** What can be told before anything is read. Ends the connection of a screen that asks and never reads, and of one whose session is over. */
function refuseNow(room: LiveRoom, screen: Screen): ProblemDraft | undefined {
  const { accounts, scheduler, readiness } = room.context;
  if (screen.outbox.isStuck) {
    screen.hangUp('too-slow');
    return problemOf('overloaded', { detail: 'Too many answers have not been read.' });
  }
  if (readiness.state === 'stopping') return problemOf('overloaded', { detail: 'This server is stopping; connect again.', retryAfterSeconds: 1 });
  const end = screen.sessionEnd((principal) => accounts.isCurrent(principal), scheduler.now());
  if (end !== undefined) {
    // The answer first, then the goodbye.
    setImmediate(() => screen.end(end));
    return problemOf('unauthenticated', { detail: end === 'expired' ? 'The token has expired.' : 'The session has ended.' });
  }
  if (screen.inFlight > MAX_MESSAGES_IN_FLIGHT)
    return problemOf('overloaded', { detail: `At most ${MAX_MESSAGES_IN_FLIGHT} messages of one connection are answered at once.`, retryAfterSeconds: 1 });
  return undefined;
}

/** Messages and REST requests come out of one allowance. */
async function refuseTooMany(room: LiveRoom, screen: Screen, message: Message | undefined): Promise<ProblemDraft | undefined> {
  const taken = await room.context.limits.take(message?.allowance ?? 'read', screen.address, screen.principal);
  return taken.isAllowed ? undefined : problemOfTooMany(taken);
}

function acknowledgement(reply: Reply, requestId: string): Acknowledgement<object> {
  if (isFailed(reply)) return { ok: false, problem: { ...reply.problem, requestId } };
  return { ok: true, ...(reply.replayed ? { replayed: true } : {}), ...reply.body };
}
