import { useEffect, useRef } from 'preact/hooks';
import { CopyButton } from '../kit/copy-button.tsx';
import type { TakeFactorChange } from './second-factor.ts';

type RecoveryCodesProps = {
  readonly codes: readonly string[] /** The second factor has just been switched on. */;
  readonly isNew: boolean;
  readonly take: TakeFactorChange;
};

/** Shown this once. */
export function RecoveryCodes({ codes, isNew, take }: RecoveryCodesProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="matter-form">
      <h3 ref={heading} tabIndex={-1}>
        {isNew ? 'Second factor is on. ' : ''}Your recovery codes
      </h3>
      <p>
        Each code lets you log in once without the app, in case you lose your phone. They are shown only once: print them, or save them in a password manager,
        not on the phone.
      </p>
      <ul class="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="actions">
        <CopyButton text={codes.join('\n')}>Copy codes</CopyButton>
        <button type="button" class="button" onClick={() => print()}>
          Print codes
        </button>
        <button type="button" class="button primary" onClick={() => take({ type: 'codes-kept' })}>
          I have saved them
        </button>
      </div>
    </div>
  );
}
