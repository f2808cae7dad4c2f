/** What is counted as one visitor. One customer line often has a whole IPv6 /64. */
export function addressGroup(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  return address.split('::')[0]?.split(':').slice(0, 4).join(':') ?? address;
}
