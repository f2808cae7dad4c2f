import { Migration } from '@mikro-orm/migrations';

/** Staff members who were removed before an account was closed along with them do not log in any more either. */
export class FormerStaff extends Migration {
  override up(): void {
    this.addSql(`update user_account set disabled_at = (extract(epoch from clock_timestamp()) * 1000)::int8, version = version + 1
      where role = 'staff' and disabled_at is null and removed_at is null and staff_id in (select id from staff_member where archived)`);
  }
}
