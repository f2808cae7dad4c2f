// What people asked and were told, and what watchers and readers saw, each with its moment. Only the checker reads it.
import type { LoggedChange, LogPosition } from '../../src/actors/change-log-port.ts';
import type { Answer, CalendarChange, CalendarSlots, CalendarView, RequestKey, SchedulerCommand } from '../../src/actors/scheduler.ts';

/**
 * One asking of a request on one node. `answer` is null while there is none; `cut`: the node was gone before it answered.
 * `answeredAt` is when nothing more could come of this attempt: never, if the answer does not say so.
 */
export type Attempt = {
  readonly node: string;
  readonly kind: 'ask' | 'abandon';
  readonly askedAt: number /** By whatever was said. */;
  heardAt: number;
  answeredAt: number;
  answer: Answer | 'cut' | null;
};
export type Asked = {
  readonly person: string;
  readonly request: RequestKey;
  readonly command: SchedulerCommand;
  /** The version of the appointment that it is meant for. */
  readonly saw?: Version | undefined;
  readonly attempts: Attempt[];
};
/** Of the record of an appointment: the change that wrote it. */
export type Version = { readonly calendarId: string; readonly revision: number };

export type Look = { readonly reader: string; readonly node: string; readonly askedAt: number; readonly answeredAt: number } & (
  | { readonly type: 'view'; readonly view: CalendarView }
  | { readonly type: 'slots'; readonly slots: CalendarSlots; readonly service: number }
  /** Changes after a revision; null: they are not kept any more. */
  | { readonly type: 'changes'; readonly calendarId: string; readonly after: number; readonly changes: readonly CalendarChange[] | null }
  /** The calendar as it was at a moment of the database's clock, or from when on that is known. */
  | { readonly type: 'past'; readonly calendarId: string; readonly at: number; readonly past: CalendarView | { readonly knownFrom: number } | undefined }
  /** A page of the log of the business; null is where it is cut. */
  | {
      readonly type: 'log';
      readonly after: LogPosition | null;
      readonly last: LogPosition | null;
      readonly changes: readonly LoggedChange[];
      readonly hasGap: boolean;
    }
);
export type Shown = Extract<Look, { readonly type: 'view' | 'slots' }>;

export type Violation = { readonly invariant: Invariant; readonly detail: string };
/** What must always be so. Each is named by what has been seen when it is not. */
export type Invariant =
  | 'two claims overlap'
  | 'an overlap was not asked for'
  | 'an edit was overwritten'
  | 'an edit was of another version'
  | 'a claim is not as agreed with its person'
  | 'a change log has a gap'
  | 'an epoch fell'
  | 'a date fell'
  | 'a change stands before the one before it'
  | 'a change contradicts the one before'
  | 'a yes is not in the log as it was answered'
  | 'a no happened all the same'
  | 'something happened twice'
  | 'what was given up happened after all'
  | 'an answer came before it was durable'
  | 'a key was answered in two ways'
  | 'a request was done outside its time'
  | 'a refusal was never true'
  | 'a read was never true'
  | 'a node forgot what it had shown'
  | 'a read was out of date'
  | 'a push was late'
  | 'a feed has a hole'
  | 'a push is not what is logged'
  | 'a watcher is behind'
  | 'half of a group happened'
  | 'a hold ended too early'
  | 'a hold was booked too late'
  | 'a hold outlived its time'
  | 'a consumer missed a change'
  | 'a consumer had a change twice'
  | 'a consumer went out of order'
  | 'a consumer had what is not in the log'
  | 'a reader missed a change'
  | 'a calendar was not as it had been'
  | 'a key was forgotten within its time'
  | 'a trail was not as complete as it said'
  | 'the tables are not what is logged'
  | 'text about people is where it must not be'
  | 'what was typed is not what was asked'
  | 'a node broke a promise of its own'
  | 'there is no answer'
  | 'a shard has no living owner';

export class History {
  readonly asked: Asked[] = [];
  readonly looks: Look[] = [];
  /** In the order in which they were found. */
  readonly violations: Violation[] = [];

  broken(invariant: Invariant, detail: string): void {
    this.violations.push({ invariant, detail });
  }
}

/** Whether it shows a calendar as it is. */
export function isShown(look: Look): look is Shown {
  return look.type === 'view' || look.type === 'slots';
}

/** The definite answer of a request, if it has one. */
export function definiteOf(asked: Asked): Extract<Answer, { outcome: 'ok' | 'no' }> | undefined {
  for (const { answer } of asked.attempts) if (isDefinite(answer)) return answer;
  return undefined;
}

export function isDefinite(answer: Attempt['answer']): answer is Extract<Answer, { outcome: 'ok' | 'no' }> {
  return answer !== null && answer !== 'cut' && (answer.outcome === 'ok' || answer.outcome === 'no');
}

/** Nothing comes of the attempt any more: it was decided, or it "did nothing". */
export function isFinished(answer: Attempt['answer']): boolean {
  return isDefinite(answer) || (answer !== null && answer !== 'cut' && (answer.outcome === 'retry' || answer.outcome === 'outdated'));
}

/** Whether it was told that the appointment is not as it was seen: nothing can come of asking again, but of what was asked before. */
export function isOutdated({ attempts }: Asked): boolean {
  return attempts.some(({ answer }) => answer !== null && answer !== 'cut' && answer.outcome === 'outdated');
}
