import { useEffect, useState } from 'preact/hooks';

/** Renders the component again at this interval, for clocks and countdowns. */
export function useTick(milliseconds: number): void {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
}
