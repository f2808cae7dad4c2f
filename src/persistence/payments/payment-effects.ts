import { instant } from '../../model/instant.ts';
import type { GivenUp, PaymentEffects, RefundAsked } from '../../payments/refund-consumer.ts';
import { keptOf, refundDue } from '../../payments/refund-rules.ts';
import type { EntityManager } from '../database/database.ts';
import { addRefund } from './payment-store.ts';

/** They stay locked until the commit, so that the same money is not asked for twice at once. */
const LOCK = `select id from payment where appointment_id = ?::uuid and method in ('stripe', 'test') and received > 0 order by id for update`;
/** After the lock, in a statement of its own: one that has waited for it sees the row as it is by then, and the refunds beside it as they were before. */
const OF_APPOINTMENT = `select p.id, p.received, p.refunded, p.currency,
    (select coalesce(sum(r.amount), 0)::int8 from payment_refund r where r.payment_id = p.id and r.state = 'asked') as asked,
    exists (select 1 from payment_refund r where r.id = ? || '/' || p.id) as known
  from payment p where p.id = any(?::uuid[]) order by p.id`;
/** One that is over by then stays as it is. */
const GIVE_UP = `update payment set look_at = ?::int8, booking = (booking::jsonb || '{"isGivenUp": true}')::json, version = version + 1
  where hold_id = ?::uuid and booking is not null and state in ('held', 'paying', 'lapsed', 'paid-late')`;
const LOOK_NOW = 'update payment set look_at = ?::int8, version = version + 1 where id = ?::uuid';

/** Reserved on a card, and not taken yet as far as is known here; `others`: what was paid otherwise. */
const RESERVED = `select p.id, p.amount, p.currency,
    (select coalesce(sum(o.received - o.refunded), 0)::int8 from payment o where o.appointment_id = p.appointment_id and o.id <> p.id) as others
  from payment p where p.appointment_id = ?::uuid and p.reserves and p.received = 0 and p.state in ('held', 'paying', 'reserved') order by p.id for update of p`;
const DECIDE = 'update payment set capture_amount = ?::int8, look_at = ?::int8, version = version + 1 where id = ?::uuid';

type Columns = { id: string; received: number | string; refunded: number | string; currency: string; asked: number | string; known: boolean };

/** Within a transaction: what is left of these payments goes back, by the share that each says, and they are looked at now. What was asked for before stays. */
async function askForRefunds(em: EntityManager, asked: readonly RefundAsked[]): Promise<void> {
  for (const one of asked) {
    const { id, appointmentId, percent, why, at } = one;
    await keepOfReserved(em, one);
    const locked = await em.execute<{ id: string }[]>(LOCK, [appointmentId]);
    if (locked.length === 0) continue;
    for (const row of await em.execute<Columns[]>(OF_APPOINTMENT, [id, `{${locked.map((one) => one.id).join()}}`])) {
      if (row.known) continue;
      const paymentId = row.id;
      const { amount } = refundDue({ amount: Number(row.received), currency: row.currency }, Number(row.refunded) + Number(row.asked), percent);
      if (amount === 0) continue;
      await addRefund(em, { id: `${id}/${paymentId}`, paymentId, amount, why, by: null, state: 'asked', createdAt: instant(at) });
      await em.execute(LOOK_NOW, [at, paymentId]);
    }
  }
}

type Reserved = { id: string; amount: number | string; currency: string; others: number | string };

/** What would not go back of what is owed is taken, whatever was decided before, and the rest is let go. */
async function keepOfReserved(em: EntityManager, { appointmentId, price, percent, at }: RefundAsked): Promise<void> {
  for (const { id, amount, currency, others } of await em.execute<Reserved[]>(RESERVED, [appointmentId]))
    await em.execute(DECIDE, [keptOf({ amount: Number(amount), currency }, price - Number(others), percent), at, id]);
}

/** Within a transaction: late money of these payments books nothing, and they are looked at now, so that the provider is told. */
async function noteGivenUp(em: EntityManager, givenUp: readonly GivenUp[]): Promise<void> {
  for (const { holdId, at } of givenUp) await em.execute(GIVE_UP, [at, holdId]);
}

export const paymentEffects: PaymentEffects<EntityManager> = { askForRefunds, noteGivenUp };
