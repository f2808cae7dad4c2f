// What can go wrong where the log is cut and requests are forgotten.
import { KEPT } from './model-database/tables.ts';
import type { PlantedBug } from './planted-bug.ts';

const BASE = 'src/actors/cluster/log-base.ts';
const TIME_TRAVEL = 'src/actors/cluster/time-travel.ts';

export const RETENTION_BUGS: readonly PlantedBug[] = [
  {
    name: 'cut-past-a-consumer',
    why: 'What a consumer has not read yet is cut from the log.',
    edits: [],
    promises: { ...KEPT, keepsUnread: false },
  },
  {
    name: 'cut-without-a-base',
    why: 'What is cut is not played into the base, so that the rest of the log is played on the wrong calendar.',
    edits: [],
    promises: { ...KEPT, foldsIntoBase: false },
  },
  {
    name: 'cut-under-an-answer',
    why: 'A repeat of a key that is in its time finds a row without the fact that answered it.',
    edits: [],
    promises: { ...KEPT, keepsAnswers: false },
  },
  {
    name: 'cut-in-silence',
    why: 'A reader of the log of the business is not told that what came after its position is gone.',
    edits: [],
    promises: { ...KEPT, marksTheCut: false },
  },
  {
    name: 'key-forgotten-early',
    why: 'A repeat of a key that is in its time is a new request.',
    edits: [],
    promises: { ...KEPT, keepsKeys: false },
  },
  {
    name: 'base-without-holds',
    why: 'A calendar as it was shows holds without the end of their time.',
    edits: [{ file: BASE, find: 'holds: [...state.holds.values()],', replace: 'holds: [],' }],
  },
  {
    name: 'hours-of-today',
    why: 'A calendar as it was is shown with hours that it has had since.',
    edits: [{ file: TIME_TRAVEL, find: 'base?.hours ?? first?.was ?? now.hours', replace: 'now.hours ?? first' }],
  },
  {
    name: 'base-played-twice',
    why: 'What is in the base already is played once more.',
    edits: [{ file: TIME_TRAVEL, find: 'changes.filter(({ revision }) => revision > (base?.revision ?? 0))', replace: 'changes' }],
  },
  {
    name: 'before-the-base',
    why: 'A moment from before the base is answered with the calendar at the base.',
    edits: [{ file: TIME_TRAVEL, find: 'base !== undefined && at < base.at', replace: 'base !== undefined && at < 0' }],
  },
];
