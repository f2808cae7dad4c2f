import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { COMMIT, COMMIT_SIGNATURE } from '../../src/persistence/journal/commit-v5.ts';

/** By version. A version that was released is never changed: nodes of two versions may use one database. */
const CONTRACTS: Readonly<Record<string, string>> = { commit_v5: '82ece8a9d4df75f3' };

test('what the commit takes belongs to the version in its name', () => {
  const [name = ''] = /commit_v\d+/.exec(COMMIT) ?? [];
  const found = createHash('sha256').update(COMMIT_SIGNATURE.replaceAll(/\s+/g, ' ')).digest('hex').slice(0, 16);
  assert.equal(found, CONTRACTS[name], `${name} takes something else. If it was released, make a new version; otherwise it is ${found} now.`);
});
