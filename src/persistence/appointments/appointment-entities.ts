import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { APPOINTMENT_STATUSES } from '../../model/appointment-status.ts';
import { CustomerRow } from '../customers/customer-row.ts';
import { APPOINTMENT_TRIGGERS } from './voucher-triggers.ts';

/** What is booked online, by where it comes from. In the order of bytes, so that what begins with the same characters stands together. */
export const APPOINTMENT_SOURCE_INDEX = `create index appointment_source on appointment (((details ->> 'sourceGroup') collate "C"), starts_at) where details ->> 'sourceGroup' is not null`;

/** What takes a room or piece of equipment along. */
export const APPOINTMENT_RESOURCE_INDEX = `create index appointment_resource on appointment ((details #>> '{resource,resourceId}'), starts_at, id) where details #>> '{resource,resourceId}' is not null`;

/**
 * Every appointment there ever was, for lists and reports; the live ones have a claim as well. Written only by the journal's commit.
 * What is searched for is a column, the rest of the appointment is in `details`, and what was typed is in `appointment_person`. Columns win over `details`.
 */
export const AppointmentRow = defineEntity({
  name: 'AppointmentRow',
  tableName: 'appointment',
  indexes: [
    { name: 'appointment_staff', properties: ['staffId', 'startsAt'] },
    { name: 'appointment_customer', properties: ['customerId', 'startsAt'] },
    { name: 'appointment_starts_at', properties: ['startsAt', 'id'] },
    { name: 'appointment_status', properties: ['status', 'startsAt', 'id'] },
    { name: 'appointment_service', properties: ['serviceId', 'status', 'startsAt', 'id'] },
    { name: 'appointment_location', properties: ['locationId', 'status', 'startsAt', 'id'] },
    { name: 'appointment_updated_at', properties: ['updatedAt', 'id'] },
    { name: 'appointment_source', expression: APPOINTMENT_SOURCE_INDEX },
    { name: 'appointment_resource', expression: APPOINTMENT_RESOURCE_INDEX },
  ],
  triggers: APPOINTMENT_TRIGGERS,
  properties: {
    id: p.uuid().primary(),
    reference: p.text().unique('appointment_reference'),
    status: p.enum([...APPOINTMENT_STATUSES]),
    calendarId: p.uuid(),
    staffId: p.uuid(),
    locationId: p.uuid(),
    serviceId: p.uuid(),
    customerId: () => p.manyToOne(CustomerRow).mapToPk().fieldName('customer_id').index(false),
    startsAt: p.bigint('number'),
    endsAt: p.bigint('number'),
    /** The revision of its calendar that wrote it last. */
    revision: p.bigint('number'),
    details: p.json<object>(),
    createdAt: p.bigint('number'),
    createdBy: p.uuid().nullable(),
    /** When the commit that wrote it last was made; commits under way at the same time may become visible in another order. */
    updatedAt: p.bigint('number'),
  },
});
export type AppointmentRow = InferEntity<typeof AppointmentRow>;

/**
 * What was typed for one appointment: the only place, beside the customer's own row, where text about them stands. Written by the journal's commit, with the
 * appointment. Every column may be emptied and the whole row removed, and the appointment stays: so there is no key to it, and null is also what was erased.
 */
export const AppointmentPersonRow = defineEntity({
  name: 'AppointmentPersonRow',
  tableName: 'appointment_person',
  properties: {
    appointmentId: p.uuid().primary(),
    name: p.text().nullable(),
    email: p.text().nullable(),
    phone: p.text().nullable(),
    phoneE164: p.text().fieldName('phone_e164').nullable(),
    notes: p.text().nullable(),
    staffNotes: p.text().nullable(),
    answers: p.json<{ readonly [question: string]: string }>().nullable(),
    reason: p.text().nullable(),
    overrideReason: p.text().nullable(),
    /** How often `email` was changed. */
    corrections: p.integer().default(0),
  },
});
export type AppointmentPersonRow = InferEntity<typeof AppointmentPersonRow>;

/**
 * From which network address a decision was asked for that the audit trail will tell of. Written in its commit, and taken away by the transaction that adds it to the
 * trail: it is personal, and the change log is not.
 */
export const EntrySourceRow = defineEntity({
  name: 'EntrySourceRow',
  tableName: 'entry_source',
  properties: {
    entryId: p.uuid().primary(),
    address: p.text(),
    createdAt: p.bigint('number').index('entry_source_created_at'),
  },
});
export type EntrySourceRow = InferEntity<typeof EntrySourceRow>;
