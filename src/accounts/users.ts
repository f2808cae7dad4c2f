import { DAY, type Instant, instant } from '../model/instant.ts';
import { answeredBefore, type KeptReplies, sealedReplies } from '../model/kept-replies.ts';
import type { AccountStore, AccountTransaction, UserFilter, UserPage } from './account-store-port.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { textSeal } from './sealed-secrets.ts';
import { newSecretToken } from './secret-tokens.ts';
import type { ManagedUser } from './stored-accounts.ts';
import { EMAIL_TAKEN, type UserAnswer, type UserChange, type UserRequest } from './user-answer.ts';
import { addUser, changeUser, inviteUser, type NewLink, removeUser, removeUsersFactor, type UserChanges, type UserDraft } from './user-changes.ts';

/** A week: someone who starts on Monday may be invited the Monday before. After that they are invited again. */
export const INVITATION_LIFE = 7 * DAY;

/** `hashOfNobody`: of a password that nobody has, as costly to be wrong about as any other, so that nobody sees who has not answered an invitation. */
type Settings = { readonly hashOfNobody: string; readonly now: () => Instant; readonly seal: ReturnType<typeof textSeal> };

/** The accounts of others, for those who manage them. */
export class Users {
  readonly #store: AccountStore;
  readonly #settings: Settings;
  readonly #ended: EndedSessions;

  constructor(store: AccountStore, settings: Settings, ended: EndedSessions) {
    this.#store = store;
    this.#settings = settings;
    this.#ended = ended;
  }

  /** By id, which for ids of this server's making is by age. `after`: the cursor of the page before. */
  list(filter: UserFilter, limit: number, after: string | null): Promise<UserPage> {
    return this.#store.users(filter, limit, after);
  }

  byId(id: string): Promise<ManagedUser | undefined> {
    return this.#store.managedUser(id);
  }

  /** Without a password: an e-mail with a link that sets one goes to their address. */
  add(draft: UserDraft, request: UserRequest): Promise<UserAnswer> {
    return this.#change(draft.id, request, addUser(draft, this.#settings.hashOfNobody, this.#newLink()));
  }

  /** Another e-mail, whose link takes the place of the one before. */
  invite(id: string, request: UserRequest): Promise<UserAnswer> {
    return this.#change(id, request, inviteUser(id, this.#newLink()));
  }

  change(id: string, changes: UserChanges, request: UserRequest): Promise<UserAnswer> {
    return this.#change(id, request, changeUser(id, changes));
  }

  remove(id: string, request: UserRequest): Promise<UserAnswer> {
    return this.#change(id, request, removeUser(id));
  }

  /** Lets somebody in by their password alone again, until they set up another one. */
  removeSecondFactor(id: string, request: UserRequest): Promise<UserAnswer> {
    return this.#change(id, request, removeUsersFactor(id));
  }

  /** Sessions that have ended as long ago as an access token lives are told again: the answer that should have told of them may have been lost. */
  async #change(id: string, request: UserRequest, change: UserChange): Promise<UserAnswer> {
    const at = this.#settings.now();
    const made = await this.#store.changeUsers(async (transaction) => {
      const { answer, ended } = await decide(transaction, sealedReplies(transaction, this.#settings.seal), { request, change, at });
      const again = answer.outcome === 'refused' ? [] : await transaction.endedSessions(id, instant(at - this.#ended.life));
      return { answer, ended: [...new Set([...ended, ...again])] };
    });
    if (made === 'email-taken') return { outcome: 'refused', ...EMAIL_TAKEN };
    this.#ended.end(made.ended);
    return made.answer;
  }

  #newLink(): NewLink {
    return { ...newSecretToken(), expiresAt: instant(this.#settings.now() + INVITATION_LIFE) };
  }
}

type Made = { readonly answer: UserAnswer; readonly ended: readonly string[] };

type Asked = { readonly request: UserRequest; readonly change: UserChange; readonly at: Instant };

async function decide(transaction: AccountTransaction, replies: KeptReplies, { request, change, at }: Asked): Promise<Made> {
  const { key } = request;
  const before = await answeredBefore(replies, key);
  if (before !== undefined) return { answer: before, ended: [] };
  const decided = await change(transaction, request, at);
  if ('refusal' in decided) return { answer: { outcome: 'refused', refusal: decided.refusal }, ended: [] };
  const reply = request.reply(decided.user);
  if (key !== null) await replies.addReply(key, reply);
  return { answer: { outcome: 'saved', reply }, ended: decided.ended };
}
