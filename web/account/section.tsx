import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Answer } from '../api.ts';
import { sentenceOf } from '../problem-sentences.ts';
import type { Loading } from '../shop.ts';

type SectionProps = { readonly id: string; readonly title: string; readonly lead: ComponentChildren; readonly children: ComponentChildren };

/** One matter of the account: what it is about on one side, what there is on the other. */
export function Section({ id, title, lead, children }: SectionProps) {
  return (
    <section class="matter" aria-labelledby={id}>
      <div class="matter-head">
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        <p class="soft">{lead}</p>
      </div>
      <div class="card matter-body">{children}</div>
    </section>
  );
}

/** For when the thing that had the focus is gone. */
export function focusSection(id: string): void {
  document.getElementById(id)?.focus();
}

type Reading<T> = { readonly state: Loading<T>; readonly again: () => Promise<void> };

/** Asks when the section is shown, and again when told to. What is there stays in sight meanwhile. */
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
