// What is cut and forgotten in a world. Real limits are days and a world lasts two minutes, so they are as short as its troubles allow: by then no copy of a
// request is under way any more, no follower lags, and no decision waits for its commit. A consumer that cannot go on is run again after half a minute at most.
import type { RetentionLimits } from './model-database/retention.ts';
import { FAULTS_END_AT, type Fault, type Plan, type Reader } from './plan.ts';
import { Random } from './random.ts';

type Limits = Pick<RetentionLimits, 'keyMs' | 'requestMs' | 'answerMarginMs' | 'positionMs'>;
/** By what may happen in the world. */
const CALM: Limits = { keyMs: 5_000, requestMs: 9_000, answerMarginMs: 1_000, positionMs: 45_000 };
const WITHOUT_BUS: Limits = { keyMs: 8_000, requestMs: 26_000, answerMarginMs: 3_000, positionMs: 45_000 };
const TROUBLED: Limits = { keyMs: 12_000, requestMs: 38_000, answerMarginMs: 30_000, positionMs: 45_000 };
/** Also less than a request is kept: what it is answered from stays all the same. */
const CALM_LOG_MS = [300, 1_500, 9_000, 13_000] as const;
const OF_THE_BUS = new Set<Fault['type']>(['bus-weather', 'bus-outage']);

const RETAINS = 0.6;
/** How likely it is that nothing of the log can be cut at first, as a consumer has not read it: one that stands still, or one that no node runs. */
const STALLS = 0.6;
const ABANDONED = 0.2;
const MOST_ROWS_AT_ONCE = 5;
const CUTS = { least: 14, most: 34, from: 8_000, to: 92_000 };
/** How likely it is that another node does the same at the same moment, and how much later it begins. */
const TOGETHER = 0.4;
const TOGETHER_MS = 6;
const HISTORIANS = 3;
const LOOKS = ['past', 'past', 'past', 'log', 'log', 'changes'] as const;

/** Something is cut now and then while consumers, followers and readers go on, and some readers look back. */
export function withRetention(plan: Plan): Plan {
  const random = new Random(plan.seed).fork('retention');
  if (!random.chance(RETAINS)) return plan;
  const limits = limitsOf(plan);
  const nodes = plan.clocks.length;
  const whole = (least: number, most: number) => Math.floor(random.between(least, most));
  const cuts = Array.from({ length: whole(CUTS.least, CUTS.most) }, () => {
    const one = { at: whole(CUTS.from, CUTS.to), node: random.below(nodes) };
    return random.chance(TOGETHER) ? [one, { at: one.at + random.below(TOGETHER_MS), node: random.below(nodes) }] : [one];
  }).flat();
  const stallAt = whole(2_000, 20_000);
  const stall: Fault = { at: stallAt, type: 'consumer-stall', lasts: whole(3_000, FAULTS_END_AT - stallAt) };
  const hasAbandoned = random.chance(ABANDONED);
  return {
    ...plan,
    faults: random.chance(STALLS) ? [...plan.faults, stall].sort((one, other) => one.at - other.at) : plan.faults,
    readers: [...plan.readers, ...Array.from({ length: HISTORIANS }, (_, number) => drawHistorian(`historian ${number}`, plan, random))],
    retention: {
      ...limits,
      logMs: limits === CALM ? random.pick(CALM_LOG_MS) : limits.requestMs + whole(0, 4_000),
      stepRows: 1 + random.below(MOST_ROWS_AT_ONCE),
      hasAbandoned,
    },
    cuts,
  };
}

function limitsOf({ faults }: Plan): Limits {
  if (faults.length === 0) return CALM;
  return faults.every(({ type }) => OF_THE_BUS.has(type)) ? WITHOUT_BUS : TROUBLED;
}

/** One who looks back and follows the log as long as the world lasts. */
function drawHistorian(name: string, { clocks, calendars, rooms }: Plan, random: Random): Reader {
  const step = () => ({ pause: random.below(2_000), node: random.below(clocks.length), look: random.pick(LOOKS), calendar: random.below(calendars + rooms) });
  return { name, startsAt: 4_000 + random.below(4_000), steps: Array.from({ length: 60 }, step) };
}
