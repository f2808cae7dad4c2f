/** Whether a host is this machine whoever asks: by the name that always means it, or by an address of the loopback. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
