import { useSignal } from '@preact/signals';
import { Field, wrongOf } from '../kit/field.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import { factorSentence } from './factor-sentences.ts';
import { othersEnded } from './other-sessions.ts';
import { PresentPasswordField } from './present-password-field.tsx';
import { QrCode } from './qr-code.tsx';
import type { TakeFactorChange } from './second-factor.ts';
import { inGroups } from './second-factor.ts';

/** Asks for the password first: someone who finds an open page must not be able to lock its owner out. */
export function FactorStart({ take }: { readonly take: TakeFactorChange }) {
  const password = useSignal('');
  const { form, isBusy, problem, send } = useSending(async () => {
    const answer = await askAs<{ readonly secret: string; readonly uri: string }>('POST', '/v1/auth/totp', { body: { password: password.value } });
    if (!answer.ok) return answer.problem;
    take({ type: 'started', ...answer.body });
    return undefined;
  });
  return (
    <form class="matter-form" ref={form} noValidate onSubmit={send}>
      <p>You need an authenticator app on your phone or computer. Switching on the second factor logs out all other devices.</p>
      <FormProblem problem={problem.value} fields={['password']} sentence={factorSentence} unheard="Nothing has been switched on yet. Please try again." />
      <PresentPasswordField value={password} problem={problem.value} />
      <div class="actions">
        <SendButton isBusy={isBusy.value}>Continue</SendButton>
        <button type="button" class="button quiet" onClick={() => take({ type: 'leave' })}>
          Keep it off
        </button>
      </div>
    </form>
  );
}

type SetUpProps = { readonly secret: string; readonly uri: string; readonly take: TakeFactorChange };

export function FactorSetUp({ secret, uri, take }: SetUpProps) {
  const code = useSignal('');
  const { form, isBusy, problem, send } = useSending(async () => {
    const answer = await askAs<{ readonly recoveryCodes: readonly string[] }>('POST', '/v1/auth/totp/confirm', { body: { code: code.value.trim() } });
    if (!answer.ok) return answer.problem;
    othersEnded.value += 1;
    take({ type: 'codes-made', recoveryCodes: answer.body.recoveryCodes });
    return undefined;
  });
  return (
    <form class="matter-form" ref={form} noValidate onSubmit={send}>
      <div class="set-up">
        <QrCode text={uri} label="QR code for your authenticator app" />
        <div class="set-up-words">
          <p>Scan this code with your authenticator app, or enter the key by hand:</p>
          <p>
            <code class="secret">{inGroups(secret)}</code>
          </p>
          <p>
            <a class="reach" href={uri}>
              Open in an app on this device
            </a>
          </p>
        </div>
      </div>
      <FormProblem
        problem={problem.value}
        fields={['code']}
        sentence={factorSentence}
        unheard="Reload the page to see whether the second factor is on. If it is and you have no recovery codes, create new ones."
      />
      <Field
        id="factor-code"
        label="Code"
        mode="numeric"
        isFocused
        autoComplete="one-time-code"
        hint="The six digits your app shows now."
        value={code.value}
        wrong={wrongOf(problem.value, 'code', 'This code')}
        onInput={(value) => {
          code.value = value;
        }}
      />
      <div class="actions">
        <SendButton isBusy={isBusy.value}>Switch on</SendButton>
        <button type="button" class="button quiet" onClick={() => take({ type: 'leave' })}>
          Keep it off
        </button>
      </div>
    </form>
  );
}
