import type { Catalog } from '../catalog/catalog.ts';
import type { Consumer } from '../consumers/consumer.ts';
import type { News } from '../notifications/notification.ts';
import { notificationConsumer } from '../notifications/notification-consumer.ts';
import { Notifications } from '../notifications/notifications.ts';
import type { Database, EntityManager } from '../persistence/database/database.ts';
import { addNotifications } from '../persistence/notifications/add-notifications.ts';
import { notificationStore } from '../persistence/notifications/notification-store.ts';

/** The notification centre, and the consumer of the change log that fills it. */
export function openNotifications(
  database: Database,
  catalog: { snapshotWithArchived(): Catalog },
): { readonly notifications: Notifications; readonly consumer: Consumer<EntityManager> } {
  const notifications = new Notifications(notificationStore(database));
  /** Those who are told by transactions that may still be under way; a page that is told too early looks, and finds nothing new. */
  const told = new Set<string>();
  const write = async (em: EntityManager, news: readonly News[]) => {
    for (const userId of await addNotifications(em, news)) told.add(userId);
  };
  const placeOf = (calendarId: string) => {
    const member = catalog
      .snapshotWithArchived()
      .staff.values()
      .find((one) => one.calendarId === calendarId);
    return member && { staffId: member.id, locationId: member.locationId };
  };
  const onWritten = () => {
    const userIds = [...told];
    told.clear();
    notifications.onChanged(userIds);
  };
  return { notifications, consumer: notificationConsumer(write, { placeOf, onWritten }) };
}
