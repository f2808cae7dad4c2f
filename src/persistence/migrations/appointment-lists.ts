import { Migration } from '@mikro-orm/migrations';

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
