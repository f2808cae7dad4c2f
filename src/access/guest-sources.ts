import { createHmac, type KeyObject } from 'node:crypto';
import { normaliseEmail } from '../model/email.ts';
import { type AddressGroup, addressGroups } from './address-group.ts';
import type { TokenKeys } from './token-keys.ts';

/** 72 bits: too many to meet by chance, and short enough to be shown. */
const CHARACTERS = 12;

/** A network that is counted, and what the sources of all that was booked from it begin with: one for each secret that is accepted. */
export type CountedSource = Pick<AddressGroup, 'suffix' | 'factor'> & { readonly prefixes: readonly string[] };

/**
 * Names where a guest comes from without telling it: keyed hashes of the networks around the address, the widest first, with dots in between. So what
 * comes from one /48 begins with the same 12 characters, and from one /56 with the same 25. Without the secret nobody can find the address that
 * belongs to a hash, or its hash to an address.
 */
export class GuestSources {
  readonly #keys: TokenKeys;

  constructor(keys: TokenKeys) {
    this.#keys = keys;
  }

  /** As it is written down beside what is booked from there. */
  sourceOf(address: string): string {
    return sourceUnder(this.#keys.current.sourceKey, addressGroups(address));
  }

  /** Names a mailbox where it is counted, without telling it. A new secret gives it another name, and so begins its counts anew. */
  mailboxOf(email: string): string {
    return createHmac('sha256', this.#keys.current.sourceKey)
      .update(`mailbox:${normaliseEmail(email)}`)
      .digest('base64url');
  }

  /** The networks around an address, the narrowest first. */
  countedFor(address: string): readonly CountedSource[] {
    const groups = addressGroups(address);
    return groups.map(({ suffix, factor }, index) => ({
      suffix,
      factor,
      prefixes: this.#keys.all.map(({ sourceKey }) => sourceUnder(sourceKey, groups.slice(index))),
    }));
  }
}

function sourceUnder(key: KeyObject, groups: readonly AddressGroup[]): string {
  return groups
    .toReversed()
    .map(({ name }) => createHmac('sha256', key).update(name).digest('base64url').slice(0, CHARACTERS))
    .join('.');
}
