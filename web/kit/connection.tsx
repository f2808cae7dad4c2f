import type { LiveState } from './live.ts';

const WORDS = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', offline: 'Offline' } as const satisfies Record<LiveState, string>;

/** Whether the page is up to date. */
export function Connection({ state }: { readonly state: LiveState }) {
  return (
    <p class="connection" data-state={state} role="status">
      {WORDS[state]}
    </p>
  );
}

/** Says that the connection is lost; stays visible while scrolling. `children`: what may be out of date. */
export function Lost({ state, children }: { readonly state: LiveState; readonly children: string }) {
  if (state !== 'reconnecting' && state !== 'offline') return null;
  return (
    <p class="banner lost" role="status">
      {state === 'offline' ? 'This device is offline.' : 'The connection was lost. We are trying to reconnect.'} {children}
    </p>
  );
}
