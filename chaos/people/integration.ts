import type { Chance } from '../../src/demo/chance.ts';
import { calendar as calendarSchema, changes as changesSchema } from '../../src/protocol/calendars.ts';
import { readOverRest } from './rest-wire.ts';
import type { Scene } from './scene.ts';

const PATIENCE_MS = 4_000;
const MOST_CHANGES = 200;

/** A program that follows the change feed of every calendar, and looks at calendars as they are, on whichever node it comes to. */
export class Integration {
  readonly #scene: Scene;
  readonly #chance: Chance;
  readonly #after = new Map<string, number>();

  constructor(scene: Scene, number: number) {
    this.#scene = scene;
    this.#chance = scene.chance(20_000 + number);
  }

  async play(): Promise<void> {
    while (!this.#scene.isOver) {
      const { staff, rooms } = this.#scene.world.shop;
      for (const { calendarId } of [...staff, ...rooms]) {
        await this.#follow(calendarId);
        if (this.#chance.happens(0.3)) await this.#look(calendarId);
      }
      await this.#scene.pause(this.#chance.integer(200, 1_200));
    }
  }

  async #follow(calendarId: string): Promise<void> {
    const after = this.#after.get(calendarId) ?? 0;
    const { node, url, asking } = this.#anyNode();
    const { recorder } = this.#scene;
    const askedAt = recorder.now();
    const body = await readOverRest(url, `/v1/calendars/${calendarId}/changes?after=${after}&limit=${MOST_CHANGES}`, { schema: changesSchema, ...asking });
    if (body === undefined) return;
    recorder.write({ line: 'read', what: 'changes', node, askedAt, answeredAt: recorder.now(), after, body });
    this.#after.set(calendarId, body.nextAfter);
  }

  async #look(calendarId: string): Promise<void> {
    const { node, url, asking } = this.#anyNode();
    const { recorder } = this.#scene;
    const askedAt = recorder.now();
    const body = await readOverRest(url, `/v1/calendars/${calendarId}`, { schema: calendarSchema, ...asking });
    if (body !== undefined) recorder.write({ line: 'read', what: 'calendar', node, askedAt, answeredAt: recorder.now(), body });
  }

  #anyNode() {
    const { world, login } = this.#scene;
    const node = this.#chance.integer(0, world.nodes.length - 1);
    return { node, url: world.nodes[node]?.url ?? '', asking: { token: login.token, patienceMs: PATIENCE_MS } };
  }
}
