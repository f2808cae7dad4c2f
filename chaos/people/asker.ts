// Somebody with a write to make: asks, and when nobody knows what became of it asks again elsewhere with the same key, as the protocol says.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Chance } from '../../src/demo/chance.ts';
import type { Answer, Asked, AttemptLine } from '../history/lines.ts';
import { askOverRest } from './rest-wire.ts';
import type { Scene } from './scene.ts';

/** `unknown`: given up without an answer. */
export type Settled = { readonly type: 'ok'; readonly body: object } | { readonly type: 'no'; readonly code: string } | { readonly type: 'unknown' };

const MOST_ATTEMPTS = 9;
const RETRY_MS = 150;
/** Once everybody is to stop, what is still open is settled later, when all has healed. */
const MOST_AFTER_THE_END = 2;
/** Some people are impatient, some wait longer than the server itself does. */
const PATIENCES_MS = [1_500, 4_000, 4_000, 12_000];
const TWICE_AT_ONCE = 0.08;
const ABANDONED_AT_ONCE = 0.02;
const ASKED_AGAIN_LATER = 0.05;
const ELSEWHERE_FIRST = 0.25;
/** Of those who give up: these abandon the key, these leave it to be settled at the end, the rest never ask again. */
const ABANDONS = 0.5;
const LEAVES_OPEN = 0.4;
/** "No" that says nothing about the request: this attempt did nothing, or nobody knows. */
const NOT_DEFINITE = new Set<string>(['overloaded', 'rate-limited', 'outcome-unknown', 'internal']);

export class Asker {
  readonly #scene: Scene;
  readonly #person: string;
  readonly #as: AttemptLine['as'];
  readonly #transport: AttemptLine['transport'];
  readonly #home: number;
  readonly #chance: Chance;

  constructor(scene: Scene, who: Pick<AttemptLine, 'person' | 'as' | 'transport'> & { readonly home: number; readonly chance: Chance }) {
    this.#scene = scene;
    this.#person = who.person;
    this.#as = who.as;
    this.#transport = who.transport;
    this.#home = who.home;
    this.#chance = who.chance;
  }

  /** Makes one write, however often it has to be asked for. */
  async settle(claim: Omit<Asked, 'key'>): Promise<Settled> {
    const asked: Asked = { ...claim, key: randomUUID() };
    const settled = await this.#askUntilKnown(asked);
    if (settled.type === 'unknown') return await this.#giveUp(asked);
    if (this.#chance.happens(ASKED_AGAIN_LATER)) this.#scene.aside(this.#askAgainLater(asked));
    return settled;
  }

  async #askUntilKnown(asked: Asked): Promise<Settled> {
    const nodes = this.#scene.world.nodes.length;
    const first = this.#chance.happens(ELSEWHERE_FIRST) ? this.#chance.integer(0, nodes - 1) : this.#home;
    let afterTheEnd = 0;
    for (let attempt = 0; attempt < MOST_ATTEMPTS && afterTheEnd < MOST_AFTER_THE_END; attempt += 1) {
      if (this.#scene.isOver) afterTheEnd += 1;
      const node = (first + attempt) % nodes;
      const answers = await Promise.all(attempt === 0 ? this.#firstAsks(asked, node) : [this.#attempt(asked, node)]);
      const settled = answers.map(settledBy).find(({ type }) => type !== 'unknown');
      if (settled !== undefined) return settled;
      await wait(RETRY_MS * (1 + Math.floor(attempt / nodes)));
    }
    return { type: 'unknown' };
  }

  /** Now and then two copies are under way at once, or the request and its being abandoned. */
  #firstAsks(asked: Asked, node: number): Promise<Answer>[] {
    const other = (node + 1) % this.#scene.world.nodes.length;
    const asks = [this.#attempt(asked, node)];
    if (this.#chance.happens(TWICE_AT_ONCE)) asks.push(this.#attempt(asked, other));
    if (this.#chance.happens(ABANDONED_AT_ONCE)) asks.push(this.#abandonUnheard(asked, other));
    return asks;
  }

  /** Whatever it is answered: what became of the request itself is asked for afterwards. */
  async #abandonUnheard({ key }: Asked, node: number): Promise<Answer> {
    await this.#attempt({ operation: 'abandon', key, body: {} }, node);
    return { type: 'lost', why: 'abandoned meanwhile' };
  }

  async #giveUp(asked: Asked): Promise<Settled> {
    if (this.#chance.happens(ABANDONS)) {
      const settled = await this.#askUntilKnown({ operation: 'abandon', key: asked.key, body: {} });
      if (settled.type !== 'unknown') return { type: 'unknown' };
    }
    if (this.#chance.happens(LEAVES_OPEN / (1 - ABANDONS))) this.#scene.unsettled.push({ asked, as: this.#as, person: this.#person });
    return { type: 'unknown' };
  }

  async #askAgainLater(asked: Asked): Promise<void> {
    await this.#scene.pause(this.#chance.integer(500, 4_000));
    if (!this.#scene.isOver) await this.#attempt(asked, this.#chance.integer(0, this.#scene.world.nodes.length - 1));
  }

  #attempt(asked: Asked, node: number): Promise<Answer> {
    const transport = this.#chance.happens(0.9) ? this.#transport : this.#transport === 'rest' ? 'socket' : 'rest';
    return attempt(this.#scene, asked, { person: this.#person, as: this.#as, transport, node, patienceMs: this.#chance.pick(PATIENCES_MS) });
  }
}

type Sender = Pick<AttemptLine, 'person' | 'as' | 'transport' | 'node'> & { readonly patienceMs: number };

/** Sends a write once, and writes down what was asked and what came back. */
export async function attempt(scene: Scene, asked: Asked, { patienceMs, ...sender }: Sender): Promise<Answer> {
  const { recorder, world, wires, login } = scene;
  const { transport, as, node } = sender;
  const askedAt = recorder.now();
  const url = world.nodes[node]?.url ?? '';
  const answer = await (transport === 'rest'
    ? askOverRest(url, asked, as === 'desk' ? login.token : null, patienceMs)
    : wires.ask(node, as, asked, patienceMs));
  recorder.write({ line: 'attempt', ...sender, askedAt, answeredAt: recorder.now(), asked, answer });
  return answer;
}

export function settledBy(answer: Answer): Settled {
  if (answer.type === 'ok') return { type: 'ok', body: answer.body };
  if (answer.type === 'problem' && !NOT_DEFINITE.has(answer.problem.code)) return { type: 'no', code: answer.problem.code };
  return { type: 'unknown' };
}
