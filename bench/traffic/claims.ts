import { randomUUID } from 'node:crypto';
import { type Problem, problem as problemSchema } from '../../src/protocol/problems.ts';
import type { Run } from './run.ts';

export type Operation =
  | 'place-hold'
  | 'renew-hold'
  | 'release-hold'
  | 'book'
  | 'cancel'
  | 'reschedule'
  | 'approve'
  | 'check-in'
  | 'complete'
  | 'no-show'
  | 'reopen'
  | 'add-block'
  | 'remove-block';

/** A write, as both transports understand it. */
export type Claim = {
  readonly operation: Operation;
  readonly holdId?: string;
  readonly appointmentId?: string;
  readonly staffId?: string;
  readonly blockId?: string;
  readonly holdToken?: string;
  readonly manageToken?: string;
  readonly body: Readonly<Record<string, unknown>>;
};
export type KeyedClaim = Claim & { readonly key: string };

/** How REST takes a claim; journals say it this way whatever way it went. */
export type RestRequest = { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: object };

/** `lost`: no answer came, so nobody knows. */
export type Attempt =
  | { readonly type: 'ok'; readonly body: object }
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'lost'; readonly why: string };
export type Outcome =
  | { readonly type: 'ok'; readonly body: object }
  | { readonly type: 'no'; readonly code: string; readonly problem: Problem }
  | { readonly type: 'unknown' };

/** Somebody who can make claims over one transport. */
export type Caller = {
  readonly transport: 'rest' | 'socket';
  /** The account whose keys these are: the desk's, or none. */
  readonly as: 'guest' | 'desk';
  attempt(claim: KeyedClaim): Promise<Attempt>;
};

/** Times one claim is sent, with the same key, before its outcome counts as unknown. */
const MOST_ATTEMPTS = 6;
const LONGEST_WAIT_SECONDS = 60;
const RETRY_MILLISECONDS = 250;

/** "No" that somebody who competes with others has to expect. */
const ORDINARY_REFUSALS = new Set<string>([
  'slot-taken',
  'too-early',
  'slot-in-past',
  'too-soon',
  // A grid that begins again at the end of each busy stretch moves when somebody else books before it.
  'off-grid',
  'limit-reached',
  'hold-expired',
  'hold-not-found',
  'cancel-too-late',
  'reschedule-too-late',
  'wrong-status',
  'rate-limited',
  'overloaded',
]);

/** Makes one claim: sends it, waits when told to, asks again with the same key when nobody knows, and writes the outcome down. */
export async function claim(run: Run, caller: Caller, asked: Claim): Promise<Outcome> {
  const keyed: KeyedClaim = { ...asked, key: randomUUID() };
  run.tally.asked(asked.operation);
  for (let attempt = 1; attempt <= MOST_ATTEMPTS && !run.isServerGone; attempt += 1) {
    if (attempt > 1) run.tally.retries += 1;
    const sentAt = performance.now();
    const answer = await caller.attempt(keyed);
    if (answer.type === 'lost') {
      await run.checkServer();
      await run.patience(RETRY_MILLISECONDS * attempt);
      continue;
    }
    if (answer.type === 'ok') {
      run.tally.answeredIn(performance.now() - sentAt);
      run.tally.wins += 1;
      record(run, caller, keyed, 'ok', answer.body);
      return { type: 'ok', body: answer.body };
    }
    const { problem } = answer;
    if (problem.code === 'outcome-unknown') {
      await run.patience(RETRY_MILLISECONDS * attempt);
    } else if (problem.code === 'rate-limited' || problem.code === 'overloaded') {
      run.tally.waits += 1;
      if (run.isOver || attempt === MOST_ATTEMPTS) return givenUp(run, problem);
      await run.pause(Math.min(problem.retryAfterSeconds ?? 1, LONGEST_WAIT_SECONDS) * 1_000);
      if (run.isOver) return givenUp(run, problem);
    } else {
      run.tally.answeredIn(performance.now() - sentAt);
      return refused(run, caller, keyed, problem);
    }
  }
  run.tally.unknown += 1;
  record(run, caller, keyed, 'unknown', null);
  return { type: 'unknown' };
}

function refused(run: Run, caller: Caller, asked: KeyedClaim, problem: Problem): Outcome {
  run.tally.refused(problem.code);
  record(run, caller, asked, 'no', problem);
  if (!ORDINARY_REFUSALS.has(problem.code))
    run.tally.surprise(`${asked.operation} over ${caller.transport}: ${JSON.stringify(problem)} to ${JSON.stringify(asked)}`);
  return { type: 'no', code: problem.code, problem };
}

/** The last attempt did nothing, so there is nothing to hold the server to. */
function givenUp(run: Run, problem: Problem): Outcome {
  run.tally.refused(problem.code);
  return { type: 'no', code: problem.code, problem };
}

function record(run: Run, caller: Caller, asked: KeyedClaim, outcome: 'ok' | 'no' | 'unknown', answer: object | null): void {
  const line = {
    at: new Date().toISOString(),
    transport: caller.transport,
    as: caller.as,
    operation: asked.operation,
    key: asked.key,
    request: restRequest(asked),
    outcome,
    answer,
  };
  run.journal.write(line);
}

/** The problem in an answer that says it is one. */
export function readProblem(answer: unknown): Problem | undefined {
  const read = problemSchema.safeParse(answer);
  return read.success ? read.data : undefined;
}

export function restRequest(asked: KeyedClaim): RestRequest {
  const headers: Record<string, string> = { 'idempotency-key': asked.key };
  if (asked.holdToken !== undefined) headers['hold-token'] = asked.holdToken;
  if (asked.manageToken !== undefined) headers['manage-token'] = asked.manageToken;
  return { ...addressOf(asked), headers, body: asked.body };
}

function addressOf({ operation, holdId, appointmentId, staffId, blockId }: Claim): { readonly method: string; readonly path: string } {
  switch (operation) {
    case 'place-hold':
      return { method: 'POST', path: '/v1/holds' };
    case 'renew-hold':
      return { method: 'POST', path: `/v1/holds/${holdId}/renew` };
    case 'release-hold':
      return { method: 'DELETE', path: `/v1/holds/${holdId}` };
    case 'book':
      return { method: 'POST', path: '/v1/appointments' };
    case 'add-block':
      return { method: 'POST', path: `/v1/staff/${staffId}/blocks` };
    case 'remove-block':
      return { method: 'DELETE', path: `/v1/staff/${staffId}/blocks/${blockId}` };
    default:
      return { method: 'POST', path: `/v1/appointments/${appointmentId}/${operation}` };
  }
}
