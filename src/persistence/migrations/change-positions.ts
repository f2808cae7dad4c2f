import { Migration } from '@mikro-orm/migrations';

/**
 * The change log gets an order for the business as a whole. What is there gets the transaction of this migration and a position by moment; within a calendar the
 * moment is taken as no earlier than those before, so that the order is that of revisions whatever clocks have said.
 */
export class ChangePositions extends Migration {
  override up(): void {
    this.addSql('alter table change add column xid xid8 not null default pg_current_xact_id()');
    this.addSql('alter table change add column position bigint, add column by jsonb, add column request_id text');
    this.addSql(`update change c set position = placed.position from (
        select calendar_id, revision, row_number() over (order by moment, calendar_id, revision) as position from (
          select calendar_id, revision, max(at) over (partition by calendar_id order by revision) as moment from change) timed) placed
      where c.calendar_id = placed.calendar_id and c.revision = placed.revision`);
    this.addSql('alter table change alter column position set not null');
    this.addSql('alter table change alter column position add generated always as identity');
    this.addSql(`select setval(pg_get_serial_sequence('change', 'position'), (select coalesce(max(position), 0) + 1 from change), false)`);
    this.addSql('create index change_position on change (xid, position)');
  }
}
