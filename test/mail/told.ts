// E-mails for tests, and rows of them.
import { randomUUIDv7 } from 'node:crypto';
import type { Sender } from '../../src/mail/compose-account-email.ts';
import type { TakenEmail } from '../../src/mail/email-queue-port.ts';
import { DAY, HOUR, instant } from '../../src/model/instant.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { timeNow } from '../support/clock.ts';

export const TOKEN = 't'.repeat(43);
export const SENDER: Sender = { business: 'Salt & Pine', timeZone: 'Europe/Berlin', publicUrl: 'https://book.example.org' };

const NOON = Date.UTC(2026, 10, 25, 11);
export function takenEmail(given: Partial<TakenEmail>): TakenEmail {
  return {
    id: '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d',
    topic: 'password-reset',
    email: 'grace@example.org',
    locale: 'en',
    token: TOKEN,
    tokenExpiresAt: instant(NOON + HOUR),
    createdAt: instant(NOON),
    attempts: 1,
    failure: null,
    takenAt: instant(NOON),
    ...given,
  };
}

export type EmailRow = { readonly email?: string; readonly topic?: string; readonly delivery?: string; readonly ageMs?: number; readonly lifeMs?: number };

/** Writes a row as a node does; returns its id. `lifeMs`: how long its link is still good. */
export async function writeEmail(database: Database, row: EmailRow = {}): Promise<string> {
  const { email = 'grace@example.org', topic = 'password-reset', delivery = 'waiting', ageMs = 0, lifeMs = DAY } = row;
  const id = randomUUIDv7();
  const now = timeNow();
  await database.sql(
    `insert into notification (id, topic, email, token, token_expires_at, created_at, delivery, next_attempt_at) values ($1, $2, $3, $4, $5, $6, $7, 0)`,
    [id, topic, email, TOKEN, now + lifeMs, now - ageMs, delivery],
  );
  return id;
}

export type EmailState = { readonly delivery: string; readonly attempts: number; readonly token: string | null; readonly failure: string | null };
export async function emailState(database: Database, id: string): Promise<EmailState> {
  const [row] = await database.sql('select delivery, attempts, token, failure from notification where id = $1', [id]);
  if (row === undefined) throw new Error(`there is no e-mail ${id}`);
  const [delivery, attempts, token, failure] = row;
  return {
    delivery: String(delivery),
    attempts: Number(attempts),
    token: token === null ? null : String(token),
    failure: failure === null ? null : String(failure),
  };
}
