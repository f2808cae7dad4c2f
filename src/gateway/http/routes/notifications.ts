// The notification centre of the caller.
import type { Principal } from '../../../access/principal.ts';
import type { Choices } from '../../../notifications/notification.ts';
import type { Notifications } from '../../../notifications/notifications.ts';
import { isWanted, kindsFor } from '../../../notifications/recipients.ts';
import { type Telling, tellNotifications } from '../../../notifications/tell.ts';
import { CHOSEN_EMAILS, WANTED_AT_FIRST } from '../../../protocol/messages.ts';
import {
  notificationSettings,
  notificationSettingsBody,
  notifications,
  notificationsQuery,
  notificationsRead,
  notificationsReadBody,
} from '../../../protocol/notifications.ts';
import { done, failedField, UNKNOWN_CURSOR } from '../../../protocol/reply.ts';
import { route } from '../route.ts';

const LISTED_BY_DEFAULT = 50;
/** A number of a notification. */
const CURSOR = /^[1-9]\d{0,14}$/;

type Parts = Telling & { readonly notifications: Notifications };
const shared = { tag: 'Notifications', action: 'read-notifications' } as const;

const listNotifications = route({
  ...shared,
  method: 'get',
  path: '/v1/notifications',
  summary: 'What I am told in the app, newest first',
  query: notificationsQuery,
  replies: { 200: { description: 'Of the last 30 days, at most 500; with the number of those that are not read.', schema: notifications } },
  handle: async (parts: Parts, { caller, query: { unread, limit = LISTED_BY_DEFAULT, cursor = null } }) => {
    if (cursor !== null && !CURSOR.test(cursor)) return UNKNOWN_CURSOR;
    const principal = personOf(caller);
    const { store } = parts.notifications;
    // One more than the page shows whether there is a next one.
    const question = { onlyUnread: unread === 'true', before: cursor === null ? null : Number(cursor) };
    const [found, state] = await Promise.all([store.list(principal.userId, question, limit + 1), store.state(principal.userId)]);
    const items = await tellNotifications(parts, principal, found.slice(0, limit));
    return done({ items, nextCursor: found.length > limit ? String(items.at(-1)?.number) : null, unread: state.unread });
  },
});

const readNotifications = route({
  ...shared,
  method: 'post',
  path: '/v1/notifications/read',
  summary: 'Mark notifications as read',
  body: notificationsReadBody,
  replies: { 200: { description: 'They are read on every page of the caller. Ids that are not kept any more are left out.', schema: notificationsRead } },
  handle: async (parts: Parts, { caller, body: { ids = [], until } }) => {
    const state = await parts.notifications.read(personOf(caller).userId, until === undefined ? { ids } : { until });
    return state === undefined ? failedField('invalid-request', 'until', 'is no notification of yours') : done({ unread: state.unread });
  },
});

const readSettings = route({
  ...shared,
  method: 'get',
  path: '/v1/me/notification-settings',
  summary: 'What I want to be told',
  replies: { 200: { description: 'By kind, for those kinds that the role of the caller can be told of.', schema: notificationSettings } },
  handle: async (parts: Parts, { caller }) => {
    const principal = personOf(caller);
    return done(settingsView(principal, await parts.notifications.store.choices(principal.userId)));
  },
});

const changeSettings = route({
  ...shared,
  method: 'patch',
  path: '/v1/me/notification-settings',
  summary: 'Choose what I want to be told',
  body: notificationSettingsBody,
  replies: { 200: { description: 'As it is now. It is good for what happens from now on.', schema: notificationSettings } },
  handle: async (parts: Parts, { caller, body }) => {
    const principal = personOf(caller);
    const known = kindsFor(principal);
    const foreign = Object.keys(body.inApp ?? {}).find((kind) => !(known as readonly string[]).includes(kind));
    if (foreign !== undefined) return failedField('invalid-request', `inApp.${foreign}`, 'is not told to your role');
    const [personal] = Object.keys(body.email ?? {});
    if (personal !== undefined && principal.staffId === null) return failedField('invalid-request', `email.${personal}`, 'is for people with a calendar');
    return done(settingsView(principal, await parts.notifications.choose(principal.userId, body)));
  },
});

function settingsView(principal: Principal, choices: Choices) {
  return {
    inApp: Object.fromEntries(kindsFor(principal).map((kind) => [kind, isWanted(choices, kind)])),
    email: principal.staffId === null ? {} : Object.fromEntries(CHOSEN_EMAILS.map((kind) => [kind, choices.email?.[kind] ?? WANTED_AT_FIRST[kind]])),
  };
}

/** The right `read-notifications` is of people only. */
export function personOf({ principal }: { readonly principal: Principal | null }): Principal {
  if (principal === null) throw new Error('guests have no notifications');
  return principal;
}

export const notificationRoutes = [listNotifications, readNotifications, readSettings, changeSettings];
