// What those do who work there: they see to each other's appointments, put some over others on purpose, and remove people and rooms.
import type { Act, Person, Plan } from './plan.ts';
import { Random } from './random.ts';

/** How likely it is that people put appointments over others on purpose in a world, and how often they do then. */
const INSISTING = 0.4;
const INSISTS = 0.3;
/** How likely it is that they see to each other's appointments, and how often they do. */
const COLLEAGUES = 0.5;
const SHARES = 0.6;
/** How often they look at it first, and how long they think; milliseconds. */
const LOOKS = 0.6;
const LONGEST_LOOK_MS = 2_500;
/** How often they edit an appointment instead of taking another time. */
const EDITS = 0.25;
const ON_APPOINTMENTS: readonly Act['type'][] = ['cancel', 'approve', 'check-in', 'reopen', 'reschedule', 'edit'];
/** How likely it is that people and rooms are removed and taken back in a world, and how often. */
const REMOVING = 0.25;
const MOST_REMOVALS = 3;
const REMOVED_FOR_MS = 9_000;

export function withBusiness(plan: Plan): Plan {
  const insisting = new Random(plan.seed).fork('overlaps');
  const sharing = new Random(plan.seed).fork('colleagues');
  const removing = new Random(plan.seed).fork('removals');
  const steps = [
    ...(insisting.chance(INSISTING) ? [(act: Act) => overlapping(act, insisting)] : []),
    ...(sharing.chance(COLLEAGUES) ? [(act: Act) => shared(act, sharing)] : []),
  ];
  const people = plan.people.map((person) => ({
    ...person,
    steps: person.steps.map((step) => ({ ...step, act: steps.reduce((act, draw) => draw(act), step.act) })),
  }));
  return { ...plan, people: removing.chance(REMOVING) ? [...people, remover(plan, removing)] : people };
}

function overlapping(act: Act, random: Random): Act {
  const takesTime = act.type === 'book' || act.type === 'reschedule' || (act.type === 'edit' && act.minutes !== null);
  return takesTime && random.chance(INSISTS) ? { ...act, isOver: true } : act;
}

function shared(drawn: Act, random: Random): Act {
  const act = edited(drawn, random);
  if (!ON_APPOINTMENTS.includes(act.type) || !random.chance(SHARES)) return act;
  return { ...act, isAnyones: true, ...(random.chance(LOOKS) && { looks: random.below(LONGEST_LOOK_MS) }) } as Act;
}

function edited(act: Act, random: Random): Act {
  const isNew = act.type === 'book' || act.type === 'hold';
  if (!isNew || !random.chance(EDITS)) return act;
  return { type: 'edit', which: random.below(3), minutes: random.pick([null, null, 20, 30]), calendar: act.calendars[0] ?? 0 };
}

function remover({ calendars, rooms, clocks }: Plan, random: Random): Person {
  const steps = Array.from({ length: 1 + random.below(MOST_REMOVALS) }, () => {
    const calendar = random.below(calendars + rooms);
    return (['retire', 'reinstate'] as const).map((type) => ({
      pause: random.below(REMOVED_FOR_MS),
      node: random.below(clocks.length),
      act: { type, calendar },
      twin: null,
      patience: 5,
      abandons: false,
    }));
  });
  return { name: 'owner', startsAt: random.below(REMOVED_FOR_MS), steps: steps.flat() };
}
