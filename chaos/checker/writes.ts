// What was asked under one key, however often and wherever, and what its sender may believe because of the answers.
import { z } from 'zod';
import { changeEvent } from '../../src/protocol/calendars.ts';
import type { Answer, Asked, AttemptLine } from '../history/lines.ts';
import { type Violation, violation } from './invariants.ts';

type Told = { readonly id: string | null; readonly calendarId: string | null; readonly revision: number | null; readonly body: object };
/** `nothing`: every attempt was told that it did nothing. `unknown`: at least one may have done something, and nobody said. */
export type Outcome =
  | { readonly type: 'ok'; readonly answeredAt: number; readonly told: Told }
  | { readonly type: 'no'; readonly answeredAt: number; readonly code: string; readonly conflictBy: string | null }
  | { readonly type: 'nothing' }
  | { readonly type: 'unknown' };
export type Write = {
  readonly key: string;
  readonly asked: Asked;
  /** Of the first attempt that may have reached somebody. */
  readonly firstAskedAt: number;
  readonly outcome: Outcome;
};

/** A calendar's "no": written down under the key, so that it stays one. */
const FINAL = new Set<string>([
  'slot-taken',
  'slot-in-past',
  'too-soon',
  'too-far',
  'outside-hours',
  'off-grid',
  'limit-reached',
  'hold-not-found',
  'hold-expired',
  'hold-not-yours',
  'cancel-too-late',
  'reschedule-too-late',
  'wrong-status',
  'too-early',
  'too-late',
  'id-in-use',
  'abandoned',
]);
/** Nobody knows what became of the attempt. */
const UNDECIDED = new Set<string>(['outcome-unknown', 'internal']);

const toldBody = z.looseObject({ id: z.string().optional(), calendarId: z.string().optional(), revision: z.number().optional() });
const abandonedBody = z.looseObject({
  outcome: z.enum(['abandoned', 'done', 'refused']),
  revision: z.number().optional(),
  calendarId: z.string().optional(),
  event: changeEvent.optional(),
  code: z.string().optional(),
});

export type Writes = { readonly writes: readonly Write[]; readonly violations: readonly Violation[] };

export function writesOf(attempts: readonly AttemptLine[]): Writes {
  const violations: Violation[] = [];
  const writes = [...Map.groupBy(attempts, ({ asked }) => asked.key)].flatMap(([key, ofKey]): Write[] => {
    const asked = ofKey.find((attempt) => attempt.asked.operation !== 'abandon')?.asked;
    const reached = ofKey.filter(({ answer }) => answer.type !== 'unreached').sort((one, other) => one.askedAt - other.askedAt);
    if (asked === undefined || reached[0] === undefined) return [];
    const verdicts = reached.map((attempt) => verdictOf(attempt)).filter((verdict) => verdict !== undefined);
    violations.push(...contradictions(key, asked, verdicts));
    return [{ key, asked, firstAskedAt: reached[0].askedAt, outcome: outcomeOf(verdicts, reached) }];
  });
  return { writes, violations };
}

type Verdict = Extract<Outcome, { type: 'ok' | 'no' }>;

/** What an answer says for good; `undefined`: nothing. */
function verdictOf({ asked, answer, answeredAt }: AttemptLine): Verdict | undefined {
  if (answer.type === 'problem' && FINAL.has(answer.problem.code))
    return { type: 'no', answeredAt, code: answer.problem.code, conflictBy: answer.problem.conflict?.by ?? null };
  if (answer.type !== 'ok') return undefined;
  if (asked.operation !== 'abandon') return { type: 'ok', answeredAt, told: toldBy(answer.body) };
  const { outcome, event, revision, calendarId, code } = abandonedBody.parse(answer.body);
  if (outcome === 'abandoned') return { type: 'no', answeredAt, code: 'abandoned', conflictBy: null };
  // What it was refused for was true when it was refused, and when that was is not said.
  if (outcome === 'refused') return { type: 'no', answeredAt, code: code === undefined ? 'abandoned' : `${code} (abandoned)`, conflictBy: null };
  const id = event?.appointmentId ?? event?.holdId ?? event?.blockId ?? null;
  return { type: 'ok', answeredAt, told: { id, calendarId: calendarId ?? null, revision: revision ?? null, body: event ?? {} } };
}

function toldBy(body: object): Told {
  const { id, calendarId, revision } = toldBody.parse(body);
  return { id: id ?? null, calendarId: calendarId ?? null, revision: revision ?? null, body };
}

function outcomeOf(verdicts: readonly Verdict[], reached: readonly AttemptLine[]): Outcome {
  const [first] = verdicts.toSorted((one, other) => one.answeredAt - other.answeredAt);
  if (first !== undefined) {
    // An answer that says more is the better one: some have neither id nor revision.
    const detailed = verdicts.find((verdict) => verdict.type === 'ok' && verdict.told.revision !== null);
    return first.type === 'ok' && detailed?.type === 'ok' ? { ...first, told: detailed.told } : first;
  }
  return reached.some(({ asked, answer }) => asked.operation !== 'abandon' && mayHaveActed(answer)) ? { type: 'unknown' } : { type: 'nothing' };
}

function mayHaveActed(answer: Answer): boolean {
  return answer.type === 'lost' || (answer.type === 'problem' && UNDECIDED.has(answer.problem.code));
}

/** One key has one answer, however often it is asked. */
function contradictions(key: string, { operation }: Asked, verdicts: readonly Verdict[]): Violation[] {
  const [first, ...others] = verdicts;
  return others.flatMap((other) => {
    if (first === undefined || isSame(first, other)) return [];
    const invariant = first.type === 'ok' && other.type === 'ok' ? 2 : 3;
    return [violation(invariant, `${operation} was answered ${textOf(first)} and then ${textOf(other)} under one key`, { at: other.answeredAt, about: [key] })];
  });
}

function isSame(one: Verdict, other: Verdict): boolean {
  if (one.type === 'ok' && other.type === 'ok') {
    const same = (left: string | number | null, right: string | number | null) => left === null || right === null || left === right;
    return same(one.told.id, other.told.id) && same(one.told.revision, other.told.revision) && same(one.told.calendarId, other.told.calendarId);
  }
  return one.type === other.type && (one.type === 'ok' || other.type === 'ok' || plainCode(one.code) === plainCode(other.code));
}

function plainCode(code: string): string {
  return code.replace(' (abandoned)', '');
}

function textOf(verdict: Verdict): string {
  return verdict.type === 'no' ? verdict.code : `ok (${verdict.told.id} at revision ${verdict.told.revision} of ${verdict.told.calendarId})`;
}
