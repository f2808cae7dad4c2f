const PARTS = 8;
/** A /64: one customer line often has a whole one. */
const PARTS_OF_A_LINE = 4;

/** What is counted as one visitor, in whichever of its spellings the address comes. */
export function addressGroup(address: string): string {
  const [plain = ''] = address.toLowerCase().split('%');
  const withinIpv6 = /^::ffff:([\d.]+)$/.exec(plain)?.[1];
  if (withinIpv6 !== undefined || !plain.includes(':')) return withinIpv6 ?? plain;
  const [front = [], back = []] = plain.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array.from({ length: Math.max(0, PARTS - front.length - back.length) }, () => '0');
  const parts = [...front, ...zeros, ...back].slice(0, PARTS_OF_A_LINE);
  return parts.map((part) => part.replace(/^0+(?=.)/, '')).join(':');
}
