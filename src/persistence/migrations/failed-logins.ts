import { Migration } from '@mikro-orm/migrations';

/** Who has to wait after failed logins, the same on every node. */
export class FailedLogins extends Migration {
  override up(): void {
    this.addSql(`create table failed_login (
      subject text primary key,
      count int not null,
      last_at int8 not null,
      blocked_until int8 not null
    )`);
    this.addSql('create index failed_login_last_at on failed_login (last_at)');
  }
}
