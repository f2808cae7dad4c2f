import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { OutsideRefusal } from '../../model/outside.ts';

/** All addresses of a name. Rejects, or says none, if there are none. */
type Resolver = (name: string) => Promise<readonly string[]>;

export type Judgement = {
  readonly resolve: Resolver;
  /** Which addresses may be asked: `isPublicAddress`, but for tests. */
  readonly isAllowed: (address: string) => boolean;
  readonly ports: ReadonlySet<number>;
  /** `OUTSIDE_ALLOW`: hosts and addresses, as a URL spells them, that may be asked all the same: on any port, and without TLS. */
  readonly exempt: ReadonlySet<string>;
};

/** Where exactly to connect to. */
export type JudgedAddress = { readonly url: URL; readonly address: string; readonly port: number };

/** Those of the schemes, and the one that is common in the place of 443. */
const PORTS: ReadonlySet<number> = new Set([80, 443, 8443]);
export const JUDGEMENT = { isAllowed: isPublicAddress, ports: PORTS, exempt: new Set<string>() };

/**
 * Judges an address before anything is sent to it. The URL parser has already brought every spelling of an IPv4 address into one (decimal, octal,
 * hexadecimal, full-width digits). If a name has several addresses, all of them have to be allowed: one that is not is no accident.
 */
export async function judge(text: string, allowsHttp: boolean, rules: Judgement): Promise<JudgedAddress | OutsideRefusal> {
  const url = URL.parse(text);
  if (url === null) return 'not-an-address';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'scheme-not-allowed';
  if (url.username !== '' || url.password !== '') return 'credentials-in-address';
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const host = hostOf(url);
  const isExemptHost = rules.exempt.has(host);
  const strict = isExemptHost ? undefined : strictly(url, port, { ...rules, allowsHttp });
  if (strict !== undefined && rules.exempt.size === 0) return strict;
  const addresses = isIP(host) === 0 ? await resolved(host, rules.resolve) : [host];
  const [address] = addresses;
  if (address === undefined) return strict ?? 'name-not-known';
  if (isExemptHost || addresses.every((each) => rules.exempt.has(each))) return { url, address, port };
  return strict ?? (addresses.every((each) => rules.isAllowed(each) || rules.exempt.has(each)) ? { url, address, port } : 'not-public');
}

/** What holds for everything that is not exempt. */
function strictly({ protocol }: URL, port: number, { ports, allowsHttp }: Judgement & { readonly allowsHttp: boolean }): OutsideRefusal | undefined {
  if (protocol === 'http:' && !allowsHttp) return 'scheme-not-allowed';
  return !ports.has(port) || (port === 80 && protocol === 'https:') ? 'port-not-allowed' : undefined;
}

/** A name without the dot of the root, an address without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

async function resolved(name: string, resolve: Resolver): Promise<readonly string[]> {
  // That a name has no address is an answer of the DNS, and what it says beyond that is nobody's business here.
  return resolve(name).catch(() => []);
}

/** What has been given out as public (RFC 4291 and its registry): everything else in IPv6 is something special, IPv4 in a disguise above all. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is one that anybody on the Internet may be asked at: not this machine, not this network, not a carrier's, no group, no example, no
 * translation of an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo), and so not the metadata service of a cloud either. What is no address is not public.
 */
export function isPublicAddress(address: string): boolean {
  // The system's own idea of an address, which is stricter: no octal, nothing left out. A zone (`%eth0`) names a link of this machine.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}
