import { effect, type Signal, signal } from '@preact/signals';

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Of this tab. The browser may refuse it, in a page of another site or where it keeps no cookies; what is kept then lasts as long as the page. */
export const tabStorage = usableStorage('sessionStorage');
/** Of this browser, for all its tabs; refused as that of the tab is. */
export const browserStorage = usableStorage('localStorage');

function usableStorage(which: 'sessionStorage' | 'localStorage'): Kept {
  try {
    // A browser inside an app may have none.
    const found = globalThis[which] as Storage | null | undefined;
    if (found != null) return found;
  } catch (refusal) {
    if (!(refusal instanceof DOMException && refusal.name === 'SecurityError')) throw refusal;
  }
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
    removeItem: (name: string) => void kept.delete(name),
  };
}

/** A signal that survives a reload of this tab. `initial` is not stored; both are plain JSON. */
export function keptInTab<Value>(name: string, initial: Value): Signal<Value> {
  const stored = tabStorage.getItem(name);
  const kept = signal<Value>(stored === null ? initial : (JSON.parse(stored) as Value));
  const nothing = JSON.stringify(initial);
  effect(() => {
    const text = JSON.stringify(kept.value);
    if (text === nothing) tabStorage.removeItem(name);
    else tabStorage.setItem(name, text);
  });
  return kept;
}
