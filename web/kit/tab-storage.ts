import { effect, type Signal, signal } from '@preact/signals';

/** A signal that survives a reload of this tab. `initial` is not stored; both are plain JSON. */
export function keptInTab<Value>(name: string, initial: Value): Signal<Value> {
  const stored = sessionStorage.getItem(name);
  const kept = signal<Value>(stored === null ? initial : (JSON.parse(stored) as Value));
  const nothing = JSON.stringify(initial);
  effect(() => {
    const text = JSON.stringify(kept.value);
    if (text === nothing) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, text);
  });
  return kept;
}
