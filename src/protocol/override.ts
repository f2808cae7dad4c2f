// What staff with the right may wave through, and why.
import { z } from 'zod';
import type { SlotRule } from '../model/slots.ts';
import { reason } from './scalars.ts';

const HOLD_RULES = ['slot-in-past', 'too-soon', 'too-far', 'outside-hours', 'off-grid', 'limit-reached'] as const satisfies readonly SlotRule[];

/** With `slot-taken` an appointment is put over what has its time. */
export const OVERRIDABLE_RULES = [...HOLD_RULES, 'slot-taken'] as const satisfies readonly SlotRule[];

export const override = z.strictObject({ rules: z.array(z.enum(OVERRIDABLE_RULES)).min(1).max(OVERRIDABLE_RULES.length), reason }).meta({
  id: 'Override',
  description:
    'Front desk and above. `reason` is kept with the appointment. With `slot-taken` it is put over appointments, blocks, time off and busy times elsewhere; a hold and a full class stay refused.',
});
export type OverrideAsk = z.output<typeof override>;

/** Every rule but `slot-taken`: a hold is never put over anything. */
export const overrideOfHold = z
  .strictObject({ rules: z.array(z.enum(HOLD_RULES)).min(1).max(HOLD_RULES.length), reason })
  .meta({ id: 'OverrideOfHold', description: 'Front desk and above.' });
