import { Migration } from '@mikro-orm/migrations';

/** Rooms and equipment, each with a calendar; a service may need one of several. */
export class Resources extends Migration {
  override up(): void {
    this.addSql(`create table resource (
      id uuid primary key,
      calendar_id uuid not null constraint resource_calendar unique constraint resource_calendar_id_foreign references calendar (id),
      name text not null,
      kind text,
      location_id uuid not null constraint resource_location_id_foreign references location (id),
      archived boolean not null default false,
      version int not null default 1,
      position int not null default 0
    )`);
    this.addSql('create index resource_location on resource (location_id)');
    this.addSql(`alter table service add column resource_ids jsonb not null default '[]'`);
  }
}
