// What waits for the desk, whatever day is in view: requests, messages that did not arrive, and notices of calendars and payments.
// It is read again when a notification arrives, when the day in view changes, after a command of this desk, and every minute.
import { computed, effect, signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { MessageReply } from '../../src/protocol/messages.ts';
import type { NotificationKind, NotificationReply } from '../../src/protocol/notifications.ts';
import { unread } from '../bell/centre.ts';
import { type Problem, query, serverNow } from '../kit/api.ts';
import { askAs } from '../kit/session.ts';
import { inFlight } from './acting.ts';
import type { BoardClaim } from './board.ts';
import { lastEvents, locationId, runsTheDesk } from './watching.ts';

type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };
export type Inbox = {
  readonly requests: readonly AppointmentReply[];
  readonly failed: readonly MessageReply[];
  readonly notices: readonly NotificationReply[];
  /** There are more than are shown. */
  readonly isCut: boolean;
};
export const MOST_REQUESTS = 50;
export const MOST_FAILED = 20;
const MOST_NOTICES = 50;
/** A message that failed earlier is in the panel of its appointment. */
export const FAILED_DAYS = 7;
const DAY_MILLISECONDS = 86_400_000;
/** Several things happen together; they are read once. */
const PAUSE_MILLISECONDS = 400;
const AGAIN_MILLISECONDS = 60_000;
const NOTICES: readonly NotificationKind[] = ['external-calendar-conflict', 'external-calendar-failed', 'payment-alarm'];

export const inbox = signal<Inbox | undefined>(undefined);
export const inboxProblem = signal<Problem | undefined>(undefined);
export const inboxCount = computed(() => {
  const { requests = [], failed = [], notices = [] } = inbox.value ?? {};
  return requests.length + failed.length + notices.length;
});

/** Keeps it fresh until the returned function is called. */
export function keepInbox(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  const read = async () => {
    asked += 1;
    const turn = asked;
    const answer = await readInbox(locationId.peek(), runsTheDesk.peek());
    // A later question has a later answer.
    if (turn !== asked) return;
    if ('code' in answer) inboxProblem.value = answer;
    else [inbox.value, inboxProblem.value] = [answer, undefined];
    clearTimeout(timer);
    timer = setTimeout(() => void read(), AGAIN_MILLISECONDS);
  };
  const stop = effect(() => {
    void [unread.value, lastEvents.value, locationId.value, runsTheDesk.value, inFlight.value.length];
    clearTimeout(timer);
    timer = setTimeout(() => void read(), PAUSE_MILLISECONDS);
  });
  return () => {
    stop();
    clearTimeout(timer);
    asked += 1;
  };
}

async function readInbox(place: string, readsMessages: boolean): Promise<Inbox | Problem> {
  const from = new Date(serverNow()).toISOString();
  const [requests, failed, notices] = await Promise.all([
    askAs<Page<AppointmentReply>>('GET', `/v1/appointments${query({ status: 'pending', locationId: place, from, order: 'startsAt', limit: MOST_REQUESTS })}`),
    readsMessages ? askAs<Page<MessageReply>>('GET', `/v1/messages?status=failed&status=bounced&limit=${MOST_FAILED}`) : undefined,
    askAs<Page<NotificationReply>>('GET', `/v1/notifications?unread=true&limit=${MOST_NOTICES}`),
  ]);
  if (!requests.ok) return requests.problem;
  if (failed !== undefined && !failed.ok) return failed.problem;
  if (!notices.ok) return notices.problem;
  const since = serverNow() - FAILED_DAYS * DAY_MILLISECONDS;
  const recent = (failed?.body.items ?? []).filter(({ createdAt, appointmentId }) => Date.parse(createdAt) >= since && appointmentId !== undefined);
  return {
    requests: requests.body.items,
    failed: recent,
    notices: notices.body.items.filter(({ kind }) => NOTICES.includes(kind)),
    isCut: requests.body.nextCursor !== null || recent.length === MOST_FAILED,
  };
}

/** As the board would have it, for commands about an appointment of another day. */
export function claimOf({ id, startsAt, endsAt, seats, serviceId, serviceName, status, customer }: AppointmentReply): BoardClaim {
  return {
    ...{ kind: 'appointment', id, startsAt: Date.parse(startsAt), endsAt: Date.parse(endsAt), lane: 0, seats, serviceId, status },
    ...(serviceName !== null && { serviceName }),
    ...(customer !== null && { customer }),
  };
}
