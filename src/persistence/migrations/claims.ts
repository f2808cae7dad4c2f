import { Migration } from '@mikro-orm/migrations';
import { APPOINTMENT_RESOURCE_INDEX } from '../appointments/appointment-entities.ts';

/** Claims that overlap others on purpose have no session: the constraint lets them be, and the commit finds them by an index of their own. */
export class OverlapsOnPurpose extends Migration {
  override up(): void {
    this.addSql('alter table claim alter column session drop not null');
    this.addSql(`alter table claim add constraint claim_session check (session is not null or (kind = 'appointment' and capacity = 1))`);
    this.addSql('create index claim_overlapping on claim (calendar_id) where session is null');
  }
}

/** Appointments are listed by what they take along. */
export class ListedByResource extends Migration {
  override up(): void {
    this.addSql(APPOINTMENT_RESOURCE_INDEX);
  }
}
