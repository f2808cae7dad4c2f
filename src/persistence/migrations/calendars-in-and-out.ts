import { Migration } from '@mikro-orm/migrations';

/** Feeds of staff members, and the external calendars that they follow. */
export class CalendarsInAndOut extends Migration {
  override up(): void {
    this.addSql(`create table calendar_feed (
      staff_id uuid primary key,
      secret_hash text not null constraint calendar_feed_secret_hash unique,
      customer_names boolean not null,
      created_at int8 not null
    )`);
    this.addSql(`create table external_calendar (
      id uuid primary key,
      staff_id uuid not null,
      calendar_id uuid not null,
      sealed_url text not null,
      host text not null,
      created_at int8 not null,
      next_refresh_at int8 not null,
      last_ok_at int8,
      failed_at int8,
      failure text,
      failures int not null,
      busy_times int not null,
      read_until int8,
      etag text,
      read_as text
    )`);
    this.addSql('create index external_calendar_staff on external_calendar (staff_id)');
    this.addSql('create index external_calendar_next_refresh_at on external_calendar (next_refresh_at)');
  }
}
