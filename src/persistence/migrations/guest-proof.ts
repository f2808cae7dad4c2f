import { Migration } from '@mikro-orm/migrations';

/** A business may ask guests to prove their mailbox before they book. Those that are there already do not. */
export class GuestProof extends Migration {
  override up(): void {
    this.addSql(`alter table business add column guest_proof text not null default 'none'
      constraint business_guest_proof_check check (guest_proof in ('none', 'email'))`);
  }
}
