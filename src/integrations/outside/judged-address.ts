import { isIP } from 'node:net';
import type { OutsideRefusal } from '../../model/outside.ts';
import { isPublicAddress } from './public-address.ts';

/** All addresses of a name. Rejects if there are none. */
type Resolver = (name: string) => Promise<readonly string[]>;

export type Judgement = {
  readonly resolve: Resolver;
  /** Which addresses may be asked: `isPublicAddress`, but for tests. */
  readonly isAllowed: (address: string) => boolean;
  readonly ports: ReadonlySet<number>;
};

/** Where exactly to connect to. */
export type JudgedAddress = { readonly url: URL; readonly address: string; readonly port: number };

/** Those of the schemes, and the one that is common in the place of 443. */
const PORTS: ReadonlySet<number> = new Set([80, 443, 8443]);
export const JUDGEMENT = { isAllowed: isPublicAddress, ports: PORTS };

/**
 * Judges an address before anything is sent to it. The URL parser has already brought every spelling of an IPv4 address into one (decimal, octal,
 * hexadecimal, full-width digits). If a name has several addresses, all of them have to be allowed: one that is not is no accident.
 */
export async function judge(text: string, allowsHttp: boolean, { resolve, isAllowed, ports }: Judgement): Promise<JudgedAddress | OutsideRefusal> {
  const url = URL.parse(text);
  if (url === null) return 'not-an-address';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowsHttp)) return 'scheme-not-allowed';
  if (url.username !== '' || url.password !== '') return 'credentials-in-address';
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (!ports.has(port) || (port === 80 && url.protocol === 'https:')) return 'port-not-allowed';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await resolved(host, resolve) : [host];
  const [address] = addresses;
  if (address === undefined) return 'name-not-known';
  return addresses.every(isAllowed) ? { url, address, port } : 'not-public';
}

async function resolved(name: string, resolve: Resolver): Promise<readonly string[]> {
  // That a name has no address is an answer of the DNS, and what it says beyond that is nobody's business here.
  return resolve(name).catch(() => []);
}
