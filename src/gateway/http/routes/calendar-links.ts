// Feeds for calendar programs, and external calendars whose busy times hold here.
import { z } from 'zod';
import { type FileParts, readAppointmentFile, readFeed, removeFeed, replaceFeed } from '../../../calendars-in-and-out/calendar-files.ts';
import {
  addExternalCalendar,
  type FollowParts,
  listExternalCalendars,
  readExternalCalendar,
  removeExternalCalendar,
} from '../../../calendars-in-and-out/follow-external.ts';
import { calendarFeed, calendarFeedBody, externalCalendar, externalCalendarBody, externalCalendars } from '../../../protocol/calendar-links.ts';
import { uuid } from '../../../protocol/scalars.ts';
import { type Route, route } from '../route.ts';

const tag = 'Calendars elsewhere';
const params = z.object({ id: uuid });
const externalParams = z.object({ id: uuid, externalCalendarId: uuid });
const OF_STAFF = ['unauthenticated', 'forbidden', 'not-found'] as const;
const icalendar = { schema: z.string(), contentType: 'text/calendar' };

const feedRoutes: readonly Route<FileParts>[] = [
  route({
    method: 'post',
    path: '/v1/staff/{id}/calendar-feed',
    tag,
    summary: 'Get the address of a feed; the one before it ends',
    action: 'connect-calendars',
    params,
    body: calendarFeedBody,
    replies: { 201: { description: 'The address. It is not told again.', schema: calendarFeed } },
    problems: OF_STAFF,
    handle: (parts: FileParts, { caller, params: { id }, body }) => replaceFeed(parts, caller, id, body),
  }),
  route({
    method: 'delete',
    path: '/v1/staff/{id}/calendar-feed',
    tag,
    summary: 'End the feed',
    action: 'connect-calendars',
    params,
    replies: { 204: { description: 'Its address leads nowhere any more.' } },
    problems: OF_STAFF,
    handle: (parts: FileParts, { caller, params: { id } }) => removeFeed(parts, caller, id),
  }),
  route({
    method: 'get',
    path: '/v1/calendar-feeds/{secret}.ics',
    tag,
    summary: 'The appointments of a staff member, as a calendar',
    action: 'read-calendar-feed',
    allowance: 'feed',
    hasVersion: true,
    params: z.object({ secret: z.string().max(100) }),
    replies: {
      200: { description: 'From 30 days back to 400 days ahead, the first 1,000; what was cancelled stays as cancelled for 14 days. In UTC.', ...icalendar },
    },
    problems: ['not-found'],
    handle: (parts: FileParts, { params: { secret } }) => readFeed(parts, secret),
  }),
  route({
    method: 'get',
    path: '/v1/appointments/{id}/calendar.ics',
    tag,
    summary: 'An appointment, to put into a calendar',
    action: 'read-appointment',
    hasVersion: true,
    tokens: ['Manage-Token'],
    params,
    replies: { 200: { description: 'One entry, in UTC. A later one replaces it.', ...icalendar } },
    problems: [...OF_STAFF, 'manage-token-ended'],
    handle: (parts: FileParts, { caller, params: { id } }) => readAppointmentFile(parts, caller, id),
  }),
];

const externalRoutes: readonly Route<FollowParts>[] = [
  route({
    method: 'post',
    path: '/v1/staff/{id}/external-calendars',
    tag,
    summary: 'Follow an external calendar: what is busy there cannot be booked here',
    action: 'connect-calendars',
    isIdempotent: true,
    params,
    body: externalCalendarBody,
    replies: { 201: { description: 'It is asked at once, and every 15 minutes.', schema: externalCalendar } },
    problems: [...OF_STAFF, 'id-in-use', 'limit-reached'],
    handle: (parts: FollowParts, { caller, params: { id }, body }) => addExternalCalendar(parts, caller, id, body),
  }),
  route({
    method: 'get',
    path: '/v1/staff/{id}/external-calendars',
    tag,
    summary: 'The external calendars of a staff member, and what conflicts with them',
    action: 'read-external-calendars',
    params,
    replies: { 200: { description: 'All of them, oldest first, on one page.', schema: externalCalendars } },
    problems: OF_STAFF,
    handle: (parts: FollowParts, { caller, params: { id } }) => listExternalCalendars(parts, caller, id),
  }),
  route({
    method: 'get',
    path: '/v1/staff/{id}/external-calendars/{externalCalendarId}',
    tag,
    summary: 'An external calendar',
    action: 'read-external-calendars',
    params: externalParams,
    replies: { 200: { description: 'How it is, and what conflicts with it.', schema: externalCalendar } },
    problems: OF_STAFF,
    handle: (parts: FollowParts, { caller, params: { id, externalCalendarId } }) => readExternalCalendar(parts, caller, id, externalCalendarId),
  }),
  route({
    method: 'delete',
    path: '/v1/staff/{id}/external-calendars/{externalCalendarId}',
    tag,
    summary: 'Follow it no longer: its busy times are free again',
    action: 'connect-calendars',
    isIdempotent: true,
    params: externalParams,
    replies: { 204: { description: 'It is gone.' } },
    problems: OF_STAFF,
    handle: (parts: FollowParts, { caller, params: { id, externalCalendarId } }) => removeExternalCalendar(parts, caller, id, externalCalendarId),
  }),
];

export const calendarLinkRoutes: readonly Route<FileParts & FollowParts>[] = [...feedRoutes, ...externalRoutes];
