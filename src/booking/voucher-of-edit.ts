// A voucher that the business gives for an appointment that is booked, or takes away again; and what becomes of one when something else about it changes.
import type { Caller } from '../access/caller.ts';
import type { Appointment, Edit } from '../actors/calendar/calendar.ts';
import type { Money } from '../model/money.ts';
import { discountOf, refusalOf, type Voucher } from '../model/voucher.ts';
import type { EditAppointment } from '../protocol/appointments.ts';
import { type Failed, failed, isFailed } from '../protocol/reply.ts';
import type { Booking } from './parts.ts';
import { refuseUsedUp, voucherFor } from './vouchers.ts';

type Edited = Partial<Pick<Edit['terms'], 'price' | 'voucher'>>;
type Repriced = Pick<Edited, 'voucher'> & { readonly price: Money };
type Wanted = { readonly appointment: Appointment; readonly body: EditAppointment; readonly terms: Edit['terms']; readonly serviceId: string };

/** A price to which something comes, or from which something goes. What was taken off stays taken off, up to what there is by then to take it off. */
export function repriced({ price, voucher }: Pick<Appointment, 'price' | 'voucher'>, more: number): Repriced {
  return carried({ ...price, amount: Math.max(0, price.amount + (voucher?.discount ?? 0) + more) }, voucher);
}

/** What was taken off stays taken off another price, as far as that goes. */
export function carried(price: Money, voucher: Appointment['voucher']): Repriced {
  if (voucher == null) return { price };
  const discount = Math.min(voucher.discount, price.amount);
  return { price: { ...price, amount: price.amount - discount }, voucher: { ...voucher, discount } };
}

/**
 * In the place of what `terms` say. A price that is said alone is what there is to pay: nothing of it counts as taken off, and the voucher stays used; the
 * price it has by then anyway changes nothing. Said together with a voucher, it is what that is taken off.
 */
export async function editedVoucher(parts: Booking, caller: Caller, { appointment, body, terms, serviceId }: Wanted): Promise<Edited | Failed> {
  const { price: said, voucherCode: code } = body;
  const has = terms.voucher === undefined ? appointment.voucher : terms.voucher;
  const now = terms.price ?? appointment.price;
  if (code === undefined) return said === undefined || said.amount === now.amount || !has ? {} : { price: said, voucher: { ...has, discount: 0 } };
  const price = said ?? { ...now, amount: now.amount + (has?.discount ?? 0) };
  if (code === null) return has ? { price, voucher: null } : {};
  const same = await parts.vouchers.byCode(code);
  const isHad = same !== undefined && same.id === has?.voucherId;
  if (isHad && said === undefined && terms.price === undefined) return {};
  const voucher = isHad ? stillFor(same, { serviceId, price, at: parts.scheduler.now() }) : await voucherFor(parts, caller, code, { serviceId, price });
  if (isFailed(voucher)) return voucher;
  const agreed = { voucherId: voucher.id, discount: discountOf(price, voucher) };
  const refused = isHad ? undefined : await refuseUsedUp(parts, agreed, appointment.customerId);
  return refused ?? { price: { ...price, amount: price.amount - agreed.discount }, voucher: agreed };
}

/** What it has stays, also where the voucher has ended since; of another price or service it is asked anew what it is for. */
function stillFor(voucher: Voucher, wanted: Parameters<typeof refusalOf>[1]): Voucher | Failed {
  const refusal = refusalOf(voucher, wanted);
  return refusal?.code === 'voucher-not-for-this' ? failed(refusal.code, { detail: refusal.detail }) : voucher;
}
