import { Migration } from '@mikro-orm/migrations';

/** An appointment as JSON without what is text about people, with the customer's new id. `m` is the row of `customer_ids`. */
function withoutPeople(appointment: string): string {
  return `(${appointment} - array['customer', 'notes', 'staffNotes', 'answers', 'reason']) #- '{override,reason}'`;
}

/** Of an appointment of before there were notes for staff alone: what the desk wrote where customers write. */
const ARE_STAFFS_NOTES = `(not a.details ? 'staffNotes' and a.details ->> 'source' = 'desk')`;

/**
 * What was typed about people moves from the facts and the records into rows of its own, and customers get ids that say nothing: they were a hash of the address.
 * One transaction, a few statements over whole tables; the space of the old rows is free once they are vacuumed. Access tokens of before name customers by their old
 * ids, and are refused from now on; sessions go on.
 */
export class People extends Migration {
  override up(): void {
    for (const statement of [...NEW_IDS, ...DETAILS, ...FACTS, ...TRAIL]) this.addSql(statement);
    this.addSql('drop table customer_ids');
    this.addSql('update business set made_at = (extract(epoch from clock_timestamp()) * 1000)::int8 where id = 1');
  }
}

/** Also of customers that only an account or the trail knows. A customer's account gets a customer of its own where no booking was made with its address. */
const NEW_IDS = [
  `create table customer_ids as
    select old, gen_random_uuid() as id from (
      select id as old from customer
      union select customer_id from user_account where customer_id is not null
      union select (before ->> 'customerId')::uuid from audit_entry where before ->> 'customerId' is not null
      union select (after ->> 'customerId')::uuid from audit_entry where after ->> 'customerId' is not null) known`,
  'alter table customer_ids add primary key (old)',
  'analyze customer_ids',
  'alter table appointment drop constraint appointment_customer_id_foreign',
  'update customer c set id = m.id from customer_ids m where m.old = c.id',
  'update user_account u set customer_id = m.id from customer_ids m where m.old = u.customer_id',
  `insert into customer (id, name, email, created_at)
    select customer_id, name, email, created_at from user_account where customer_id is not null and removed_at is null on conflict do nothing`,
  'update user_account u set customer_id = c.id from customer c where u.customer_id is not null and c.email = u.email and c.id <> u.customer_id',
];

const DETAILS = [
  `create table appointment_person (
    appointment_id uuid primary key,
    name text,
    email text,
    phone text,
    phone_e164 text,
    notes text,
    staff_notes text,
    answers jsonb,
    reason text,
    override_reason text
  )`,
  `insert into appointment_person (appointment_id, name, email, phone, phone_e164, notes, staff_notes, answers, reason, override_reason)
    select a.id, coalesce(a.details #>> '{customer,name}', c.name), coalesce(a.details #>> '{customer,email}', c.email),
      case when a.details ? 'customer' then a.details #>> '{customer,phone}' else c.phone end, a.details #>> '{customer,phoneE164}',
      case when ${ARE_STAFFS_NOTES} then null else a.details ->> 'notes' end,
      case when ${ARE_STAFFS_NOTES} then a.details ->> 'notes' else a.details ->> 'staffNotes' end,
      coalesce(nullif(a.details -> 'answers', 'null'), '{}'), a.details ->> 'reason', a.details #>> '{override,reason}'
    from appointment a join customer_ids m on m.old = a.customer_id join customer c on c.id = m.id`,
  `update appointment a set customer_id = m.id, details = ${withoutPeople('a.details')} from customer_ids m where m.old = a.customer_id`,
  'alter table appointment add constraint appointment_customer_id_foreign foreign key (customer_id) references customer (id)',
  `update claim set details = null where kind = 'appointment' and details is not null`,
];

const FACTS = [
  `update change c set events = (
      select jsonb_agg(case when e.event ? 'appointment'
          then jsonb_set(e.event, '{appointment}', ${withoutPeople(`(e.event -> 'appointment')`)} || jsonb_build_object('customerId', m.id)) else e.event end order by e.place)
      from jsonb_array_elements(c.events) with ordinality e(event, place) left join customer_ids m on m.old = (e.event #>> '{appointment,customer,id}')::uuid)
    where c.events @> '[{"appointment": {}}]'`,
];

/** The one change of the trail that there ever is, by who owns the table: the ids of customers in it were hashes of their addresses. */
const TRAIL = [
  'alter table audit_entry disable trigger audit_entry_is_kept',
  ...['before', 'after'].map(
    (side) =>
      `update audit_entry a set ${side} = jsonb_set(a.${side}, '{customerId}', to_jsonb(m.id)) from customer_ids m where m.old = (a.${side} ->> 'customerId')::uuid`,
  ),
  'alter table audit_entry enable trigger audit_entry_is_kept',
];
