import { Migration } from '@mikro-orm/migrations';

/** Keys with which programs come in. */
export class ApiKeys extends Migration {
  override up(): void {
    this.addSql(`create table api_key (
      id uuid primary key,
      name text not null,
      prefix text not null,
      key_hash text not null constraint api_key_key_hash unique,
      scopes jsonb not null,
      location_id uuid,
      created_at int8 not null,
      expires_at int8,
      last_used_at int8
    )`);
  }
}
