// Customers as records, on the wire.
import { z } from 'zod';
import { PAYMENT_METHODS, PAYMENT_STATES } from '../model/payment-words.ts';
import { appointment, appointmentStatus } from './appointments.ts';
import { resentMessage as message } from './messages.ts';
import { emailOrNone, instantText, lineOfText, MOST_LISTED, money, notes, page, personName, phone, queryInteger, text, uuid } from './scalars.ts';

export const MOST_TAGS = 20;
const LONGEST_QUESTION = 100;

const tags = z
  .array(lineOfText(40))
  .max(MOST_TAGS)
  .transform((given) => [...new Set(given)])
  .meta({ description: 'Words of the business, such as `regular`. One that is there twice is kept once.' });
const marketing = z.boolean().nullable().meta({ description: 'Whether the customer agrees to be written to about offers; null: they were not asked.' });

/** What can be said of a customer besides who they are. */
const aboutFields = {
  notes: notes.nullish().meta({ description: 'About the customer, such as preferences.' }),
  staffNotes: notes.nullish().meta({ description: 'Between staff.' }),
  tags: tags.optional(),
  blocked: z.boolean().optional().meta({ description: 'Whether bookings that the customer makes are refused as `blocked`. Staff can still book for them.' }),
  consents: z.strictObject({ marketing }).partial().optional(),
};
const LAST_WORD = 'null or empty: none.';

/** POST /v1/customers */
export const newCustomerBody = z
  .strictObject({
    id: uuid.optional().meta({ description: 'An id of your own for the customer.' }),
    name: personName,
    email: emailOrNone.nullish(),
    phone: phone.nullish(),
    ...aboutFields,
  })
  .meta({ id: 'NewCustomerRecord' });
export type NewCustomerBody = z.output<typeof newCustomerBody>;

/** PATCH /v1/customers/{id}: what is left out stays. */
export const customerChangeBody = z
  .strictObject({
    name: personName.optional(),
    email: emailOrNone.nullish().meta({ description: `${LAST_WORD} Upcoming appointments that had the old address get this one.` }),
    phone: phone.nullish().meta({ description: `${LAST_WORD} Upcoming appointments that had the old number get this one.` }),
    ...aboutFields,
  })
  .meta({ id: 'CustomerChange' });
export type CustomerChangeBody = z.output<typeof customerChangeBody>;

const counts = z
  .object({
    visits: z.int().meta({ description: 'Appointments that took place: checked in, completed, or booked and over.' }),
    noShows: z.int(),
    cancelled: z.int(),
    spent: z.array(money).meta({ description: 'Paid less refunded, by currency.' }),
  })
  .meta({ description: 'Of the appointments that the reader may see.' });

export const customerRecord = z
  .object({
    id: uuid,
    name: z.string(),
    email: z.string().optional(),
    phone: z.string().optional().meta({ description: 'As it was typed.' }),
    phoneE164: z.string().optional().meta({ description: 'The number to dial; absent if it is not certain.', example: '+49301234567' }),
    notes: z
      .string()
      .nullable()
      .meta({ description: 'Of a customer of other locations, too, told only to those who are responsible for all of them. So are `staffNotes` and `tags`.' }),
    staffNotes: z.string().nullable(),
    tags: z.array(z.string()),
    blocked: z.boolean(),
    consents: z.object({ marketing: marketing, marketingAt: instantText.optional().meta({ description: 'When that was written down.' }) }),
    counts,
    nextAppointment: z
      .object({
        id: uuid,
        status: appointmentStatus,
        startsAt: instantText,
        endsAt: instantText,
        serviceId: uuid,
        serviceName: z.string().nullable(),
        staffId: uuid,
        locationId: uuid,
      })
      .nullable()
      .meta({ description: 'The next one ahead that the reader may see.' }),
    hasAccount: z.boolean().meta({ description: 'Whether the customer can log in.' }),
    createdAt: instantText,
    version: z.int(),
  })
  .meta({ id: 'CustomerRecord' });
export type CustomerRecordReply = z.output<typeof customerRecord>;

/** GET /v1/customers */
export const customersQuery = z.strictObject({
  q: text(LONGEST_QUESTION).optional().meta({
    description:
      'Part of a name, e-mail address or telephone number, in any spelling, or the whole reference of an appointment. One or two characters are the beginning of a name. The last page ends with names that are only similar.',
    example: 'mueller',
  }),
  limit: queryInteger(1, MOST_LISTED).optional(),
  cursor: uuid.optional(),
});
export const customers = page(customerRecord);

/** GET /v1/customers/{id}/appointments */
export const customerAppointmentsQuery = z.strictObject({
  order: z.enum(['startsAt', '-startsAt']).optional().meta({ description: 'Default: latest first.' }),
  limit: queryInteger(1, MOST_LISTED).optional(),
  cursor: z.string().min(1).max(500).optional(),
});

/** GET /v1/customers/{id}/export */
export const customerExport = z
  .object({
    customer: customerRecord,
    otherAddresses: z.array(z.string()).meta({ description: 'E-mail addresses that came by merging.' }),
    appointments: z.array(appointment),
    messages: z.array(message),
    payments: z
      .array(
        z.object({
          ...{ id: uuid, appointmentId: uuid, method: z.enum(PAYMENT_METHODS), state: z.enum(PAYMENT_STATES) },
          ...{ amount: money, received: money, refunded: money, createdAt: instantText },
        }),
      )
      .meta({ description: 'What is kept here; the provider of payments has data of its own.' }),
    isComplete: z
      .boolean()
      .meta({ description: 'False: there are more appointments, messages or payments than one answer has, or the customer belongs to other locations, too.' }),
  })
  .meta({ id: 'CustomerExport' });

/** Of one import. */
export const MOST_IMPORTED = 10_000;
export const LARGEST_TABLE_BYTES = 5 * 1_024 * 1_024;
/** One line of a table. */
export const importedCustomer = z.object({
  name: personName,
  email: emailOrNone.nullish(),
  phone: phone.nullish(),
  notes: notes.nullish(),
  tags: tags.optional(),
});

/** POST /v1/customers/import */
export const importQuery = z.strictObject({
  mode: z.enum(['all', 'good']).default('all').meta({ description: '`all`: all lines or none. `good`: those without an error.' }),
});
export type ImportMode = z.output<typeof importQuery>['mode'];

export const importReport = z
  .object({
    lines: z.int().meta({ description: 'With something in them, without the first.' }),
    added: z.int().meta({ description: 'New customers; with `dryRun`, those who would be.' }),
    known: z.int().meta({ description: 'Who are customers already, and stay as they are.' }),
    repeated: z.int().meta({ description: 'Lines about a person of an earlier line.' }),
    bad: z.int().meta({ description: 'Lines with errors.' }),
    errors: z.array(z.object({ line: z.int(), column: z.enum(['name', 'email', 'phone', 'notes', 'tags', 'line']), message: z.string() })).max(1_000),
  })
  .meta({ id: 'CustomerImport' });
export type ImportReport = z.output<typeof importReport>;

/** GET /v1/customers/imports */
export const importList = z
  .object({
    items: z
      .array(
        z.object({
          id: uuid,
          state: z
            .enum(['running', 'done', 'stopped'])
            .meta({ description: '`stopped`: nothing was heard of it for a minute. The same table again adds the rest.' }),
          customers: z.int().nullable().meta({ description: 'New ones in the table; null while it is read.' }),
          added: z.int().meta({ description: 'So far. With `mode=all` none until all are there.' }),
          startedAt: instantText,
          endedAt: instantText.nullable(),
        }),
      )
      .meta({ description: 'The newest first, at most 20. Managers of one location see those of its users.' }),
  })
  .meta({ id: 'CustomerImportList' });
export type ImportList = z.output<typeof importList>;

/** POST /v1/customers/{id}/merge */
export const mergeBody = z
  .strictObject({
    into: uuid.meta({
      description:
        'The customer who stays, and gets everything of the other one. Refused while `notes`, `staffNotes` or `tags` of both are more than one record can have.',
    }),
  })
  .meta({ id: 'CustomerMerge' });
