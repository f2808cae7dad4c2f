import { Migration } from '@mikro-orm/migrations';

/** What customers are told about their appointments. Nothing is told about what was decided before: the consumer that writes messages begins with the log's end. */
export class Messages extends Migration {
  override up(): void {
    this.addSql(`create table message (
      id uuid primary key,
      key text not null constraint message_key unique,
      kind text not null,
      channel text not null default 'email',
      locale text not null,
      customer_id uuid not null,
      appointment_id uuid not null,
      about json not null,
      created_at int8 not null,
      status text not null default 'waiting' constraint message_status check (status in ('waiting', 'sent', 'failed', 'bounced', 'skipped')),
      attempts int not null default 0,
      failure text,
      recipient text,
      subject text,
      body text,
      html text,
      sent_at int8
    )`);
    this.addSql('create index message_appointment on message (appointment_id, id)');
    this.addSql('create index message_customer on message (customer_id, id)');
    this.addSql('create index message_status_id on message (status, id)');
    this.addSql('create index message_created_at on message (created_at)');
  }
}

/** How many messages were sent, so that a flood has an end. Counting begins with the upgrade. */
export class MessageBudgets extends Migration {
  override up(): void {
    this.addSql('alter table message add column counted boolean not null default false');
    this.addSql('create table message_budget (name text not null, starts_at int8 not null, used int8 not null, primary key (name, starts_at))');
    this.addSql('create index message_budget_starts_at on message_budget (starts_at)');
  }
}

/** Messages as texts to telephones, and who wants none. */
export class TextMessages extends Migration {
  override up(): void {
    this.addSql(`alter table message add column segments int, add column provider_id text, add column dispatched_at int8, add column waits_until int8,
      add column delivered_at int8`);
    this.addSql(`create table sms_consent (
      id text primary key,
      number text not null,
      is_opted_out boolean not null,
      at int8 not null
    )`);
    this.addSql('create index sms_consent_number on sms_consent (number, at)');
  }
}

/** What the business makes messages say. There is a row for what was written once. */
export class MessageTemplates extends Migration {
  override up(): void {
    this.addSql(`create table message_template (
      kind text not null,
      channel text not null,
      locale text not null,
      subject text,
      body text,
      version int not null,
      primary key (kind, channel, locale)
    )`);
  }
}

/** What messages have said before. What they say now is the first that is known of each. */
export class MessageTemplateVersions extends Migration {
  override up(): void {
    this.addSql(`create table message_template_version (
      kind text not null,
      channel text not null,
      locale text not null,
      version int not null,
      subject text,
      body text,
      by_kind text,
      by_id uuid,
      at int8,
      primary key (kind, channel, locale, version)
    )`);
    this.addSql(`insert into message_template_version (kind, channel, locale, version, subject, body)
      select kind, channel, locale, version, subject, body from message_template`);
    this.addSql('create index message_user on message (user_id) where user_id is not null');
  }
}

/** Customers may want no reminders. */
export class RemindersDeclined extends Migration {
  override up(): void {
    this.addSql('alter table customer add column reminders_declined text');
  }
}

/** E-mails wait in their rows. What waits already is asked for by a job, and is handed over by it. */
export class MessageQueue extends Migration {
  override up(): void {
    this.addSql('alter table message add column next_attempt_at int8');
    this.addSql(`create index message_waiting on message (next_attempt_at, id) where status = 'waiting' and next_attempt_at is not null`);
  }
}

/** The language of e-mails about accounts. */
export class AccountLocales extends Migration {
  override up(): void {
    for (const table of ['user_account', 'registration', 'notification']) this.addSql(`alter table ${table} add column locale text`);
  }
}

/** Messages to people who work for the business. */
export class MessagesToStaff extends Migration {
  override up(): void {
    this.addSql('alter table message alter column customer_id drop not null, alter column appointment_id drop not null, add column user_id uuid');
  }
}
