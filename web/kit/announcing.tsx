// Announcements for screen readers. One polite live region for each page.
import { signal } from '@preact/signals';

const sentence = signal<{ readonly words: string; readonly lang?: string }>({ words: '' });
const CLEAR_MILLISECONDS = 4_000;
let clearing: ReturnType<typeof setTimeout> | undefined;

/** Announces a sentence politely. The same sentence is announced again, because it is cleared in between. `lang`: if it is not the language of the page. */
export function announce(words: string, lang?: string): void {
  if (sentence.value.words === words) sentence.value = { words: '' };
  queueMicrotask(() => {
    sentence.value = { words, ...(lang !== undefined && { lang }) };
  });
  clearTimeout(clearing);
  clearing = setTimeout(() => {
    sentence.value = { words: '' };
  }, CLEAR_MILLISECONDS);
}

export function Announcements() {
  const { words, lang } = sentence.value;
  return (
    <div class="only-heard" role="status" aria-live="polite" lang={lang}>
      {words}
    </div>
  );
}
