import { kitWords } from './language.ts';
import type { LiveState } from './live.ts';

/** Whether the page is up to date. */
export function Connection({ state }: { readonly state: LiveState }) {
  return (
    <p class="connection" data-state={state} role="status">
      {kitWords.value.connection[state]}
    </p>
  );
}

/** Says that the connection is lost; stays visible while scrolling. `children`: what may be out of date. */
export function Lost({ state, children }: { readonly state: LiveState; readonly children: string }) {
  if (state !== 'reconnecting' && state !== 'offline') return null;
  return (
    <p class="banner lost" role="status">
      {state === 'offline' ? kitWords.value.connection.deviceOffline : kitWords.value.connection.lost} {children}
    </p>
  );
}
