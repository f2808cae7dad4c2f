import type { Caller } from '../../access/caller.ts';
import type { SchedulerCommand } from '../../actors/scheduler.ts';
import type { Failed } from '../../protocol/reply.ts';
import type { GatewayContext } from '../context.ts';
import { problemOfTooMany } from '../security/rate-limits.ts';

/** Of every write: a step of the log, and the key of the request. */
const BYTES_OF_A_WRITE = 1_000;

/** Whether the caller books for themselves, over the network: those are counted by where they come from. */
export function isOnline({ principal }: Caller): boolean {
  return principal === null || principal.role === 'customer';
}

/**
 * What those who book online have written down costs bytes of the day at their address; a refusal of a calendar is written down, too, and so is a
 * request that is given up: `command` is null then.
 */
export async function refuseBytes({ limits }: GatewayContext, caller: Caller, command: SchedulerCommand | null): Promise<Failed | undefined> {
  if (!isOnline(caller) || caller.dryRun) return undefined;
  const taken = await limits.takeBytes(caller.address, BYTES_OF_A_WRITE + (command === null ? 0 : bytesOf(command)));
  return taken.isAllowed ? undefined : { problem: problemOfTooMany(taken) };
}

/** Of what the caller has typed. */
function bytesOf(command: SchedulerCommand): number {
  switch (command.type) {
    case 'book':
    case 'confirm-hold': {
      const { name, email, phone, notes } = command.details;
      return Buffer.byteLength(JSON.stringify([name, email, phone, notes]));
    }
    case 'cancel':
      return Buffer.byteLength(command.reason ?? '');
    default:
      return 0;
  }
}
