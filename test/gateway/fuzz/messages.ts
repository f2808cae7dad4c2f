// Sends messages over sockets: every one is answered, with what it promises or with a problem that is documented.
import fc from 'fast-check';
import { z } from 'zod';
import { PROBLEMS, problem } from '../../../src/protocol/problems.ts';
import { type ScreenMessage, screenMessages } from '../../../src/protocol/socket.ts';
import { CAST, type Cast, type CastMember, tokenApart } from '../cast.ts';
import { TestScreen } from '../socket/test-screen.ts';
import type { KnownIds } from './known-ids.ts';
import { type Mutation, mutated, mutations } from './mutations.ts';
import { type OpenApiDocument, type Operation, operationsOf } from './operations.ts';
import { arbitraryOf, type JsonSchema } from './values.ts';

const RESTOCK_EVERY = 200;
const SENT_AT_ONCE = 8;
/** More than this would end the connection, which is another test's business. */
const LONGEST_MESSAGE = 60_000;

export type FuzzMessage = {
  readonly name: string;
  readonly tree: { readonly body?: unknown };
  /** null is a guest. */
  readonly by: CastMember | null;
  readonly mutations: readonly Mutation[];
  readonly twist: 'none' | 'no-object' | 'two-objects' | 'other-name' | 'bytes';
};

/** The same request over REST, whose problems are documented. */
const SAME_OVER_REST: Readonly<Partial<Record<ScreenMessage, string>>> = {
  'place-hold': 'post /v1/holds',
  'renew-hold': 'post /v1/holds/{id}/renew',
  'release-hold': 'delete /v1/holds/{id}',
  book: 'post /v1/appointments',
  'add-block': 'post /v1/staff/{id}/blocks',
  'remove-block': 'delete /v1/staff/{id}/blocks/{blockId}',
  abandon: 'post /v1/requests/{key}/abandon',
};
const OF_APPOINTMENTS = ['cancel', 'reschedule', 'approve', 'decline', 'check-in', 'complete', 'no-show', 'reopen'];
const OF_WATCHES = ['invalid-request', 'not-found', 'forbidden', 'unauthenticated', 'rate-limited', 'overloaded', 'abandoned'];

export function messagesOf(): fc.Arbitrary<FuzzMessage> {
  const each = Object.entries(screenMessages).map(([name, schema]) => {
    const { $defs = {}, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    const twists = fc.constantFrom<FuzzMessage['twist']>('no-object', 'two-objects', 'other-name', 'bytes');
    return fc.record({
      name: fc.constant(name),
      // The libraries say the same of a schema in two types.
      tree: fc.record({ body: arbitraryOf(json as JsonSchema, $defs as Readonly<Record<string, JsonSchema>>) }),
      by: fc.constantFrom<CastMember | null>(null, ...CAST),
      mutations,
      twist: fc.oneof({ arbitrary: fc.constant<FuzzMessage['twist']>('none'), weight: 19 }, { arbitrary: twists, weight: 1 }),
    });
  });
  return fc.oneof(...each);
}

export async function fuzzMessages(
  cast: Cast,
  known: KnownIds,
  document: OpenApiDocument,
  messages: readonly FuzzMessage[],
): Promise<{ readonly good: number; readonly complaints: readonly string[] }> {
  const operations = new Map(operationsOf(document).map((operation) => [`${operation.method} ${operation.path}`, operation]));
  const screens = new Map<CastMember | null, TestScreen>();
  for (const member of [null, ...CAST]) screens.set(member, await TestScreen.open(cast.url, member === null ? undefined : tokenApart(cast, member)));
  const complaints: string[] = [];
  let good = 0;
  let next = 0;
  const talk = async () => {
    while (next < messages.length) {
      const index = next;
      next += 1;
      if (index % RESTOCK_EVERY === 0) await known.restock();
      const message = messages[index];
      const screen = screens.get(message?.by ?? null);
      if (message === undefined || screen === undefined) continue;
      const words = wordsOf(message, known);
      const name = message.twist === 'other-name' ? 'constructor' : message.name;
      const answer: unknown = await screen.socket
        .timeout(20_000)
        .emitWithAck(name, ...words)
        .catch((failure: unknown) => String(failure));
      if (isGood(answer)) good += 1;
      const complaint = complaintOf(message, answer, documentedCodes(message.name, operations));
      if (complaint !== undefined)
        complaints.push(`#${index} ${message.name} by ${message.by ?? 'a guest'} (${message.twist}) ${JSON.stringify(words).slice(0, 800)}\n   ${complaint}`);
      if (!screen.socket.connected) complaints.push(`#${index} ${message.name} has ended the connection`);
    }
  };
  await Promise.all(Array.from({ length: SENT_AT_ONCE }, talk));
  for (const screen of screens.values()) screen.close();
  return { good, complaints };
}

function wordsOf({ tree, mutations, twist }: FuzzMessage, known: KnownIds): unknown[] {
  const changed = mutations.reduce<{ body?: unknown }>((so, one) => mutated(so, one), tree);
  const text = known.resolve(JSON.stringify(changed.body) ?? 'null', false);
  const body: unknown = text.length > LONGEST_MESSAGE ? {} : JSON.parse(text);
  switch (twist) {
    case 'none':
    case 'other-name':
      return [body];
    case 'no-object':
      return [text.slice(0, 100)];
    case 'two-objects':
      return [body, {}];
    case 'bytes':
      return [Buffer.from(text.slice(0, 1_000))];
    default:
      return twist satisfies never;
  }
}

function documentedCodes(name: string, operations: ReadonlyMap<string, Operation>): ReadonlySet<string> {
  const same = OF_APPOINTMENTS.includes(name) ? `post /v1/appointments/{id}/${name}` : SAME_OVER_REST[name as ScreenMessage];
  const operation = same === undefined ? undefined : operations.get(same);
  return new Set(
    [...(operation?.codes.values() ?? [])]
      .flatMap((codes) => [...codes])
      .concat(operation === undefined ? OF_WATCHES : ['not-found', 'forbidden', 'unauthenticated']),
  );
}

function isGood(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === true;
}

function complaintOf({ name, twist }: FuzzMessage, answer: unknown, codes: ReadonlySet<string>): string | undefined {
  const told = JSON.stringify(answer).slice(0, 600);
  if (typeof answer !== 'object' || answer === null || !('ok' in answer)) return `is not answered: ${told}`;
  if (isGood(answer)) return twist === 'none' ? undefined : `was taken for a message: ${told}`;
  const read = problem.safeParse('problem' in answer ? answer.problem : undefined);
  if (!read.success) return `is not what a problem looks like: ${told}`;
  const { code, status } = read.data;
  if (status !== PROBLEMS[code].status || code === 'internal') return `has failed: ${told}`;
  return codes.has(code) ? undefined : `is a problem that is not documented of ${name}: ${told}`;
}
