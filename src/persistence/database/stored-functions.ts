import { CLUSTER_FUNCTIONS } from '../cluster/cluster-functions.ts';
import { COMMIT_V5_SQL } from '../journal/commit-v5.ts';

/** Every stored function, applied at each open. Names carry a version: one that takes or returns something else gets a new one. */
export const STORED_FUNCTIONS: readonly string[] = [COMMIT_V5_SQL, ...CLUSTER_FUNCTIONS];
