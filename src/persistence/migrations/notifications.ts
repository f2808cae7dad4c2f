import { Migration } from '@mikro-orm/migrations';

/** In-app notifications. Nothing is told of what was decided before: the consumer that writes them begins with the log's end. */
export class Notifications extends Migration {
  override up(): void {
    this.addSql(`create table notified_person (
      user_id uuid primary key,
      last_number int8 not null,
      revision int8 not null,
      choices jsonb not null
    )`);
    this.addSql(`create table staff_notification (
      id uuid primary key,
      user_id uuid not null,
      number int8 not null,
      key text not null,
      kind text not null,
      location_id uuid,
      staff_id uuid,
      about json not null,
      created_at int8 not null,
      read_at int8,
      constraint staff_notification_key unique (user_id, key)
    )`);
    this.addSql('create unique index staff_notification_number on staff_notification (user_id, number)');
    this.addSql('create index staff_notification_unread on staff_notification (user_id, number) where read_at is null');
    this.addSql('create index staff_notification_created_at on staff_notification (created_at)');
  }
}
