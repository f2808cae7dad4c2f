import { effect, type Signal, signal } from '@preact/signals';

/** Of this tab. In a page of another site the browser may refuse it; what is kept then lasts as long as the page. */
export const tabStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = usableStorage();

function usableStorage() {
  try {
    return globalThis.sessionStorage;
  } catch (refusal) {
    if (!(refusal instanceof DOMException && refusal.name === 'SecurityError')) throw refusal;
    const kept = new Map<string, string>();
    return {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, text: string) => void kept.set(name, text),
      removeItem: (name: string) => void kept.delete(name),
    };
  }
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
