import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Problem } from '../kit/api.ts';
import { counted } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { FactorActForm } from './factor-act-form.tsx';
import { FactorSetUp, FactorStart } from './factor-set-up.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { evolveSecondFactor, type SecondFactor, type TakeFactorChange } from './second-factor.ts';
import { focusSection, Section } from './section.tsx';

const ID = 'second-factor';
/** Below this number the user is asked to create new ones. */
const FEW_CODES = 3;

/** A code of an app at every login, beside the password. */
export function SecondFactorSection() {
  const state = useSignal<SecondFactor | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const take: TakeFactorChange = (change) => {
    const before = state.peek();
    if (before === undefined) return;
    state.value = evolveSecondFactor(before, change);
    // The forms set the focus themselves.
    if (state.value.at === 'on' || state.value.at === 'off') focusSection(ID);
  };
  const read = async () => {
    const answer = await askAs<{ readonly isOn: boolean; readonly recoveryCodesLeft: number }>('GET', '/v1/auth/totp');
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) state.value = evolveSecondFactor({ at: 'off' }, { type: 'read', ...answer.body });
  };
  useEffect(() => void read(), []);
  return (
    <Section id={ID} title="Second factor" lead="A code from an app on your phone, required at login. A stolen password alone is then not enough.">
      {problem.value !== undefined && (
        <div class="banner danger" role="alert">
          <p>{sentenceOf(problem.value)}</p>
          <button type="button" class="button" onClick={() => void read()}>
            Try again
          </button>
        </div>
      )}
      {state.value === undefined && problem.value === undefined && <p class="only-heard">Loading</p>}
      {state.value !== undefined && viewOf(state.value, take)}
    </Section>
  );
}

function viewOf(state: SecondFactor, take: TakeFactorChange) {
  switch (state.at) {
    case 'off':
      return <Off take={take} />;
    case 'starting':
      return <FactorStart take={take} />;
    case 'setting-up':
      return <FactorSetUp secret={state.secret} uri={state.uri} take={take} />;
    case 'codes':
      return <RecoveryCodes codes={state.recoveryCodes} isNew={state.isNew} take={take} />;
    case 'on':
      return <On recoveryCodesLeft={state.recoveryCodesLeft} take={take} />;
    case 'acting':
      return <FactorActForm key={state.act} act={state.act} take={take} />;
    default:
      return state satisfies never;
  }
}

function Off({ take }: { readonly take: TakeFactorChange }) {
  return (
    <div class="row">
      <p class="soft">Off: you log in with your password only.</p>
      <button type="button" class="button" onClick={() => take({ type: 'start' })}>
        Set up
      </button>
    </div>
  );
}

function On({ recoveryCodesLeft, take }: { readonly recoveryCodesLeft: number; readonly take: TakeFactorChange }) {
  return (
    <div class="row">
      <div class="row-words">
        <p class="row-title">
          <span class="chip">On</span>
        </p>
        <p class={recoveryCodesLeft < FEW_CODES ? 'notice' : 'soft small'}>
          {counted(recoveryCodesLeft, 'recovery code is', 'recovery codes are')} left{recoveryCodesLeft < FEW_CODES && ': please create new ones'}.
        </p>
      </div>
      <div class="actions">
        <button type="button" class="button" onClick={() => take({ type: 'act', act: 'renew-codes' })}>
          New recovery codes
        </button>
        <button type="button" class="button danger" onClick={() => take({ type: 'act', act: 'remove' })}>
          Remove
        </button>
      </div>
    </div>
  );
}
