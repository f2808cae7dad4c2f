import { Migration } from '@mikro-orm/migrations';
import { APPOINTMENT_SOURCE_INDEX } from '../appointments/appointment.ts';

/** Appointments that are booked online are counted by where they come from. There are none yet that say it, so the index is empty. */
export class GuestSources extends Migration {
  override up(): void {
    this.addSql(APPOINTMENT_SOURCE_INDEX);
  }
}
