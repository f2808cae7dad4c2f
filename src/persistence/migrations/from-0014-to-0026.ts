import { Migration } from '@mikro-orm/migrations';
import { APPOINTMENT_SOURCE_INDEX } from '../appointments/appointment-entities.ts';

/** Appointments that are booked online are counted by where they come from. There are none yet that say it, so the index is empty. */
export class GuestSources extends Migration {
  override up(): void {
    this.addSql(APPOINTMENT_SOURCE_INDEX);
  }
}

/** Locations may say in which country they are; null, as of all that are there already, is the country of the time zone. */
export class Countries extends Migration {
  override up(): void {
    this.addSql('alter table location add column country text');
  }
}

/** Staff members who were removed before an account was closed along with them do not log in any more either. */
export class FormerStaff extends Migration {
  override up(): void {
    this.addSql(`update user_account set disabled_at = (extract(epoch from clock_timestamp()) * 1000)::int8, version = version + 1
      where role = 'staff' and disabled_at is null and removed_at is null and staff_id in (select id from staff_member where archived)`);
  }
}

/** A business may ask guests to prove their mailbox before they book. Those that are there already do not. */
export class GuestProof extends Migration {
  override up(): void {
    this.addSql(`alter table business add column guest_proof text not null default 'none'
      constraint business_guest_proof_check check (guest_proof in ('none', 'email'))`);
  }
}

/**
 * Lists of appointments by status, service, location and last change, each from an index in the order of the list. When an appointment that is there
 * already was changed is in the change log, or else when it was made.
 */
export class AppointmentLists extends Migration {
  override up(): void {
    this.addSql('alter table appointment add column updated_at bigint');
    this.addSql(`update appointment a set updated_at = coalesce(
      (select h.at from change h where h.calendar_id = a.calendar_id and h.revision = a.revision), a.created_at)`);
    this.addSql('alter table appointment alter column updated_at set not null');
    this.addSql('create index appointment_status on appointment (status, starts_at, id)');
    this.addSql('create index appointment_service on appointment (service_id, status, starts_at, id)');
    this.addSql('create index appointment_location on appointment (location_id, status, starts_at, id)');
    this.addSql('create index appointment_updated_at on appointment (updated_at, id)');
  }
}

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

/**
 * The commit of the versions before goes, and with it the nodes that call it: they are given up, so that they end at their next beat, and do not start on these tables
 * again. What they still send meanwhile does nothing.
 */
export class OneCommit extends Migration {
  override up(): void {
    this.addSql('update node set gone = true');
    for (const version of [1, 2, 3]) this.addSql(`drop function if exists commit_v${version}`);
  }
}

/** A claim may stand on two calendars: that of its record, and that of the resource it takes along. */
export class Groups extends Migration {
  override up(): void {
    this.addSql('alter table claim add column half smallint not null default 0, add column along uuid');
    this.addSql('alter table claim drop constraint claim_pkey, add constraint claim_pkey primary key (id, half)');
  }
}

/** Rooms and equipment, each with a calendar; a service may need one of several. */
export class Resources extends Migration {
  override up(): void {
    this.addSql(`create table resource (
      id uuid primary key,
      calendar_id uuid not null constraint resource_calendar unique constraint resource_calendar_id_foreign references calendar (id),
      name text not null,
      kind text,
      location_id uuid not null constraint resource_location_id_foreign references location (id),
      archived boolean not null default false,
      version int not null default 1,
      position int not null default 0
    )`);
    this.addSql('create index resource_location on resource (location_id)');
    this.addSql(`alter table service add column resource_ids jsonb not null default '[]'`);
  }
}

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

/** The constraint on overlaps reads times in place instead of unpacking each first. What is there already stays as it is. */
export class UnpackedTimes extends Migration {
  override up(): void {
    this.addSql('alter table claim alter column during set storage plain');
  }
}
