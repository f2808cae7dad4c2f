import { randomUUIDv7 } from 'node:crypto';
import { refuseAction } from '../../access/rights.ts';
import { problemOfTooMany } from '../../limits/rate-limits.ts';
import { type ProblemDraft, problemOf } from '../../protocol/problems.ts';
import { failed, isFailed, type Reply } from '../../protocol/reply.ts';
import type { Acknowledgement } from '../../protocol/socket.ts';
import { problemOfOutage } from '../outage.ts';
import { claimMessages } from './claim-messages.ts';
import type { LiveRoom } from './live-room.ts';
import type { Message } from './message.ts';
import { refreshToken } from './refresh-token.ts';
import type { Screen } from './screen.ts';
import { OVERTAKEN, watchMessages } from './watch-messages.ts';

/** Every message, by name. A map, not an object: a screen may well send `constructor`. */
export const MESSAGES: ReadonlyMap<string, Message> = new Map(Object.entries({ ...watchMessages, ...claimMessages, 'refresh-token': refreshToken }));

/**
 * Answers one message. Never rejects. A message without an acknowledgement is counted like any other and not acted upon, because nobody would hear what
 * came of it.
 */
export async function answerMessage(room: LiveRoom, screen: Screen, name: string, words: readonly unknown[]): Promise<void> {
  const last = words.at(-1);
  const wantsAnswer = typeof last === 'function';
  const send = (reply: Reply, requestId?: string) => {
    if (isFailed(reply) && reply.problem.code === 'rate-limited') screen.noteRefused();
    if (screen.isConnected && wantsAnswer) last(acknowledgement(reply, requestId));
    screen.checkReading();
  };
  if (wantsAnswer) screen.inFlight += 1;
  const earlier = placedBefore(screen, name, words[0]);
  const placed = wantsAnswer ? beginPlacing(screen, name, words[0]) : () => undefined;
  const crowded = refuseCrowd(screen);
  try {
    const message = MESSAGES.get(name);
    // Counting may take a moment, in which the session can have ended. It comes first, so that what is refused for another reason is counted as well.
    const refusal = refuseNow(room, screen) ?? (await refuseTooMany(room, screen, message)) ?? refuseNow(room, screen) ?? crowded;
    if (refusal !== undefined) send({ problem: refusal });
    else if (!wantsAnswer) return;
    else if (message?.isSnapshot === true)
      await screen.inTurn(watchIdIn(words[0]), async (isWanted) => {
        // Some time may have passed until it was its turn.
        const late = refuseNow(room, screen);
        const reply = late ? { problem: late } : isWanted ? await replyTo(room, screen, { name, message }, words.slice(0, -1)) : OVERTAKEN;
        screen.outbox.sendSnapshot(() => send(reply));
      });
    else {
      if (earlier !== undefined) await earlier;
      const late = earlier === undefined ? undefined : refuseNow(room, screen);
      send(late ? { problem: late } : await replyTo(room, screen, { name, message }, words.slice(0, -1)));
    }
  } catch (failure) {
    const outage = problemOfOutage(failure, MESSAGES.get(name)?.isSnapshot === true);
    const requestId = randomUUIDv7();
    if (outage === undefined) room.parts.logger.error({ err: failure, requestId, message: name.slice(0, 100) }, 'message failed');
    else room.parts.outages.note(failure);
    send(outage === undefined ? failed('internal') : { problem: outage }, requestId);
  } finally {
    if (wantsAnswer) screen.inFlight -= 1;
    placed();
  }
}

function watchIdIn(body: unknown): string {
  return textIn(body, 'watchId') ?? '';
}

/** What is no text is refused later on. It is not made one here: an object can be of a kind that is none, and that would throw. */
function textIn(body: unknown, field: string): string | undefined {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, field)) return undefined;
  const value = (body as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : undefined;
}

/** Messages that say which hold they mean. */
const ABOUT_A_HOLD: ReadonlySet<string> = new Set(['book', 'renew-hold', 'release-hold']);

/**
 * Messages of one connection are answered side by side. One that names a hold which an earlier message is still placing, under an id of the screen's own, means
 * that hold: it waits until the earlier one is answered, which takes no longer than an answer may.
 */
function placedBefore(screen: Screen, name: string, body: unknown): Promise<void> | undefined {
  const holdId = ABOUT_A_HOLD.has(name) ? textIn(body, 'holdId') : undefined;
  return holdId === undefined ? undefined : screen.placing.get(holdId.toLowerCase());
}

/** To be called when the message has come in; returns what is to be called when it is answered. */
function beginPlacing(screen: Screen, name: string, body: unknown): () => void {
  const holdId = name === 'place-hold' ? textIn(body, 'id')?.toLowerCase() : undefined;
  if (holdId === undefined) return () => undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  screen.placing.set(holdId, promise);
  return () => {
    if (screen.placing.get(holdId) === promise) screen.placing.delete(holdId);
    resolve();
  };
}

type Named = { readonly name: string; readonly message: Message | undefined };

function replyTo(room: LiveRoom, screen: Screen, { name, message }: Named, words: readonly unknown[]): Reply | Promise<Reply> {
  if (message === undefined) return failed('not-found', { detail: `There is no message ${JSON.stringify(name.slice(0, 100))}.` });
  const barred = refuseAction(screen.principal, message.action);
  if (barred !== undefined) return barred;
  const [body] = words;
  if (words.length !== 1) return notOneObject(`has ${words.length} values before the acknowledgement`);
  if (typeof body !== 'object' || body === null || Array.isArray(body) || ArrayBuffer.isView(body) || body instanceof ArrayBuffer)
    return notOneObject('has no object');
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
  const { accounts, scheduler, readiness } = room.parts;
  screen.checkReading();
  if (!screen.isConnected) return problemOf('overloaded', { detail: 'Too much has not been read.' });
  if (readiness.state === 'stopping') return problemOf('overloaded', { detail: 'This server is stopping; connect again.', retryAfterSeconds: 1 });
  const end = screen.sessionEnd((principal) => accounts.isCurrent(principal), scheduler.now());
  if (end !== undefined) {
    // The answer first, then the goodbye.
    setImmediate(() => screen.end(end));
    return problemOf('unauthenticated', { detail: end === 'expired' ? 'The token has expired.' : 'The session has ended.' });
  }
  return undefined;
}

function refuseCrowd(screen: Screen): ProblemDraft | undefined {
  const { inFlight } = screen.budget;
  if (screen.inFlight <= inFlight) return undefined;
  return problemOf('overloaded', { detail: `At most ${inFlight} messages of one connection can be open at once.`, retryAfterSeconds: 1 });
}

/** Messages and REST requests come out of one allowance. */
async function refuseTooMany(room: LiveRoom, screen: Screen, message: Message | undefined): Promise<ProblemDraft | undefined> {
  const taken = await room.parts.limits.take(message?.allowance ?? 'read', screen.address, screen.principal);
  return taken.isAllowed ? undefined : problemOfTooMany(taken);
}

/** `requestId`: under which the log has it; only a problem names it. */
function acknowledgement(reply: Reply, requestId?: string): Acknowledgement<object> {
  if (isFailed(reply)) return { ok: false, ...(reply.replayed && { replayed: true }), problem: { ...reply.problem, requestId: requestId ?? randomUUIDv7() } };
  // The body first: the runtime copies it as it is.
  return reply.replayed ? { ...reply.body, ok: true, replayed: true } : { ...reply.body, ok: true };
}
