import { Migration } from '@mikro-orm/migrations';

/** Locations may say in which country they are; null, as of all that are there already, is the country of the time zone. */
export class Countries extends Migration {
  override up(): void {
    this.addSql('alter table location add column country text');
  }
}
