// One suite on PostgreSQL and on PGlite, or on the usual one: a calendar must not be able to tell them apart.
import { after, before, describe } from 'node:test';
import type { Database } from '../../src/persistence/database/database.ts';
import { ENGINES, type EngineKind, openFresh, type Sharing, USUAL_ENGINES } from '../persistence/engines.ts';

export type Place = {
  readonly kind: string;
  /** Open while the tests of the suite run. */
  readonly database: Database;
};

export function onEachDatabase(title: string, suite: (place: Place) => void): void {
  describeEach(ENGINES, title, suite, {});
}

/** On PostgreSQL; with `EVERY_ENGINE=1` on each. */
export function onUsualDatabase(title: string, suite: (place: Place) => void): void {
  describeEach(USUAL_ENGINES, title, suite, {});
}

/** On servers that no other test has transactions on: for suites that read back from the log what they have just written. */
export function onEachDatabaseAlone(title: string, suite: (place: Place) => void): void {
  describeEach(ENGINES, title, suite, { isAlone: true });
}

function describeEach(kinds: readonly EngineKind[], title: string, suite: (place: Place) => void, sharing: Sharing): void {
  for (const kind of kinds) {
    describe(`${title} (${kind.name})`, { skip: kind.skip }, () => {
      let open: Awaited<ReturnType<typeof openFresh>> | undefined;
      before(async () => {
        open = await openFresh(kind, sharing);
      });
      after(() => open?.close());
      suite({
        kind: kind.name,
        get database() {
          if (open === undefined) throw new Error('the database is open while tests run');
          return open.database;
        },
      });
    });
  }
}
