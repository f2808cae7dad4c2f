import { Migration } from '@mikro-orm/migrations';

const MEASURES = [
  ...['pending', 'booked', 'checked_in', 'completed', 'no_show', 'cancelled', 'declined'].map((name) => `${name} int not null`),
  ...['seconds', 'value', 'lead_minutes'].map((name) => `${name} int8 not null`),
  ...['lead_day', 'lead_week', 'lead_month', 'lead_longer', 'visits', 'new_customers', 'rebooked'].map((name) => `${name} int not null`),
];

/** What reports are added up from. The first start fills them from the appointments that are there. */
export class Insights extends Migration {
  override up(): void {
    this.addSql(`create table insight_appointment (
      id uuid primary key,
      status text not null,
      location_id uuid not null,
      service_id uuid not null,
      staff_id uuid not null,
      customer_id uuid not null,
      source text not null,
      starts_at int8 not null,
      day int not null,
      hour smallint not null,
      seconds int not null,
      price int8 not null,
      currency char(3) not null,
      lead_minutes int not null,
      is_first boolean not null,
      is_rebooked boolean not null
    )`);
    this.addSql('create index insight_appointment_customer on insight_appointment (customer_id, starts_at)');
    this.addSql('create index insight_appointment_staff on insight_appointment (staff_id, day)');
    this.addSql(`create table insight_sum (
      slice text not null, day int not null, hour smallint not null, location_id uuid not null, subject_id uuid not null, source text not null, currency char(3) not null,
      ${MEASURES.join(', ')},
      primary key (slice, day, hour, location_id, subject_id, source, currency)
    )`);
    this.addSql('create index insight_sum_subject on insight_sum (slice, subject_id, day)');
    this.addSql(`create table insight_entry (
      number int8 primary key,
      appointment_id uuid not null,
      location_id uuid not null,
      staff_id uuid not null,
      service_id uuid not null,
      account text not null,
      currency char(3) not null,
      day int not null,
      received int8 not null,
      refunded int8 not null
    )`);
    this.addSql('create index insight_entry_appointment on insight_entry (appointment_id)');
    this.addSql(`create table insight_money (
      slice text not null, day int not null, location_id uuid not null, subject_id uuid not null, account text not null, currency char(3) not null,
      received int8 not null, refunded int8 not null,
      primary key (slice, day, location_id, subject_id, account, currency)
    )`);
    this.addSql('create table insight_hours (calendar_id uuid not null, day int not null, hours jsonb not null, primary key (calendar_id, day))');
    this.addSql(`create table insight_refused (
      day int not null, hour smallint not null, location_id uuid not null, service_id uuid not null, staff_id uuid not null, refused int not null,
      primary key (day, hour, location_id, service_id, staff_id)
    )`);
  }
}

/** What banks withdraw and give back is counted as such, and no longer as paid back. What was counted before is put right from the books. */
export class DisputesInReports extends Migration {
  override up(): void {
    for (const table of ['insight_entry', 'insight_money']) this.addSql(`alter table ${table} add column disputed int8 not null default 0`);
    this.addSql(`delete from insight_entry e using ledger_entry l where l.number = e.number and l.debit = 'customers' and l.credit = 'disputes'`);
    this.addSql(`update insight_entry e set account = case l.debit when 'disputes' then l.credit else l.debit end, received = 0, refunded = 0,
        disputed = case l.debit when 'disputes' then l.amount else -l.amount end
      from ledger_entry l where l.number = e.number and 'disputes' in (l.debit, l.credit)`);
    this.addSql('delete from insight_money');
    this.addSql(`insert into insight_money (slice, day, location_id, subject_id, account, currency, received, refunded, disputed)
      select s.slice, e.day, e.location_id, s.subject_id, e.account, e.currency, sum(e.received), sum(e.refunded), sum(e.disputed)
        from insight_entry e cross join lateral (values ('staff', e.staff_id), ('service', e.service_id)) s(slice, subject_id) group by 1, 2, 3, 4, 5, 6`);
  }
}
