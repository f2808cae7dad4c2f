// The provider’s own form, from the provider’s own host: cards never come near this server. Loaded only for the pay step.
import { words } from './languages.ts';

type Appearing = { mount(element: HTMLElement): void; destroy(): void };
type Elements = { create(kind: 'payment'): Appearing; submit(): Promise<{ readonly error?: { readonly message?: string } }> };
type Confirmed = { readonly error?: { readonly message?: string } };
type Confirming = {
  readonly elements: Elements;
  readonly confirmParams: { readonly return_url: string };
  readonly redirect: 'if_required';
};
/** As much of Stripe.js as is used here: https://docs.stripe.com/js */
type StripeJs = {
  elements(options: { readonly clientSecret: string }): Elements;
  confirmPayment(options: Confirming): Promise<Confirmed>;
  confirmSetup(options: Confirming): Promise<Confirmed>;
};
type WithStripe = { readonly Stripe?: (publishableKey: string) => StripeJs };

const SCRIPT = 'https://js.stripe.com/v3/';
let loading: Promise<void> | undefined;

function load(): Promise<void> {
  loading ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src: SCRIPT });
    script.onload = () => resolve();
    script.onerror = () => reject(new Error('the form of the payment provider could not be loaded'));
    document.head.append(script);
  });
  return loading.catch((failure: unknown) => {
    loading = undefined;
    throw failure;
  });
}

/** `confirm` pays with what was entered, or keeps the card where nothing is due; a message is why not. */
export type StripeForm = { confirm(): Promise<string | undefined>; destroy(): void };

export async function openStripeForm(element: HTMLElement, publishableKey: string, clientSecret: string): Promise<StripeForm> {
  await load();
  const stripe = (window as WithStripe).Stripe?.(publishableKey);
  if (stripe === undefined) throw new Error('the form of the payment provider is not there');
  const elements = stripe.elements({ clientSecret });
  const form = elements.create('payment');
  form.mount(element);
  return {
    async confirm() {
      const asked: Confirming = { elements, confirmParams: { return_url: location.href }, redirect: 'if_required' };
      const { error } = await (clientSecret.startsWith('seti_') ? stripe.confirmSetup(asked) : stripe.confirmPayment(asked));
      return error === undefined ? undefined : (error.message ?? words.value.pay.declined);
    },
    destroy: () => form.destroy(),
  };
}
