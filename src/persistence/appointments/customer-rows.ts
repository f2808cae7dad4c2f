import { randomUUIDv7 } from 'node:crypto';
import type { User } from '../../accounts/account.ts';
import type { Instant } from '../../model/instant.ts';
import type { EntityManager } from '../database/database.ts';

/** The customer with the address of this user; added if there is none. Inside the transaction of what makes the account, whatever books with the address meanwhile. */
export async function customerWith(em: EntityManager, { email, name }: Pick<User, 'email' | 'name'>, at: Instant): Promise<string> {
  const [merged] = await em.execute<{ id: string }[]>('select customer_id as id from customer_alias where email = ?', [email]);
  if (merged !== undefined) return merged.id;
  await em.execute('insert into customer (id, name, email, created_at) values (?, ?, ?, ?) on conflict do nothing', [randomUUIDv7(), name, email, at]);
  const [row] = await em.execute<{ id: string }[]>('select id from customer where email = ?', [email]);
  if (row === undefined) throw new Error('a customer was taken away while their account was made');
  return row.id;
}
