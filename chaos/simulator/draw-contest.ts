import { type Act, FAULTS_BEGIN_AT, type Fault, type Plan } from './plan.ts';
import { Random } from './random.ts';

/** How likely it is that, in a world with faults, nodes with slow links compete for few calendars, and how many those are. */
const CONTEST = 0.25;
const MOST_CONTESTED = 2;
const MOST_SLOW_LINKS = 3;
/** People go on without a rest, so that they are still there when the links are slow. */
const CONTEST_PAUSE_MS = 400;

/** Instead of other faults, some nodes hear late, or write late: what they decide has been overtaken, and they overtake others. */
export function withContest(plan: Plan): Plan {
  const random = new Random(plan.seed).fork('contest');
  if (!plan.hasBus || plan.faults.length === 0 || !random.chance(CONTEST)) return plan;
  const contested = Math.min(plan.calendars, 1 + random.below(MOST_CONTESTED));
  const draw = (act: Act): Act => {
    if ('calendars' in act) return { ...act, calendars: [...new Set(act.calendars.map((calendar) => calendar % contested))] };
    return 'calendar' in act ? { ...act, calendar: act.calendar % contested } : act;
  };
  return {
    ...plan,
    faults: Array.from({ length: 1 + random.below(MOST_SLOW_LINKS) }, () => slowLink(plan, random)).sort((one, other) => one.at - other.at),
    people: plan.people.map((person) => ({
      ...person,
      steps: person.steps.map((step) => ({ ...step, pause: random.below(CONTEST_PAUSE_MS), act: draw(step.act) })),
    })),
  };
}

function slowLink({ clocks }: Plan, random: Random): Fault {
  const at = FAULTS_BEGIN_AT + random.below(1_000);
  const to = random.pick(['database', 'bus'] as const);
  return { at, type: 'slow-link', node: random.below(clocks.length), to, lasts: 3_000 + random.below(15_000), addsMs: random.pick([5, 50, 300, 1_000]) };
}
