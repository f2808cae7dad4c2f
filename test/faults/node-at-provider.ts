// A node with the double of Stripe on a port of its own: it is started, killed at a request to the provider, and started again.
import { serveStripe, type TestStripe } from '../support/stripe.ts';
import type { ServerProcess } from './demo-process.ts';

/** What a node asks the provider. */
export type Asked = { readonly method: string; readonly path: string };
type Aim = { readonly isHit: (asked: Asked) => boolean; readonly isAfter: boolean; readonly hit: () => void };

export class NodeAtProvider {
  readonly #start: (settings: Readonly<Record<string, string>>) => Promise<ServerProcess>;
  readonly #stripe: TestStripe;
  #server: ServerProcess | null = null;
  #aim: Aim | null = null;
  #served: Awaited<ReturnType<typeof serveStripe>> | null = null;

  constructor(stripe: TestStripe, start: (settings: Readonly<Record<string, string>>) => Promise<ServerProcess>) {
    this.#stripe = stripe;
    this.#start = start;
  }

  get url(): string | null {
    return this.#server?.url ?? null;
  }

  async start(): Promise<void> {
    this.#served ??= await serveStripe(this.#stripe.double, (answer, asked) => this.#around(answer, asked));
    this.#server = await this.#start(this.#served.settings);
  }

  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await server?.end('SIGKILL');
  }

  /**
   * Kills it at the first request to the provider that is hit. `isAfter`: the provider has done what it was asked by then, and the node does not know it; else nothing has happened
   * there. Resolves with whether there was one before `until`. The caller starts it again.
   */
  async killAt(isHit: Aim['isHit'], isAfter: boolean, until: Promise<unknown>): Promise<boolean> {
    const hit = Promise.withResolvers<void>();
    this.#aim = { isHit, isAfter, hit: hit.resolve };
    const isKilled = await Promise.race([hit.promise.then(() => true), until.then(() => false)]);
    this.#aim = null;
    await this.kill();
    return isKilled;
  }

  #around(answer: () => ReturnType<TestStripe['double']['answer']>, asked: Asked) {
    const aim = this.#aim;
    if (aim === null || !aim.isHit(asked)) return answer();
    this.#aim = null;
    this.#server?.child.kill('SIGKILL');
    if (aim.isAfter) answer();
    aim.hit();
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#served?.[Symbol.asyncDispose]();
  }
}
