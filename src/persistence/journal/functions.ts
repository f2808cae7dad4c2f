import { COMMIT_V1_SQL } from './commit-v1.ts';
import { REFENCE_SHARDS_V1_SQL, TAKE_ALL_SHARDS_V1_SQL } from './shards.ts';

/** Every stored function of the journal, applied at each open. Names carry a version: an older node beside this one keeps calling its own. */
export const JOURNAL_FUNCTIONS: readonly string[] = [COMMIT_V1_SQL, TAKE_ALL_SHARDS_V1_SQL, REFENCE_SHARDS_V1_SQL];
