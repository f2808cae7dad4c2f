// What staff with the right may wave through, and why.
import { z } from 'zod';
import type { SlotRule } from '../model/slots.ts';
import { reason } from './scalars.ts';

/** Every slot rule but `slot-taken`: nobody can be in two places. */
export const OVERRIDABLE_RULES = ['slot-in-past', 'too-soon', 'too-far', 'outside-hours', 'off-grid', 'limit-reached'] as const satisfies readonly Exclude<
  SlotRule,
  'slot-taken'
>[];

export const override = z
  .strictObject({ rules: z.array(z.enum(OVERRIDABLE_RULES)).min(1).max(OVERRIDABLE_RULES.length), reason })
  .meta({ id: 'Override', description: 'Front desk and above. `reason` is kept with the appointment.' });
export type OverrideAsk = z.output<typeof override>;
