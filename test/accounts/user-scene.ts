// An owner who manages accounts, in a business with one location and two staff members.
import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import type { User } from '../../src/accounts/account.ts';
import type { ManagedUser } from '../../src/accounts/stored-accounts.ts';
import type { UserAnswer, UserRequest } from '../../src/accounts/user-answer.ts';
import type { UserDraft } from '../../src/accounts/user-changes.ts';
import { byUser } from '../../src/audit/audit-entry.ts';
import { CatalogKeeper } from '../../src/catalog/catalog-keeper.ts';
import { catalogStore } from '../../src/persistence/catalog/catalog-store.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { request as catalogRequest, locationDraft, staffDraft } from '../catalog/drafts.ts';
import { type AccountScene, openAccountScene, SCENE_PASSWORD } from './account-scene.ts';

export type UserScene = AccountScene & {
  readonly owner: User;
  readonly locationId: string;
  readonly staffIds: readonly [string, string];
  /** Are in the catalog no more. */
  readonly closedLocationId: string;
  readonly formerStaffId: string;
  newOwner(): Promise<User>;
  /** Somebody who has a password, SCENE_PASSWORD, and may be changed. */
  newColleague(more?: Partial<UserDraft>): Promise<User>;
  /** The token of the last e-mail about this to them. */
  lastToken(email: string, topic: string): Promise<string>;
  topicsTo(email: string): Promise<readonly string[]>;
};

export async function openUserScene(database: Database): Promise<UserScene> {
  const scene = await openAccountScene(database);
  const { accounts } = scene;
  const newOwner = async () => expectUser(await accounts.create({ email: `${randomUUIDv7()}@example.org`, name: 'Olga', role: 'owner' }, SCENE_PASSWORD));
  const emailsTo = async (email: string) => (await accounts.mails(200, null)).items.filter((mail) => mail.email === email);
  const catalog = await CatalogKeeper.open(catalogStore(database));
  const location = locationDraft();
  const closed = locationDraft();
  const [ada, bo, former] = [staffDraft(location.id), staffDraft(location.id), staffDraft(location.id)];
  for (const each of [location, closed]) await catalog.addLocation(each, catalogRequest());
  for (const member of [ada, bo, former]) await catalog.addStaffMember(member, catalogRequest());
  await catalog.archiveStaffMember(former.id, catalogRequest());
  await catalog.archiveLocation(closed.id, catalogRequest());
  return {
    ...scene,
    owner: await newOwner(),
    locationId: location.id,
    staffIds: [ada.id, bo.id],
    closedLocationId: closed.id,
    formerStaffId: former.id,
    newOwner,
    newColleague: async (more) => expectUser(await accounts.create(userDraft(more), SCENE_PASSWORD)),
    async lastToken(email, topic) {
      return (await emailsTo(email)).find((mail) => mail.topic === topic)?.secret?.token ?? assert.fail(`no ${topic} with a link`);
    },
    topicsTo: async (email) => (await emailsTo(email)).map(({ topic }) => topic),
  };
}

export function userDraft(more: Partial<UserDraft> = {}): UserDraft {
  const id = randomUUIDv7();
  return { id, email: `${id}@example.org`, name: 'Dora', role: 'front-desk', staffId: null, locationId: null, ...more };
}

export function asUser(user: User, more: Partial<UserRequest> = {}): UserRequest {
  return {
    by: byUser(user, '203.0.113.5'),
    requestId: 'r',
    key: null,
    isProven: true,
    expectedVersions: null,
    reply: (body) => ({ status: 200, body }),
    ...more,
  };
}

/** The user, as the answer says. */
export function saved(answer: UserAnswer): ManagedUser {
  assert.equal(answer.outcome, 'saved', JSON.stringify(answer));
  return 'reply' in answer ? (answer.reply.body as ManagedUser) : assert.fail();
}

/** Why not, with the fields that are to blame; or what happened instead. */
export function refusal(answer: UserAnswer): readonly string[] {
  if (answer.outcome !== 'refused') return [answer.outcome];
  const fields = 'errors' in answer.refusal ? answer.refusal.errors.map(({ path }) => path) : [];
  return [answer.refusal.code, ...fields];
}

function expectUser(made: User | 'email-taken'): User {
  return made === 'email-taken' ? assert.fail(made) : made;
}
