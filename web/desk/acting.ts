// Commands of the desk. Each is shown as in flight until its outcome is known *and* the board has reached the revision of the answer, so
// nothing flickers in between. A refusal stays until it is closed; some commands can be undone for a while.
import { effect, signal } from '@preact/signals';
import { announce } from '../kit/announcing.tsx';
import { type Problem, UNREACHABLE } from '../kit/api.ts';
import { clock } from '../kit/money-and-time.ts';
import { openShop } from '../kit/shop.ts';
import { beginWriting, type Outcome, resumeWritings, type Writing } from '../kit/writing.ts';
import { titleOf } from './claim-words.ts';
import { type Column, type DeskAbout, type DeskCommand, elsewhere, insisting, placeOf, requestOf, serviceOf, undoing } from './commands.ts';
import { forgetDraftOf } from './draft.ts';
import { takeOffShelf } from './shelved.ts';
import { board, live, runsTheDesk, timeZone } from './watching.ts';
import { words } from './wording.ts';

type DeskReply = { readonly id?: string; readonly revision?: number; readonly calendarId?: string };
type DeskWriting = Writing<DeskAbout, DeskReply>;
export type DeskForm = 'new' | 'move' | 'edit';
export type InFlight = { readonly writing: DeskWriting; readonly command: DeskCommand; readonly form: DeskForm | undefined };
/** A refusal: the command and the problem; `form` is the form that shows it while open. */
export type Refused = { readonly command: DeskCommand; readonly problem: Problem; readonly form: DeskForm | undefined };
/** What was just done, and the command that undoes it. */
export type Done = { readonly words: string; readonly undo: DeskCommand | undefined };

/** The board reaches an answer's revision within this time, or it is no longer waited for. */
const CATCH_UP_MILLISECONDS = 4_000;
export const UNDO_MILLISECONDS = 8_000;
const OVERRIDABLE: readonly Problem['code'][] = ['slot-in-past', 'too-soon', 'too-far', 'outside-hours', 'off-grid', 'limit-reached', 'slot-taken'];

export const inFlight = signal<readonly InFlight[]>([]);
export const refused = signal<Refused | undefined>(undefined);
export const lastDone = signal<Done | undefined>(undefined);
/** The open form, which shows its own refusals. */
export const openForm = signal<DeskForm | undefined>(undefined);

export function isInFlight(claimId: string): boolean {
  return inFlight.value.some(({ command }) => placeOf(command).claimId === claimId || (command.type === 'swap' && command.other.id === claimId));
}

/** Of the form that is open, and from it. */
export function refusedIn(form: DeskForm): Refused | undefined {
  return refused.value?.form === form ? refused.value : undefined;
}

/** Sends one command and shows it until the board has it. Without a connection it is refused, and not kept for later: by then another would be right. */
export function act(command: DeskCommand, form?: DeskForm): Promise<Outcome<DeskReply>['outcome']> {
  if (live.state.peek() === 'offline') {
    refused.value = { command, problem: UNREACHABLE, form };
    return Promise.resolve('refused');
  }
  return follow(beginWriting<DeskReply, DeskAbout>({ page: 'desk', command }, requestOf(command)), form, false);
}

/** After a reload: continues open commands. */
export function goOnActing(): void {
  for (const writing of resumeWritings<DeskAbout>('desk')) void follow(writing as DeskWriting, undefined, true);
}

async function follow(writing: DeskWriting, form: DeskForm | undefined, isResumed: boolean): Promise<Outcome<DeskReply>['outcome']> {
  const { command } = writing.about;
  inFlight.value = [...inFlight.value, { writing, command, form }];
  refused.value = undefined;
  const end = await writing.outcome;
  if (end.outcome !== 'done') {
    land(writing);
    if (end.outcome === 'refused') refused.value = { command, problem: end.problem, form };
    return end.outcome;
  }
  if (command.type === 'book') forgetDraftOf(command.wanted);
  if (command.type === 'move' || command.type === 'swap') takeOffShelf(command.claim.id);
  forgetUndoOf(command);
  tell(command, end.body, isResumed || end.isLate);
  const { calendarId, revision } = { calendarId: placeOf(command).calendarId, revision: 0, ...end.body };
  landAt(writing, calendarId, revision);
  return end.outcome;
}

/** After another change of a claim, the earlier one can no longer be undone. */
function forgetUndoOf(command: DeskCommand): void {
  const { claimId } = placeOf(command);
  const undo = lastDone.peek()?.undo;
  if (claimId !== null && undo !== undefined && placeOf(undo).claimId === claimId) lastDone.value = undefined;
}

/** Announces success. If it was unsure before, it is also shown, even without undo. */
function tell(command: DeskCommand, made: DeskReply, wasInDoubt: boolean): void {
  const undo = undoing(command, made);
  const words = doneWords(command);
  announce(`${words}.`);
  if (undo !== undefined || wasInDoubt) lastDone.value = { words, undo };
}

export async function undo({ undo: command }: Done): Promise<void> {
  lastDone.value = undefined;
  // An undo cannot be undone.
  if (command !== undefined && (await act(command)) === 'done') lastDone.value = undefined;
}

type Doing = (typeof words.value)['doing' | 'done'];

/** "Moving Mia Berg to 10:00" */
export function doingWords(command: DeskCommand): string {
  return sentenceAbout(command, words.value.doing);
}

function doneWords(command: DeskCommand): string {
  return sentenceAbout(command, words.value.done);
}

function sentenceAbout(command: DeskCommand, text: Doing): string {
  const time = (at: number) => clock(at, timeZone.peek());
  switch (command.type) {
    case 'book':
      return text.book({ name: command.wanted.customer.name, time: time(command.wanted.startsAt) });
    case 'move':
      return text.move({ title: titleOf(command.claim), time: time(command.startsAt) });
    case 'swap':
      return text.swap({ title: titleOf(command.claim), other: titleOf(command.other) });
    case 'edit':
      return text.edit({ title: titleOf(command.claim) });
    case 'step':
      return text[command.step]({ title: titleOf(command.claim) });
    case 'cancel':
      return text[command.claim.status === 'pending' ? 'decline' : 'cancel']({ title: titleOf(command.claim) });
    case 'block':
      return text.block;
    case 'move-block':
      return text.moveBlock;
    case 'unblock':
      return text.unblock;
    default:
      return command satisfies never;
  }
}

/** The refused command at another time; `undefined` where another time makes no sense. */
export function atAnotherTime({ command }: Refused, startsAt: number, staffId: string): DeskCommand | undefined {
  const to = columnOf(staffId);
  return to && elsewhere(command, to, startsAt);
}

/** Whether it is a rule that the front desk can override somewhere. */
export function givesWayToReasons({ code }: Problem): boolean {
  return OVERRIDABLE.includes(code);
}

/** The refused command, overriding the rule; `undefined` if the rule, or this user, cannot. */
export function against({ command, problem }: Refused, reason: string): DeskCommand | undefined {
  const isPossible = givesWayToReasons(problem) && (problem.code !== 'slot-taken' || canOverlap(command, problem));
  return runsTheDesk.value && isPossible ? insisting(command, problem.code, reason) : undefined;
}

/** What a customer is booking now stays theirs, and a class has the seats it has. */
function canOverlap(command: DeskCommand, { conflict }: Problem): boolean {
  const { capacity = 1 } = openShop().services.find(({ id }) => id === serviceOf(command)) ?? {};
  return capacity === 1 && conflict?.by !== 'hold';
}

function columnOf(staffId: string): Column | undefined {
  const found = [...board.value.calendars.values()].find((calendar) => calendar.staffId === staffId);
  return found && { staffId, calendarId: found.calendarId };
}

function land(writing: DeskWriting): void {
  inFlight.value = inFlight.value.filter((flight) => flight.writing !== writing);
}

function landAt(writing: DeskWriting, calendarId: string, revision: number): void {
  const timeout = setTimeout(() => land(writing), CATCH_UP_MILLISECONDS);
  const stop = effect(() => {
    const shown = board.value.calendars.get(calendarId)?.revision;
    if (shown !== undefined && shown < revision) return;
    clearTimeout(timeout);
    queueMicrotask(() => {
      land(writing);
      stop();
    });
  });
}
