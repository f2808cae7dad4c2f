import { Migration } from '@mikro-orm/migrations';

/** What several nodes need to know of each other. */
export class ManyNodes extends Migration {
  override up(): void {
    this.addSql('alter table node add column steady_since timestamptz');
    this.addSql('update node set steady_since = seen_at, gone = true');
    this.addSql('alter table node alter column steady_since set not null');
    this.addSql('alter table node add column leaving boolean not null default false');
    this.addSql('alter table business add column catalog_version int not null default 1');
    this.addSql('alter table business add column life text');
    this.addSql(`create index claim_holds on claim (calendar_id) where kind = 'hold'`);
  }
}
