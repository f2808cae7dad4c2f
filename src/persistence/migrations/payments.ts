import { Migration } from '@mikro-orm/migrations';

/** Payments, what goes back of them, the books, and the provider’s events. A deposit may be a share of the price. */
export class Payments extends Migration {
  override up(): void {
    this.addSql('alter table service add column deposit_percent int');
    this.addSql('alter table service add constraint service_deposit check (deposit_percent >= 1 and deposit_percent <= 100)');
    this.addSql(`create table payment (
      id uuid primary key,
      hold_id uuid constraint payment_hold unique,
      appointment_id uuid not null,
      location_id uuid not null,
      state text not null,
      method text not null,
      amount int8 not null,
      currency char(3) not null,
      received int8 not null default 0,
      refunded int8 not null default 0,
      provider_id text constraint payment_provider_id unique,
      pay_until int8,
      booking json,
      alarm text,
      created_at int8 not null,
      look_at int8,
      version int not null default 1,
      constraint payment_state check (state in ('held', 'paying', 'booked', 'lapsed', 'paid-late', 'refunding', 'refunded', 'disputed', 'closed')),
      constraint payment_method check (method in ('stripe', 'test', 'cash', 'terminal')),
      constraint payment_amounts check (amount > 0 and received >= 0 and received <= amount and refunded >= 0 and refunded <= received)
    )`);
    this.addSql('create index payment_appointment on payment (appointment_id)');
    this.addSql('create index payment_look_at on payment (look_at) where look_at is not null');
    this.addSql('create index payment_created_at on payment (created_at, id)');
    this.addSql(`create table payment_refund (
      id text primary key,
      payment_id uuid not null constraint payment_refund_payment_id_foreign references payment (id),
      amount int8 not null,
      why text not null,
      by_user uuid,
      state text not null,
      created_at int8 not null,
      constraint payment_refund_state check (state in ('asked', 'done', 'failed')),
      constraint payment_refund_amount check (amount > 0)
    )`);
    this.addSql('create index payment_refund_payment on payment_refund (payment_id)');
    this.addSql(`create table ledger_entry (
      number int8 generated always as identity primary key,
      key text not null constraint ledger_entry_key unique,
      payment_id uuid not null,
      appointment_id uuid not null,
      location_id uuid not null,
      debit text not null,
      credit text not null,
      amount int8 not null,
      currency char(3) not null,
      at int8 not null,
      constraint ledger_entry_double check (amount > 0 and debit <> credit)
    )`);
    this.addSql('create index ledger_entry_appointment on ledger_entry (appointment_id)');
    this.addSql('create table payment_event (id text primary key, at int8 not null)');
    this.addSql('create index payment_event_at on payment_event (at)');
  }
}

/** What is taken in some days at a location is added up from the books. */
export class LedgerByDay extends Migration {
  override up(): void {
    this.addSql('create index ledger_entry_location on ledger_entry (location_id, at)');
  }
}

/** No-show fees that are not asked for. */
export class FeeWaivers extends Migration {
  override up(): void {
    this.addSql('create table fee_waiver (appointment_id uuid primary key, reason text not null, by_user uuid, at int8 not null)');
  }
}

/** Cards that are kept, and no-show fees that are charged to them. A card alone is a payment of nothing. */
export class KeptCards extends Migration {
  override up(): void {
    this.addSql('alter table payment add column card text, add column is_fee boolean not null default false, add column refusal text');
    this.addSql('alter table payment drop constraint payment_amounts');
    this.addSql(
      'alter table payment add constraint payment_amounts check ((amount > 0 or card is not null) and received >= 0 and received <= amount and refunded >= 0 and refunded <= received)',
    );
    this.addSql(`alter table payment add constraint payment_card check (card in ('asked', 'kept', 'leaving', 'gone'))`);
    this.addSql(`alter table payment add constraint payment_refusal check (refusal in ('declined', 'needs-owner', 'card-gone'))`);
    this.addSql(`create unique index payment_fee on payment (appointment_id) where is_fee and state <> 'closed'`);
    this.addSql(`create index payment_card_kept on payment (appointment_id) where card = 'kept'`);
  }
}

/** Receipts are numbered by year, without gaps. Those that were shown before keep the number that they had. */
export class ReceiptNumbers extends Migration {
  override up(): void {
    this.addSql('create table receipt_series (year int primary key, last int8 not null)');
    this.addSql('alter table payment add column receipt_number text');
    this.addSql(`update payment set receipt_number = to_char(to_timestamp(payment.created_at / 1000.0) at time zone l.time_zone, 'YYYYMMDD') || '-' || upper(right(payment.id::text, 8))
      from location l where l.id = payment.location_id and payment.received > 0`);
    this.addSql(`create unique index payment_receipt_number on payment (receipt_number) where receipt_number like '____-%'`);
  }
}

/** The tax that an amount includes at a rate in hundredths of a percent, half a unit up: as `taxIn`, in whole numbers. */
const taxIn = (amount: string, rate: string) => `div(2 * ${amount}::numeric * ${rate} + 10000 + ${rate}, 2 * (10000 + ${rate}))`;

/** Each entry of the books keeps the tax that was in its amount. Those from before get the rate that is agreed for their appointment now, which they were told with so far. */
export class TaxInTheBooks extends Migration {
  override up(): void {
    this.addSql('alter table payment add column tax_percent numeric(5,2)');
    this.addSql(
      `update payment set tax_percent = (a.details ->> 'taxPercent')::numeric from appointment a where a.id = payment.appointment_id and a.details ->> 'taxPercent' is not null`,
    );
    this.addSql(
      `update payment set tax_percent = (booking #>> '{draft,taxPercent}')::numeric where tax_percent is null and booking #>> '{draft,taxPercent}' is not null`,
    );
    this.addSql('alter table ledger_entry add column tax_percent numeric(5,2), add column tax int8');
    this.addSql('alter table ledger_entry add constraint ledger_entry_tax check (tax is null or (tax_percent is not null and tax >= 0 and tax <= amount))');
    this.addSql(`with moved as (
        select l.number, m.tax_percent, round(m.tax_percent * 100) as rate,
          case when l.credit = 'customers' then l.amount when l.debit = 'customers' then -l.amount end as change,
          sum(case when l.credit = 'customers' then l.amount when l.debit = 'customers' then -l.amount else 0 end) over (partition by l.payment_id order by l.number) as remains
        from ledger_entry l join payment m on m.id = l.payment_id where m.tax_percent is not null)
      update ledger_entry l set tax_percent = moved.tax_percent,
          tax = case when change is not null then abs(${taxIn('remains', 'rate')} - ${taxIn('(remains - change)', 'rate')}) end
        from moved where moved.number = l.number`);
  }
}

/** The provider’s fees and payouts are in the books. What it moves by itself is of no payment. */
export class FeesAndPayouts extends Migration {
  override up(): void {
    for (const column of ['payment_id', 'appointment_id', 'location_id']) this.addSql(`alter table ledger_entry alter column ${column} drop not null`);
    this.addSql('create index ledger_entry_payment on ledger_entry (payment_id)');
    this.addSql('create table provider_reading (method text primary key, read_to int8 not null)');
  }
}

/** What is reserved on a card, and taken later. */
export class Reservations extends Migration {
  override up(): void {
    this.addSql('alter table payment add column reserves boolean not null default false, add column capture_amount int8, add column take_at int8');
    this.addSql(
      'alter table payment add constraint payment_capture check (capture_amount >= 0 and capture_amount <= amount and (reserves or capture_amount is null))',
    );
    this.addSql('alter table payment drop constraint payment_state');
    this.addSql(
      `alter table payment add constraint payment_state check (state in ('held', 'paying', 'reserved', 'booked', 'lapsed', 'paid-late', 'refunding', 'refunded', 'disputed', 'closed'))`,
    );
    this.addSql('alter table service drop constraint service_payment_policy_check');
    this.addSql(`alter table service add constraint service_payment_policy_check check (payment_policy in ('none', 'deposit', 'full', 'reserve'))`);
  }
}

/** What becomes of money, for those who are told. What has happened before is not told. */
export class PaymentFacts extends Migration {
  override up(): void {
    this.addSql(`create table payment_fact (
      position int8 generated always as identity primary key,
      xid xid8 not null default pg_current_xact_id(),
      key text not null constraint payment_fact_key unique,
      type text not null,
      payment_id uuid not null,
      appointment_id uuid not null,
      location_id uuid not null,
      kind text not null,
      method text not null,
      amount int8 not null,
      currency char(3) not null,
      refund_id text,
      failure text,
      at int8 not null,
      constraint payment_fact_type check (type in ('payment.succeeded', 'payment.failed', 'payment.refunded')),
      constraint payment_fact_kind check (kind in ('booking', 'reservation', 'link', 'desk', 'no-show-fee')),
      constraint payment_fact_failure check ((failure is null or failure in ('declined', 'needs-owner', 'card-gone', 'reservation-ended')) and (failure is not null) = (type = 'payment.failed'))
    )`);
    this.addSql('create index payment_fact_place on payment_fact (xid, position)');
  }
}
