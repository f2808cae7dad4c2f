// Cards that customers of the double have agreed to keep: customers, their cards, and SetupIntents.
import type Stripe from 'stripe';
import { isSame, known, metadataOf, Refused, word } from './double-requests.ts';
import { DECLINED, type Decline, type TestCard } from './test-cards.ts';

type Setup = Stripe.SetupIntent;
type Customer = Pick<Stripe.Customer, 'id' | 'object' | 'created' | 'livemode' | 'metadata'>;
type Method = Pick<Stripe.PaymentMethod, 'id' | 'object' | 'created' | 'customer' | 'livemode' | 'type'> & { readonly later: Decline | null };
/** JSON, as the rest of the double’s state. `later`: what a card says to a charge without its owner. */
export type CardState = {
  readonly customers: Record<string, Customer>;
  readonly methods: Record<string, Method>;
  readonly setups: Record<string, Setup>;
};
type Around = { readonly now: () => number; readonly tell: (type: Stripe.Event['type'], object: Setup) => void };
/** What a new PaymentIntent says of a kept card. `method`: it is charged at once, without its owner. */
type Asked = { readonly customer: string | null; readonly setup_future_usage: 'off_session' | null; readonly method: string | null };

export class SavedCards {
  readonly #state: CardState;
  readonly #around: Around;

  constructor(state: CardState, around: Around) {
    this.#state = state;
    this.#around = around;
  }

  /** `undefined`: the request is not about cards. */
  made(method: string, path: string, parameters: URLSearchParams): object | undefined {
    const [, kind = '', id = '', act = ''] = /^\/v1\/(customers|payment_methods|setup_intents)(?:\/(\w+)(?:\/(\w+))?)?$/.exec(path) ?? [];
    switch (`${method} ${kind}${id === '' ? '' : '/id'}${act === '' ? '' : `/${act}`}`) {
      case 'POST customers':
        return this.#customer(known(parameters, 'customer'));
      case 'DELETE customers/id':
        return this.#remove(id);
      case 'GET payment_methods/id':
        return toldOf(found(this.#state.methods[id], 'PaymentMethod', id));
      case 'POST setup_intents':
        return this.#begin(known(parameters, 'setup'));
      case 'GET setup_intents/id':
        return found(this.#state.setups[id], 'setupintent', id);
      case 'POST setup_intents/id/cancel':
        return this.#cancel(found(this.#state.setups[id], 'setupintent', id), known(parameters, 'cancel'));
      default:
        return undefined;
    }
  }

  #customer(parameters: URLSearchParams): Customer {
    const made = { id: `cus_${word()}`, object: 'customer', created: this.#around.now(), livemode: false, metadata: metadataOf(parameters) } as const;
    this.#state.customers[made.id] = made;
    return made;
  }

  /** Its cards cannot be used any more. */
  #remove(id: string): Stripe.DeletedCustomer {
    found(this.#state.customers[id], 'customer', id);
    delete this.#state.customers[id];
    for (const method of Object.values(this.#state.methods)) if (method.customer === id) this.#state.methods[method.id] = { ...method, customer: null };
    return { id, object: 'customer', deleted: true };
  }

  detachAll(): void {
    for (const method of Object.values(this.#state.methods)) this.#state.methods[method.id] = { ...method, customer: null };
  }

  /** The card of a customer, with which they have paid or which they have confirmed. */
  attach(customer: string, card: TestCard): string {
    const id = `pm_${word()}`;
    this.#state.methods[id] = { id, object: 'payment_method', created: this.#around.now(), customer, livemode: false, type: 'card', later: card.later ?? null };
    return id;
  }

  askedOf(parameters: URLSearchParams): Asked {
    const [customer, usage, method] = ['customer', 'setup_future_usage', 'payment_method'].map((name) => parameters.get(name));
    const [isConfirmed, isOff] = [parameters.get('confirm') === 'true', parameters.get('off_session') === 'true'];
    if (customer != null) found(this.#state.customers[customer], 'customer', customer, 400);
    if (usage != null && usage !== 'off_session') throw wrong('setup_future_usage', 'Invalid setup_future_usage: must be one of off_session');
    if (usage != null && customer == null) throw wrong('customer', 'A card can only be kept for a customer.');
    if (isOff && !isConfirmed) throw wrong('off_session', 'You can only set off_session when confirming');
    if (isConfirmed && method == null) throw wrong('payment_method', 'You cannot confirm this PaymentIntent because it is missing a payment method.');
    if (method != null && !isConfirmed) throw wrong('payment_method', 'This double takes a payment method only with confirm.');
    if (method != null) this.#ofCustomer(method, customer ?? null);
    return { customer: customer ?? null, setup_future_usage: usage ?? null, method: method ?? null };
  }

  #ofCustomer(id: string, customer: string | null): void {
    const method = found(this.#state.methods[id], 'PaymentMethod', id, 400);
    if (method.customer === null || method.customer !== customer)
      throw wrong('payment_method', `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`);
  }

  declineOf(methodId: string): Decline | null {
    return this.#state.methods[methodId]?.later ?? null;
  }

  #begin(parameters: URLSearchParams): Setup {
    const customer = parameters.get('customer');
    if (customer === null) throw wrong('customer', 'This double keeps a card only for a customer.');
    found(this.#state.customers[customer], 'customer', customer, 400);
    if (parameters.get('usage') !== 'off_session') throw wrong('usage', 'Invalid usage: must be one of off_session');
    const id = `seti_${word()}`;
    const asked = { id, created: this.#around.now(), customer, description: parameters.get('description'), metadata: metadataOf(parameters) };
    return this.#keep(newSetup({ ...asked, client_secret: `${id}_secret_${word()}` }), 'setup_intent.created');
  }

  #cancel(setup: Setup, _parameters: URLSearchParams): Setup {
    if (setup.status !== 'requires_payment_method' && setup.status !== 'requires_action')
      throw new Refused(400, {
        type: 'invalid_request_error',
        code: 'setup_intent_unexpected_state',
        message: `You cannot cancel this SetupIntent because it has a status of ${setup.status}.`,
      });
    return this.#keep({ ...setup, status: 'canceled', cancellation_reason: 'abandoned', next_action: null }, 'setup_intent.canceled');
  }

  /** A page confirms a card, which is kept from then on. `undefined`: it is not the secret of a SetupIntent. */
  setUp(clientSecret: string, card: TestCard, authenticated: boolean | null) {
    const setup = Object.values(this.#state.setups).find((one) => one.client_secret !== null && isSame(one.client_secret, clientSecret));
    if (setup === undefined) return undefined;
    if (setup.status !== 'requires_payment_method' && setup.status !== 'requires_action') return { status: setup.status, message: null };
    const { status, last_setup_error } = this.#confirmed(setup, card, authenticated);
    return { status, message: last_setup_error?.message ?? null };
  }

  #confirmed(setup: Setup, card: TestCard, authenticated: boolean | null): Setup {
    const asks = card.outcome === 'authenticate';
    if (asks && authenticated === null) {
      const next_action = { type: 'use_stripe_sdk' } as const;
      return this.#keep({ ...setup, status: 'requires_action', next_action, last_setup_error: null }, 'setup_intent.requires_action');
    }
    const declined = asks && authenticated === false ? SETUP_FAILED : card.outcome === 'authenticate' ? null : card.outcome;
    if (declined !== null) {
      const failed = { ...setup, status: 'requires_payment_method', next_action: null, last_setup_error: { type: 'card_error', ...declined } } as const;
      return this.#keep(failed, 'setup_intent.setup_failed');
    }
    const payment_method = this.attach(String(setup.customer), card);
    return this.#keep({ ...setup, status: 'succeeded', payment_method, next_action: null, last_setup_error: null }, 'setup_intent.succeeded');
  }

  #keep(setup: Setup, type: Stripe.Event['type']): Setup {
    this.#state.setups[setup.id] = setup;
    this.#around.tell(type, setup);
    return setup;
  }
}

const SETUP_FAILED = { code: 'setup_intent_authentication_failure', message: DECLINED.authentication.message } as const;

function toldOf({ later: _, ...method }: Method): object {
  return method;
}

function wrong(param: string, message: string): Refused {
  return new Refused(400, { type: 'invalid_request_error', message, param });
}

function found<Kept>(kept: Kept | undefined, name: string, id: string, status = 404): Kept {
  if (kept !== undefined) return kept;
  throw new Refused(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${name}: '${id}'`,
    param: name === 'customer' ? 'customer' : 'intent',
  });
}

function newSetup(asked: Pick<Setup, 'id' | 'client_secret' | 'created' | 'customer' | 'description' | 'metadata'>): Setup {
  return {
    ...asked,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    excluded_payment_method_types: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: 'off_session',
  } satisfies Stripe.SetupIntent;
}
