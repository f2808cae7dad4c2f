// Requests of staff members for time off, and what becomes of them.
import { z } from 'zod';
import { endAfterStart, SPAN_ORDER } from './catalog.ts';
import { plannedOfStranded } from './hours-plans.ts';
import { instantInput, instantText, LONGEST_NOTES, page, pageQuery, textOrNone, uuid } from './scalars.ts';

export const TIME_OFF_KINDS = ['holiday', 'illness', 'training', 'family', 'other'] as const;
export type TimeOffKind = (typeof TIME_OFF_KINDS)[number];
export const TIME_OFF_STATUSES = ['open', 'approved', 'declined', 'withdrawn'] as const;
export type TimeOffStatus = (typeof TIME_OFF_STATUSES)[number];

const note = textOrNone(LONGEST_NOTES).nullish();

/** POST /v1/staff/{id}/time-off-requests */
export const newTimeOffRequestBody = z
  .strictObject({ id: uuid.optional(), startsAt: instantInput, endsAt: instantInput, kind: z.enum(TIME_OFF_KINDS), note })
  .refine(endAfterStart, SPAN_ORDER)
  .meta({ id: 'NewTimeOffRequest' });

/** GET /v1/time-off-requests */
export const timeOffRequestsQuery = z.strictObject({ status: z.enum(TIME_OFF_STATUSES).optional(), staffId: uuid.optional(), ...pageQuery });

/** POST /v1/time-off-requests/{id}/approve */
export const approvalQuery = z
  .strictObject({
    plan: z.enum(['true']).optional().meta({ description: 'Changes nothing: answers which appointments the time off strands, and who could take each when.' }),
    planId: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Approves the request together with what `stranded` in the body says, or is refused as `plan-outdated`.' }),
  })
  .meta({ id: 'TimeOffApprovalQuery' });
const answer = textOrNone(LONGEST_NOTES).nullish().meta({ description: 'For the staff member.' });
export const approvalBody = z.strictObject({ answer, ...plannedOfStranded }).meta({ id: 'TimeOffApproval' });
/** POST /v1/time-off-requests/{id}/decline */
export const declineTimeOffBody = z.strictObject({ answer }).meta({ id: 'TimeOffDecline' });

export const timeOffRequest = z
  .object({
    id: uuid,
    staffId: uuid,
    startsAt: instantText,
    endsAt: instantText,
    kind: z.enum(TIME_OFF_KINDS),
    note: z.string().nullable(),
    status: z.enum(TIME_OFF_STATUSES).meta({ description: '`approved`: it is time off of the staff member, with the id of the request.' }),
    answer: z.string().nullable(),
    createdAt: instantText,
    decidedAt: instantText.nullable().meta({ description: 'When it was approved, declined or withdrawn.' }),
  })
  .meta({ id: 'TimeOffRequest' });
export type TimeOffRequestReply = z.output<typeof timeOffRequest>;
export const timeOffRequests = page(timeOffRequest);
