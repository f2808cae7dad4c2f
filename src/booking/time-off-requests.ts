// What staff members ask for and managers decide. The calendar has the last word: a request is approved once the time off is in its hours, under the id of the request. The
// note is about a person, so it is in no fact, log or trail.
import { type AuditEntry, type AuditSource, auditEntry } from '../audit/audit-entry.ts';
import type { AuditAction } from '../model/audit-actions.ts';
import type { Instant } from '../model/instant.ts';
import { answeredBefore, type KeptReplies, type KeyReused, type ReplyKey, type StoredReply } from '../model/kept-replies.ts';
import type { TimeOffKind, TimeOffStatus } from '../protocol/time-off-requests.ts';

/** More than anyone waits for at once. */
const MOST_OPEN_REQUESTS = 20;

export type TimeOffRequest = {
  readonly id: string;
  readonly staffId: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly kind: TimeOffKind;
  readonly note: string | null;
  readonly status: TimeOffStatus;
  readonly answer: string | null;
  readonly createdAt: Instant;
  readonly decidedAt: Instant | null;
};
/** Of these people, the newest first. `before`: the id of the last one of the page before. */
type TimeOffRequestFilter = { readonly staffIds: readonly string[]; readonly status: TimeOffStatus | null; readonly before: string | null };

/** One change, all or nothing. */
export type TimeOffRequestTransaction = KeptReplies & {
  /** Locked: those who change the same one wait for each other. */
  request(id: string): Promise<TimeOffRequest | undefined>;
  /** Those who ask for the same person wait for each other. */
  countOpen(staffId: string): Promise<number>;
  add(request: TimeOffRequest): Promise<void>;
  change(request: TimeOffRequest): Promise<void>;
  addAuditEntry(entry: AuditEntry): Promise<void>;
  /** Tells those who decide that it was asked for, or its staff member what was decided. To be called at the end. `by` is not told. */
  tell(request: TimeOffRequest, locationId: string, by: string | null): Promise<void>;
};
export type TimeOffRequestStore = {
  byId(id: string): Promise<TimeOffRequest | undefined>;
  list(filter: TimeOffRequestFilter, limit: number): Promise<readonly TimeOffRequest[] | 'unknown-cursor'>;
  changing<T>(work: (transaction: TimeOffRequestTransaction) => Promise<T>): Promise<T>;
};

type Refusal = { readonly code: 'not-found' | 'id-in-use' | 'limit-reached' | 'wrong-status'; readonly detail: string } | KeyReused;
type Answer = { readonly outcome: 'saved' | 'replayed'; readonly reply: StoredReply } | { readonly outcome: 'refused'; readonly refusal: Refusal };
/** `at`: the time of the decision; `name`: of the staff member. */
type Asked = AuditSource & {
  readonly key: ReplyKey | null;
  readonly reply: (request: TimeOffRequest) => StoredReply;
  readonly at: Instant;
  readonly name: string;
  readonly locationId: string;
};

export function addTimeOffRequest(store: TimeOffRequestStore, request: TimeOffRequest, asked: Asked): Promise<Answer> {
  return changed(store, asked, 'time-off.requested', async (transaction) => {
    if ((await transaction.countOpen(request.staffId)) >= MOST_OPEN_REQUESTS)
      return { code: 'limit-reached', detail: `There are ${MOST_OPEN_REQUESTS} open requests already; withdraw one, or wait for an answer.` };
    if ((await transaction.request(request.id)) !== undefined) return { code: 'id-in-use', detail: 'The id belongs to another request.' };
    await transaction.add(request);
    return request;
  });
}

const ACTIONS = { approved: 'time-off.approved', declined: 'time-off.declined', withdrawn: 'time-off.withdrawn' } as const;

type Decision = { readonly id: string; readonly status: Exclude<TimeOffStatus, 'open'>; readonly answer: string | null };

/** What the calendar has carried out is approved, whatever has been said of the request in the meantime. */
export function settleTimeOffRequest(store: TimeOffRequestStore, { id, status, answer }: Decision, asked: Asked): Promise<Answer> {
  return changed(store, asked, ACTIONS[status], async (transaction) => {
    const request = await transaction.request(id);
    if (request === undefined) return { code: 'not-found', detail: 'There is no such request.' };
    if (request.status !== 'open' && (status !== 'approved' || request.status === 'approved'))
      return { code: 'wrong-status', detail: `The request is ${request.status} already.` };
    const next = { ...request, status, answer: answer === '' ? null : answer, decidedAt: asked.at };
    await transaction.change(next);
    return next;
  });
}

async function changed(
  store: TimeOffRequestStore,
  asked: Asked,
  action: AuditAction,
  change: (transaction: TimeOffRequestTransaction) => Promise<TimeOffRequest | Refusal>,
): Promise<Answer> {
  const { key, at, name, locationId, by } = asked;
  return store.changing(async (transaction) => {
    const before = await answeredBefore(transaction, key);
    if (before !== undefined) return before;
    const request = await change(transaction);
    if ('code' in request) return { outcome: 'refused', refusal: request };
    const { id, staffId, startsAt, endsAt } = request;
    const after = { timeOff: { id, startsAt, endsAt } };
    await transaction.addAuditEntry(auditEntry(asked, at, { action, subject: { kind: 'staff-member', id: staffId, name }, after }));
    const reply = asked.reply(request);
    if (key !== null) await transaction.addReply(key, reply);
    await transaction.tell(request, locationId, by.kind === 'user' ? by.id : null);
    return { outcome: 'saved', reply };
  });
}
