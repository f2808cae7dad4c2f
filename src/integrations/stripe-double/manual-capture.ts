// PaymentIntents that reserve an amount on a card and take it later, as strictly as Stripe does.
import type Stripe from 'stripe';
import { chargeOf } from './balance.ts';
import { Refused, wholeOf, word } from './double-requests.ts';

type Intent = Stripe.PaymentIntent;
/** As long as most banks keep what is reserved. */
export const RESERVED_SECONDS = 7 * 24 * 60 * 60;
const SMALLEST_AMOUNT = 50;

export function captureMethodOf(parameters: URLSearchParams): 'automatic' | 'manual' {
  const method = parameters.get('capture_method') ?? 'automatic';
  if (method === 'automatic' || method === 'manual') return method;
  throw new Refused(400, { type: 'invalid_request_error', message: 'Invalid capture_method: must be one of automatic or manual', param: 'capture_method' });
}

export function reservedIntent(intent: Intent): Intent {
  const kept = { ...intent, status: 'requires_capture', next_action: null, last_payment_error: null, latest_charge: `ch_${word()}` } as const;
  return { ...kept, amount_capturable: intent.amount };
}

/** Refuses what is not reserved any more, and more than is. */
export function amountToCapture(intent: Intent, parameters: URLSearchParams, most: number): number {
  const refused = (code: string, message: string, param?: string) =>
    new Refused(400, { type: 'invalid_request_error', code, message, ...(param !== undefined && { param }) });
  if (intent.status !== 'requires_capture')
    throw refused('payment_intent_unexpected_state', `This PaymentIntent could not be captured because it has a status of ${intent.status}.`);
  const amount = parameters.has('amount_to_capture') ? wholeOf(parameters, 'amount_to_capture', most) : intent.amount_capturable;
  if (amount > intent.amount_capturable)
    throw refused('amount_too_large', 'The amount to capture must be less than or equal to the original amount.', 'amount_to_capture');
  if (amount < SMALLEST_AMOUNT) throw refused('amount_too_small', 'Amount is too small', 'amount_to_capture');
  return amount;
}

/** With its charge, if that is asked for: it says when the bank lets go. */
export function chargeTold(intent: Intent, parameters: URLSearchParams, captureBefore: number | undefined): object {
  if (parameters.get('expand[0]') !== 'latest_charge' || captureBefore === undefined) return intent;
  const payment_method_details = { type: 'card', card: { capture_before: captureBefore } };
  return { ...intent, latest_charge: { ...chargeOf(intent), payment_method_details } };
}
