import { Bell } from '../bell/bell.tsx';
import { Announcements } from '../kit/announcing.tsx';
import { logOut, session, type User } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import { isForAnybody } from './door.ts';
import { Entrance } from './entrance.tsx';
import { Overview } from './overview.tsx';
import { door } from './standing.ts';

export function AccountPage() {
  const here = session.value;
  const user = here.state === 'in' ? here.user : undefined;
  const isEntrance = user === undefined || isForAnybody(door.value) || ('after' in door.value && door.value.after !== undefined);
  return (
    <>
      <a class="skip" href="#main">
        Skip to your account
      </a>
      <Top user={user} />
      <main id="main" tabIndex={-1}>
        {here.state === 'opening' && <Opening />}
        {here.state !== 'opening' && isEntrance && <Entrance user={user} />}
        {user !== undefined && !isEntrance && <Overview key={user.id} user={user} />}
      </main>
      <Announcements />
    </>
  );
}

function Top({ user }: { readonly user: User | undefined }) {
  const name = shop.value.state === 'ready' ? shop.value.value.business.name : ' ';
  return (
    <header class="top">
      <a class="wordmark" href="/">
        {name}
        <span class="only-heard">: book a time</span>
      </a>
      {user !== undefined && (
        <div class="top-acts">
          {user.role !== 'customer' && <Bell />}
          <button type="button" class="button quiet" onClick={() => void logOut()}>
            Log out
          </button>
        </div>
      )}
    </header>
  );
}

function Opening() {
  return (
    <div class="opening" aria-busy="true">
      <p class="only-heard">Loading</p>
      <div class="loading" />
      <div class="loading" />
    </div>
  );
}
