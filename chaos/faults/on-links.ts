// What can happen between a node and a server it depends on. A connection that has lost bytes is ended when the fault is over: TCP never goes on without them.
import type { FaultCounts, FaultProxy } from '../../test/support/fault-proxy.ts';
import type { Fault } from '../plan/faults.ts';
import type { Link } from '../world/world.ts';
import { type Firing, type Ground, growthOf, type Inflict, lastsUntilMet } from './firing.ts';

type Break = { readonly begin: (proxy: FaultProxy) => void; readonly end: (proxy: FaultProxy, fault: Fault) => void | Promise<void>; readonly met: Meeting };
type Meeting = { readonly count: (counts: FaultCounts) => number; readonly proof: string };

const cut: Break = {
  begin: (proxy) => proxy.cut(),
  end: (proxy) => proxy.pass(),
  met: { count: ({ cut: ended, refused }) => ended + refused, proof: 'connections ended or refused' },
};
const blackHole: Break = {
  begin: (proxy) => proxy.blackHole(),
  end: (proxy) => proxy.cutOnce(),
  met: { count: (counts) => counts.requestBytesSwallowed, proof: 'bytes of requests swallowed' },
};
const repliesSwallowed: Break = {
  begin: (proxy) => proxy.swallowReplies(),
  end: (proxy) => proxy.cutOnce(),
  met: { count: (counts) => counts.replyBytesSwallowed, proof: 'bytes of replies swallowed' },
};
const late: Break = {
  begin: (proxy) => proxy.holdBack(),
  end: (proxy, { detail }) => proxy.releaseLate(typeof detail === 'number' ? detail : 0),
  met: { count: (counts) => counts.requestBytesHeld, proof: 'bytes of requests held back' },
};

export const cutLink = breaking(cut);
export const blackHoleLink = breaking(blackHole);
export const swallowReplies = breaking(repliesSwallowed);

/** Held back is not yet late: what counts is what arrived after its sender had been cut off. */
export const deliverLate: Inflict = async (ground, fault) => {
  const { counts } = proxyOf(ground, fault);
  const delivered = growthOf(() => counts.requestBytesDeliveredLate);
  await breaking(late)(ground, fault);
  return { fired: delivered(), proof: 'bytes of requests delivered after their sender was cut off' };
};

function breaking({ begin, end, met }: Break): Inflict {
  return async (ground, fault): Promise<Firing> => {
    const proxy = proxyOf(ground, fault);
    const grown = growthOf(() => met.count(proxy.counts));
    begin(proxy);
    await lastsUntilMet(fault, grown);
    const fired = grown();
    await end(proxy, fault);
    return { fired, proof: met.proof };
  };
}

function proxyOf({ world }: Ground, { id, node, kind }: Fault): FaultProxy {
  if (node === null) throw new RangeError(`fault ${id} names no node`);
  const to: Link['to'] = kind.startsWith('redis-') ? 'redis' : 'postgres';
  return world.linkOf(node, to);
}
