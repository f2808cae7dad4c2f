import { defineEntity, p } from '@mikro-orm/core';
import type { AboutAppointment, AboutDay, AboutForStaff } from '../../messages/message.ts';
import { MESSAGE_STATUSES } from '../../protocol/messages.ts';

/**
 * What is told to one customer, or to one person who works for the business, in the order of the ids. Added by the consumer `messages` and by the jobs `remind` and `agenda`. An e-mail waits here for the sender of a node, which writes
 * what becomes of it; a text has a job, `send-sms`. The database guards that there is one for a key. `recipient`, `subject`, `body` and `html` are the only places with text for
 * a person, are written when it is sent, and may be emptied; `about` names nobody.
 */
export const MessageRow = defineEntity({
  name: 'MessageRow',
  tableName: 'message',
  checks: [{ name: 'message_status', expression: `status in ('${MESSAGE_STATUSES.join("', '")}')` }],
  indexes: [
    { name: 'message_appointment', properties: ['appointmentId', 'id'] },
    { name: 'message_customer', properties: ['customerId', 'id'] },
    { name: 'message_user', expression: 'create index message_user on message (user_id) where user_id is not null' },
    { name: 'message_status_id', properties: ['status', 'id'] },
    { name: 'message_created_at', properties: ['createdAt'] },
    {
      name: 'message_waiting',
      expression: `create index message_waiting on message (next_attempt_at, id) where status = 'waiting' and next_attempt_at is not null`,
    },
  ],
  properties: {
    id: p.uuid().primary(),
    key: p.text().unique('message_key'),
    kind: p.text(),
    channel: p.text().default('email'),
    locale: p.text(),
    /** null: it is for a person who works for the business. An agenda is about no appointment either. */
    customerId: p.uuid().nullable(),
    appointmentId: p.uuid().nullable(),
    userId: p.uuid().nullable(),
    about: p.json<AboutAppointment | AboutDay | AboutForStaff>().columnType('json'),
    createdAt: p.bigint('number'),
    status: p.text().default('waiting'),
    /** Of an e-mail: how often a node has taken it. */
    attempts: p.integer().default(0),
    /** Of an e-mail that waits: when a node may take it; while one has it, when another one may. 0 goes first. */
    nextAttemptAt: p.bigint('number').nullable(),
    /** Its budgets have been asked for it, and had room. */
    counted: p.boolean().default(false),
    failure: p.text().nullable(),
    recipient: p.text().nullable(),
    subject: p.text().nullable(),
    body: p.text().nullable(),
    html: p.text().nullable(),
    sentAt: p.bigint('number').nullable(),
    /** Of a text from here on: the segments that are paid for. */
    segments: p.integer().nullable(),
    providerId: p.text().nullable(),
    /** A provider was about to be asked. With the status `waiting`: it is not known whether it has sent. */
    dispatchedAt: p.bigint('number').nullable(),
    /** The end of quiet hours. */
    waitsUntil: p.bigint('number').nullable(),
    deliveredAt: p.bigint('number').nullable(),
  },
});
