import { Migration } from '@mikro-orm/migrations';
import { CUSTOMER_NAME_INDEX } from '../customers/customer-row.ts';

/** Customers may have no e-mail address: those who call, and those who walk in. */
export class CustomersWithoutAddress extends Migration {
  override up(): void {
    this.addSql('alter table customer alter column email drop not null');
  }
}

/** Where the database has the locale C, as those of PGlite and of many containers do, `lower` knows ASCII alone. */
const CAPITALS = 'ØŁĐÐÆŒÞΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЄІЇЂЈЉЊЋЏҐ';
/** Letters without accents and in lower case. `unaccent` would do it, but it may change with its dictionary, so nothing can be indexed by it. */
const FOLDED = `create or replace function folded_v1(typed text) returns text language sql immutable parallel safe
  return replace(replace(replace(replace(translate(translate(regexp_replace(lower(normalize(typed, NFKD)), '[\\u0300-\\u036f]', '', 'g'),
    '${CAPITALS}', '${CAPITALS.toLowerCase()}'), 'øłđðı', 'olddi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')`;
/** What the business keeps of a customer, and how customers are found. */
export class CustomerRecords extends Migration {
  override up(): void {
    this.addSql(`alter table customer add column notes text, add column staff_notes text, add column tags jsonb not null default '[]',
      add column blocked boolean not null default false, add column marketing boolean, add column marketing_at int8, add column location_id uuid,
      add column version int not null default 1, add column erased_at int8`);
    this.addSql(`create table customer_alias (
      id uuid primary key,
      customer_id uuid not null constraint customer_alias_customer_id_foreign references customer (id),
      email text constraint customer_alias_email unique,
      created_at int8 not null
    )`);
    this.addSql('create index customer_alias_customer on customer_alias (customer_id)');
    this.addSql('create index user_account_customer on user_account (customer_id)');
    this.addSql(FOLDED);
  }
}

/** A letter may be folded to eighteen, and an index has rows of 2,700 bytes at most. */
const LONGEST_FOUND_BY = 300;
const CUSTOMER_TEXT = `create or replace function customer_text_v2(name text, email text, phone text) returns text language sql immutable parallel safe
  return left(folded_v1(name || ' ' || coalesce(email, '')) || ' ' || regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g'), ${LONGEST_FOUND_BY})`;

/** What customers are looked for in is kept: folding the names of ten thousand takes a tenth of a second each time. */
export class CustomersFoundBy extends Migration {
  override up(): void {
    for (const index of ['customer_name', 'customer_text']) this.addSql(`drop index if exists ${index}`);
    this.addSql('drop function if exists customer_text_v1(text, text, text)');
    this.addSql(CUSTOMER_TEXT);
    this.addSql('alter table customer add column found_by text generated always as (customer_text_v2(name, email, phone)) stored');
    this.addSql(CUSTOMER_NAME_INDEX);
  }
}

/** Links that were sent to an address that was corrected open nothing. */
export class Corrections extends Migration {
  override up(): void {
    this.addSql('alter table appointment_person add column corrections int not null default 0');
  }
}

/** What the front desk writes down for a day. */
export class DayNotes extends Migration {
  override up(): void {
    this.addSql(`create table day_note (
      location_id uuid not null,
      date text not null,
      text text not null,
      version int not null,
      changed_at int8 not null,
      primary key (location_id, date)
    )`);
  }
}

/** How far imports are. */
export class CustomerImports extends Migration {
  override up(): void {
    this.addSql(`create table customer_import (
      id uuid primary key,
      location_id uuid,
      customers int,
      added int not null,
      started_at int8 not null,
      seen_at int8 not null,
      ended_at int8
    )`);
  }
}
