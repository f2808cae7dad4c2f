import { Migration } from '@mikro-orm/migrations';
import { APPOINTMENT_TRIGGERS, CLAIM_TRIGGERS } from '../appointments/voucher-triggers.ts';

/**
 * Vouchers, and who uses them. A use is counted in the commit that places, books or ends what uses it: `voucher_use` has a row for each hold and each appointment with a voucher,
 * kept by triggers on the tables that commits write, so there is no use without one of them, and none is missing, whatever crashes. Where a voucher has a limit, those who take a
 * use wait for each other; one that finds none left undoes its commit (`voucher_uses`, `voucher_uses_each`). A hold counts until it ends, also where nothing has taken it away yet.
 */
export class Vouchers extends Migration {
  override up(): void {
    this.addSql(`create table voucher (
      id uuid primary key,
      code text not null constraint voucher_code unique,
      amount int8,
      percent int,
      least_price int8,
      currency char(3),
      most_uses int,
      most_uses_each int,
      service_ids jsonb not null,
      valid_from int8,
      valid_to int8,
      ended_at int8,
      created_at int8 not null,
      constraint voucher_discount check ((amount > 0) is distinct from (percent >= 1 and percent <= 100))
    )`);
    this.addSql('create index voucher_created_at on voucher (created_at, id)');
    this.addSql('create table voucher_use (claim_id uuid primary key, voucher_id uuid not null, until int8)');
    this.addSql('create index voucher_use_voucher on voucher_use (voucher_id, until)');
    this.addSql(`create or replace function take_voucher(claim uuid, voucher uuid, customer uuid, till int8) returns void language plpgsql as $$
      declare
        stamp int8 := (extract(epoch from clock_timestamp()) * 1000)::int8;
        most int;
        most_each int;
      begin
        select v.most_uses, v.most_uses_each into most, most_each from voucher v where v.id = voucher;
        if most is not null or most_each is not null then
          -- Those who come at the same moment count one after the other: each sees what the one before has written.
          perform 1 from voucher v where v.id = voucher for update;
          if (select count(*) from voucher_use u where u.voucher_id = voucher and u.claim_id <> claim and (u.until is null or u.until > stamp)) >= most then
            raise exception 'a voucher has no use left' using errcode = '23514', constraint = 'voucher_uses';
          end if;
          if (select count(*) from voucher_use u join appointment a on a.id = u.claim_id
                where u.voucher_id = voucher and u.claim_id <> claim and a.customer_id = customer) >= most_each then
            raise exception 'a voucher has no use left for a customer' using errcode = '23514', constraint = 'voucher_uses_each';
          end if;
        end if;
        insert into voucher_use (claim_id, voucher_id, until) values (claim, voucher, till)
          on conflict (claim_id) do update set voucher_id = excluded.voucher_id, until = excluded.until;
      end $$`);
    this.addSql(`create or replace function keep_voucher_of_hold() returns trigger language plpgsql as $$
      declare
        had uuid;
        has uuid;
      begin
        if tg_op <> 'INSERT' then had := (old.details #>> '{terms,voucher,voucherId}')::uuid; end if;
        if tg_op <> 'DELETE' then has := (new.details #>> '{terms,voucher,voucherId}')::uuid; end if;
        if had is not null and had is distinct from has then delete from voucher_use where claim_id = old.id; end if;
        if has is null then return null; end if;
        if has is distinct from had then
          perform take_voucher(new.id, has, null, (new.details ->> 'expiresAt')::int8);
        else
          update voucher_use set until = (new.details ->> 'expiresAt')::int8 where claim_id = new.id;
        end if;
        return null;
      end $$`);
    this.addSql(`create or replace function keep_voucher_of_appointment() returns trigger language plpgsql as $$
      declare
        had uuid;
        has uuid;
      begin
        if tg_op = 'UPDATE' and old.status not in ('cancelled', 'declined') then had := (old.details #>> '{voucher,voucherId}')::uuid; end if;
        if new.status not in ('cancelled', 'declined') then has := (new.details #>> '{voucher,voucherId}')::uuid; end if;
        if had is not null and had is distinct from has then delete from voucher_use where claim_id = new.id; end if;
        if has is not null and has is distinct from had then perform take_voucher(new.id, has, new.customer_id, null); end if;
        return null;
      end $$`);
    for (const { expression } of [...CLAIM_TRIGGERS, ...APPOINTMENT_TRIGGERS]) this.addSql(expression);
  }
}
