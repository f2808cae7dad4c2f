import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

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
  },
});
export type AppointmentPersonRow = InferEntity<typeof AppointmentPersonRow>;
