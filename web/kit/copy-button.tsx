import { useSignal } from '@preact/signals';
import { announce } from './announcing.tsx';
import { kitWords } from './language.ts';

/** Insecure pages have no clipboard, and so no button. */
export function CopyButton({ text, children }: { readonly text: string; readonly children: string }) {
  const isCopied = useSignal<boolean | undefined>(undefined);
  if (!('clipboard' in navigator)) return null;
  const copy = async () => {
    isCopied.value = await navigator.clipboard.writeText(text).then(
      () => true,
      // The browser or the user may refuse; the text is shown beside the button.
      () => false,
    );
    announce(isCopied.value ? kitWords.value.copied : kitWords.value.copyByHand);
  };
  return (
    <button type="button" class="button" onClick={() => void copy()}>
      {isCopied.value === undefined ? children : isCopied.value ? kitWords.value.copied : kitWords.value.copyByHand}
    </button>
  );
}
