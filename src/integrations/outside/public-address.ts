import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

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
