// What is counted as one visitor, and how much larger networks may do together.
import { RecentMap } from '../actors/recent-map.ts';

const PARTS = 8;
const HEXADECIMAL = 16;
/** The upper half of a part, which is where a /56 ends. */
const UPPER_HALF = 0xff00;

/**
 * How many times the allowance of one visitor the networks around an IPv6 address have. A customer's line has a /64 at least, often a /56 (256 of them),
 * and a site or a rented server a /48 (65,536), so a larger network must not have many times as much: its owner alone would use it up. Yet behind a
 * /48 of a telephone company are many people, as there are behind an IPv4 address that it lends to many; those share the allowance of one
 * visitor, so twice as much is enough for a /48.
 */
const FACTOR_OF_A_56 = 1.5;
const FACTOR_OF_A_48 = 2;

/** `suffix` tells the networks apart in the names of limits: nothing for the narrowest. `factor` multiplies what one visitor may do. */
export type AddressGroup = { readonly name: string; readonly suffix: '' | '-56' | '-48'; readonly factor: number };

/** Addresses whose groups are remembered: each request asks several times. */
const REMEMBERED = 1_000;
/** Longer texts are no addresses, and are not worth the memory. */
const LONGEST_ADDRESS = 64;
type AddressGroups = readonly [AddressGroup, ...AddressGroup[]];
const remembered = new RecentMap<string, AddressGroups>(REMEMBERED);

/** What an address is counted as, the narrowest first, in whichever spelling it comes: the /64, /56 and /48 of an IPv6 address, an IPv4 address as itself. */
export function addressGroups(address: string): AddressGroups {
  const known = remembered.get(address);
  if (known !== undefined) return known;
  const groups = groupsOf(address);
  if (address.length <= LONGEST_ADDRESS) remembered.set(address, groups);
  return groups;
}

function groupsOf(address: string): AddressGroups {
  const parts = ipv6PartsOf(address);
  if (typeof parts === 'string') return [{ name: parts, suffix: '', factor: 1 }];
  const [first, second, third, fourth] = parts;
  const site = `${first}:${second}:${third}`;
  const upper = (Number.parseInt(fourth ?? '', HEXADECIMAL) & UPPER_HALF).toString(HEXADECIMAL);
  return [
    { name: `${site}:${fourth}`, suffix: '', factor: 1 },
    { name: `${site}:${upper}/56`, suffix: '-56', factor: FACTOR_OF_A_56 },
    { name: `${site}/48`, suffix: '-48', factor: FACTOR_OF_A_48 },
  ];
}

/** The narrowest of them. */
export function addressGroup(address: string): string {
  return addressGroups(address)[0].name;
}

/** Eight parts without leading zeros; what is no IPv6 address is itself. */
function ipv6PartsOf(address: string): readonly string[] | string {
  const [plain = ''] = address.toLowerCase().split('%');
  const withinIpv6 = /^::ffff:([\d.]+)$/.exec(plain)?.[1];
  if (withinIpv6 !== undefined || !plain.includes(':')) return withinIpv6 ?? plain;
  const [front = [], back = []] = plain.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array.from({ length: Math.max(0, PARTS - front.length - back.length) }, () => '0');
  return [...front, ...zeros, ...back].map((part) => part.replace(/^0+(?=.)/, ''));
}
