// Mistakes in how a calendar in memory keeps up with what others have decided.
import type { PlantedBug } from './planted-bug.ts';

const ACTOR = 'src/actors/calendar/actor.ts';
const PROVISIONAL = 'src/actors/calendar/provisional.ts';
const FOLLOWING = 'src/actors/cluster/following.ts';
const REGISTRY = 'src/actors/cluster/actor-registry.ts';

export const BUGS_IN_CATCHING_UP: readonly PlantedBug[] = [
  {
    name: 'push-over-a-gap',
    why: 'A change is applied although the one before it was lost on the bus.',
    edits: [{ file: ACTOR, find: ' || change.base !== this.#durable) return this.news', replace: ') return this.news' }],
  },
  {
    name: 'catching-up-in-silence',
    why: 'Changes that were missed are taken in and not told to those who watch.',
    edits: [{ file: ACTOR, find: 'for (const change of missed) this.#announce(change, false);', replace: '' }],
  },
  {
    name: 'missed-change-skipped',
    why: 'Of the changes that were missed, the first is not taken in.',
    edits: [
      {
        file: ACTOR,
        find: 'for (const change of missed) takeIn(this.#state, change);',
        replace: 'for (const change of missed) takeIn(this.#state, change === missed[0] ? { ...change, events: [] } : change);',
      },
    ],
  },
  {
    name: 'provisional-effects-kept',
    why: 'What was decided and has not happened stays in memory.',
    edits: [{ file: ACTOR, find: 'this.#provisional.takeBack(this.#state);', replace: 'this.#state.revision = this.#durable;' }],
  },
  {
    name: 'hold-not-brought-back',
    why: 'A hold whose end is taken back still takes its time, and is not known any more.',
    edits: [{ file: PROVISIONAL, find: 'putBack(holds, id, hold);', replace: 'putBack(holds, id, undefined);' }],
  },
  {
    name: 'beacon-off',
    why: 'The last push of a calendar is lost, and nobody looks.',
    edits: [
      {
        file: FOLLOWING,
        find: 'if (this.#isClosed) return;\n    this.#cancelBeacon();',
        replace: 'if (this.#isClosed || this.#followed !== undefined) return;\n    this.#cancelBeacon();',
      },
    ],
  },
  {
    name: 'snapshot-before-join',
    why: 'What is published between the snapshot and the subscription is lost.',
    edits: [{ file: REGISTRY, find: 'await this.#hooks.beforeLoad(calendarIds);', replace: 'void this.#hooks.beforeLoad(calendarIds);' }],
  },
  {
    name: 'news-ignored',
    why: 'A node is told how far a calendar is, and goes on showing the older picture.',
    edits: [{ file: ACTOR, find: 'this.#heardOf = Math.max(this.#heardOf, revision);\n    this.#catchUpWithNews();', replace: 'void revision;' }],
  },
];
