import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readInteger, WrongOptions } from '../bench/traffic/options.ts';

const MEASURES = ['owner-kill', 'sigterm', 'postgres-crash', 'redis-kill', 'single-faults'] as const;
export type Measure = (typeof MEASURES)[number];

export type ChaosOptions = {
  readonly nodes: number;
  readonly seconds: number;
  readonly seed: number;
  readonly customers: number;
  /** That services take along. */
  readonly rooms: number;
  /** A plan to play instead of drawing one. */
  readonly planFile: string | null;
  /** A history to judge instead of making one. */
  readonly historyFile: string | null;
  readonly measure: Measure | null;
  readonly rounds: number;
  /** That each calendar has before `measure` begins. */
  readonly appointments: number;
  /** Where the report goes. */
  readonly out: string;
  readonly isJson: boolean;
};

export const HELP = `Runs real nodes on a real PostgreSQL and Redis, breaks them by a plan, and holds every answer against what really happened.

  npm run chaos -- --nodes 3 --seconds 60 --seed 7

  --nodes N       server processes; one runs without Redis               (default 3, 1 to 5)
  --seconds N     how long things are broken                             (default 60, 10 to 7200)
  --seed N        draws the same plan and makes the same choices again   (default: a random one, printed)
  --customers N   people who book, beside desks and integrations         (default 8 for each node, 1 to 200)
  --rooms N       rooms that two of the services take along; 0: no service does  (default 2, 0 to 2)
  --plan FILE     plays this plan; nodes, seconds and seed are the plan's
  --check FILE    judges a history (history.jsonl) that was made before, and starts nothing
  --measure WHAT  instead of a plan, one kind of fault again and again (single-faults: each kind in turn): ${MEASURES.join(', ')}
  --rounds N      how often --measure does it, or each kind of fault     (default 10, 1 to 200)
  --appointments N  that each calendar has before --measure begins       (default 0, at most 10000)
  --out DIR       where plan, history, logs and report go                (default: a new directory for temporary files)
  --json          ends with one line of JSON instead of words
  --help          this text

Needs PostgreSQL 15 or newer, and for more than one node redis-server, on this machine; it starts its own, on the loopback.
Exit code: 0 all is well; 1 a promise was broken, or a planned fault did not fire; 64 wrong options.`;

/** `undefined`: help was asked for. */
export function readOptions(words: readonly string[]): ChaosOptions | undefined {
  const values = parse(words);
  if (values.help) return undefined;
  const nodes = readInteger('nodes', values.nodes, 1, 5);
  return {
    nodes,
    seconds: readInteger('seconds', values.seconds, 10, 7_200),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : readInteger('seed', values.seed, 0, 2 ** 32 - 1),
    customers: values.customers === undefined ? nodes * 8 : readInteger('customers', values.customers, 1, 200),
    rooms: readInteger('rooms', values.rooms, 0, 2),
    planFile: values.plan ?? null,
    historyFile: values.check ?? null,
    measure: readMeasure(values.measure),
    rounds: readInteger('rounds', values.rounds, 1, 200),
    appointments: readInteger('appointments', values.appointments, 0, 10_000),
    out: values.out ?? join(tmpdir(), `slotkeeper-chaos-report-${Date.now()}`),
    isJson: values.json,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      strict: true,
      allowPositionals: false,
      options: {
        nodes: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string' },
        customers: { type: 'string' },
        rooms: { type: 'string', default: '2' },
        plan: { type: 'string' },
        check: { type: 'string' },
        measure: { type: 'string' },
        rounds: { type: 'string', default: '10' },
        appointments: { type: 'string', default: '0' },
        out: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    throw new WrongOptions(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readMeasure(text: string | undefined): Measure | null {
  if (text === undefined) return null;
  const found = MEASURES.find((measure) => measure === text);
  if (found === undefined) throw new WrongOptions(`--measure must be one of ${MEASURES.join(', ')}, not ${JSON.stringify(text)}`);
  return found;
}
