import { useEffect, useState } from 'preact/hooks';

/** One timer for each interval, so that everything that ticks is drawn again in one go. */
const ticking = new Map<number, { readonly timer: ReturnType<typeof setInterval>; readonly all: Set<() => void> }>();

function tickEvery(milliseconds: number, tick: () => void): () => void {
  let known = ticking.get(milliseconds);
  if (known === undefined) {
    const all = new Set<() => void>();
    known = {
      all,
      timer: setInterval(() => {
        for (const one of all) one();
      }, milliseconds),
    };
    ticking.set(milliseconds, known);
  }
  const { all, timer } = known;
  all.add(tick);
  return () => {
    all.delete(tick);
    if (all.size > 0) return;
    clearInterval(timer);
    ticking.delete(milliseconds);
  };
}

/** Renders the component again at this interval, for clocks and countdowns. */
export function useTick(milliseconds: number): void {
  const [, tick] = useState(0);
  useEffect(() => tickEvery(milliseconds, () => tick((count) => count + 1)), [milliseconds]);
}
