// The forms before login on the account page ("doors"). Pure: the part after `#`, which browsers send to no server, selects one.

export type Door =
  | { readonly at: 'login' /** What has just been done. */; readonly after?: 'verifying' | 'resetting' }
  | { readonly at: 'register' }
  | { readonly at: 'forgotten' }
  /** An e-mail is on its way. */
  | { readonly at: 'emailed'; readonly about: EmailWanted; readonly email: string }
  /** The link of an e-mail was opened. */
  | { readonly at: 'verify'; readonly token: string }
  | { readonly at: 'reset'; readonly token: string /** Whether there was none before. */; readonly isFirst: boolean };
export type EmailWanted = 'registration' | 'password';

/** The door of an address. `undefined`: the part after `#` is not one of ours. */
export function doorOf(hash: string): Door | undefined {
  const [, topic, token] = /^#([a-z-]+)=([\w-]+)$/.exec(hash) ?? [];
  if (token !== undefined && topic === 'email-verification') return { at: 'verify', token };
  if (token !== undefined && (topic === 'password-reset' || topic === 'invitation')) return { at: 'reset', token, isFirst: topic === 'invitation' };
  if (hash === '#register') return { at: 'register' };
  if (hash === '#forgotten') return { at: 'forgotten' };
  return hash === '' || hash === '#login' ? { at: 'login' } : undefined;
}

/** A link from an e-mail works even if someone is logged in here; the other doors are for visitors who are not. */
export function isForAnybody({ at }: Door): boolean {
  return at === 'verify' || at === 'reset';
}
