export type { SlotTerms } from './slot-terms.ts';

/** The rules a start is checked against, in the order they are checked; the first that is broken is the one reported. */
export type SlotRule = 'slot-in-past' | 'too-soon' | 'too-far' | 'outside-hours' | 'slot-taken' | 'off-grid' | 'limit-reached';
export type RuleOutcome = { readonly rule: SlotRule; readonly ok: boolean; readonly detail?: string };
