// Holds on the wire.
import { z } from 'zod';
import { refundRule } from './catalog.ts';
import { startFields, withStart } from './moments.ts';
import { overrideOfHold } from './override.ts';
import { addOnIds, email, instantText, money, seats, uuid } from './scalars.ts';
import { agreedVoucher, voucherCode } from './vouchers.ts';

/** POST /v1/holds */
export const placeHoldBody = z
  .strictObject({
    id: uuid.optional().meta({ description: 'An id of your own for the hold.' }),
    serviceId: uuid,
    ...startFields,
    staffId: uuid.optional().meta({ description: 'Without it: anyone who offers the service.' }),
    locationId: uuid.optional(),
    resourceId: uuid.optional().meta({ description: 'One of the resources the service needs. Without it: the first that is free.' }),
    seats: seats.default(1),
    addOnIds: addOnIds.optional().meta({ description: 'What is done along with it, each once.' }),
    override: overrideOfHold.optional(),
  })
  .transform(withStart)
  .meta({ id: 'PlaceHold' });
export type PlaceHold = z.output<typeof placeHoldBody>;

export const agreedAddOn = z
  .object({ id: uuid, name: z.string(), priceMinor: z.int(), durationMinutes: z.int() })
  .meta({ id: 'AgreedAddOn', description: 'An add-on as it was when it was agreed.' });
const policy = z
  .object({
    cancelUntilMinutes: z.int().nullable(),
    rescheduleUntilMinutes: z.int().nullable(),
    refundRules: z.array(refundRule),
    noShowFee: money.optional().meta({ description: 'What a customer owes who does not come, for all seats; absent: nothing.' }),
    keepsCard: z.literal(true).optional().meta({ description: 'The fee may be charged to a card, which is kept before it is booked.' }),
    reserves: z.literal(true).optional().meta({ description: 'What is due is reserved on the card, and taken at the visit. Absent: it is paid.' }),
    feeTaxed: z.literal(true).optional().meta({ description: 'The fee includes the tax of the price. Absent: it has none.' }),
    priceType: z.enum(['from', 'free']).optional().meta({
      description: '`from`: the price is the least, and the business sets the final one at the desk. `free`: nothing is asked for. Absent: the price is fixed.',
    }),
  })
  .meta({
    id: 'HeldPolicy',
    description: 'How many minutes before the start the customer can still cancel or move it (null: until it starts), and the refund.',
  });

export const hold = z
  .object({
    id: uuid,
    token: z.string().optional().meta({ description: 'Proves that the hold is yours (`Hold-Token`). Sent only to its holder.' }),
    serviceId: uuid,
    staffId: uuid,
    calendarId: uuid,
    resourceId: uuid.optional().meta({ description: 'The room or piece of equipment that is used.' }),
    startsAt: instantText,
    endsAt: instantText,
    seats: z.int(),
    state: z.enum(['held', 'paying']),
    expiresAt: instantText,
    expiresInSeconds: z.int().meta({ description: 'For a hold just placed or renewed: its whole length. For a hold that is read: the time left.' }),
    renewalsLeft: z.int(),
    serviceName: z.string().nullable().optional(),
    staffName: z.string().nullable().optional(),
    resourceName: z.string().nullable().optional(),
    locationName: z.string().nullable().optional(),
    locationId: uuid.optional().meta({ description: 'Where the appointment is going to be.' }),
    timeZone: z.string().optional(),
    price: money.optional().meta({ description: 'For all seats. The booking uses the terms shown here, even if the service changes meanwhile.' }),
    voucher: agreedVoucher.optional().meta({ description: 'What a voucher has taken off the price already; absent: none.' }),
    addOns: z.array(agreedAddOn).optional().meta({ description: 'What was chosen along; absent if nothing.' }),
    due: money.optional().meta({ description: 'What has to be paid before it can be booked; 0 if only a card is kept, absent if nothing.' }),
    policy: policy.optional(),
    approval: z.enum(['automatic', 'manual']).optional().meta({ description: '`manual`: the business has to accept it once it is booked.' }),
    revision: z.int().optional().meta({ description: 'The calendar revision of this state.' }),
  })
  .meta({ id: 'Hold' });
export type HoldReply = z.output<typeof hold>;

/** POST /v1/holds/{id}/proof */
export const proofBody = z.strictObject({ email: email.meta({ description: 'The e-mail address the hold will be booked for.' }) }).meta({ id: 'AskForProof' });
export const proofSent = z
  .object({
    expiresInSeconds: z.int().meta({ description: 'The time left of the hold. The code is valid as long as the hold, including renewals.' }),
  })
  .meta({ id: 'ProofSent' });
export type ProofSentReply = z.output<typeof proofSent>;

/** PUT /v1/holds/{id}/voucher */
export const holdVoucherBody = z
  .strictObject({ code: voucherCode.nullable().meta({ description: 'null: it is taken away again.' }) })
  .meta({ id: 'VoucherOfHold' });
