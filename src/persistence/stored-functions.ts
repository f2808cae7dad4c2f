import { CLUSTER_FUNCTIONS } from './cluster/cluster-functions.ts';
import { COMMIT_V2_SQL } from './journal/commit-v2.ts';
import { COMMIT_V3_SQL } from './journal/commit-v3.ts';

/** Every stored function, applied at each open. Names carry a version: an older node beside this one keeps calling its own. */
export const STORED_FUNCTIONS: readonly string[] = [COMMIT_V3_SQL, COMMIT_V2_SQL, ...CLUSTER_FUNCTIONS];
