// Requests to the double, read and refused as strictly as Stripe does.
import { randomBytes, timingSafeEqual } from 'node:crypto';

export type Made = { readonly status: number; readonly body: object };

/** As Stripe’s parameters of each call; anything else is refused by name. */
const PARAMETERS = {
  create:
    /^(amount|currency|description|payment_method_types\[\d+\]|metadata\[\w+\]|customer|setup_future_usage|payment_method|confirm|off_session|capture_method)$/,
  cancel: /^cancellation_reason$/,
  capture: /^amount_to_capture$/,
  read: /^expand\[0\]$/,
  confirm: /^(client_secret|card|authenticated)$/,
  refund: /^(payment_intent|amount|metadata\[\w+\])$/,
  list: /^(payment_intent|limit)$/,
  listOfCustomer: /^(customer|limit)$/,
  customer: /^metadata\[\w+\]$/,
  setup: /^(customer|usage|description|payment_method_types\[\d+\]|metadata\[\w+\])$/,
  balance: /^(created\[(gte|lt)\]|limit|starting_after|expand\[0\])$/,
  none: /^$/,
} as const;
type StripeRefusal = {
  readonly type: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly message: string;
  readonly param?: string;
  /** What a declined card has left behind. */
  readonly payment_intent?: object;
};

/** A refusal, as Stripe words it. */
export class Refused extends Error {
  readonly made: Made;

  constructor(status: number, error: StripeRefusal) {
    super(error.message);
    this.made = { status, body: { error } };
  }
}

export function known(parameters: URLSearchParams, call: keyof typeof PARAMETERS): URLSearchParams {
  for (const name of parameters.keys())
    if (!PARAMETERS[call].test(name))
      throw new Refused(400, { type: 'invalid_request_error', code: 'parameter_unknown', message: `Received unknown parameter: ${name}`, param: name });
  return parameters;
}

export function wholeOf(parameters: URLSearchParams, name: string, most: number): number {
  const value = parameters.get(name) ?? '';
  if (/^\d{1,8}$/.test(value) && Number(value) <= most) return Number(value);
  throw new Refused(400, { type: 'invalid_request_error', code: 'parameter_invalid_integer', message: `Invalid integer: ${value}`, param: name });
}

export function metadataOf(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...parameters].flatMap(([name, value]) => (name.startsWith('metadata[') ? [[name.slice(9, -1), value]] : [])));
}

export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export function word(): string {
  return randomBytes(12).toString('hex');
}
