import { defineEntity, p } from '@mikro-orm/core';
import type { Choices, NotificationAbout } from '../../notifications/notification.ts';

/**
 * A person who works for the business, as the notification centre knows them: what they have chosen, and how many notifications they have had. Made with their first
 * notification or choice. Its lock puts the notifications of one person into the order in which they become visible.
 */
export const NotifiedPersonRow = defineEntity({
  name: 'NotifiedPersonRow',
  tableName: 'notified_person',
  properties: {
    userId: p.uuid().primary(),
    lastNumber: p.bigint('number'),
    /** Grows when they are told something and when they have read something. */
    revision: p.bigint('number'),
    choices: p.json<Choices>().columnType('jsonb'),
  },
});

/**
 * Something one person is told in the app. Added in the transaction of what it follows from; forgotten after 30 days, or when there are 500 newer ones. `about` has
 * ids and times and names nobody. The database guards that a person is told once of a key.
 */
export const StaffNotificationRow = defineEntity({
  name: 'StaffNotificationRow',
  tableName: 'staff_notification',
  uniques: [
    { name: 'staff_notification_key', properties: ['userId', 'key'] },
    { name: 'staff_notification_number', properties: ['userId', 'number'] },
  ],
  indexes: [
    {
      name: 'staff_notification_unread',
      expression: 'create index staff_notification_unread on staff_notification (user_id, number) where read_at is null',
    },
    { name: 'staff_notification_created_at', properties: ['createdAt'] },
  ],
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    number: p.bigint('number'),
    key: p.text(),
    kind: p.text(),
    locationId: p.uuid().nullable(),
    staffId: p.uuid().nullable(),
    about: p.json<NotificationAbout>().columnType('json'),
    createdAt: p.bigint('number'),
    readAt: p.bigint('number').nullable(),
  },
});
