// What the double refuses, as Stripe does: a request that it takes by mistake would hide a mistake of ours.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Deliveries } from '../../src/integrations/stripe-double/deliveries.ts';
import { StripeDouble } from '../../src/integrations/stripe-double/stripe-double.ts';

type Answer = { readonly status: number; readonly body: { readonly [name: string]: unknown } };

function opened() {
  const double = new StripeDouble({ secretKey: 'sk_test_double', webhookSecret: 'whsec_double', now: () => 0, deliveries: new Deliveries() });
  const ask = (method: string, path: string, asked: Readonly<Record<string, string>> = {}, key?: string): Answer => {
    const headers = new Headers({ authorization: 'Bearer sk_test_double', ...(key !== undefined && { 'idempotency-key': key }) });
    const query = method === 'GET' ? `?${new URLSearchParams(asked)}` : '';
    const { status, body } = double.answer(method, new URL(`/v1/${path}${query}`, 'http://stripe'), headers, String(new URLSearchParams(asked)));
    return { status, body: body as Answer['body'] };
  };
  const customer = String(ask('POST', 'customers', { 'metadata[paymentId]': 'p' }).body.id);
  const keep = (card: string, authenticated: boolean | null = null): string => {
    const setup = ask('POST', 'setup_intents', { customer, usage: 'off_session', 'payment_method_types[0]': 'card' });
    double.pay(String(setup.body.client_secret), card, authenticated);
    return String(ask('GET', `setup_intents/${setup.body.id}`).body.payment_method);
  };
  return { double, ask, customer, keep };
}

const errorOf = ({ status, body }: Answer) => {
  const { code, param, type } = body.error as Readonly<Record<string, string | undefined>>;
  return [status, code ?? param ?? type];
};
const MONEY = { amount: '2000', currency: 'eur' };
const OFF = { confirm: 'true', off_session: 'true' };

suite('a kept card at the double of Stripe', () => {
  test('is charged without its owner only where it belongs to the customer, and in one step', () => {
    const { double, ask, customer, keep } = opened();
    const payment_method = keep('4242424242424242');
    for (const [asked, refused] of [
      [{ ...MONEY, customer, payment_method }, 'payment_method'],
      [{ ...MONEY, customer, payment_method, off_session: 'true' }, 'off_session'],
      [{ ...MONEY, ...OFF, customer }, 'payment_method'],
      [{ ...MONEY, ...OFF, payment_method }, 'payment_method'],
      [{ ...MONEY, ...OFF, customer: 'cus_none', payment_method }, 'resource_missing'],
      [{ ...MONEY, ...OFF, customer, payment_method: 'pm_none' }, 'resource_missing'],
      [{ ...MONEY, setup_future_usage: 'off_session' }, 'customer'],
      [{ ...MONEY, setup_future_usage: 'on_session', customer }, 'setup_future_usage'],
      [{ ...MONEY, ...OFF, customer, payment_method, receipt_email: 'ada@example.org' }, 'parameter_unknown'],
    ] as const)
      assert.deepEqual(errorOf(ask('POST', 'payment_intents', asked)), [400, refused], JSON.stringify(asked));
    const { status, body } = ask('POST', 'payment_intents', { ...MONEY, ...OFF, customer, payment_method });
    assert.deepEqual([status, body.status, body.amount_received], [200, 'succeeded', 2_000]);
    double.detachCards();
    assert.deepEqual(errorOf(ask('POST', 'payment_intents', { ...MONEY, ...OFF, customer, payment_method })), [400, 'payment_method']);
  });

  test('that is declined leaves a payment behind, once for its key', () => {
    const { ask, customer, keep } = opened();
    for (const [card, code] of [
      ['4000000000000341', 'card_declined'],
      ['4000002760003184', 'authentication_required'],
    ] as const) {
      const payment_method = keep(card, card === '4000002760003184' ? true : null);
      const asked = { ...MONEY, ...OFF, customer, payment_method };
      const [first, again] = [ask('POST', 'payment_intents', asked, card), ask('POST', 'payment_intents', asked, card)];
      assert.deepEqual(errorOf(first), [402, code]);
      assert.deepEqual(again, first);
      const left = (first.body.error as { payment_intent: { id: string; status: string } }).payment_intent;
      assert.equal(left.status, 'requires_payment_method');
    }
    assert.equal((ask('GET', 'payment_intents', { customer }).body.data as unknown[]).length, 2);
  });

  test('is kept only with a usage and a customer, and is gone with the customer', () => {
    const { ask, customer, keep } = opened();
    assert.deepEqual(errorOf(ask('POST', 'setup_intents', { customer })), [400, 'usage']);
    assert.deepEqual(errorOf(ask('POST', 'setup_intents', { usage: 'off_session' })), [400, 'customer']);
    const setup = ask('POST', 'setup_intents', { customer, usage: 'off_session' });
    assert.equal(ask('POST', `setup_intents/${setup.body.id}/cancel`, { cancellation_reason: 'abandoned' }).body.status, 'canceled');
    assert.deepEqual(errorOf(ask('POST', `setup_intents/${setup.body.id}/cancel`)), [400, 'setup_intent_unexpected_state']);
    const method = keep('4242424242424242');
    assert.equal(ask('GET', `payment_methods/${method}`).body.customer, customer);
    assert.deepEqual(ask('DELETE', `customers/${customer}`).body, { id: customer, object: 'customer', deleted: true });
    assert.equal(ask('GET', `payment_methods/${method}`).body.customer, null);
    assert.deepEqual(errorOf(ask('DELETE', `customers/${customer}`)), [404, 'resource_missing']);
  });
});

suite('what is reserved at the double of Stripe', () => {
  const reserve = (amount = '2000') => {
    const opening = opened();
    const intent = opening.ask('POST', 'payment_intents', { amount, currency: 'eur', capture_method: 'manual' }).body;
    opening.double.pay(String(intent.client_secret), '4242424242424242', null);
    const capture = (amount_to_capture: string) => opening.ask('POST', `payment_intents/${intent.id}/capture`, { amount_to_capture });
    return { ...opening, path: `payment_intents/${intent.id}`, capture };
  };

  test('is taken once, never more than there is, and what is left of it is let go', () => {
    const { double, ask, path, capture } = reserve();
    const { status, amount_received, amount_capturable } = ask('GET', path).body;
    assert.deepEqual([status, amount_received, amount_capturable, Object.keys(double.state.transactions).length], ['requires_capture', 0, 2_000, 0]);
    const told = ask('GET', path, { 'expand[0]': 'latest_charge' }).body.latest_charge as { payment_method_details: { card: { capture_before: number } } };
    assert.equal(told.payment_method_details.card.capture_before, 7 * 24 * 60 * 60);
    assert.deepEqual(errorOf(capture('2001')), [400, 'amount_too_large']);
    assert.deepEqual(errorOf(capture('49')), [400, 'amount_too_small']);
    assert.deepEqual(errorOf(ask('POST', `${path}/capture`, { amount: '100' })), [400, 'parameter_unknown']);
    assert.deepEqual([capture('500').body.amount_received, ask('GET', path).body.amount_capturable], [500, 0]);
    assert.deepEqual(errorOf(capture('500')), [400, 'payment_intent_unexpected_state']);
    assert.deepEqual(errorOf(ask('POST', `${path}/cancel`)), [400, 'payment_intent_unexpected_state']);
    assert.deepEqual(
      Object.values(double.state.transactions).map(({ amount }) => amount),
      [500],
    );
  });

  test('is let go when it is cancelled, or when its time is over, and is not taken after that', () => {
    const { ask, path, capture } = reserve();
    assert.equal(ask('POST', `${path}/cancel`, { cancellation_reason: 'abandoned' }).body.status, 'canceled');
    assert.deepEqual(errorOf(capture('500')), [400, 'payment_intent_unexpected_state']);
    const late = reserve();
    for (const id of Object.keys(late.double.state.reserved)) late.double.state.reserved[id] = 0;
    assert.deepEqual([late.ask('GET', late.path).body.status, late.ask('GET', late.path).body.cancellation_reason], ['canceled', 'automatic']);
    assert.deepEqual(errorOf(late.capture('500')), [400, 'payment_intent_unexpected_state']);
  });

  test('is asked for only in words that Stripe knows', () =>
    assert.deepEqual(errorOf(opened().ask('POST', 'payment_intents', { ...MONEY, capture_method: 'later' })), [400, 'capture_method']));
});
