import { parseArgs } from 'node:util';

export type TrafficOptions = {
  readonly url: string;
  readonly customers: number;
  readonly desks: number;
  readonly seconds: number;
  readonly seed: number;
  readonly isJson: boolean;
  /** Where every answered claim is written down, one JSON line each; null: nowhere. */
  readonly journal: string | null;
  /** The server may die on the way: then end in order with what was acknowledged. */
  readonly toleratesCrash: boolean;
  readonly deskEmail: string;
  readonly deskPassword: string;
};

export const HELP = `Plays customers and front desks against a running Slotkeeper server.

  npm run traffic -- --url http://127.0.0.1:3000 --customers 50 --desks 3 --seconds 30

  --url URL           the server                                   (default http://127.0.0.1:3000)
  --customers N       customers, half over sockets, half over REST (default 50, 0 to 5000)
  --desks N           front-desk screens                           (default 3, 0 to 200)
  --seconds N         how long they go on                          (default 30, 1 to 86400)
  --seed N            makes the same choices again                 (default: a random one, printed)
  --json              ends with one line of JSON instead of a table
  --journal FILE      writes one line per claim: key, body, answer
  --tolerate-crash    the server may die meanwhile; ends with what it acknowledged
  --desk-email E      account of the desks                         (default desk@demo.test)
  --desk-password P   its password          (default: DEMO_PASSWORD, else demo-demo-demo)
  --help              this text

The server counts claims per address. For more than a trickle, start it with RATE_LIMIT_SCALE=1000.
Exit code: 0 all is well; 1 a screen differs from the server, or an answer was not expected; 64 wrong options; 69 no server.`;

/** What is wrong with the command line, for the person who typed it. */
export class WrongOptions extends Error {}

/** `undefined`: help was asked for. */
export function readOptions(words: readonly string[], environment: Readonly<Record<string, string | undefined>>): TrafficOptions | undefined {
  const values = parse(words);
  if (values.help) return undefined;
  return {
    url: readUrl(values.url),
    customers: readInteger('customers', values.customers, 0, 5_000),
    desks: readInteger('desks', values.desks, 0, 200),
    seconds: readInteger('seconds', values.seconds, 1, 86_400),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : readInteger('seed', values.seed, 0, 2 ** 32 - 1),
    isJson: values.json,
    journal: values.journal ?? null,
    toleratesCrash: values['tolerate-crash'],
    deskEmail: values['desk-email'],
    deskPassword: values['desk-password'] ?? environment.DEMO_PASSWORD ?? 'demo-demo-demo',
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      strict: true,
      allowPositionals: false,
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:3000' },
        customers: { type: 'string', default: '50' },
        desks: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '30' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        journal: { type: 'string' },
        'tolerate-crash': { type: 'boolean', default: false },
        'desk-email': { type: 'string', default: 'desk@demo.test' },
        'desk-password': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    throw new WrongOptions(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new WrongOptions(`--url must be an http or https address, not ${JSON.stringify(text)}`);
  return url.origin;
}

/** Throws WrongOptions. */
export function readInteger(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || value < least || value > most)
    throw new WrongOptions(`--${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`);
  return value;
}
