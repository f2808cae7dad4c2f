// Holds on the wire.
import { z } from 'zod';
import { refundRule } from './catalog.ts';
import { startFields, withStart } from './moments.ts';
import { override } from './override.ts';
import { email, instantText, money, seats, uuid } from './scalars.ts';

/** POST /v1/holds */
export const placeHoldBody = z
  .strictObject({
    id: uuid.optional().meta({ description: 'An id of your own for the hold.' }),
    serviceId: uuid,
    ...startFields,
    staffId: uuid.optional().meta({ description: 'Nobody named: anyone who does the service.' }),
    locationId: uuid.optional(),
    resourceId: uuid.optional().meta({ description: 'One of those that the service needs. None named: the first that is free.' }),
    seats: seats.default(1),
    override: override.optional(),
  })
  .transform(withStart)
  .meta({ id: 'PlaceHold' });
export type PlaceHold = z.output<typeof placeHoldBody>;

const policy = z
  .object({
    cancelUntilMinutes: z.int().nullable(),
    rescheduleUntilMinutes: z.int().nullable(),
    refundRules: z.array(refundRule),
  })
  .meta({
    id: 'HeldPolicy',
    description: 'Until how many minutes before the start the customer can cancel and move it (null: until it starts), and what they get back.',
  });

export const hold = z
  .object({
    id: uuid,
    token: z.string().optional().meta({ description: 'Shows that the hold is yours (`Hold-Token`). Only in answers to its holder.' }),
    serviceId: uuid,
    staffId: uuid,
    calendarId: uuid,
    resourceId: uuid.optional().meta({ description: 'The room or piece of equipment that is taken along.' }),
    startsAt: instantText,
    endsAt: instantText,
    seats: z.int(),
    state: z.enum(['held', 'paying']),
    expiresAt: instantText,
    expiresInSeconds: z.int().meta({ description: 'Of a hold just placed or renewed: the whole time given. Of a hold that is read: the time left.' }),
    renewalsLeft: z.int(),
    serviceName: z.string().nullable().optional(),
    staffName: z.string().nullable().optional(),
    resourceName: z.string().nullable().optional(),
    locationName: z.string().nullable().optional(),
    locationId: uuid.optional().meta({ description: 'Where the appointment is going to be.' }),
    timeZone: z.string().optional(),
    price: money.optional().meta({ description: 'Of all seats. What the hold says here is what is booked by it, whatever is changed meanwhile.' }),
    policy: policy.optional(),
    approval: z.enum(['automatic', 'manual']).optional().meta({ description: '`manual`: the business has to accept it once it is booked.' }),
    revision: z.int().optional().meta({ description: 'The revision of the calendar at which this became true.' }),
  })
  .meta({ id: 'Hold' });
export type HoldReply = z.output<typeof hold>;

/** POST /v1/holds/{id}/proof */
export const proofBody = z
  .strictObject({ email: email.meta({ description: 'The address that the hold is going to be booked for.' }) })
  .meta({ id: 'AskForProof' });
export const proofSent = z
  .object({
    expiresInSeconds: z.int().meta({ description: 'The time left of the hold. The code is good as long as the hold is, also once it has been renewed.' }),
  })
  .meta({ id: 'ProofSent' });
export type ProofSentReply = z.output<typeof proofSent>;
