import type { LiveState } from './live.ts';

const WORDS = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', offline: 'Offline' } as const satisfies Record<LiveState, string>;

/** Whether what is shown is what is true right now. */
export function Connection({ state }: { readonly state: LiveState }) {
  return (
    <p class="connection" data-state={state} role="status">
      {WORDS[state]}
    </p>
  );
}
