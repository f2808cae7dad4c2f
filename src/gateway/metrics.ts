import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds. The claim path is milliseconds, a login a tenth of a second. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What `/metrics` shows. One registry a server, so that two in one process do not mix. Event loop delay and memory are among the default ones. */
export class GatewayMetrics {
  readonly registry = new Registry();
  readonly #requestSeconds: Histogram<'method' | 'route' | 'status'>;
  /** How often, by operation and outcome. Every claim counts, so the metric is made when it is read. */
  readonly #operations = new Map<string, Map<string, number>>();
  readonly #emailsRefused: Counter<'limit'>;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry, prefix: 'slotkeeper_' });
    this.#requestSeconds = new Histogram({
      name: 'slotkeeper_http_request_seconds',
      help: 'Time from the request to the end of the reply.',
      labelNames: ['method', 'route', 'status'],
      buckets: DURATION_BUCKETS,
      registers,
    });
    const operations = this.#operations;
    new Counter({
      name: 'slotkeeper_operations_total',
      help: 'Writes to calendars over REST and sockets, by outcome.',
      labelNames: ['operation', 'outcome'],
      registers,
      collect() {
        this.reset();
        for (const [operation, outcomes] of operations) for (const [outcome, count] of outcomes) this.inc({ operation, outcome }, count);
      },
    });
    this.#emailsRefused = new Counter({
      name: 'slotkeeper_account_emails_refused_total',
      help: 'E-mails not sent because of a limit, by limit. `emails-an-hour` and `emails-a-day` apply to the whole installation.',
      labelNames: ['limit'],
      registers,
    });
  }

  requestEnded(method: string, route: string, status: number, seconds: number): void {
    this.#requestSeconds.observe({ method, route, status }, seconds);
  }

  /** `outcome` is `ok`, a problem code, or `replayed`. */
  operationEnded(operation: string, outcome: string): void {
    const outcomes = this.#operations.get(operation) ?? new Map<string, number>();
    this.#operations.set(operation, outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1));
  }

  emailRefused(limit: string): void {
    this.#emailsRefused.inc({ limit });
  }

  /** Adds a gauge that is read when somebody looks. */
  watch(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `slotkeeper_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** As `watch`, of several that one label tells apart. */
  watchEach(name: string, label: string, help: string, read: () => readonly (readonly [value: string, count: number])[]): void {
    new Gauge({
      name: `slotkeeper_${name}`,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [value, count] of read()) this.set({ [label]: value }, count);
      },
    });
  }

  /** As `watch`, for what only grows while the process lives. */
  watchTotal(name: string, help: string, read: () => number): void {
    new Counter({
      name: `slotkeeper_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}
