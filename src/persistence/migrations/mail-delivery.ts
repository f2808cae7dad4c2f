import { Migration } from '@mikro-orm/migrations';

/**
 * How far the delivery of a letter has come. What is there already, and what a node of the version before this one writes beside us, is kept
 * for the owner as before: it must not leave by itself.
 */
export class MailDelivery extends Migration {
  override up(): void {
    this.addSql(`alter table notification
      add column delivery text not null default 'kept' constraint notification_delivery check (delivery in ('kept', 'waiting', 'sent', 'failed')),
      add column attempts int not null default 0,
      add column next_attempt_at int8,
      add column sent_at int8,
      add column failure text`);
    this.addSql(`create index notification_waiting on notification (next_attempt_at) where delivery = 'waiting'`);
  }
}
