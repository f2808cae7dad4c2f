import { Migration } from '@mikro-orm/migrations';

/**
 * A commit writes less: JSON that nothing looks inside is kept as its text, and indexes hold only what is looked up in them. Rewrites `change`, `claim` and
 * `request`, so that it takes its time where the log is long.
 */
export class LeanCommit extends Migration {
  override up(): void {
    this.addSql('drop index change_calendar_at');
    this.addSql('alter table change alter column events type json, alter column by type json');
    this.addSql('drop index request_entry');
    this.addSql('alter table request alter column refusal type json');
    this.addSql(`create index request_entry on request (entry_id) where outcome <> 'ok'`);
    this.addSql('alter table claim drop constraint claim_one_per_lane');
    this.addSql('alter table claim alter column details type json');
    this.addSql('create unique index claim_one_per_lane on claim (calendar_id, session, lane) where session <> id');
  }
}
