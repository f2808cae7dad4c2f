import { useRef } from 'preact/hooks';
import { announce } from '../kit/announcing.tsx';
import { say } from '../kit/language.ts';
import { countdown } from '../kit/money-and-time.ts';
import { useTick } from '../kit/ticking.ts';
import { type Kept, renew } from './keeping.ts';
import { words } from './languages.ts';

/** When the offer to keep the time longer appears, and is said aloud. */
const SOON_MILLISECONDS = 90_000;
const TICK_MILLISECONDS = 500;

export function HoldCountdown({ hold }: { readonly hold: Kept }) {
  useTick(TICK_MILLISECONDS);
  const warned = useRef(0);
  const text = words.value.hold;
  const left = hold.deadline - performance.now();
  const isSoon = left <= Math.min(SOON_MILLISECONDS, (hold.expiresInSeconds * 1000) / 2);
  if (isSoon && warned.current !== hold.deadline) {
    warned.current = hold.deadline;
    announce(say(text.soon, { seconds: Math.ceil(left / 1000) }));
  }
  return (
    <div class="countdown" data-soon={isSoon || undefined}>
      <p>
        {text.label}{' '}
        <strong role="timer" aria-live="off">
          {countdown(left)}
        </strong>
      </p>
      <progress aria-hidden="true" max={hold.expiresInSeconds * 1000} value={Math.max(0, left)} />
      {isSoon && hold.renewalsLeft > 0 && (
        <button type="button" class="button" onClick={() => void renew()}>
          {text.longer}
        </button>
      )}
    </div>
  );
}
