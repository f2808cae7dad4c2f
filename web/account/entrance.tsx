import { LoginForm } from '../kit/login-form.tsx';
import { logOut, type User } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import type { Door } from './door.ts';
import { DoorHeading } from './door-heading.tsx';
import { EmailOnItsWay } from './email-on-its-way.tsx';
import { Forgotten } from './forgotten.tsx';
import { NewPassword, Verify } from './opened-link.tsx';
import { Register } from './register.tsx';
import { door, email, goTo } from './standing.ts';

/** Everything that can be done without a login. `user`: the logged-in user, if the link of an e-mail was opened. */
export function Entrance({ user }: { readonly user: User | undefined }) {
  return <div class="entrance">{cardAt(door.value, user)}</div>;
}

function cardAt(here: Door, user: User | undefined) {
  switch (here.at) {
    case 'login':
      return user === undefined ? <Login after={here.after} /> : <SomebodyElse user={user} />;
    case 'register':
      return <Register />;
    case 'forgotten':
      return <Forgotten />;
    case 'emailed':
      return <EmailOnItsWay about={here.about} to={here.email} />;
    case 'verify':
      return <Verify key={here.token} token={here.token} />;
    case 'reset':
      return <NewPassword key={here.token} token={here.token} isFirst={here.isFirst} />;
    default:
      return here satisfies never;
  }
}

const DONE = {
  verifying: 'Address verified. Your account is ready.',
  resetting: 'Password changed. All devices have been logged out.',
} as const;

function Login({ after }: { readonly after: keyof typeof DONE | undefined }) {
  const isDemo = shop.value.state === 'ready' && shop.value.value.business.demo;
  const hint =
    after !== undefined ? (
      <p class="well" role="status">
        {DONE[after]} Log in to continue.
      </p>
    ) : (
      isDemo && (
        <p class="demo-hint">
          Demo: <strong>customer@demo.test</strong> and <strong>owner@demo.test</strong> have accounts, with the password printed when the server started.
        </p>
      )
    );
  return (
    <LoginForm heading={<DoorHeading isQuiet={after === undefined}>Log in</DoorHeading>} email={email} hint={hint}>
      <p class="elsewhere">
        <a href="#forgotten">Forgotten your password?</a>
        <a href="#register">Create an account</a>
      </p>
    </LoginForm>
  );
}

/** A link was opened in a browser where a user is logged in, such as the owner of the demo. */
function SomebodyElse({ user }: { readonly user: User }) {
  return (
    <section class="card entrance-card">
      <DoorHeading>Done</DoorHeading>
      <p>
        You are logged in as <strong>{user.name}</strong> ({user.email}).
      </p>
      <div class="actions">
        <button type="button" class="button primary" onClick={() => void logOut()}>
          Log in as someone else
        </button>
        <button type="button" class="button" onClick={() => goTo({ at: 'login' })}>
          Continue as {user.name}
        </button>
      </div>
    </section>
  );
}
