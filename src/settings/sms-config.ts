// How text messages leave, as SMS_… say. No message repeats what was set: there are secrets in it.

import { SMS_PROVIDERS, type SmsProviderName } from '../messages/sms-port.ts';
import { isCountry } from '../model/countries.ts';

export type SmsConfig = {
  /** Where the API is. */
  readonly url: string;
  readonly token: string;
  readonly from: string;
  /** What a segment costs in each country that is texted, in ten-thousandths. */
  readonly perSegment: ReadonlyMap<string, number>;
  /** In ten-thousandths. */
  readonly costPerDay: number;
  readonly perHour: number;
  readonly perDay: number;
} & (
  | { readonly provider: 'twilio'; readonly account: string /** Callbacks signed with it are good, too. */; readonly oldToken: string | null }
  | { readonly provider: 'http'; readonly secret: string }
);

const SMS_SETTINGS = [
  'SMS_ACCOUNT',
  'SMS_COST_PER_DAY',
  'SMS_COUNTRIES',
  'SMS_FROM',
  'SMS_PER_DAY',
  'SMS_PER_HOUR',
  'SMS_PROVIDER',
  'SMS_SECRET',
  'SMS_TOKEN',
  'SMS_TOKEN_OLD',
  'SMS_URL',
] as const;
type SmsSetting = (typeof SMS_SETTINGS)[number];

const TWILIO_URL = 'https://api.twilio.com';
/** Money has up to four decimals, as providers list their prices. */
const UNIT = 10_000;
const MOST_COST = 1_000_000 * UNIT;
/** Enough for a business with some hundred appointments a day, and an end to a flood. */
const DEFAULTS = { costPerDay: 20 * UNIT, perHour: 200, perDay: 1_000 };
const MOST_TEXTS = 10_000_000;
const FROM = { number: /^\+[1-9]\d{6,14}$/, shortCode: /^\d{3,8}$/, name: /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/, service: /^MG[0-9a-f]{32}$/ };

type Text = (name: SmsSetting | 'PUBLIC_URL') => string | undefined;
type Whole = (name: 'SMS_PER_HOUR' | 'SMS_PER_DAY', limits: { readonly otherwise: number; readonly least: number; readonly most: number }) => number;
type Report = (variable: SmsSetting | 'PUBLIC_URL', message: string) => void;

/** null: there is no provider, or a setting is wrong, which has been reported then. */
export function smsConfigOf(text: Text, whole: Whole, problem: Report): SmsConfig | null {
  const provider = SMS_PROVIDERS.find((name) => name === text('SMS_PROVIDER'));
  if (provider === undefined) {
    if (text('SMS_PROVIDER') !== undefined) problem('SMS_PROVIDER', `must be one of ${SMS_PROVIDERS.join(', ')}`);
    else for (const name of SMS_SETTINGS) if (text(name) !== undefined) problem(name, 'has no effect without SMS_PROVIDER');
    return null;
  }
  if (text('PUBLIC_URL') === undefined)
    problem('PUBLIC_URL', 'is required with SMS_PROVIDER: the provider reports to it, and people who answer STOP are heard there');
  const required = (name: SmsSetting, advice: string, isGood: (value: string) => boolean): string => {
    const value = text(name);
    if (value === undefined || !isGood(value))
      problem(name, value === undefined ? `is required with SMS_PROVIDER=${provider}: ${advice}` : `must be ${advice}`);
    return value ?? '';
  };
  const from = required('SMS_FROM', fromAdvice(provider), (value) => isFrom(value, provider));
  const token = required('SMS_TOKEN', provider === 'twilio' ? 'the auth token of the account' : 'what the provider knows this server by', (value) =>
    /^[\x21-\x7e]+$/.test(value),
  );
  const common = {
    ...{ from, token, url: urlOf(text('SMS_URL'), provider, problem) },
    perSegment: pricesOf(text('SMS_COUNTRIES'), problem),
    costPerDay: costOf(text('SMS_COST_PER_DAY'), problem),
    perHour: whole('SMS_PER_HOUR', { otherwise: DEFAULTS.perHour, least: 1, most: MOST_TEXTS }),
    perDay: whole('SMS_PER_DAY', { otherwise: DEFAULTS.perDay, least: 1, most: MOST_TEXTS }),
  };
  const other = provider === 'twilio' ? 'SMS_SECRET' : 'SMS_ACCOUNT';
  if (text(other) !== undefined) problem(other, `has no effect with SMS_PROVIDER=${provider}`);
  const oldToken = text('SMS_TOKEN_OLD') ?? null;
  if (oldToken !== null && (provider !== 'twilio' || oldToken === token || !/^[\x21-\x7e]+$/.test(oldToken)))
    problem('SMS_TOKEN_OLD', provider === 'twilio' ? 'must be the auth token before, and not SMS_TOKEN' : `has no effect with SMS_PROVIDER=${provider}`);
  if (provider === 'twilio')
    return {
      provider,
      ...common,
      oldToken,
      account: required('SMS_ACCOUNT', 'the SID of the account, AC and 32 digits', (value) => /^AC[0-9a-f]{32}$/.test(value)),
    };
  const secret = required('SMS_SECRET', 'whsec_ and at least 24 bytes in Base64, which the provider signs with', isSecret);
  return { provider, ...common, secret };
}

function fromAdvice(provider: SmsProviderName): string {
  const plain = 'a number such as +49301234567, a short code, or a name of up to 11 letters and digits';
  return provider === 'twilio' ? `${plain}, or the SID of a messaging service` : plain;
}

function isFrom(value: string, provider: SmsProviderName): boolean {
  return FROM.number.test(value) || FROM.shortCode.test(value) || FROM.name.test(value) || (provider === 'twilio' && FROM.service.test(value));
}

function isSecret(value: string): boolean {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
  return base64 !== undefined && Buffer.from(base64, 'base64').length >= 24;
}

function urlOf(value: string | undefined, provider: SmsProviderName, problem: Report): string {
  if (value === undefined && provider === 'twilio') return TWILIO_URL;
  const url = URL.parse(value ?? '');
  const isGood = url !== null && /^https?:$/.test(url.protocol) && [url.username, url.password, url.hash].every((part) => part === '');
  if (!isGood)
    problem(
      'SMS_URL',
      value === undefined ? 'is required with SMS_PROVIDER=http: where texts are sent to' : 'must be an https address, without a user name, a password or #',
    );
  return (value ?? '').replace(/\/+$/, '');
}

/** `DE:0.0750, AT:0.08`: only these countries are texted, and what a segment costs there is known, so that a day's cost has a limit. */
function pricesOf(value: string | undefined, problem: Report): SmsConfig['perSegment'] {
  const prices = new Map<string, number>();
  const advice = 'countries that are texted with the price of a segment, such as DE:0.075, AT:0.08';
  if (value === undefined) problem('SMS_COUNTRIES', `is required with SMS_PROVIDER: ${advice}`);
  for (const [index, entry] of (value ?? '').split(',').entries()) {
    const [, country = '', price = ''] = /^\s*([A-Z]{2})\s*:\s*(\d{1,4}(?:\.\d{1,4})?)\s*$/.exec(entry) ?? [];
    if (value !== undefined && (!isCountry(country) || prices.has(country) || amountOf(price) === 0))
      problem('SMS_COUNTRIES', `must be ${advice}; number ${index + 1} is not, or is there twice`);
    prices.set(country, amountOf(price));
  }
  return prices;
}

function costOf(value: string | undefined, problem: Report): number {
  if (value === undefined) return DEFAULTS.costPerDay;
  const isGood = /^\d{1,7}(\.\d{1,4})?$/.test(value) && amountOf(value) > 0 && amountOf(value) <= MOST_COST;
  if (!isGood) problem('SMS_COST_PER_DAY', 'must be an amount such as 20 or 7.50, in the currency of SMS_COUNTRIES, up to 1000000');
  return isGood ? amountOf(value) : DEFAULTS.costPerDay;
}

function amountOf(text: string): number {
  return Math.round(Number(text) * UNIT);
}
