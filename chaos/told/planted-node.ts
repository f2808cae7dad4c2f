// Loaded by a node before everything else: it then runs with the bug that PLANTED_BUG names. Only `told-run.ts` starts such nodes.
import { plant } from '../simulator/planting.ts';
import { TELLING_BUGS } from './planted-in-telling.ts';

export const PLANTED_BUG = 'PLANTED_BUG';

const bug = TELLING_BUGS.find(({ name }) => name === process.env[PLANTED_BUG]);
if (bug !== undefined) plant(bug);
