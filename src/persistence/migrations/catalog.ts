import { Migration } from '@mikro-orm/migrations';

/** Services have categories and colours, and may be offered at the desk alone. */
class ServiceCatalog extends Migration {
  override up(): void {
    this.addSql('alter table service add column category text, add column colour text, add column online boolean not null default true');
  }
}

/** The tax that a price includes. */
class ServiceTax extends Migration {
  override up(): void {
    this.addSql('alter table service add column tax_percent numeric(5, 2)');
    this.addSql('alter table service add constraint service_tax check (tax_percent >= 0 and tax_percent <= 100)');
  }
}

/** What customers are asked when they book. */
class ServiceQuestions extends Migration {
  override up(): void {
    this.addSql(`alter table service add column questions jsonb not null default '[]'`);
  }
}

/** What a customer owes who does not come. */
class ServiceNoShowFee extends Migration {
  override up(): void {
    this.addSql('alter table service add column no_show_fee_amount int8, add column no_show_fee_percent int');
    this.addSql('alter table service add constraint service_no_show_fee check (no_show_fee_percent >= 1 and no_show_fee_percent <= 100)');
  }
}

/** Whether the fee may be charged to a card. */
class ServiceFeeCard extends Migration {
  override up(): void {
    this.addSql('alter table service add column no_show_fee_card boolean not null default false');
  }
}

/** Whether the price is what it costs, or the least. */
class ServicePriceType extends Migration {
  override up(): void {
    this.addSql(
      `alter table service add column price_type text not null default 'fixed' constraint service_price_type_check check (price_type in ('fixed', 'from', 'free'))`,
    );
  }
}

/** Whether the fee includes the tax of the price. */
class ServiceFeeTax extends Migration {
  override up(): void {
    this.addSql('alter table service add column no_show_fee_taxed boolean not null default false');
  }
}

/** What can be done along with a service. */
class ServiceAddOns extends Migration {
  override up(): void {
    this.addSql(`alter table service add column add_ons jsonb not null default '[]'`);
  }
}

/** How often a service may start in a week and in a month. */
class ServiceLimits extends Migration {
  override up(): void {
    this.addSql('alter table service add column weekly_limit int, add column monthly_limit int');
  }
}

/** What staff members ask for, and what became of it. */
class TimeOffRequests extends Migration {
  override up(): void {
    this.addSql(`create table time_off_request (
      id uuid primary key,
      staff_id uuid not null,
      starts_at int8 not null,
      ends_at int8 not null,
      kind text not null constraint time_off_request_kind_check check (kind in ('holiday', 'illness', 'training', 'family', 'other')),
      note text,
      status text not null constraint time_off_request_status_check check (status in ('open', 'approved', 'declined', 'withdrawn')),
      answer text,
      created_at int8 not null,
      decided_at int8
    )`);
    this.addSql('create index time_off_request_staff on time_off_request (staff_id, created_at, id)');
    this.addSql('create index time_off_request_ends_at on time_off_request (ends_at)');
  }
}

/** With whom a service takes another time or costs another price. */
class StaffTerms extends Migration {
  override up(): void {
    this.addSql(`alter table service add column staff_terms jsonb not null default '[]'`);
  }
}

/** A later change of the catalog's tables goes here too: `orm.ts` runs all in the order of their numbers. */
export const CATALOG_MIGRATIONS = [
  { name: '0043-service-catalog', class: ServiceCatalog },
  { name: '0047-service-tax', class: ServiceTax },
  { name: '0051-service-price-type', class: ServicePriceType },
  { name: '0052-service-fee-tax', class: ServiceFeeTax },
  { name: '0058-service-questions', class: ServiceQuestions },
  { name: '0064-service-add-ons', class: ServiceAddOns },
  { name: '0068-service-no-show-fee', class: ServiceNoShowFee },
  { name: '0070-service-fee-card', class: ServiceFeeCard },
  { name: '0076-service-limits', class: ServiceLimits },
  { name: '0077-time-off-requests', class: TimeOffRequests },
  { name: '0078-staff-terms', class: StaffTerms },
];
