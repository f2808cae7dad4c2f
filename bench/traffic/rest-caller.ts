import type { z } from 'zod';
import { type Attempt, type Caller, type KeyedClaim, readProblem, restRequest } from './claims.ts';
import type { Run } from './run.ts';

const PATIENCE_MILLISECONDS = 15_000;
const MOST_READS = 8;

/** Talks to the server as an integration does. */
export class RestCaller implements Caller {
  readonly transport = 'rest';
  readonly as: Caller['as'];
  readonly #run: Run;
  readonly #accessToken: string | null;

  constructor(run: Run, accessToken: string | null) {
    this.#run = run;
    this.#accessToken = accessToken;
    this.as = accessToken === null ? 'guest' : 'desk';
  }

  async attempt(claim: KeyedClaim): Promise<Attempt> {
    const { method, path, headers, body } = restRequest(claim);
    return this.#send(method, path, headers, method === 'DELETE' ? undefined : body);
  }

  /** Reads something, waiting when told to. `undefined`: it cannot be had, and it has been counted why. */
  async read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema> | undefined> {
    for (let attempt = 1; attempt <= MOST_READS && !this.#run.isServerGone; attempt += 1) {
      const answer = await this.#send('GET', path, {}, undefined);
      if (answer.type === 'ok') return this.#understand(path, schema, answer.body);
      if (answer.type === 'lost') {
        await this.#run.checkServer();
      } else if (answer.problem.code === 'rate-limited' || answer.problem.code === 'overloaded') {
        this.#run.tally.waits += 1;
        await this.#run.patience((answer.problem.retryAfterSeconds ?? 1) * 1_000);
      } else {
        this.#run.tally.surprise(`GET ${path}: ${JSON.stringify(answer.problem)}`);
        return undefined;
      }
    }
    return undefined;
  }

  #understand<Schema extends z.ZodType>(path: string, schema: Schema, body: object): z.output<Schema> | undefined {
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    this.#run.tally.surprise(`GET ${path}: the answer is not what is documented: ${read.error.message}`);
    return undefined;
  }

  async #send(method: string, path: string, extra: Readonly<Record<string, string>>, body: object | undefined): Promise<Attempt> {
    const headers: Record<string, string> = { ...extra };
    if (this.#accessToken !== null) headers.authorization = `Bearer ${this.#accessToken}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    try {
      const reply = await fetch(`${this.#run.options.url}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      });
      const text = await reply.text();
      return this.#judge(`${method} ${path}`, reply, text === '' ? {} : JSON.parse(text));
    } catch (failure) {
      return { type: 'lost', why: failure instanceof Error ? failure.message : String(failure) };
    }
  }

  #judge(what: string, reply: Response, body: unknown): Attempt {
    if (reply.ok && typeof body === 'object' && body !== null) return { type: 'ok', body };
    const problem = readProblem(body);
    if (problem === undefined) {
      this.#run.tally.surprise(`${what}: status ${reply.status} without a problem: ${JSON.stringify(body)}`);
      return { type: 'lost', why: `status ${reply.status}` };
    }
    const seconds = Number(reply.headers.get('retry-after') ?? Number.NaN);
    return { type: 'problem', problem: Number.isFinite(seconds) ? { ...problem, retryAfterSeconds: seconds } : problem };
  }
}
