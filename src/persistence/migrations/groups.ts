import { Migration } from '@mikro-orm/migrations';

/** A claim may stand on two calendars: that of its record, and that of the resource it takes along. */
export class Groups extends Migration {
  override up(): void {
    this.addSql('alter table claim add column half smallint not null default 0, add column along uuid');
    this.addSql('alter table claim drop constraint claim_pkey, add constraint claim_pkey primary key (id, half)');
  }
}
