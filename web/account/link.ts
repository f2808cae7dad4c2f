// The link of a letter. Its token comes after `#`, which a browser sends to no server.

export type AccountLink = { readonly topic: 'email-verification' | 'password-reset' | 'invitation'; readonly token: string };

/** `undefined`: somebody came without a link, or with one that is none of ours. */
export function readLink(hash: string): AccountLink | undefined {
  const [, topic, token] = /^#([a-z-]+)=([\w-]+)$/.exec(hash) ?? [];
  if (token === undefined || (topic !== 'email-verification' && topic !== 'password-reset' && topic !== 'invitation')) return undefined;
  return { topic, token };
}
