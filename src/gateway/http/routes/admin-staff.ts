// Staff members, for those who manage them. The public list is in `catalog.ts`; their times are in `calendar-times.ts`.

import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import { hoursQuery, managedStaff, newStaffBody, removed, staffChangeBody } from '../../../protocol/catalog.ts';
import { hoursPlan, plannedRemovalQuery, removedHoursBody } from '../../../protocol/hours-plans.ts';
import { uuid } from '../../../protocol/scalars.ts';
import type { Managing } from '../../parts.ts';
import { route } from '../route.ts';
import { CATALOG_PROBLEMS, changeCatalog } from './admin-writes.ts';
import { STAFF } from './calendar-kinds.ts';
import { changeWithCalendar, idView, managedPlace, mostStartsOf, withHours } from './changing-calendars.ts';
import { CLAIM_PROBLEMS } from './holds.ts';
import { removeWithCalendar } from './removing-calendars.ts';

const params = z.object({ id: uuid });
const shared = { tag: 'Staff', action: 'manage-staff', isIdempotent: true, problems: CATALOG_PROBLEMS } as const;

const addStaffMember = route({
  ...shared,
  method: 'post',
  path: '/v1/staff',
  summary: 'Add a staff member, with a calendar',
  body: newStaffBody,
  replies: { 201: { description: 'The new staff member. Without their own hours they have those of the location.', schema: managedStaff } },
  handle: async (parts: Managing, { body, caller }) => {
    const {
      id = randomUUIDv7(),
      calendarId = randomUUIDv7(),
      timeZone = null,
      ownHours = false,
      dailyLimit: day,
      weeklyLimit: week,
      monthlyLimit: month,
      ...fields
    } = body;
    const { locationId } = fields;
    const draft = { ...fields, id, calendarId, timeZone, ownHours, weekly: null, mostStarts: mostStartsOf({ day, week, month }) };
    const asked = { action: shared.action, place: managedPlace(locationId), operation: STAFF.operations.add, body };
    const reply = await changeCatalog(caller, asked, { status: 201, body: idView }, (request) => parts.catalog.addStaffMember(draft, request));
    return withHours(parts, caller, STAFF, reply);
  },
});

const changeStaffMember = route({
  ...shared,
  method: 'patch',
  path: '/v1/staff/{id}',
  summary: 'Change a staff member',
  isConditional: true,
  params,
  query: hoursQuery,
  body: staffChangeBody,
  replies: { 200: { description: 'The staff member as they are now.', schema: managedStaff } },
  handle: (parts: Managing, { params: { id }, query, body, caller }) => {
    const { timeZone, ownHours, dailyLimit: day, weeklyLimit: week, monthlyLimit: month, ...changes } = body;
    return changeWithCalendar(parts, caller, STAFF, { id, query, changes, zone: { timeZone, ownHours }, mostStarts: { day, week, month } });
  },
});

const removeStaffMember = route({
  ...shared,
  method: 'delete',
  path: '/v1/staff/{id}',
  summary: 'Remove a staff member',
  isConditional: true,
  params,
  query: plannedRemovalQuery,
  body: removedHoursBody,
  problems: [...CATALOG_PROBLEMS, 'plan-outdated', 'outcome-unknown', ...CLAIM_PROBLEMS],
  replies: {
    204: {
      description: 'They can no longer be booked, their holds have ended, and their login is disabled. With `appointments=keep` their appointments stay.',
    },
    200: {
      description:
        'With `appointments=cancel`: the same, and how many appointments have been cancelled. With `plan`: which appointments are ahead, and who could take them.',
      schema: z.union([removed, hoursPlan]),
    },
  },
  handle: (parts: Managing, { params: { id }, query, body, caller }) => removeWithCalendar(parts, caller, STAFF, id, { ...query, ...body }),
});

export const adminStaffRoutes = [addStaffMember, changeStaffMember, removeStaffMember];
