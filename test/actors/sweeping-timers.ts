// Real timers, except that a test says when the sweep runs, and that an hour has passed then.
import type { Timers } from '../../src/actors/ports.ts';
import { timers as real } from '../../src/integrations/this-machine.ts';
import { HOUR } from '../../src/model/instant.ts';

/** No other timer of a node waits for so long. */
const SWEEP_EVERY_MS = 30_000;

export function sweepingTimers(): { readonly timers: Timers; sweep(): void } {
  let later = 0;
  let run = () => {};
  const timers: Timers = {
    ...real,
    monotonic: () => real.monotonic() + later,
    after(milliseconds, then) {
      if (milliseconds !== SWEEP_EVERY_MS) return real.after(milliseconds, then);
      run = then;
      return () => {};
    },
  };
  const sweep = () => {
    later += HOUR;
    run();
  };
  return { timers, sweep };
}
