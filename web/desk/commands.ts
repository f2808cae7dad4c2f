// The desk's commands as plain values: they survive a reload, can be repeated at another time, and can be undone.
import type { Answers } from '../../src/model/questions.ts';
import type { About, WriteRequest } from '../kit/writing.ts';
import type { BoardClaim, Span } from './board.ts';
import type { EditChanges } from './editing.ts';

export type StatusStep = 'approve' | 'check-in' | 'complete' | 'no-show' | 'reopen';
export type NewAppointment = {
  readonly staffId: string;
  readonly calendarId: string;
  readonly serviceId: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** With an `id` a customer with a record, whose name is for showing. */
  readonly customer: { readonly id?: string; readonly name: string; readonly email?: string; readonly phone?: string };
  readonly staffNotes?: string;
  readonly answers?: Answers;
  /** Of a class; else one. */
  readonly seats?: number;
  readonly addOnIds?: readonly string[];
  readonly voucherCode?: string;
};
/** Whose calendar. */
export type Column = { readonly staffId: string; readonly calendarId: string };
/** Left out: they are told. */
type Notify = { readonly customer: boolean };
type Override = { readonly rules: readonly string[]; readonly reason: string };
export type DeskCommand =
  | { readonly type: 'book'; readonly wanted: NewAppointment; readonly override?: Override; readonly allowOverlap?: true }
  | {
      readonly type: 'move';
      readonly claim: BoardClaim;
      readonly from: Column;
      readonly to: Column;
      readonly startsAt: number;
      readonly notify?: Notify;
      readonly override?: Override;
      readonly allowOverlap?: true;
    }
  /** `version`: the one it was typed over; another one is not changed. Left out: it was not read. `back` undoes it. */
  | {
      readonly type: 'edit';
      readonly claim: BoardClaim;
      readonly from: Column;
      readonly to: Column;
      readonly endsAt: number;
      readonly changes: EditChanges;
      readonly back: EditChanges | undefined;
      readonly version?: number;
      readonly override?: Override;
      readonly allowOverlap?: true;
    }
  /** Each takes the time and the person of the other. */
  | {
      readonly type: 'swap';
      readonly claim: BoardClaim;
      readonly column: Column;
      readonly other: BoardClaim;
      readonly otherColumn: Column;
      readonly notify?: Notify;
      readonly allowOverlap?: true;
    }
  /** `only`: the version it is meant for; another one is left alone. */
  | { readonly type: 'step'; readonly claim: BoardClaim; readonly calendarId: string; readonly step: StatusStep; readonly only?: number }
  | { readonly type: 'cancel'; readonly claim: BoardClaim; readonly calendarId: string; readonly reason: string }
  | { readonly type: 'block'; readonly column: Column; readonly at: Span; readonly reason: string }
  | { readonly type: 'move-block'; readonly claim: BoardClaim; readonly from: Column; readonly to: Column; readonly at: Span }
  | { readonly type: 'unblock'; readonly claim: BoardClaim; readonly column: Column };
export type DeskAbout = About & { readonly page: 'desk'; readonly command: DeskCommand };

export function requestOf(command: DeskCommand): WriteRequest {
  switch (command.type) {
    case 'book': {
      const { calendarId: _calendarId, startsAt, endsAt: _endsAt, customer, ...rest } = command.wanted;
      const who = customer.id === undefined ? customer : { id: customer.id };
      return post('/v1/appointments', { ...rest, customer: who, startsAt: instantText(startsAt), ...insistedOn(command) });
    }
    case 'move': {
      const { claim, to, startsAt, notify } = command;
      const told = notify === undefined ? {} : { notify };
      return post(`/v1/appointments/${claim.id}/reschedule`, { startsAt: instantText(startsAt), staffId: to.staffId, ...told, ...insistedOn(command) });
    }
    case 'swap': {
      const { claim, other, notify, allowOverlap } = command;
      return post(`/v1/appointments/${claim.id}/swap`, { with: other.id, ...(notify && { notify }), ...(allowOverlap && { allowOverlap }) });
    }
    case 'edit': {
      const { claim, changes, version } = command;
      const headers = version === undefined ? {} : { headers: { 'if-match': `"${version}"` } };
      return { method: 'PATCH', path: `/v1/appointments/${claim.id}`, body: { ...changes, ...insistedOn(command) }, ...headers };
    }
    case 'step':
      return {
        ...post(`/v1/appointments/${command.claim.id}/${command.step}`, {}),
        ...(command.only !== undefined && { headers: { 'if-match': `"${command.only}"` } }),
      };
    case 'cancel':
      return post(
        `/v1/appointments/${command.claim.id}/${command.claim.status === 'pending' ? 'decline' : 'cancel'}`,
        command.reason === '' ? {} : { reason: command.reason },
      );
    case 'block': {
      const { column, at, reason } = command;
      const span = spanText(at);
      return post(`/v1/staff/${column.staffId}/blocks`, reason === '' ? span : { ...span, reason });
    }
    case 'move-block': {
      const { claim, from, to, at } = command;
      const whose = to.staffId === from.staffId ? {} : { staffId: to.staffId };
      return { method: 'PATCH', path: `/v1/staff/${from.staffId}/blocks/${claim.id}`, body: { ...spanText(at), ...whose } };
    }
    case 'unblock':
      return { method: 'DELETE', path: `/v1/staff/${command.column.staffId}/blocks/${command.claim.id}` };
    default:
      return command satisfies never;
  }
}

function post(path: string, body: object): WriteRequest {
  return { method: 'POST', path, body };
}

type Insisted = { readonly override?: Override; readonly allowOverlap?: true };

function insistedOn({ override, allowOverlap }: Insisted): Insisted {
  return { ...(override !== undefined && { override }), ...(allowOverlap !== undefined && { allowOverlap }) };
}

function spanText({ startsAt, endsAt }: Span): { readonly startsAt: string; readonly endsAt: string } {
  return { startsAt: instantText(startsAt), endsAt: instantText(endsAt) };
}

function instantText(at: number): string {
  return new Date(at).toISOString();
}

/** Its place on the board. `claimId` is null if the claim does not exist yet. */
export function placeOf(command: DeskCommand): { readonly claimId: string | null; readonly calendarId: string; readonly at: Span } {
  switch (command.type) {
    case 'book':
      return { claimId: null, calendarId: command.wanted.calendarId, at: command.wanted };
    case 'move': {
      const { claim, to, startsAt } = command;
      return { claimId: claim.id, calendarId: to.calendarId, at: { startsAt, endsAt: startsAt + claim.endsAt - claim.startsAt } };
    }
    case 'edit': {
      const { claim, to, endsAt } = command;
      return { claimId: claim.id, calendarId: to.calendarId, at: { startsAt: claim.startsAt, endsAt } };
    }
    case 'swap':
      return { claimId: command.claim.id, calendarId: command.otherColumn.calendarId, at: command.other };
    case 'step':
    case 'cancel':
      return { claimId: command.claim.id, calendarId: command.calendarId, at: command.claim };
    case 'block':
      return { claimId: null, calendarId: command.column.calendarId, at: command.at };
    case 'move-block':
      return { claimId: command.claim.id, calendarId: command.to.calendarId, at: command.at };
    case 'unblock':
      return { claimId: command.claim.id, calendarId: command.column.calendarId, at: command.claim };
    default:
      return command satisfies never;
  }
}

/** The same at another time or with another person; `undefined` if that makes no sense. `allowOverlap` is dropped. */
export function elsewhere(command: DeskCommand, to: Column, startsAt: number): DeskCommand | undefined {
  if (command.type !== 'move' && command.type !== 'book') return undefined;
  const { allowOverlap: _allowOverlap, ...rest } = command;
  if (rest.type === 'move') return { ...rest, to, startsAt };
  const { wanted } = rest;
  return { ...rest, wanted: { ...wanted, ...to, startsAt, endsAt: startsAt + wanted.endsAt - wanted.startsAt } };
}

/** The same, overriding a rule. Earlier overrides stay. */
export function insisting(command: DeskCommand, rule: string, reason: string): DeskCommand | undefined {
  if (command.type !== 'move' && command.type !== 'book' && command.type !== 'edit') return undefined;
  return { ...command, override: { rules: [...new Set([...(command.override?.rules ?? []), rule])], reason } };
}

/** For what a claim is to be, or is. */
export function serviceOf(command: DeskCommand): string | null {
  if (command.type === 'book') return command.wanted.serviceId;
  if (command.type === 'edit') return command.changes.serviceId ?? command.claim.serviceId;
  return 'claim' in command ? command.claim.serviceId : null;
}

/** The same, although the customer has another appointment at that time. */
export function overlapping(command: DeskCommand): Extract<DeskCommand, { allowOverlap?: true }> | undefined {
  const { type } = command;
  return type === 'move' || type === 'book' || type === 'edit' || type === 'swap' ? { ...command, allowOverlap: true } : undefined;
}

function startingAt(claim: BoardClaim, startsAt: number): BoardClaim {
  return { ...claim, startsAt, endsAt: startsAt + claim.endsAt - claim.startsAt };
}

/** What the server has answered: the id of what the command has made, and the version that it has left. */
type MadeBy = { readonly id?: string; readonly revision?: number };
const STATUS_AFTER = { 'check-in': 'checked-in', complete: 'completed', 'no-show': 'no-show' } as const;

/** The command that undoes it; `undefined` if there is none. */
export function undoing(command: DeskCommand, { id: madeId = '', revision }: MadeBy): DeskCommand | undefined {
  switch (command.type) {
    case 'move': {
      const { claim, from, to, startsAt, notify } = command;
      const moved = startingAt(claim, startsAt);
      // It may return to its old time, whatever else the customer has then. Whether they are told of it is as before.
      return { type: 'move', claim: moved, from: to, to: from, startsAt: claim.startsAt, ...(notify && { notify }), allowOverlap: true };
    }
    case 'swap': {
      const { claim, column, other, otherColumn, notify } = command;
      const [there, here] = [startingAt(claim, other.startsAt), startingAt(other, claim.startsAt)];
      const told = notify === undefined ? {} : { notify };
      return { type: 'swap', claim: there, column: otherColumn, other: here, otherColumn: column, ...told, allowOverlap: true };
    }
    case 'edit': {
      const { claim, from, to, endsAt, changes, back } = command;
      if (back === undefined || revision === undefined) return undefined;
      const notify = changes.notify === undefined ? {} : { notify: changes.notify };
      // What someone else changes after it stays: then it is refused.
      const edited = { ...claim, endsAt };
      return {
        type: 'edit',
        claim: edited,
        from: to,
        to: from,
        endsAt: claim.endsAt,
        changes: { ...back, ...notify },
        back: undefined,
        version: revision,
        allowOverlap: true,
      };
    }
    case 'block': {
      const { at, column, reason } = command;
      return { type: 'unblock', column, claim: { kind: 'block', id: madeId, lane: 0, seats: 1, serviceId: null, status: null, reason, ...at } };
    }
    case 'move-block': {
      const { claim, from, to, at } = command;
      return { type: 'move-block', claim: { ...claim, ...at }, from: to, to: from, at: { startsAt: claim.startsAt, endsAt: claim.endsAt } };
    }
    case 'unblock': {
      const { claim, column } = command;
      return { type: 'block', column, at: { startsAt: claim.startsAt, endsAt: claim.endsAt }, reason: claim.reason ?? '' };
    }
    case 'step': {
      const { claim, calendarId, step } = command;
      // The customer relies on an approval; a reopened appointment can take its step again.
      if (step === 'approve' || step === 'reopen') return undefined;
      // If another step was taken since, that one must not be undone instead.
      const only = revision === undefined ? {} : { only: revision };
      return { type: 'step', claim: { ...claim, status: STATUS_AFTER[step] }, calendarId, step: 'reopen', ...only };
    }
    case 'book':
    case 'cancel':
      return undefined;
    default:
      return command satisfies never;
  }
}
