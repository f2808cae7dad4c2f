// What people who work for the business are told in the app. Types, and which right a kind follows from.
import type { Action } from '../access/permissions.ts';
import type { Place } from '../access/rights.ts';
import type { Instant } from '../model/instant.ts';
import type { GivenRole } from '../model/roles.ts';
import type { ChosenEmail, MESSAGE_STATUSES, MessageKind } from '../protocol/messages.ts';
import type { NotificationKind } from '../protocol/notifications.ts';
import type { TimeOffStatus } from '../protocol/time-off-requests.ts';

/** Who may do this at a place is told of what happens there. */
export const RIGHT_OF = {
  'appointment-booked': 'read-appointment',
  'appointment-requested': 'settle-appointment',
  'appointment-changed': 'read-appointment',
  'appointment-cancelled': 'read-appointment',
  'message-failed': 'read-messages',
  'message-kept': 'read-messages',
  'webhook-disabled': 'manage-webhooks',
  'external-calendar-failed': 'read-external-calendars',
  'external-calendar-conflict': 'read-external-calendars',
  'budget-reached': 'manage-settings',
  'payment-alarm': 'read-payments',
  'time-off-requested': 'decide-time-off',
  'time-off-decided': 'request-time-off',
} as const satisfies Record<NotificationKind, Action>;

/** What it is about: ids, times and our own words. It names no person. */
export type NotificationAbout = {
  readonly appointment?: {
    readonly id: string;
    /** Left out where only the time is told. */
    readonly serviceId?: string;
    readonly serviceName?: string;
    readonly staffId: string;
    readonly startsAt: Instant;
    readonly endsAt?: Instant;
    readonly timeZone: string;
    readonly from?: { readonly startsAt: Instant; readonly staffId: string };
  };
  readonly message?: { readonly id: string; readonly kind: MessageKind; readonly status: (typeof MESSAGE_STATUSES)[number]; readonly failure?: string };
  readonly webhookId?: string;
  readonly externalCalendarId?: string;
  readonly budget?: string;
  /** Of the staff member at the place. */
  readonly timeOffRequest?: { readonly id: string; readonly startsAt: Instant; readonly endsAt: Instant; readonly status: TimeOffStatus };
  /** Without `id`: it belongs to no payment of ours. */
  readonly payment?: { readonly id?: string; readonly why: string };
};

/**
 * Something to tell everybody whom it concerns. `key`: what it follows from; a person is told once of a key, however often it is found. `places`: where it
 * happened; two where something moved. `by`: the user who did it, who is not told.
 */
export type News = {
  readonly key: string;
  readonly kind: NotificationKind;
  readonly places: readonly [Place, ...Place[]];
  readonly about: NotificationAbout;
  readonly by: string | null;
  readonly at: Instant;
  /** Only the person whose calendar it is about is told. */
  readonly isPersonal?: true;
};

export type Choices = {
  readonly inApp?: { readonly [Kind in NotificationKind]?: boolean | undefined } | undefined;
  readonly email?: { readonly [Kind in ChosenEmail]?: boolean | undefined } | undefined;
};
/** A person who can be told. */
export type NotifiedPerson = {
  readonly userId: string;
  readonly role: GivenRole;
  readonly staffId: string | null;
  readonly locationId: string | null;
  readonly choices: Choices;
};

/** `number` rises with each notification of a person, in the order in which they can be seen. `place`: where it concerned them. */
export type StoredNotification = {
  readonly id: string;
  readonly number: number;
  readonly kind: NotificationKind;
  readonly place: Place;
  readonly about: NotificationAbout;
  readonly createdAt: Instant;
  readonly isRead: boolean;
};
