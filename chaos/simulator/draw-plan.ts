import { withBusiness } from './draw-business.ts';
import { withContest } from './draw-contest.ts';
import { withRetention } from './draw-retention.ts';
import { type Act, FAULTS_BEGIN_AT, FAULTS_END_AT, type Fault, type Person, type Plan, type Reader, type Step, type Watcher } from './plan.ts';
import { Random } from './random.ts';

const NODES = 3;

/** A consumer that stands still belongs to worlds in which something is cut, and a slow link to a contest. */
type Kind = Exclude<Fault['type'], 'consumer-stall' | 'slow-link'>;
/** What a world is like: most have one kind of trouble, so that what goes wrong has few reasons. */
type Mood = { readonly faults: number; readonly kinds: readonly Kind[] /** Everybody wants the same, and at once. */; readonly isCrowded?: boolean };
const DATABASE: readonly Kind[] = ['lost-statements', 'lost-statements', 'lost-statements', 'database-crash', 'slow-database', 'database-hole'];
const BUS: readonly Kind[] = ['bus-weather', 'bus-weather', 'bus-outage'];
const PROCESSES: readonly Kind[] = ['pause', 'crash', 'hand-over'];
const MOODS: readonly Mood[] = [
  { faults: 0, kinds: [] },
  { faults: 0, kinds: [] },
  { faults: 8, kinds: DATABASE },
  { faults: 5, kinds: BUS },
  { faults: 4, kinds: BUS, isCrowded: true },
  { faults: 5, kinds: PROCESSES },
  { faults: 9, kinds: PROCESSES },
  { faults: 10, kinds: [...DATABASE, ...BUS, ...PROCESSES] },
  { faults: 10, kinds: [...BUS, 'lost-statements', 'slow-database'], isCrowded: true },
];
/** In a rush nobody does anything before this moment, and then everybody at once. */
const RUSH_AT = 5_000;
const RUSH_MS = 60;
/** How likely it is that calendars which no node has in memory are opened just while they are booked, and how many. */
const ENCOUNTERS = 0.4;
const MOST_ENCOUNTERS = 6;
/** As long as a subscription takes at the most, and a little more. */
const ENCOUNTER_MS = 30;
/** How likely it is that there is only one node, alone. */
const ALONE = 0.1;

/** Everything that will happen, drawn before anything does. */
export function drawPlan(seed: number): Plan {
  const random = new Random(seed).fork('plan');
  const mood = random.pick(MOODS);
  const nodes = random.chance(ALONE) ? 1 : NODES;
  // The fewer calendars and slots, the more often people meet.
  const isCrowded = mood.isCrowded === true;
  const world = {
    nodes,
    calendars: 1 + random.below(isCrowded ? 2 : 6),
    slots: 3 + random.below(9),
    mood,
    isHasty: isCrowded || random.chance(0.4),
    isRush: random.chance(0.4),
  };
  const skew = random.chance(0.2) ? 0.02 : 0.001;
  const several = <Item>(count: number, draw: (number: number) => Item) => Array.from({ length: count }, (_, number) => draw(number));
  const meeting = new Random(seed).fork('encounters');
  const encounters = meeting.chance(ENCOUNTERS) ? several(1 + meeting.below(MOST_ENCOUNTERS), (number) => drawEncounter(number, world, meeting)) : [];
  const plan: Plan = {
    seed,
    calendars: world.calendars + encounters.length,
    rooms: 0,
    slots: world.slots,
    hasBus: nodes > 1,
    busStepMs: random.pick([0.6, 0.6, 4, 20]),
    clocks: several(nodes, () => ({ rate: random.between(1 - skew, 1 + skew), offset: Math.floor(random.between(0, 10_000_000)) })),
    faults: several(mood.faults === 0 ? 0 : 1 + random.below(mood.faults), () => drawFault(world, random)).sort((one, other) => one.at - other.at),
    people: [...several(4 + random.below(8), (number) => drawPerson(`person ${number}`, world, random)), ...encounters.map(({ booker }) => booker)],
    watchers: [
      ...several(1 + random.below(3), (number) => drawWatcher(`watcher ${number}`, world, random)),
      ...encounters.flatMap(({ onlookers }) => onlookers),
    ],
    // In a rush many look at what is just being loaded.
    readers: several(world.isRush ? 6 : 1 + random.below(3), (number) => drawReader(`reader ${number}`, world, random)),
    retention: null,
    cuts: [],
  };
  return withRetention(withRooms(withBusiness(withContest(plan))));
}

/** How likely it is that there are rooms, and then that a claim wants one. */
const ROOMS = 0.6;
const MOST_ROOMS = 3;
const WANTS_ROOM = 0.6;

/** The fewer rooms, the more often people who want different calendars meet. */
function withRooms(plan: Plan): Plan {
  const random = new Random(plan.seed).fork('rooms');
  if (!random.chance(ROOMS)) return plan;
  const rooms = 1 + random.below(MOST_ROOMS);
  const wanted = () => {
    const all = Array.from({ length: rooms }, (_, number) => number);
    return random.chance(0.4) ? all : [random.below(rooms)];
  };
  const aRoom = () => plan.calendars + random.below(rooms);
  const withRoom = (act: Act): Act => {
    switch (act.type) {
      case 'hold':
      case 'book':
      case 'reschedule':
      case 'edit':
        return random.chance(WANTS_ROOM) ? { ...act, rooms: wanted() } : act;
      case 'block':
      case 'unblock':
        return random.chance(0.3) ? { ...act, calendar: aRoom() } : act;
      default:
        return act;
    }
  };
  return {
    ...plan,
    rooms,
    people: plan.people.map((person) => ({ ...person, steps: person.steps.map((step) => ({ ...step, act: withRoom(step.act) })) })),
    watchers: plan.watchers.map((watcher) => (random.chance(0.5) ? { ...watcher, calendars: [...watcher.calendars, aRoom()] } : watcher)),
    readers: plan.readers.map((reader) => ({
      ...reader,
      steps: reader.steps.map((step) => (random.chance(0.25) ? { ...step, calendar: aRoom() } : step)),
    })),
  };
}

type World = {
  readonly nodes: number;
  readonly calendars: number;
  readonly slots: number;
  readonly mood: Mood;
  readonly isHasty: boolean;
  readonly isRush: boolean;
};

function drawFault({ mood, nodes }: World, random: Random): Fault {
  // A crowd is soon gone, so that what is to meet it comes early.
  const isCrowded = mood.isCrowded === true;
  const at = Math.floor(random.between(FAULTS_BEGIN_AT, isCrowded ? 10_000 : FAULTS_END_AT - 12_000));
  const type = random.pick(mood.kinds);
  const node = random.below(nodes);
  const someNode = random.chance(0.5) ? node : null;
  const length = (least: number, most: number) => Math.floor(random.between(least, most));
  switch (type) {
    case 'pause':
      return { at, type, node, lasts: random.chance(0.5) ? length(100, 3_000) : length(4_000, 11_000) };
    case 'crash':
    case 'hand-over':
      return { at, type, node, downFor: length(200, 9_000) };
    case 'database-crash':
      return { at, type, lasts: length(50, 9_000) };
    case 'slow-database':
      return { at, type, lasts: length(500, 8_000), factor: random.pick([10, 100, 1_500]) };
    case 'lost-statements': {
      const fate = random.pick(['lost', 'late', 'cut', 'unanswered', 'killed'] as const);
      const isSilent = random.chance(0.3);
      return { at, type, node: someNode, lasts: length(500, 10_000), chance: random.between(0.1, 0.7), fate, isSilent, lateMs: length(20, 9_000) };
    }
    case 'database-hole':
      return { at, type, node: someNode, lasts: length(300, 10_000), delivers: random.chance(0.5) };
    case 'bus-weather': {
      const chance = () => (random.chance(isCrowded ? 0.8 : 0.5) ? random.between(0, isCrowded ? 0.9 : 0.5) : 0);
      return { at, type, lasts: length(2_000, 12_000), loses: chance(), doubles: chance(), delays: chance(), delayMs: length(5, 3_000) };
    }
    case 'bus-outage':
      return { at, type, node: someNode, lasts: length(200, 11_000), noticedAfter: length(0, 3_000) };
    default:
      return type satisfies never;
  }
}

function drawPerson(name: string, world: World, random: Random): Person {
  const steps = Array.from({ length: 6 + random.below(world.mood.isCrowded === true ? 60 : world.isHasty ? 30 : 14) }, () => drawStep(world, random));
  return { name, startsAt: startOf(world, random, 4_000), steps };
}

function startOf({ isRush }: World, random: Random, latest: number): number {
  return isRush ? RUSH_AT + random.below(RUSH_MS) : random.below(latest);
}

/** Hasty people do several things at once and rest now and then; the others take their time. */
function drawStep(world: World, random: Random): Step {
  const { nodes, isHasty } = world;
  const isBurst = isHasty && random.chance(0.8);
  return {
    pause: random.chance(0.15) ? random.below(7_000) : random.below(isBurst ? 60 : 2_500),
    node: random.below(nodes),
    act: drawAct(world, random),
    twin: random.chance(0.15) ? { node: random.below(nodes), after: random.below(random.pick([2, 30, 1_500])) } : null,
    patience: random.below(6),
    abandons: random.chance(0.3),
  };
}

function drawAct({ calendars, slots }: World, random: Random): Act {
  const calendar = random.below(calendars);
  const slot = random.below(slots);
  const several = random.chance(0.2) ? Array.from({ length: calendars }, (_, number) => number) : [calendar];
  const service = random.pick([0, 0, 0, 1, 2]);
  const which = random.pick([0, 0, 0, 1, 2]);
  const choice = random.next();
  if (choice < 0.26) return { type: 'hold', calendars: several, slot, service, seconds: random.pick([1, 2, 4, 8, 20, 30]), user: random.chance(0.3) };
  if (choice < 0.32) return { type: 'renew', which, seconds: random.pick([2, 5, 10]) };
  if (choice < 0.38) return { type: 'release', which };
  if (choice < 0.5) return { type: 'confirm', which };
  if (choice < 0.66) return { type: 'book', calendars: several, slot, service, approval: random.chance(0.85) ? 'automatic' : 'manual' };
  if (choice < 0.76) return { type: 'cancel', which };
  if (choice < 0.78) return { type: random.pick(['approve', 'check-in', 'check-in', 'reopen']), which };
  if (choice < 0.83) return { type: 'edit', which, minutes: random.pick([null, 20, 30, 45]), calendar };
  if (choice < 0.92) return { type: 'reschedule', which, calendars: several, slot };
  if (choice < 0.95) return { type: 'block', calendar, slot };
  if (choice < 0.97) return { type: 'unblock', which, calendar };
  if (choice < 0.985) return { type: 'busy-elsewhere', calendar, slot };
  return { type: 'time-off', calendar, slot };
}

function drawWatcher(name: string, world: World, random: Random): Watcher {
  const { nodes, calendars } = world;
  const all = Array.from({ length: calendars }, (_, number) => number);
  return { name, node: random.below(nodes), startsAt: startOf(world, random, 15_000), calendars: random.chance(0.6) ? all : all.slice(0, 1) };
}

/**
 * Somebody books on a calendar that no node has in memory, while others open it. It stays quiet afterwards, since the next change would
 * heal whatever was missed when the calendar was loaded.
 */
function drawEncounter(number: number, world: World, random: Random): { readonly booker: Person; readonly onlookers: readonly Watcher[] } {
  const { nodes, slots } = world;
  const calendar = world.calendars + number;
  const at = RUSH_AT + random.below(FAULTS_END_AT - RUSH_AT);
  const moment = () => at + random.below(ENCOUNTER_MS);
  const act = { type: 'book', calendars: [calendar], slot: random.below(slots), service: 0, approval: 'automatic' } as const;
  const step = { pause: 0, node: random.below(nodes), act, twin: null, patience: 2, abandons: false };
  const onlooker = (name: string) => ({ name, node: random.below(nodes), startsAt: moment(), calendars: [calendar] });
  return {
    booker: { name: `booker ${number}`, startsAt: moment(), steps: [step] },
    onlookers: [onlooker(`onlooker ${number} a`), onlooker(`onlooker ${number} b`)],
  };
}

function drawReader(name: string, world: World, random: Random): Reader {
  const { nodes, calendars } = world;
  const step = () => ({
    pause: world.isRush && random.chance(0.8) ? random.below(RUSH_MS) : random.below(2_500),
    node: random.below(nodes),
    look: random.pick(['views', 'views', 'slots', 'slots', 'changes'] as const),
    calendar: random.below(calendars),
  });
  return { name, startsAt: startOf(world, random, 2_000), steps: Array.from({ length: 10 + random.below(15) }, step) };
}
