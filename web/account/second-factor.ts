// The second factor of an account, as the page shows it. Pure: a state and a reply of the server, or a choice of the user, give the next state.
//
// `off` → `setting-up` with a secret, once the password was given → `codes` once a code of the app has shown that it knows the secret → `on`.
// `on` → `codes` again with new recovery codes, or → `off`. A form that is left leads back to where it came from. Recovery codes are in no state
// but `codes`: once closed, they cannot be seen again.

export type FactorAct = 'renew-codes' | 'remove';
export type SecondFactor =
  | { readonly at: 'off' }
  /** Asks for the password first. */
  | { readonly at: 'starting' }
  | { readonly at: 'setting-up'; readonly secret: string; readonly uri: string }
  | { readonly at: 'codes'; readonly recoveryCodes: readonly string[]; readonly isNew: boolean }
  | { readonly at: 'on'; readonly recoveryCodesLeft: number }
  /** Asks for password and code first. */
  | { readonly at: 'acting'; readonly act: FactorAct; readonly recoveryCodesLeft: number };

export type FactorChange =
  | { readonly type: 'read'; readonly isOn: boolean; readonly recoveryCodesLeft: number }
  | { readonly type: 'start' }
  | { readonly type: 'started'; readonly secret: string; readonly uri: string }
  | { readonly type: 'codes-made'; readonly recoveryCodes: readonly string[] }
  | { readonly type: 'codes-kept' }
  | { readonly type: 'act'; readonly act: FactorAct }
  | { readonly type: 'removed' }
  | { readonly type: 'leave' };

export type TakeFactorChange = (change: FactorChange) => void;

/** A change that does not fit the state, such as the reply to a closed form, changes nothing. */
export function evolveSecondFactor(state: SecondFactor, change: FactorChange): SecondFactor {
  switch (change.type) {
    case 'read':
      return change.isOn ? { at: 'on', recoveryCodesLeft: change.recoveryCodesLeft } : { at: 'off' };
    case 'start':
      return state.at === 'off' ? { at: 'starting' } : state;
    case 'started':
      return state.at === 'starting' ? { at: 'setting-up', secret: change.secret, uri: change.uri } : state;
    case 'codes-made':
      // In any state: codes that were not shown would be lost.
      return { at: 'codes', recoveryCodes: change.recoveryCodes, isNew: state.at === 'setting-up' };
    case 'codes-kept':
      return state.at === 'codes' ? { at: 'on', recoveryCodesLeft: state.recoveryCodes.length } : state;
    case 'act':
      return state.at === 'on' ? { at: 'acting', act: change.act, recoveryCodesLeft: state.recoveryCodesLeft } : state;
    case 'removed':
      return { at: 'off' };
    case 'leave':
      return left(state);
    default:
      return change satisfies never;
  }
}

function left(state: SecondFactor): SecondFactor {
  if (state.at === 'starting' || state.at === 'setting-up') return { at: 'off' };
  if (state.at === 'acting') return { at: 'on', recoveryCodesLeft: state.recoveryCodesLeft };
  return state;
}

/** The secret in groups of four, for those who type it. */
export function inGroups(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? '';
}
