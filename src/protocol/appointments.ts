// Appointments on the wire.
import { z } from 'zod';
import { APPOINTMENT_STATUSES } from '../model/appointment-status.ts';
import { agreedAddOn } from './holds.ts';
import { messageLocale, notify } from './messages.ts';
import { readMoment, startFields, withStart } from './moments.ts';
import { OVERRIDABLE_RULES, override } from './override.ts';
import {
  addOnIds,
  email,
  instantInput,
  instantText,
  money,
  notes,
  ONE_DAY_MINUTES,
  personName,
  phone,
  priceType,
  reason,
  seats,
  text,
  uuid,
} from './scalars.ts';
import { agreedVoucher, voucherCode } from './vouchers.ts';

export const appointmentStatus = z.enum(APPOINTMENT_STATUSES).meta({ id: 'AppointmentStatus' });

const customerInput = z
  .strictObject({
    id: uuid.optional().meta({
      description: 'Of a customer who is known already, for staff and API keys who may see them; then name, e-mail address and number are those of the record.',
    }),
    name: personName.optional(),
    email: email.nullish().meta({
      description: 'Who books for themselves needs one. Staff and API keys may book without; then the customer is told by text message, or not at all.',
    }),
    phone: phone.nullish(),
  })
  .superRefine(({ id, name, email: mail, phone: number }, context) => {
    if (id === undefined && name === undefined) context.addIssue({ code: 'custom', path: ['name'], message: 'is needed, unless there is an id', input: name });
    if (id !== undefined && (name !== undefined || mail != null || number != null))
      context.addIssue({ code: 'custom', path: ['id'], message: 'says it all: leave out name, email and phone, or leave out id', input: id });
  })
  .meta({ id: 'NewCustomer' });
export const customer = z
  .object({
    id: uuid,
    name: z.string(),
    email: z.string().nullable().meta({ description: 'Null if they gave none.' }),
    phone: z.string().nullable().meta({ description: 'As it was typed.' }),
    phoneE164: z.string().optional().meta({ description: 'The number to dial; absent if it is not certain.', example: '+49301234567' }),
  })
  .meta({ id: 'Customer' });
export type CustomerReply = z.output<typeof customer>;

const answers = z.record(text(200), text(2_000)).refine((given) => Object.keys(given).length <= 50, 'must have at most 50 entries');

const allowOverlap = z
  .boolean()
  .optional()
  .meta({ description: 'Whether the customer may have another appointment at the same time; otherwise the request is refused as `customer-busy`.' });

/** What a customer says who pays first. The appointment’s id is ours: a caller who could name it could name another customer’s appointment. */
export const payingFields = {
  customer: customerInput,
  notes: notes.nullish().meta({ description: 'Notes from the customer; the customer can read them.' }),
  answers: answers.optional(),
  proofCode: z
    .string()
    .regex(/^\d{6}$/, 'must be the six digits of the e-mail')
    .optional()
    .meta({
      description: 'For guests of a business with `guestProof: email`: the code that `POST /v1/holds/{id}/proof` sent to `customer.email`. Others need none.',
      example: '492031',
    }),
  allowOverlap,
  locale: messageLocale.optional().meta({ description: 'The language in which the customer is told about it. Default: English.' }),
};

const bookFields = {
  id: uuid.optional().meta({ description: 'An id of your own for the appointment.' }),
  ...payingFields,
  staffNotes: notes.nullish().meta({ description: 'Notes for staff; customers never see them.' }),
  notify: notify.optional(),
  source: z.enum(['online', 'desk', 'integration']).optional().meta({ description: 'Staff only. Default: `desk` for staff, `online` for everybody else.' }),
};

/** POST /v1/appointments: by the hold that is consumed, or directly by service and start. */
export const bookBody = z
  .strictObject({
    ...bookFields,
    holdId: uuid.optional(),
    serviceId: uuid.optional(),
    startsAt: startFields.startsAt.optional(),
    timeZone: startFields.timeZone,
    staffId: uuid.optional(),
    locationId: uuid.optional(),
    resourceId: uuid.optional().meta({ description: 'One of the resources the service needs. Without it: the first that is free.' }),
    seats: seats.optional(),
    addOnIds: addOnIds.optional().meta({ description: 'What is done along with it, each once.' }),
    voucherCode: voucherCode.optional().meta({ description: 'Takes something off the price. A hold has its own: PUT /v1/holds/{id}/voucher.' }),
    override: override.optional(),
  })
  .transform(readBook)
  .meta({ id: 'NewAppointment' });

type BookText = {
  holdId?: string | undefined;
  serviceId?: string | undefined;
  startsAt?: string | undefined;
  timeZone?: string | undefined;
  staffId?: string | undefined;
  locationId?: string | undefined;
  resourceId?: string | undefined;
  seats?: number | undefined;
  addOnIds?: readonly string[] | undefined;
  voucherCode?: string | undefined;
  override?: z.output<typeof override> | undefined;
};

function readBook<Body extends BookText>(body: Body, context: z.RefinementCtx) {
  const {
    holdId,
    serviceId,
    startsAt,
    timeZone: zone,
    staffId,
    locationId,
    resourceId,
    seats: asked,
    addOnIds: along,
    voucherCode: code,
    override: waived,
    ...shared
  } = body;
  if (holdId !== undefined) {
    if (waived?.rules.includes('slot-taken')) {
      context.addIssue({
        code: 'custom',
        path: ['override', 'rules'],
        message: 'cannot have slot-taken with a holdId: the hold has its time',
        input: waived.rules,
      });
      return z.NEVER;
    }
    if ([startsAt, serviceId, along, code].every((said) => said === undefined)) return { ...shared, by: 'hold' as const, holdId, override: waived };
    context.addIssue({ code: 'custom', path: ['holdId'], message: 'says it all: leave out what says which time it is, or leave out holdId', input: holdId });
    return z.NEVER;
  }
  if (serviceId === undefined) context.addIssue({ code: 'custom', path: ['serviceId'], message: 'is needed, unless there is a holdId', input: serviceId });
  if (startsAt === undefined) context.addIssue({ code: 'custom', path: ['startsAt'], message: 'is needed, unless there is a holdId', input: startsAt });
  if (serviceId === undefined || startsAt === undefined) return z.NEVER;
  const read = readMoment(startsAt, zone);
  if (!read.ok) context.addIssue({ code: 'custom', path: ['startsAt'], message: read.message, input: startsAt, params: { problem: read.code } });
  if (!read.ok) return z.NEVER;
  const slot = { serviceId, startsAt: read.at, staffId, locationId, resourceId, seats: asked ?? 1, addOnIds: along, voucherCode: code };
  return { ...shared, by: 'slot' as const, ...slot, override: waived };
}
export type Book = z.output<typeof bookBody>;

/** POST /v1/appointments/{id}/cancel and /decline */
export const cancelBody = z.strictObject({ reason: reason.nullish(), notify: notify.optional() }).meta({ id: 'Cancel' });
export type Cancel = z.output<typeof cancelBody>;
/** POST /v1/appointments/{id}/approve, /check-in, /complete, /no-show, /reopen */
export const statusBody = z.strictObject({ notify: notify.optional() }).meta({ id: 'StatusChange' });
export type StatusChange = z.output<typeof statusBody>;
/** POST /v1/appointments/{id}/reschedule: with no staff member named, the one who has it now; with no resource named, the one it has, else the first that is free. */
export const rescheduleBody = z
  .strictObject({
    ...startFields,
    staffId: uuid.optional(),
    resourceId: uuid.optional(),
    override: override.optional(),
    allowOverlap,
    notify: notify.optional(),
  })
  .transform(withStart)
  .meta({ id: 'Reschedule' });
export type Reschedule = z.output<typeof rescheduleBody>;

/** POST /v1/appointments/{id}/swap */
export const swapBody = z
  .strictObject({
    with: uuid.meta({ description: 'The other appointment. Each keeps its length, and both move, or neither.' }),
    allowOverlap,
    notify: notify.optional(),
  })
  .meta({ id: 'Swap' });
export type Swap = z.output<typeof swapBody>;

/** PATCH /v1/appointments/{id}: what is left out stays. The start is changed by a move. */
export const editBody = z
  .strictObject({
    serviceId: uuid.optional().meta({ description: 'With it come its length and its price, unless they are given, and its rules for cancelling and moving.' }),
    minutes: z.int().min(1).max(ONE_DAY_MINUTES).optional().meta({ description: 'How long it takes. The start stays.' }),
    price: money.optional().meta({ description: 'Of all seats, in the currency it was booked in. Front desk and above. What was paid stays as it is.' }),
    priceType: z.enum(['fixed', 'from']).optional().meta({
      description: '`from`: the price is only the least so far. Default with `price`: `fixed`, which is final. Front desk and above; not of what is free.',
    }),
    voucherCode: voucherCode.nullish().meta({
      description:
        'Takes something off the price, in the place of a voucher it had; null: that one is taken away. With `price`, off that one. Front desk and above.',
    }),
    staffId: uuid.optional(),
    addOnIds: addOnIds.optional().meta({ description: 'All that is to be done along. Length and price change by the difference, unless given.' }),
    customer: z
      .strictObject({ name: personName.optional(), email: email.nullish(), phone: phone.nullish() })
      .refine((given) => Object.values(given).some((one) => one !== undefined), 'must change something')
      .meta({ id: 'CustomerCorrection', description: 'For this appointment alone. The record of the customer has a route of its own.' })
      .optional(),
    notes: notes.nullish(),
    staffNotes: notes.nullish(),
    override: override.optional(),
    allowOverlap,
    notify: notify.optional(),
  })
  .refine(({ override: _o, allowOverlap: _a, notify: _n, ...changes }) => Object.values(changes).some((given) => given !== undefined), 'must change something')
  .meta({ id: 'EditAppointment' });
export type EditAppointment = z.output<typeof editBody>;

export const appointment = z
  .object({
    id: uuid,
    reference: z.string().nullable().meta({ description: 'Short, for people. Null if the reader may not see the customer.', example: 'K7QM-2FXR' }),
    status: appointmentStatus,
    serviceId: uuid,
    staffId: uuid,
    calendarId: uuid,
    locationId: uuid,
    resourceId: uuid.optional().meta({ description: 'The room or piece of equipment that is used.' }),
    serviceName: z.string().nullable().meta({ description: 'The name of the service when it was booked.' }),
    staffName: z.string().nullable(),
    resourceName: z.string().nullable().optional(),
    locationName: z.string().nullable().meta({ description: 'The name of the location when the appointment was booked or moved there.' }),
    startsAt: instantText,
    endsAt: instantText,
    timeZone: z.string(),
    seats: z.int(),
    customer: customer.nullable().meta({ description: 'Null if the reader may not see it.' }),
    price: money,
    priceType,
    voucher: agreedVoucher.optional().meta({ description: 'What a voucher has taken off the price; absent: none.' }),
    addOns: z.array(agreedAddOn).meta({ description: 'What is done along with it; in length and price already.' }),
    agreedBefore: z
      .array(z.object({ serviceId: uuid, price: money, priceType, addOns: z.array(agreedAddOn).optional() }))
      .optional()
      .meta({ description: 'Prices that were agreed for services it had before it was changed: with one of these services its price comes back.' }),
    source: z.enum(['online', 'desk', 'integration']),
    notes: z.string().nullable().meta({ description: 'Notes from the customer. Null if the reader may not see them.' }),
    staffNotes: z.string().nullable().meta({ description: 'Notes between staff. Null for everyone else.' }),
    answers: z.record(z.string(), z.string()),
    override: z
      .object({
        rules: z.array(z.enum(OVERRIDABLE_RULES)),
        reason: z.string().nullable().meta({ description: 'For staff; null for everyone else.' }),
      })
      .nullable(),
    overlaps: z.boolean().optional().meta({ description: 'For staff: true if it was put over what had its time, with the override `slot-taken`.' }),
    reason: z.string().nullable().meta({ description: 'Why it was cancelled or declined. A reason given by the business is not shown to the customer.' }),
    revision: z.int().meta({ description: 'The calendar revision of its last change.' }),
    cancellableUntil: instantText.nullable().meta({ description: 'Until when the customer can cancel; null if no longer or never.' }),
    reschedulableUntil: instantText.nullable(),
    createdAt: instantText,
    updatedAt: instantText.optional().meta({ description: 'In lists: when it was last changed.' }),
    sourceGroup: z.string().optional().meta({ description: 'For staff, on appointments booked online: see the list parameter.' }),
    manageToken: z.string().optional().meta({ description: 'Allows its bearer to read, cancel and move the appointment. Sent only to its creator.' }),
  })
  .meta({ id: 'Appointment' });
export type AppointmentReply = z.output<typeof appointment>;

/** GET /v1/appointments/{id}/manage-link */
export const manageLinkMade = z
  .object({
    url: z.string().meta({ description: 'Opens the appointment. Its token is behind the `#`: with it the appointment can be read, cancelled and moved.' }),
  })
  .meta({ id: 'ManageLink' });
export type ManageLinkReply = z.output<typeof manageLinkMade>;

/** A dot stands between a network and a smaller one in it. */
export const sourceGroup = z
  .string()
  .regex(/^[\w-]{12}(?:\.[\w-]{12}){0,2}$/, 'must be the sourceGroup of an appointment, or its beginning up to a dot')
  .meta({
    description: 'Where people have booked online from, as a hash that names no address. Up to a dot it is the larger network around it.',
    example: 'Yl3x0aQ_7d-k.9ROuK2mWqPzA.0b3fTn1VxsYc',
  });

/** POST /v1/appointments/cancel-by-source. There is no reason to be said: nobody has asked for them. */
export const cancelBySourceBody = z
  .strictObject({
    sourceGroup,
    from: instantInput.optional().meta({ description: 'Starts from this moment on. Default: now.' }),
    dryRun: z.boolean().default(false).meta({ description: 'Only lists what would be cancelled.' }),
  })
  .meta({ id: 'CancelBySource' });
export type CancelBySource = z.output<typeof cancelBySourceBody>;
export const cancelledBySource = z
  .object({
    dryRun: z.boolean(),
    count: z.int().meta({ description: 'The number of `items`: cancelled, or with `dryRun` to be cancelled.' }),
    items: z.array(appointment),
    hasMore: z.boolean().meta({ description: 'Whether to repeat the request: there are more than one request cancels, or some could not be cancelled.' }),
  })
  .meta({ id: 'CancelledBySource' });
export type CancelledBySource = z.output<typeof cancelledBySource>;
