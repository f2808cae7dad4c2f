import { useEffect, useRef } from 'preact/hooks';
import { CopyButton } from '../copy-button.tsx';
import type { TakeFactorChange } from './second-factor-section.tsx';

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
        {isNew ? 'It is on. ' : ''}Your recovery codes
      </h3>
      <p>
        Each lets you in once without the app, for when your phone is lost. They are shown only now: print them, or copy them into a password manager, not onto
        the phone.
      </p>
      <ul class="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="actions">
        <CopyButton text={codes.join('\n')}>Copy them</CopyButton>
        <button type="button" class="button" onClick={() => print()}>
          Print them
        </button>
        <button type="button" class="button primary" onClick={() => take({ type: 'codes-kept' })}>
          I have kept them
        </button>
      </div>
    </div>
  );
}
