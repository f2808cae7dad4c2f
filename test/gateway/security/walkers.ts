// Everybody who walks along the routes and messages, and what each finds within and beyond reach. A new standing is one more entry here.
import { type Action, type Reach, reachOf, type Standing, scopeFor } from '../../../src/access/permissions.ts';
import { KEY_SCOPES, type KeyScope } from '../../../src/model/roles.ts';
import type { Cast, CastMember } from '../cast.ts';
import { makeSubject, type Shown, type StaffReply, type Subject } from './subjects.ts';

type WalkerFacts = {
  readonly name: string;
  readonly standing: Standing;
  /** null is a guest. */
  readonly account: CastMember | null;
  /** Whose calendar what they have made is on. */
  readonly with: 'ada' | 'bo' | 'cy';
  /** Bound to the location of that calendar. */
  readonly isBound?: boolean;
  /** Of an API key; left out where rights need no scopes. */
  readonly scopes?: readonly KeyScope[];
};

export const WALKERS: readonly WalkerFacts[] = [
  { name: 'a guest', standing: 'guest', account: null, with: 'ada' },
  { name: 'a customer', standing: 'customer', account: 'clara@example.org', with: 'ada' },
  { name: 'a staff member', standing: 'staff', account: 'ada@example.org', with: 'ada' },
  { name: 'a front desk in Berlin', standing: 'front-desk', account: 'desk@example.org', with: 'ada', isBound: true },
  { name: 'a front desk in New York', standing: 'front-desk', account: 'desk.newyork@example.org', with: 'cy', isBound: true },
  { name: 'a manager of Berlin', standing: 'manager', account: 'manager.berlin@example.org', with: 'ada', isBound: true },
  { name: 'a manager', standing: 'manager', account: 'manager@example.org', with: 'ada' },
  { name: 'an owner', standing: 'owner', account: 'owner@example.org', with: 'ada' },
  { name: 'a program for everything', standing: 'integration', account: 'a program for everything', with: 'ada', scopes: KEY_SCOPES },
  {
    name: 'a program for everything in Berlin',
    standing: 'integration',
    account: 'a program for everything in Berlin',
    with: 'ada',
    isBound: true,
    scopes: KEY_SCOPES,
  },
  { name: 'a program for hardly anything', standing: 'integration', account: 'a program for hardly anything', with: 'ada', scopes: ['catalog:read'] },
];

export type Walker = WalkerFacts & {
  readonly token: string | undefined;
  /** Made by them, if they may make anything. */
  readonly mine: Subject;
  /** Made by a guest, on a calendar that is theirs to look after, if any is. */
  readonly near: Subject;
  /** Made by another customer, in both locations, on calendars of others. */
  readonly others: readonly Subject[];
};

/** Where what a route or message is about belongs: to a staff member's calendar and its location, to a location alone, to the business as a whole, or to the caller alone. A `list` has what is within reach, whatever that is. */
export type Belongs = 'somewhere' | 'location' | 'business' | 'asker' | 'list';
/** One request to be made, and what has to come of it. `shows`: with the tokens of what. */
export type Step = { readonly subject: Subject; readonly shows: Shown | null; readonly verdict: 'let-through' | 'unauthenticated' | 'forbidden' | 'refused' };

/** Customers and guests have something of their own on Ada's calendar; Dan has something with everybody else. */
export async function walkersOf(cast: Cast): Promise<readonly Walker[]> {
  const staffOf = { ada: cast.ada, bo: cast.bo, cy: cast.cy } satisfies Record<string, StaffReply>;
  const near = { ada: await makeSubject(cast, { with: cast.ada, by: null }), cy: await makeSubject(cast, { with: cast.cy, by: null }) };
  const others = [await makeSubject(cast, { with: cast.bo, by: 'dan@example.org' }), await makeSubject(cast, { with: cast.cy, by: 'dan@example.org' })];
  const walkers: Walker[] = [];
  for (const facts of WALKERS) {
    const canMake = facts.scopes === undefined || facts.scopes.includes('appointments:write');
    const mine = canMake ? await makeSubject(cast, { with: staffOf[facts.with], by: facts.account }) : near.ada;
    const token = facts.account === null ? undefined : cast.tokenOf[facts.account];
    walkers.push({ ...facts, token, mine, near: facts.with === 'cy' ? near.cy : near.ada, others });
  }
  return walkers;
}

/** How far the table says that the walker reaches. */
export function reachOfWalker({ standing, scopes }: WalkerFacts, action: Action): Reach | null {
  const scope = scopeFor(action);
  return scopes !== undefined && scope !== null && !scopes.includes(scope) ? null : reachOf(action, standing);
}

/** What the walker asks for, and what the table says about it. What is refused comes first. */
export function stepsOf(walker: Walker, action: Action, belongs: Belongs): readonly Step[] {
  const { mine, near, others, standing } = walker;
  const reach = reachOfWalker(walker, action);
  const each = (subjects: readonly Subject[], verdict: Step['verdict'], shows: Shown | null = null): Step[] =>
    subjects.map((subject) => ({ subject, shows, verdict }));
  if (belongs === 'list' && reach !== null) return each([near], 'let-through');
  switch (reach) {
    case null:
      return each(belongs === 'asker' ? [near] : [near, ...others], standing === 'guest' ? 'unauthenticated' : 'forbidden');
    case 'all':
      return each(belongs === 'asker' ? [near] : [near, ...others], 'let-through');
    case 'own': {
      const beyond = belongs === 'asker' ? [] : [...each(others, 'refused'), ...each(others, 'refused', mine)];
      return [...beyond, ...each([mine], 'let-through', standing === 'guest' ? mine : null)];
    }
    case 'calendar':
      if (belongs === 'location') return each([near, ...others], 'refused');
      return [...each(others, 'refused'), ...each(others, 'refused', mine), ...each([near], 'let-through')];
    case 'location': {
      if (belongs === 'asker') return each([near], 'let-through');
      if (walker.isBound !== true) return each([near, ...others], 'let-through');
      if (belongs === 'business') return each([near, ...others], 'refused');
      return [
        ...each(
          others.filter(({ locationId }) => locationId !== near.locationId),
          'refused',
        ),
        ...each([near], 'let-through'),
      ];
    }
    default:
      return reach satisfies never;
  }
}
