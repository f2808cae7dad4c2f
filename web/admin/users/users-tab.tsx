// Who may log in, and as what.
import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import type { ManagedUserReply, newUserBody, userChangeBody } from '../../../src/protocol/users.ts';
import { agoNow } from '../../kit/ago-now.ts';
import type { Answer, Problem } from '../../kit/api.ts';
import { AskFirst } from '../../kit/ask-first.tsx';
import { choice, choiceOrNone, line, yesOrNo } from '../../kit/field-kinds.tsx';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { Read, useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import { askEach } from '../ask-each.ts';
import { openCatalog } from '../catalog.ts';
import type { FieldsOf, Values } from '../drafts.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';
import { go, hrefOf, type TabProps } from '../places.ts';
import { FormPart, RecordForm } from '../record-form.tsx';
import { change } from '../writes.ts';
import { ROLE_NAMES, STATE_WORDS } from './role-words.ts';

const TAB = 'users';
const NEW = 'new';
const ALL = { href: hrefOf(TAB), words: 'All users' };

export function UsersTab({ path: [id] }: TabProps) {
  const reading = useReading(() => askEach<ManagedUserReply>('/v1/users'));
  return (
    <Read reading={reading}>
      {(users) => {
        const user = users.find((one) => one.id === id);
        if (id === NEW) return <NewUser onAdded={reading.again} />;
        if (user !== undefined) return <OneUser key={user.id} user={user} onChanged={reading.again} />;
        return <UserList users={users} />;
      }}
    </Read>
  );
}

const seenWords = ({ lastSeenAt }: ManagedUserReply) => (lastSeenAt === null ? 'never' : agoNow(lastSeenAt));

function UserList({ users }: { readonly users: readonly ManagedUserReply[] }) {
  return (
    <>
      <Head title="Users and roles" lead="Who can log in. Customers with an account are under Customers.">
        <a class="button primary" href={hrefOf(TAB, NEW)}>
          Invite a user
        </a>
      </Head>
      <Listing
        id="users"
        words={['user', 'users']}
        items={users}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => hrefOf(TAB, id)}
        textOf={({ name, email }) => `${name} ${email}`}
        columns={[
          { id: 'name', name: 'Name', show: ({ name }) => name, by: ({ name }) => name },
          { id: 'email', name: 'E-mail', show: ({ email }) => email, by: ({ email }) => email },
          { id: 'role', name: 'Role', show: ({ role }) => ROLE_NAMES[role], by: ({ role }) => role },
          { id: 'state', name: 'Login', show: ({ state }) => STATE_WORDS[state], by: ({ state }) => state },
          { id: 'seen', name: 'Last seen', show: seenWords, by: ({ lastSeenAt }) => lastSeenAt ?? '' },
        ]}
        filters={[
          {
            id: 'role',
            name: 'Role',
            options: [
              { id: 'all', name: 'All roles', isIn: () => true },
              ...(['owner', 'manager', 'front-desk', 'staff'] as const).map((role) => ({
                id: role,
                name: ROLE_NAMES[role],
                isIn: (user: ManagedUserReply) => user.role === role,
              })),
            ],
          },
        ]}
        empty={<p>Nobody can log in.</p>}
      />
    </>
  );
}

const ROLES = [
  { value: 'owner', words: 'Owner: everything' },
  { value: 'manager', words: 'Manager: the back office, but users, keys and the audit trail' },
  { value: 'front-desk', words: 'Front desk: all calendars and customers' },
  { value: 'staff', words: 'Staff: their own calendar' },
] as const;

function rightsFields(): Omit<FieldsOf<z.input<typeof userChangeBody>>, 'disabled'> {
  const { staff, locations } = openCatalog();
  return {
    name: { label: 'Name', kind: line() },
    role: { label: 'Role', kind: choice(ROLES) },
    locationId: {
      label: 'Bound to a location',
      isOptional: true,
      hint: 'For the front desk and managers.',
      kind: choiceOrNone(
        'All locations',
        locations.map(({ id, name }) => ({ value: id, words: name })),
      ),
    },
    staffId: {
      label: 'Whose calendar is theirs',
      isOptional: true,
      hint: 'Needed for the role Staff.',
      kind: choiceOrNone(
        'None',
        staff.map(({ id, name }) => ({ value: id, words: name })),
      ),
    },
  };
}

function NewUser({ onAdded }: { readonly onAdded: () => Promise<void> }) {
  const fields: FieldsOf<Omit<z.input<typeof newUserBody>, 'id'>> = {
    ...rightsFields(),
    name: { label: 'Name', kind: line() },
    role: { label: 'Role', kind: choice(ROLES) },
    email: { label: 'E-mail', kind: line('email'), hint: 'They get an e-mail with a link to set a password.' },
  };
  const blank = { name: '', email: '', role: 'front-desk', locationId: null, staffId: null };
  const onSaved = async (user: ManagedUserReply) => {
    await onAdded();
    go(TAB, user.id);
  };
  return (
    <>
      <Head title="Invite a user" back={ALL} />
      <RecordForm
        id={`${TAB}/${NEW}`}
        fields={fields}
        record={null}
        blank={blank}
        save={(body) => change<ManagedUserReply>('POST', '/v1/users', { name: '', email: '', role: blank.role, ...body })}
        onSaved={(user) => void onSaved(user)}
        words={{ save: 'Invite', saved: 'The invitation is on its way.' }}
      >
        {(form) => <FormPart title="Who and what" form={form} rows={[['name', 'email'], ['role'], ['locationId', 'staffId']]} />}
      </RecordForm>
    </>
  );
}

function OneUser({ user, onChanged }: { readonly user: ManagedUserReply; readonly onChanged: () => Promise<void> }) {
  const path = `/v1/users/${user.id}`;
  const fields: FieldsOf<z.input<typeof userChangeBody>> = {
    ...rightsFields(),
    disabled: { label: 'Login', kind: yesOrNo('Disabled: cannot log in', ['can log in', 'disabled']) },
  };
  const recordOf = (one: ManagedUserReply): Values => ({ ...one, disabled: one.state === 'disabled' });
  const reread = async () => {
    const answer = await askAs<ManagedUserReply>('GET', path);
    return answer.ok ? recordOf(answer.body) : undefined;
  };
  return (
    <>
      <Head title={user.name} back={ALL} lead={`${user.email} · ${STATE_WORDS[user.state]} · last seen ${seenWords(user)}`} />
      <RecordForm
        id={`${TAB}/${user.id}`}
        fields={fields}
        record={recordOf(user)}
        reread={reread}
        save={(body, version) => change<ManagedUserReply>('PATCH', path, body, version)}
        onSaved={() => void onChanged()}
        words={{ save: 'Save', saved: `${user.name} is saved.` }}
        reach={(names) => (names.some((name) => name !== 'name') ? 'Where their rights change, they are logged out everywhere and log in again.' : undefined)}
        acts={<UserActs user={user} onChanged={onChanged} />}
      >
        {(form) => <FormPart title="Who and what" form={form} rows={[['name', 'role'], ['locationId', 'staffId'], ['disabled']]} />}
      </RecordForm>
    </>
  );
}

const ACTS = {
  invite: {
    button: 'Invite again',
    title: 'Invite again?',
    confirm: 'Send it',
    words: 'They get a new e-mail; the link in the one before no longer works.',
    done: 'The invitation is on its way.',
  },
  factor: {
    button: 'Remove the second factor',
    title: 'Remove the second factor?',
    confirm: 'Remove it',
    words: 'Their password alone is enough again, until they set up a new one. They are told by e-mail.',
    done: 'The second factor is removed.',
  },
  remove: {
    button: 'Remove…',
    title: 'Remove this user?',
    confirm: 'Remove',
    words: 'They are logged out everywhere. What they did keeps their name.',
    done: 'The user is removed.',
  },
} as const;
type Act = keyof typeof ACTS;

function UserActs({ user, onChanged }: { readonly user: ManagedUserReply; readonly onChanged: () => Promise<void> }) {
  const asked = useSignal<Act | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const path = `/v1/users/${user.id}`;
  const acts: Readonly<Record<Act, () => Promise<Answer<unknown>>>> = {
    invite: () => change('POST', `${path}/invite`, {}),
    factor: () => change('POST', `${path}/second-factor/remove`, {}),
    remove: () => change('DELETE', path, undefined, user.version),
  };
  const act = async (which: Act) => {
    const answer = await acts[which]();
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    tell(ACTS[which].done);
    if (which === 'remove') go(TAB);
    await onChanged();
  };
  const question = asked.value === undefined ? undefined : { which: asked.value, ...ACTS[asked.value] };
  return (
    <>
      {(['invite', 'factor', 'remove'] as const)
        .filter((which) => which !== 'invite' || user.state === 'invited')
        .map((which) => (
          <button
            key={which}
            type="button"
            class={which === 'remove' ? 'button danger' : 'button'}
            onClick={() => {
              asked.value = which;
            }}
          >
            {ACTS[which].button}
          </button>
        ))}
      {problem.value !== undefined && (
        <p class="wrong" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      {question !== undefined && (
        <AskFirst
          title={question.title}
          confirm={question.confirm}
          keep="Leave it"
          onConfirm={() => void act(question.which)}
          onClose={() => {
            asked.value = undefined;
          }}
        >
          <p>{question.words}</p>
        </AskFirst>
      )}
    </>
  );
}
