// Guests at many addresses ask and never read. A customer elsewhere meanwhile looks, keeps a time and books; memory and the event loop of the server are watched.
//
//   node launch.mjs chaos/attacks/slow-readers.ts --seconds 600 --addresses 100
//
// The server has the limits it has by default, and a demo business in a directory of its own. Exit code 1: memory grew past --megabytes, or a customer was not served.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readInteger } from '../../bench/traffic/options.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    addresses: { type: 'string', default: '20' },
    sockets: { type: 'string', default: '9' },
    before: { type: 'string', default: '15' },
    every: { type: 'string', default: '10' },
    megabytes: { type: 'string', default: '1500' },
  },
});
const seconds = readInteger('seconds', values.seconds, 5, 7_200);
const addresses = readInteger('addresses', values.addresses, 1, 1_000);
const socketsEach = readInteger('sockets', values.sockets, 1, 100);
/** What is normal, measured before the attack begins. */
const secondsBefore = readInteger('before', values.before, 0, 600);
const every = readInteger('every', values.every, 1, 600);
const mostMegabytes = readInteger('megabytes', values.megabytes, 100, 64_000);

const START_WITHIN_MILLISECONDS = 120_000;
/** Long enough to see it, short enough that the run goes on. */
const ANSWER_WITHIN_MILLISECONDS = 60_000;
const CUSTOMER_PAUSE_MILLISECONDS = 500;
const MEGABYTE = 1024 * 1024;
const DAY_MILLISECONDS = 86_400_000;
const ADDRESSES_IN_A_ROW = 250;

type Said = { readonly status: number; readonly text: string; readonly milliseconds: number };
type Step = 'slots' | 'hold' | 'book' | 'cancel';
type Waits = Map<Step, number[]>;

function ask(
  url: string,
  method: string,
  path: string,
  from: string,
  sent: { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Said> {
  const { body, headers } = sent;
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const asking = request(
      url + path,
      { method, localAddress: from, timeout: ANSWER_WITHIN_MILLISECONDS, headers: { ...(body && { 'content-type': 'application/json' }), ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text, milliseconds: performance.now() - startedAt }));
        response.on('error', reject);
      },
    );
    asking.on('timeout', () => asking.destroy(new Error('no answer in time')));
    asking.on('error', reject);
    asking.end(body && JSON.stringify(body));
  });
}

async function startServer(directory: string): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const { RATE_LIMIT_SCALE: _, ...environment } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts')], {
    env: { ...environment, PORT: '0', DEMO: 'on', DATA_DIR: directory, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const late = AbortSignal.timeout(START_WITHIN_MILLISECONDS);
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk);
    const url = /listening on (\S+)/.exec(said)?.[1];
    if (url !== undefined) {
      child.stdout?.resume();
      return { url, child };
    }
    if (late.aborted) break;
  }
  throw new Error(`the server does not listen: ${said}`);
}

/** One customer after the other, each from an address of their own. */
class Customers {
  readonly #url: string;
  readonly #serviceId: string;
  waits: Waits = new Map();
  readonly refusals = new Map<string, number>();
  #number = 0;

  constructor(url: string, serviceId: string) {
    this.#url = url;
    this.#serviceId = serviceId;
  }

  async keepComing(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await this.#oneVisit().catch((failure: Error) => this.#note(failure.message));
      await wait(CUSTOMER_PAUSE_MILLISECONDS);
    }
  }

  async #oneVisit(): Promise<void> {
    this.#number += 1;
    const from = `127.2.${Math.floor(this.#number / ADDRESSES_IN_A_ROW) % ADDRESSES_IN_A_ROW}.${(this.#number % ADDRESSES_IN_A_ROW) + 1}`;
    const day = (ahead: number) => new Date(Date.now() + ahead * DAY_MILLISECONDS).toISOString().slice(0, 10);
    const first = 3 + (this.#number % 20);
    const offered = await this.#step('slots', 'GET', `/v1/slots?serviceId=${this.#serviceId}&from=${day(first)}&to=${day(first + 7)}`, from);
    const { slots } = JSON.parse(offered?.text ?? '{}');
    const slot = slots?.[Math.floor(Math.random() * slots.length)];
    if (slot === undefined) return;
    const held = await this.#step('hold', 'POST', '/v1/holds', from, { body: { serviceId: this.#serviceId, startsAt: slot.startsAt, staffId: slot.staffId } });
    if (held === undefined) return;
    const hold = JSON.parse(held.text);
    const customer = { name: 'Ada', email: `ada${randomUUID()}@example.org` };
    const booked = await this.#step('book', 'POST', '/v1/appointments', from, { body: { holdId: hold.id, customer }, headers: { 'hold-token': hold.token } });
    if (booked === undefined) return;
    const appointment = JSON.parse(booked.text);
    await this.#step('cancel', 'POST', `/v1/appointments/${appointment.id}/cancel`, from, { body: {}, headers: { 'manage-token': appointment.manageToken } });
  }

  async #step(step: Step, ...[method, path, from, sent]: [string, string, string, object?]): Promise<Said | undefined> {
    const said = await ask(this.#url, method, path, from, sent);
    this.waits.set(step, [...(this.waits.get(step) ?? []), said.milliseconds]);
    if (said.status < 300) return said;
    this.#note(`${step} ${JSON.parse(said.text).code}`);
    return undefined;
  }

  #note(what: string): void {
    this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1);
  }
}

function percentile(numbers: readonly number[], share: number): number {
  return [...numbers].sort((one, other) => one - other)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? Number.NaN;
}

function waitsText(waits: Waits): string {
  return [...waits].map(([step, all]) => `${step} ${percentile(all, 0.5).toFixed(0)}/${percentile(all, 0.99).toFixed(0)}`).join(' ');
}

/** The state of the server, as its own metrics have it. Lateness is the worst since the last look. */
async function look(url: string) {
  const { text } = await ask(url, 'GET', '/metrics', '127.0.0.1');
  const of = (name: string) => Number(new RegExp(`^slotkeeper_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    megabytes: of('process_resident_memory_bytes') / MEGABYTE,
    heap: of('nodejs_heap_size_used_bytes') / MEGABYTE,
    late: of('nodejs_eventloop_lag_max_seconds') * 1_000,
    lateUsually: of('nodejs_eventloop_lag_p99_seconds') * 1_000,
    screens: of('screens'),
    unread: of('unread_bytes') / MEGABYTE,
    starts: of('slot_view_starts'),
    cpu: of('process_cpu_seconds_total'),
  };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const directory = await mkdtemp(join(tmpdir(), 'slow-readers-'));
const { url, child } = await startServer(directory);
process.once('exit', () => child.kill('SIGKILL'));
const { items } = JSON.parse((await ask(url, 'GET', '/v1/services', '127.0.0.1')).text);
const serviceId = items[0].id;
const customers = new Customers(url, serviceId);
const stop = new AbortController();
const visits = customers.keepComing(stop.signal);
const all = { before: new Map() as Waits, during: new Map() as Waits };
let worst = 0;
let cpu = (await look(url)).cpu;

async function watch(howLong: number, kept: Waits): Promise<void> {
  for (let passed = 0; passed < howLong; passed += every) {
    await wait(Math.min(every, howLong - passed) * 1_000);
    const now = await look(url);
    worst = Math.max(worst, now.megabytes);
    const { waits } = customers;
    customers.waits = new Map();
    for (const [step, list] of waits) kept.set(step, [...(kept.get(step) ?? []), ...list]);
    console.log(
      `${String(passed + every).padStart(5)} s  rss ${now.megabytes.toFixed(0)} MB  heap ${now.heap.toFixed(0)} MB  unread ${now.unread.toFixed(1)} MB  starts ${now.starts}  screens ${now.screens}  ` +
        `cpu ${((100 * (now.cpu - cpu)) / every).toFixed(0)} %  late p99/max ${now.lateUsually.toFixed(0)}/${now.late.toFixed(0)} ms  customer p50/p99 ms: ${waitsText(waits)}`,
    );
    cpu = now.cpu;
  }
}

console.log(`nothing else for ${secondsBefore} s`);
await watch(secondsBefore, all.before);
console.log(`${addresses} addresses with ${socketsEach} sockets each for ${seconds} s`);
const attackers = spawn(process.execPath, [join(import.meta.dirname, 'attackers.ts'), url, serviceId, String(addresses), String(socketsEach)], {
  stdio: 'inherit',
});
process.once('exit', () => attackers.kill('SIGKILL'));
await watch(seconds, all.during);
attackers.kill('SIGKILL');
stop.abort();
await visits;
console.log(`customer elsewhere, p50/p99 ms: before ${waitsText(all.before)}; during ${waitsText(all.during)}`);
console.log(`refused or failed for the customer: ${JSON.stringify(Object.fromEntries(customers.refusals))}; most memory ${worst.toFixed(0)} MB`);
child.kill('SIGTERM');
await new Promise((resolve) => child.once('exit', resolve));
await rm(directory, { recursive: true });
const booked = all.during.get('book')?.length ?? 0;
process.exitCode = worst <= mostMegabytes && booked > 0 ? 0 : 1;
