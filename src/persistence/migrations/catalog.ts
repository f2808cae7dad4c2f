import { Migration } from '@mikro-orm/migrations';

/** Services have categories and colours, and may be offered at the desk alone. */
export class ServiceCatalog extends Migration {
  override up(): void {
    this.addSql('alter table service add column category text, add column colour text, add column online boolean not null default true');
  }
}
