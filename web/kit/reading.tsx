// What is read from the server when a part of a page is shown.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Answer } from './api.ts';
import { sentenceOf } from './problem-sentences.ts';
import type { Loading } from './shop.ts';

export type Reading<T> = { readonly state: Loading<T>; readonly again: () => Promise<void> };

/** Loads when the section is shown, and again on demand. The old content stays visible meanwhile. */
export function useReading<T>(read: () => Promise<Answer<T>>): Reading<T> {
  const state = useSignal<Loading<T>>({ state: 'loading' });
  const again = async () => {
    const answer = await read();
    state.value = answer.ok ? { state: 'ready', value: answer.body } : { state: 'failed', problem: answer.problem };
  };
  useEffect(() => void again(), []);
  return { state: state.value, again };
}

type ReadProps<T> = { readonly reading: Reading<T>; readonly children: (value: T) => ComponentChildren };

export function Read<T>({ reading: { state, again }, children }: ReadProps<T>) {
  if (state.state === 'ready') return <>{children(state.value)}</>;
  if (state.state === 'failed') return <NotRead sentence={sentenceOf(state.problem)} onRetry={again} />;
  return (
    <div class="reading" aria-busy="true">
      <p class="only-heard">Loading</p>
      <div class="loading" />
      <div class="loading" />
    </div>
  );
}

function NotRead({ sentence, onRetry }: { readonly sentence: string; readonly onRetry: () => Promise<void> }) {
  return (
    <div class="banner danger" role="alert">
      <p>{sentence}</p>
      <button type="button" class="button" onClick={() => void onRetry()}>
        Try again
      </button>
    </div>
  );
}
