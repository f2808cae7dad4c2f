import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { isTooLong, LONGEST_PASSWORD_BYTES } from '../accounts/passwords.ts';
import { isThisMachine } from '../model/this-machine.ts';
import { SHORTEST_PASSWORD } from '../protocol/password-rules.ts';
import { type EmailLimits, emailsOf, type GuestBookings, guestBookingsOf, type Retention, retentionOf } from './limit-config.ts';
import { type MailConfig, mailConfigOf } from './mail-config.ts';
import { outsideAllowOf } from './outside-config.ts';
import { type SmsConfig, smsConfigOf } from './sms-config.ts';
import { NO_PUBLISHABLE_KEY, type PayingConfig, payingConfigOf } from './stripe-config.ts';

export type DatabaseConfig = { readonly kind: 'postgres'; readonly url: string } | { readonly kind: 'pglite'; readonly directory: string };
export type DemoConfig = { readonly isOn: false } | { readonly isOn: true; readonly password: string };

export type Config = PayingConfig & {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  readonly corsOrigins: readonly string[];
  /** Names under which the server is asked, besides those of `PUBLIC_URL` and `HOST`, as a browser spells them. */
  readonly allowedHosts: readonly string[];
  /** null: made once and kept in the data directory. */
  readonly jwtSecret: string | null;
  /** What tokens may be signed with besides: secrets of before a rotation, or of after the next. */
  readonly otherJwtSecrets: readonly string[];
  readonly database: DatabaseConfig;
  /** What several nodes have in common beside the database; null is one node. */
  readonly redis: { readonly url: string } | null;
  /** null: e-mails are kept, and the owner hands them on. */
  readonly mail: MailConfig | null;
  /** null: texts are kept, and the desk can read them. */
  readonly sms: SmsConfig | null;
  /** How long a node that is told to stop goes on serving while it says that it is not ready. */
  readonly drainSeconds: number;
  readonly dataDirectory: string;
  readonly demo: DemoConfig;
  readonly firstOwner: { readonly email: string; readonly password: string } | null;
  readonly holdSeconds: number;
  readonly rateLimitScale: number;
  readonly guestBookings: GuestBookings;
  readonly emails: EmailLimits;
  readonly trustedProxies: number;
  readonly retention: Retention;
  /** Hosts and addresses behind the guard that may be called all the same, as a URL spells them. */
  readonly outsideAllow: readonly string[];
  readonly logLevel: LogLevel;
};
const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Every variable that is read. */
const SETTINGS = [
  'ALLOWED_HOSTS',
  'CORS_ORIGINS',
  'DATABASE_URL',
  'DATA_DIR',
  'DEMO',
  'DEMO_PASSWORD',
  'DRAIN_SECONDS',
  'EMAILS_PER_DAY',
  'EMAILS_PER_HOUR',
  'GUEST_BOOKINGS_PER_ADDRESS',
  'GUEST_BOOKINGS_PER_EMAIL',
  'GUEST_BOOKINGS_PER_HOUR',
  'HOLD_SECONDS',
  'HOST',
  'JWT_SECRET',
  'JWT_SECRETS_OLD',
  'LOG_LEVEL',
  'MAIL_FROM',
  'OUTSIDE_ALLOW',
  'OWNER_EMAIL',
  'OWNER_PASSWORD',
  'PAY_MINUTES',
  'PORT',
  'PUBLIC_URL',
  'RATE_LIMIT_SCALE',
  'REDIS_URL',
  'RETENTION_AUDIT_DAYS',
  'RETENTION_CLAIM_DAYS',
  'RETENTION_LOG_DAYS',
  'RETENTION_POSITION_DAYS',
  'RETENTION_REQUEST_HOURS',
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
  'SMTP_URL',
  'STRIPE_API_BASE',
  'STRIPE_PUBLISHABLE_KEY',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'TRUSTED_PROXIES',
] as const;
type Setting = (typeof SETTINGS)[number];
/** So many letters away, a name is taken for a misspelt one. Short names are near to many others, such as HOST to HOME. */
const nearby = (name: string) => (name.length > 6 ? 2 : 1);

type Environment = { readonly [name: string]: string | undefined };
export type ConfigProblem = { readonly variable: string; readonly message: string };

const DEFAULT_PORT = 3000;
const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_HOLD_SECONDS = 300;
/** A balancer that asks once a second has noticed by then. A node of its own has nobody to hand over to, so it does not wait. */
const DEFAULT_DRAIN_SECONDS = { alone: 0, amongNodes: 2 };
const DEFAULT_DEMO_PASSWORD = 'demo-demo-demo';
const SECRET_BYTES = 32;
/** A guest's token is tried against each; and who rotates more often than that in the life of a link has another trouble. */
const MOST_OLD_SECRETS = 5;
/** Any of these says that this is not just a look around. */
const SETS_DEMO_OFF = [
  'DATABASE_URL',
  'REDIS_URL',
  'PUBLIC_URL',
  'CORS_ORIGINS',
  'JWT_SECRET',
  'SMTP_URL',
  'SMS_PROVIDER',
  'STRIPE_SECRET_KEY',
  'OWNER_EMAIL',
] as const;

/** What is set and has no effect, or not all of it, one sentence each: half of a pair, and names that look like misspelt settings. Values are not repeated. */
export function settingWarnings(environment: Environment): readonly string[] {
  const set = Object.keys(environment).filter((name) => environment[name]?.trim());
  const plain = (name: string) => name.toUpperCase().replaceAll('-', '_');
  return set.flatMap((name) => {
    if (name === 'STRIPE_SECRET_KEY' && !set.includes('STRIPE_PUBLISHABLE_KEY')) return [NO_PUBLISHABLE_KEY];
    if (SETTINGS.some((known) => known === name)) return [];
    const meant = SETTINGS.find((known) => distance(plain(name), known) <= nearby(known));
    return meant === undefined ? [] : [`${name} is set but has no effect; did you mean ${meant}?`];
  });
}

/** Reads the environment, pure. Returns every bad variable at once. No variable at all is a working server. */
export function readConfig(environment: Environment, directory: string): Config | readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const problem = (variable: string, message: string) => problems.push({ variable, message });
  const text = (name: Setting) => environment[name]?.trim() || undefined;
  const whole = (name: Setting, { otherwise, least, most }: { otherwise: number; least: number; most: number }) => {
    const value = text(name);
    if (value === undefined) return otherwise;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    problem(name, `must be a whole number from ${least} to ${most}`);
    return otherwise;
  };

  const database = databaseOf(text, directory, problem);
  const demo = demoOf(text, problem);
  const host = text('HOST') ?? DEFAULT_HOST;
  if (demo.isOn && !isThisMachine(host))
    problem('HOST', 'must be an address of this machine in the demo, which has well-known passwords; set DEMO=off to serve others');
  const publicUrl = publicUrlOf(text('PUBLIC_URL'), problem);
  const allowedHosts = hostsOf(text('ALLOWED_HOSTS'), problem);
  const trustedProxies = whole('TRUSTED_PROXIES', { otherwise: 0, least: 0, most: 10 });
  if (demo.isOn) checkDemo(text, { publicUrl, allowedHosts, trustedProxies }, problem);
  const redis = redisOf(text, problem);
  const jwtSecret = jwtSecretOf(text, database, problem);

  const config: Config = {
    host,
    port: whole('PORT', { otherwise: DEFAULT_PORT, least: 0, most: 65_535 }),
    publicUrl,
    corsOrigins: originsOf(text('CORS_ORIGINS'), problem),
    allowedHosts,
    jwtSecret,
    otherJwtSecrets: otherSecretsOf(text('JWT_SECRETS_OLD'), jwtSecret, problem),
    database,
    redis,
    mail: mailConfigOf(text('SMTP_URL'), text('MAIL_FROM'), problem),
    sms: smsConfigOf(text, whole, problem),
    ...payingConfigOf(text, whole, problem),
    drainSeconds: whole('DRAIN_SECONDS', { otherwise: redis === null ? DEFAULT_DRAIN_SECONDS.alone : DEFAULT_DRAIN_SECONDS.amongNodes, least: 0, most: 60 }),
    dataDirectory: resolve(directory, text('DATA_DIR') ?? 'data'),
    demo,
    firstOwner: firstOwnerOf(text, problem),
    holdSeconds: whole('HOLD_SECONDS', { otherwise: DEFAULT_HOLD_SECONDS, least: 1, most: 86_400 }),
    rateLimitScale: scaleOf(text('RATE_LIMIT_SCALE'), problem),
    trustedProxies,
    guestBookings: guestBookingsOf(whole),
    emails: emailsOf(whole),
    retention: retentionOf(whole, problem),
    outsideAllow: outsideAllowOf(listOf(text('OUTSIDE_ALLOW')), problem),
    logLevel: logLevelOf(text('LOG_LEVEL'), problem),
  };
  return problems.length > 0 ? problems : config;
}

/** As `readConfig` reads it, for programs that need nothing but the database. */
export function readDatabaseConfig(environment: Environment, directory: string): DatabaseConfig | readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const database = databaseOf(
    (name) => environment[name]?.trim() || undefined,
    directory,
    (variable, message) => problems.push({ variable, message }),
  );
  return problems.length > 0 ? problems : database;
}

type Report = (variable: string, message: string) => void;
type Text = (name: Setting) => string | undefined;

function databaseOf(text: Text, directory: string, problem: Report): DatabaseConfig {
  const url = text('DATABASE_URL');
  if (url === undefined) return { kind: 'pglite', directory: resolve(directory, text('DATA_DIR') ?? 'data') };
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) problem('DATABASE_URL', 'must look like postgres://user:password@host:5432/database');
  return { kind: 'postgres', url };
}

function jwtSecretOf(text: Text, database: DatabaseConfig, problem: Report): string | null {
  const secret = text('JWT_SECRET') ?? null;
  if (secret === null && database.kind === 'postgres')
    problem('JWT_SECRET', `is required with DATABASE_URL; for example: ${randomBytes(SECRET_BYTES).toString('base64url')}`);
  if (secret !== null && isShortSecret(secret)) problem('JWT_SECRET', `must have at least ${SECRET_BYTES} bytes`);
  return secret;
}

/** What is wrong is told by the place of a secret, never by the secret. */
function otherSecretsOf(value: string | undefined, current: string | null, problem: Report): readonly string[] {
  const secrets = listOf(value);
  const report = (message: string) => problem('JWT_SECRETS_OLD', message);
  if (secrets.length > 0 && current === null) report('requires JWT_SECRET, which signs tokens');
  if (secrets.length > MOST_OLD_SECRETS) report(`must be at most ${MOST_OLD_SECRETS} secrets, separated by commas`);
  for (const [index, secret] of secrets.entries()) {
    if (isShortSecret(secret)) report(`must contain only secrets of at least ${SECRET_BYTES} bytes; number ${index + 1} has ${Buffer.byteLength(secret)}`);
    if (secret === current) report(`must not contain JWT_SECRET; number ${index + 1} is the same`);
    if (secrets.indexOf(secret) < index) report(`must not repeat a secret; number ${index + 1} is a repeat`);
  }
  return secrets;
}

const isShortSecret = (secret: string): boolean => Buffer.byteLength(secret) < SECRET_BYTES;

function listOf(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function redisOf(text: Text, problem: Report): Config['redis'] {
  const url = text('REDIS_URL');
  if (url === undefined) return null;
  if (text('DATABASE_URL') === undefined) problem('REDIS_URL', 'requires DATABASE_URL: several nodes share one PostgreSQL');
  const parsed = URL.parse(url);
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol)) problem('REDIS_URL', 'must look like redis://user:password@host:6379, or rediss:// with TLS');
  return { url };
}

function demoOf(text: Text, problem: Report): DemoConfig {
  const value = text('DEMO')?.toLowerCase();
  const isOff = SETS_DEMO_OFF.some((name) => text(name) !== undefined);
  const isOn = value === undefined ? !isOff : ['on', 'true', '1', 'yes'].includes(value);
  if (value !== undefined && !isOn && !['off', 'false', '0', 'no'].includes(value)) problem('DEMO', 'must be on or off');
  if (!isOn) return { isOn: false };
  const password = text('DEMO_PASSWORD') ?? DEFAULT_DEMO_PASSWORD;
  checkPassword('DEMO_PASSWORD', password, problem);
  return { isOn: true, password };
}

/** Everybody knows its passwords, so it is for this machine, in whichever way it would be reached from another one; and it brings its own owner. */
function checkDemo(
  text: Text,
  { publicUrl, allowedHosts, trustedProxies }: Pick<Config, 'publicUrl' | 'allowedHosts' | 'trustedProxies'>,
  problem: Report,
): void {
  const isPublic = publicUrl !== null && !isThisMachine(new URL(publicUrl).hostname.replace(/^\[(.*)\]$/, '$1'));
  if (isPublic) problem('PUBLIC_URL', 'must be an address of this machine in the demo, which has well-known passwords; set DEMO=off to serve others');
  if (allowedHosts.length > 0) problem('ALLOWED_HOSTS', 'must be empty in the demo, which has well-known passwords; set DEMO=off to serve others');
  if (trustedProxies > 0) problem('TRUSTED_PROXIES', 'must be 0 in the demo, which has well-known passwords; set DEMO=off to serve others');
  for (const name of ['OWNER_EMAIL', 'OWNER_PASSWORD'] as const)
    if (text(name) !== undefined) problem(name, 'has no effect in the demo, which has its own owner; set DEMO=off to start a business');
}

function firstOwnerOf(text: Text, problem: Report): Config['firstOwner'] {
  const email = text('OWNER_EMAIL');
  const password = text('OWNER_PASSWORD');
  if (email === undefined && password === undefined) return null;
  if (email === undefined || !/^[^\s@]+@[^\s@]+$/.test(email)) problem('OWNER_EMAIL', 'must be an e-mail address, together with OWNER_PASSWORD');
  if (password === undefined) problem('OWNER_PASSWORD', 'is required with OWNER_EMAIL');
  else checkPassword('OWNER_PASSWORD', password, problem);
  return email === undefined || password === undefined ? null : { email, password };
}

function checkPassword(name: string, password: string, problem: Report): void {
  if (password.length < SHORTEST_PASSWORD) problem(name, `must have at least ${SHORTEST_PASSWORD} characters`);
  if (isTooLong(password)) problem(name, `must have at most ${LONGEST_PASSWORD_BYTES} bytes`);
}

/** In one spelling, since what begins with `https:` makes cookies secure; and such that a path can be put behind it, as links in e-mails do. */
function publicUrlOf(value: string | undefined, problem: Report): string | null {
  if (value === undefined) return null;
  const url = URL.parse(value);
  if (url !== null && /^https?:$/.test(url.protocol) && [url.username, url.password, url.search, url.hash].every((part) => part === ''))
    return (url.origin + url.pathname).replace(/\/+$/, '');
  problem('PUBLIC_URL', 'must be an http or https address, without a user name, a password, ? or #');
  return null;
}

function originsOf(value: string | undefined, problem: Report): readonly string[] {
  const origins = listOf(value);
  for (const [index, origin] of origins.entries()) {
    // Not repeated, as nothing is that is wrong: somebody may have put a password into it.
    if (URL.parse(origin)?.origin !== origin)
      problem('CORS_ORIGINS', `must be origins such as https://example.org, separated by commas; number ${index + 1} is not an origin`);
  }
  return origins;
}

/** No port, since it is not compared; no pattern, since every name under a domain may be somebody else's. */
function hostsOf(value: string | undefined, problem: Report): readonly string[] {
  return listOf(value).map((name, index) => {
    const hostname = /^[^\s:/?#@[\]\\*]+$/.test(name) ? URL.parse(`http://${name}`)?.hostname : undefined;
    if (hostname === undefined)
      problem('ALLOWED_HOSTS', `must be names such as booking.example.org, without scheme and port, separated by commas; number ${index + 1} is not a name`);
    return hostname ?? name;
  });
}

function scaleOf(value: string | undefined, problem: Report): number {
  if (value === undefined) return 1;
  const scale = Number(value);
  if (Number.isFinite(scale) && scale > 0 && scale <= 1_000_000) return scale;
  problem('RATE_LIMIT_SCALE', 'must be a number above 0 and at most 1000000');
  return 1;
}

function logLevelOf(value: string | undefined, problem: Report): LogLevel {
  if (value === undefined) return 'info';
  const level = LOG_LEVELS.find((name) => name === value.toLowerCase());
  if (level === undefined) problem('LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`);
  return level ?? 'info';
}
