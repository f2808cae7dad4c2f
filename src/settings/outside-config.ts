/** Hosts and addresses of OUTSIDE_ALLOW, in the spelling of a URL's `hostname`, without brackets. */
export function outsideAllowOf(entries: readonly string[], problem: (variable: 'OUTSIDE_ALLOW', message: string) => void): readonly string[] {
  return entries.map((entry, index) => {
    const host = /^[^\s/?#@\\*]+$/.test(entry) ? (hostIn(entry) ?? hostIn(`[${entry}]`)) : undefined;
    if (host === undefined)
      problem('OUTSIDE_ALLOW', `must be names or addresses such as hooks.internal, 10.0.0.5, separated by commas; number ${index + 1} is neither`);
    return host ?? entry;
  });
}

/** Nothing but a host: a port is not compared, so one that is set would say more than it does. */
function hostIn(text: string): string | undefined {
  const url = URL.parse(`http://${text}`);
  if (url === null || /:\d*$/.test(text.replace(/^\[.*\]/, ''))) return undefined;
  return url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}
