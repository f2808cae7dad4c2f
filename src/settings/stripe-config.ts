// How customers pay, as STRIPE_… say. No message repeats what was set: there are secrets in it.

type StripeConfig = {
  readonly secretKey: string;
  /** While a secret is replaced, both are good. */
  readonly webhookSecrets: readonly string[];
  readonly publishableKey: string | null;
  readonly apiBase: string | null;
};

export type PayingConfig = {
  /** null: in the demo a double takes test cards, and otherwise nothing is paid online. */
  readonly stripe: StripeConfig | null;
  /** How long a customer may take to pay. */
  readonly paySeconds: number;
};

export const NO_PUBLISHABLE_KEY = 'STRIPE_SECRET_KEY is set without STRIPE_PUBLISHABLE_KEY: the booking page cannot ask for a card';
const DEFAULT_PAY_MINUTES = 10;
const SECONDS_OF_MINUTE = 60;
const OTHERS = ['STRIPE_API_BASE', 'STRIPE_PUBLISHABLE_KEY', 'STRIPE_WEBHOOK_SECRET'] as const;
type StripeSetting = (typeof OTHERS)[number] | 'STRIPE_SECRET_KEY';
const MOST_WEBHOOK_SECRETS = 2;

type Text = (name: StripeSetting) => string | undefined;
type Whole = (name: 'PAY_MINUTES', limits: { readonly otherwise: number; readonly least: number; readonly most: number }) => number;
type Report = (variable: StripeSetting, message: string) => void;

export function payingConfigOf(text: Text, whole: Whole, problem: Report): PayingConfig {
  return {
    stripe: stripeConfigOf(text, problem),
    paySeconds: whole('PAY_MINUTES', { otherwise: DEFAULT_PAY_MINUTES, least: 1, most: 60 }) * SECONDS_OF_MINUTE,
  };
}

/** null: there is no provider, or a setting is wrong, which has been reported then. */
function stripeConfigOf(text: Text, problem: Report): StripeConfig | null {
  const secretKey = text('STRIPE_SECRET_KEY');
  if (secretKey === undefined) {
    for (const name of OTHERS) if (text(name) !== undefined) problem(name, 'has no effect without STRIPE_SECRET_KEY');
    return null;
  }
  if (!/^[\x21-\x7e]+$/.test(secretKey)) problem('STRIPE_SECRET_KEY', 'must be the secret or a restricted key of the account, such as sk_test_…');
  const publishableKey = text('STRIPE_PUBLISHABLE_KEY') ?? null;
  if (publishableKey !== null && !/^pk_\w+$/.test(publishableKey))
    problem('STRIPE_PUBLISHABLE_KEY', 'must be the publishable key of the account, such as pk_test_…');
  return {
    secretKey,
    publishableKey,
    webhookSecrets: webhookSecretsOf(text('STRIPE_WEBHOOK_SECRET'), problem),
    apiBase: apiBaseOf(text('STRIPE_API_BASE'), problem),
  };
}

function webhookSecretsOf(value: string | undefined, problem: Report): readonly string[] {
  const secrets = (value ?? '').split(',').map((secret) => secret.trim());
  if (value === undefined) problem('STRIPE_WEBHOOK_SECRET', 'is required with STRIPE_SECRET_KEY: Stripe signs with it what it tells');
  else if (secrets.length > MOST_WEBHOOK_SECRETS || secrets.includes(''))
    problem('STRIPE_WEBHOOK_SECRET', `must be one signing secret such as whsec_…, or while it is replaced ${MOST_WEBHOOK_SECRETS}, separated by a comma`);
  return secrets;
}

function apiBaseOf(value: string | undefined, problem: Report): string | null {
  if (value === undefined) return null;
  const url = URL.parse(value);
  const isGood = url !== null && /^https?:$/.test(url.protocol) && url.origin === value.replace(/\/$/, '');
  if (!isGood) problem('STRIPE_API_BASE', 'must be an origin such as https://api.stripe.com');
  return value;
}
