// What is going to happen in one simulated world, as plain data: it can be printed, kept, shortened and run again.
import type { Asked } from './history.ts';
import type { BusWeather } from './model-bus.ts';
import type { StatementFault } from './model-database/connections.ts';
import type { RetentionLimits } from './model-database/retention.ts';

/** Where in the world something happens, by number. */
export type NodeNumber = number;

/** Moments and lengths are milliseconds since the beginning of the world. `node: null` is all of them. */
export type Fault = { readonly at: number } & (
  | { readonly type: 'pause'; readonly node: NodeNumber; readonly lasts: number }
  | { readonly type: 'crash'; readonly node: NodeNumber; readonly downFor: number }
  /** An orderly end: everything is handed over first. */
  | { readonly type: 'hand-over'; readonly node: NodeNumber; readonly downFor: number }
  | { readonly type: 'database-crash'; readonly lasts: number }
  | { readonly type: 'slow-database'; readonly lasts: number; readonly factor: number }
  | ({ readonly type: 'lost-statements'; readonly node: NodeNumber | null; readonly lasts: number; readonly chance: number } & StatementFault)
  | { readonly type: 'database-hole'; readonly node: NodeNumber | null; readonly lasts: number; readonly delivers: boolean }
  | ({ readonly type: 'bus-weather'; readonly lasts: number } & BusWeather)
  /** Everything on this way takes so much longer, in each direction. */
  | { readonly type: 'slow-link'; readonly node: NodeNumber; readonly to: 'database' | 'bus'; readonly lasts: number; readonly addsMs: number }
  | { readonly type: 'bus-outage'; readonly node: NodeNumber | null; readonly lasts: number; readonly noticedAfter: number }
  /** What the consumer that notes changes depends on is away. */
  | { readonly type: 'consumer-stall'; readonly lasts: number }
);

/**
 * `isAnyones`: `which` counts back among the appointments of all people. `looks`: its record is read first, and what is asked so many milliseconds later is
 * meant for no other version of it.
 */
export type OnAppointment = { readonly which: number; readonly isAnyones?: true; readonly looks?: number };

/**
 * `which` counts back among one's own earlier ones: 0 is the latest. `slot` and `calendars` count as well; the rooms come after the calendars of people.
 * `rooms`: any one of these is taken along; left out, none. `isOver`: whatever has the time.
 */
export type Act =
  | {
      readonly type: 'hold';
      readonly calendars: readonly number[];
      readonly slot: number;
      readonly service: number;
      readonly seconds: number;
      readonly user: boolean;
      readonly rooms?: readonly number[];
    }
  | { readonly type: 'renew'; readonly which: number; readonly seconds: number }
  | { readonly type: 'release' | 'confirm'; readonly which: number }
  | {
      readonly type: 'book';
      readonly calendars: readonly number[];
      readonly slot: number;
      readonly service: number;
      readonly approval: 'automatic' | 'manual';
      readonly rooms?: readonly number[];
      readonly isOver?: true;
    }
  | (OnAppointment & { readonly type: 'cancel' | 'approve' | 'check-in' | 'reopen' })
  | (OnAppointment & {
      readonly type: 'reschedule';
      readonly calendars: readonly number[];
      readonly slot: number;
      readonly rooms?: readonly number[];
      readonly isOver?: true;
    })
  /** `minutes`: how long it is to be, and with whom; null: only what is noted. */
  | (OnAppointment & {
      readonly type: 'edit';
      readonly minutes: number | null;
      readonly calendar: number;
      readonly rooms?: readonly number[];
      readonly isOver?: true;
    })
  | { readonly type: 'block'; readonly calendar: number; readonly slot: number }
  | { readonly type: 'unblock'; readonly which: number; readonly calendar: number }
  | { readonly type: 'time-off'; readonly calendar: number; readonly slot: number }
  /** The person or room is removed, or is not removed after all. */
  | { readonly type: 'retire' | 'reinstate'; readonly calendar: number }
  /** All busy times elsewhere: two of them, of ten minutes. */
  | { readonly type: 'busy-elsewhere'; readonly calendar: number; readonly slot: number };

export type Step = {
  readonly pause: number;
  readonly node: NodeNumber;
  readonly act: Act;
  /** The same key is asked on this node as well, that much later, whatever has become of the first. */
  readonly twin: { readonly node: NodeNumber; readonly after: number } | null;
  /** How often it is asked again while there is no definite answer. */
  readonly patience: number;
  /** Then it is abandoned, or left as it is until the end. */
  readonly abandons: boolean;
};
export type Person = { readonly name: string; readonly startsAt: number; readonly steps: readonly Step[] };
export type Watcher = { readonly name: string; readonly node: NodeNumber; readonly startsAt: number; readonly calendars: readonly number[] };
export type Reader = {
  readonly name: string;
  readonly startsAt: number;
  readonly steps: readonly {
    readonly pause: number;
    readonly node: NodeNumber;
    readonly look: 'views' | 'slots' | 'changes' | 'past' | 'log';
    readonly calendar: number;
  }[];
};

export type Plan = {
  readonly seed: number;
  /** Of people. */
  readonly calendars: number;
  readonly rooms: number;
  readonly slots: number;
  /** One for each node: the rate of its clock, and what it shows at the beginning. */
  readonly clocks: readonly { readonly rate: number; readonly offset: number }[];
  /** False: there is one node, alone. */
  readonly hasBus: boolean;
  /** The longest that a message takes from a node to the middle of the bus, or from there to a node, while nothing is wrong. */
  readonly busStepMs: number;
  readonly faults: readonly Fault[];
  readonly people: readonly Person[];
  readonly watchers: readonly Watcher[];
  readonly readers: readonly Reader[];
  /** null: nothing is ever cut or forgotten. */
  readonly retention: (RetentionLimits & { /** There is a consumer that no node runs. */ readonly hasAbandoned: boolean }) | null;
  /** When a node cuts and forgets what has had its time. */
  readonly cuts: readonly { readonly at: number; readonly node: NodeNumber }[];
};

/** Faults come after everybody has started. */
export const FAULTS_BEGIN_AT = 3_000;
/** No fault lasts beyond this moment. */
export const FAULTS_END_AT = 40_000;

/** After a fault, and after the beginning, whatever it has left behind is gone within this: a read that hangs is given up after fifteen seconds. Milliseconds. */
const AFTERMATH_MS = 18_000;
const STARTED_AFTER_MS = 4_000;

/** Whether a key is still kept: after that, a repeat is a new request. */
export function isInTime({ retention }: Plan, { attempts }: Pick<Asked, 'attempts'>, now: number): boolean {
  return retention === null || now < (attempts[0]?.askedAt ?? now) + retention.keyMs;
}

/** Whether nothing disturbs the world between these moments, or has left anything behind. */
export function isCalm({ faults }: Plan, from: number, to: number): boolean {
  const disturbing = faults.filter(({ type }) => type !== 'consumer-stall');
  return from > STARTED_AFTER_MS && disturbing.every((fault) => fault.at > to || endOf(fault) + AFTERMATH_MS < from);
}

/** When a fault is over, as far as the plan can say. */
export function endOf(fault: Fault): number {
  return fault.at + ('lasts' in fault ? fault.lasts : fault.downFor);
}
