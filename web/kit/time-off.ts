// Requests for time off, in words.
import type { TimeOffKind, TimeOffRequestReply, TimeOffStatus } from '../../src/protocol/time-off-requests.ts';
import { shortDay } from './money-and-time.ts';

export const TIME_OFF_WORDS: Readonly<Record<TimeOffKind, string>> = {
  holiday: 'Holiday',
  illness: 'Illness',
  training: 'Training',
  family: 'Family',
  other: 'Something else',
};

export const TIME_OFF_STATUS_WORDS: Readonly<Record<TimeOffStatus, string>> = {
  open: 'Waiting for an answer',
  approved: 'Approved',
  declined: 'Declined',
  withdrawn: 'Withdrawn',
};

/** "Mon 1 Dec – Fri 5 Dec", by the clock of the place, which the texts say before their offset. */
export function timeOffDays({ startsAt, endsAt }: Pick<TimeOffRequestReply, 'startsAt' | 'endsAt'>): string {
  const days = [Date.parse(`${startsAt.slice(0, 19)}Z`), Date.parse(`${endsAt.slice(0, 19)}Z`) - 1].map((at) => shortDay(at, 'UTC'));
  return [...new Set(days)].join(' – ');
}
