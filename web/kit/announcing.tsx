// Announcements for screen readers. One polite live region for each page.
import { signal } from '@preact/signals';

const sentence = signal('');
const CLEAR_MILLISECONDS = 4_000;
let clearing: ReturnType<typeof setTimeout> | undefined;

/** Announces a sentence politely. The same sentence is announced again, because it is cleared in between. */
export function announce(words: string): void {
  if (sentence.value === words) sentence.value = '';
  queueMicrotask(() => {
    sentence.value = words;
  });
  clearTimeout(clearing);
  clearing = setTimeout(() => {
    sentence.value = '';
  }, CLEAR_MILLISECONDS);
}

export function Announcements() {
  return (
    <div class="only-heard" role="status" aria-live="polite">
      {sentence.value}
    </div>
  );
}
