import { Migration } from '@mikro-orm/migrations';

/**
 * A database says whether it holds the demo, and when it was made. One from before does not: its demo is recognised by the demo's accounts,
 * and it counts as made at the beginning of time, since its tokens are good.
 */
export class DemoMark extends Migration {
  override up(): void {
    this.addSql('alter table business add column holds_demo boolean not null default false, add column made_at int8 not null default 0');
    this.addSql('update business set made_at = (extract(epoch from clock_timestamp()) * 1000)::int8 where not exists (select 1 from user_account)');
  }
}
