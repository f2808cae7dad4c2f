// How a person of the team logs in, for the owner.
import { useSignal } from '@preact/signals';
import type { ManagedUserReply } from '../../../src/protocol/users.ts';
import type { Problem } from '../../kit/api.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { Read, useReading } from '../../kit/reading.tsx';
import { askEach } from '../ask-each.ts';
import type { ManagedStaff } from '../catalog.ts';
import { tell } from '../notice.tsx';
import { hrefOf } from '../places.ts';
import { ROLE_NAMES, STATE_WORDS } from '../users/role-words.ts';
import { change } from '../writes.ts';

export function Login({ member }: { readonly member: ManagedStaff }) {
  const reading = useReading(() => askEach<ManagedUserReply>('/v1/users'));
  const problem = useSignal<Problem | undefined>(undefined);
  const invite = async () => {
    const answer = await change('POST', '/v1/users', { email: member.email, name: member.name, role: 'staff', staffId: member.id });
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    tell(`${member.name} gets an e-mail to set a password.`);
    await reading.again();
  };
  return (
    <section class="card panel-card record" aria-labelledby="login">
      <h2 id="login">Login and role</h2>
      <Read reading={reading}>
        {(users) => {
          const theirs = users.filter(({ staffId, email }) => staffId === member.id || (member.email !== null && email === member.email));
          if (theirs.length > 0)
            return (
              <ul class="rows">
                {theirs.map(({ id, email, role, state }) => (
                  <li key={id} class="row">
                    <div class="row-words">
                      <p class="row-title">{email}</p>
                      <p class="soft small">
                        {ROLE_NAMES[role]} · {STATE_WORDS[state]}
                      </p>
                    </div>
                    <a class="button" href={hrefOf('users', id)}>
                      Change<span class="only-heard"> the login {email}</span>
                    </a>
                  </li>
                ))}
              </ul>
            );
          return (
            <>
              <p>{member.name} cannot log in.</p>
              {member.email === null ? (
                <p class="soft">Save an e-mail address first; the invitation goes there.</p>
              ) : (
                <div>
                  <button type="button" class="button" onClick={() => void invite()}>
                    Invite as staff
                  </button>
                </div>
              )}
            </>
          );
        }}
      </Read>
      {problem.value !== undefined && (
        <p class="wrong" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
    </section>
  );
}
