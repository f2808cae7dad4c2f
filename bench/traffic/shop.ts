import { z } from 'zod';
import type { Chance } from '../../src/demo/chance.ts';
import { tokens } from '../../src/protocol/auth.ts';
import { type ServiceReply, service } from '../../src/protocol/catalog.ts';
import { page } from '../../src/protocol/scalars.ts';
import { RestCaller } from './rest-caller.ts';
import type { Run } from './run.ts';

/** What there is to book, and when players want it. */
export type Shop = {
  readonly services: readonly ServiceReply[];
  /** Everybody wants this one, and its first times, on purpose. */
  readonly hot: ServiceReply;
  readonly hotDay: string;
};
export type Wish = { readonly service: ServiceReply; readonly from: string; readonly to: string; readonly isHot: boolean };

const HOT_SHARE = 0.35;
const DAYS_AHEAD = 60;
const DAYS_LOOKED_AT = 4;

/** Reads the catalog. `undefined`: the server has nothing to book, or does not answer. */
export async function readShop(run: Run): Promise<Shop | undefined> {
  const listed = await new RestCaller(run, null).read('/v1/services?limit=200', page(service));
  const services = (listed?.items ?? []).filter((each) => each.active && each.paymentPolicy === 'none' && each.staffIds.length > 0);
  const [hot] = services.toSorted((one, other) => other.staffIds.length - one.staffIds.length);
  return hot === undefined ? undefined : { services, hot, hotDay: dayFrom(1) };
}

/** A local date some days from today, by the clock of this machine. */
export function dayFrom(days: number): string {
  return Temporal.Now.plainDateISO().add({ days }).toString();
}

export function wishOf(shop: Shop, chance: Chance): Wish {
  if (chance.happens(HOT_SHARE)) return { service: shop.hot, from: shop.hotDay, to: dayFrom(1 + DAYS_LOOKED_AT), isHot: true };
  const day = chance.integer(0, DAYS_AHEAD);
  return { service: chance.pick(shop.services), from: dayFrom(day), to: dayFrom(day + DAYS_LOOKED_AT), isHot: false };
}

/** Logs the front desk in. `undefined`: wrong account. */
export async function deskToken(run: Run): Promise<string | undefined> {
  const { url, deskEmail, deskPassword } = run.options;
  const reply = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: deskEmail, password: deskPassword }),
    signal: AbortSignal.timeout(15_000),
  });
  const read = z
    .object(tokens.shape)
    .partial()
    .safeParse(await reply.json());
  return reply.ok && read.success ? read.data.accessToken : undefined;
}
