// What a screen reader is told beside what is seen. One polite voice for each page.
import { signal } from '@preact/signals';

const sentence = signal('');
const CLEAR_MILLISECONDS = 4_000;
let clearing: ReturnType<typeof setTimeout> | undefined;

/** Says a sentence when the listener is not busy. The same sentence twice is said twice, because it is taken away in between. */
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
