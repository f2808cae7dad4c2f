import { Migration } from '@mikro-orm/migrations';

/** Customers may have no e-mail address: those who call, and those who walk in. */
export class CustomersWithoutAddress extends Migration {
  override up(): void {
    this.addSql('alter table customer alter column email drop not null');
  }
}
