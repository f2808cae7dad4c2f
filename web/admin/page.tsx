import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Bell } from '../bell/bell.tsx';
import { live } from '../bell/notified.ts';
import { Announcements } from '../kit/announcing.tsx';
import { ask } from '../kit/api.ts';
import { Connection, Lost } from '../kit/connection.tsx';
import { LoginForm } from '../kit/login-form.tsx';
import { NotSure } from '../kit/not-sure.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { ProofDialog } from '../kit/proof.tsx';
import { logOut, session, type User } from '../kit/session.ts';
import type { Business } from '../kit/shop.ts';
import { catalog, loadCatalog } from './catalog.ts';
import { Notice } from './notice.tsx';
import { hrefOf, place, type TabProps } from './places.ts';
import { type Tab, tabsFor } from './tabs.ts';
import { doubts } from './writes.ts';

export function AdminPage() {
  const here = session.value;
  return (
    <>
      {here.state === 'opening' && <main class="opening" aria-busy="true" aria-label="Loading" />}
      {here.state === 'out' && <Login />}
      {here.state === 'in' && (tabsFor(here.user).length === 0 ? <NotForYou user={here.user} /> : <Office key={here.user.id} user={here.user} />)}
      <ProofDialog />
      <Announcements />
    </>
  );
}

function Login() {
  const about = useSignal<Business | undefined>(undefined);
  const email = useSignal('');
  useEffect(() => {
    void ask<Business>('GET', '/v1/business').then((answer) => {
      if (answer.ok) about.value = answer.body;
    });
  }, []);
  const heading = (
    <div>
      <p class="soft">{about.value?.name ?? ' '}</p>
      <h1>Back office</h1>
    </div>
  );
  const hint = about.value?.demo === true && (
    <p class="demo-hint">
      Demo: log in as <strong>owner@demo.test</strong> with the password printed when the server started.
    </p>
  );
  return (
    <main class="entrance">
      <LoginForm heading={heading} email={email} hint={hint}>
        <p class="elsewhere">
          <a href="/account#forgotten">Forgotten your password?</a>
          <a href="/desk">Front desk</a>
        </p>
      </LoginForm>
    </main>
  );
}

const ELSEWHERE = { customer: { words: 'My appointments', href: '/account' }, staff: { words: 'Open the front desk', href: '/desk' } } as const;

function NotForYou({ user }: { readonly user: User }) {
  const isCustomer = user.role === 'customer';
  const { words, href } = ELSEWHERE[isCustomer ? 'customer' : 'staff'];
  return (
    <main class="entrance">
      <section class="card entrance-card">
        <h1>The back office is for owners and managers</h1>
        <p class="soft">
          {isCustomer ? 'You are logged in as a customer.' : 'Appointments and your day are at the front desk. An owner can make you a manager.'}
        </p>
        <a class="button primary" href={href}>
          {words}
        </a>
        <button type="button" class="button quiet" onClick={() => void logOut()}>
          Log in as someone else
        </button>
      </section>
    </main>
  );
}

function Office({ user }: { readonly user: User }) {
  const tabs = tabsFor(user);
  const tab = tabs.find(({ id }) => id === place.value.tab) ?? tabs[0];
  const state = catalog.value;
  const name = state.state === 'ready' ? state.value.business.name : '';
  useEffect(() => {
    document.title = [tab?.title, 'Back office', name].filter((part) => part !== undefined && part !== '').join(' – ');
  }, [tab?.id, name]);
  useFreshCatalog();
  return (
    <div class="office">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Menu tabs={tabs} current={tab} name={name} />
      <div class="office-body">
        <Top />
        <main id="main" tabIndex={-1}>
          <Lost state={live.state.value}>What you see may have changed.</Lost>
          {doubts.value > 0 && <NotSure>We do not know yet whether your change is saved.</NotSure>}
          <Notice />
          {state.state === 'loading' && <div class="loading office-loading" aria-busy="true" />}
          {state.state === 'failed' && <NotLoaded sentence={sentenceOf(state.problem)} />}
          {state.state === 'ready' && tab !== undefined && (
            <OpenTab key={tab.id} tab={tab} user={user} path={tab.id === place.value.tab ? place.value.path : []} />
          )}
        </main>
      </div>
    </div>
  );
}

/** A page that was away shows what others have changed as soon as it is looked at again. */
function useFreshCatalog(): void {
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible' && catalog.peek().state === 'ready') void loadCatalog();
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
}

function NotLoaded({ sentence }: { readonly sentence: string }) {
  return (
    <div class="banner danger" role="alert">
      <p>{sentence}</p>
      <button type="button" class="button" onClick={() => void loadCatalog()}>
        Try again
      </button>
    </div>
  );
}

const OTHER_PAGES = [
  { href: '/desk', words: 'Front desk' },
  { href: '/', words: 'Booking page' },
  { href: '/account', words: 'My account' },
] as const;

/** Beside the content on a wide screen, behind a button on a narrow one. */
function Menu({ tabs, current, name }: { readonly tabs: readonly Tab[]; readonly current: Tab | undefined; readonly name: string }) {
  const isOpen = useSignal(false);
  const groups = [...new Set(tabs.map(({ group }) => group))];
  const close = () => {
    isOpen.value = false;
  };
  return (
    <header class="menu">
      <div class="menu-top">
        <a class="wordmark" href="/admin">
          {name === '' ? 'Back office' : name}
        </a>
        <button
          type="button"
          class="button menu-button"
          aria-expanded={isOpen.value}
          aria-controls="menu"
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          <span class="only-heard">Menu, now </span>
          {current?.title}
          <span aria-hidden="true">▾</span>
        </button>
      </div>
      <nav id="menu" aria-label="Back office" data-open={isOpen.value}>
        {groups.map((group) => (
          <div key={group} class="menu-group">
            <p id={`menu-${group.replaceAll(' ', '-')}`}>{group}</p>
            <ul aria-labelledby={`menu-${group.replaceAll(' ', '-')}`}>
              {tabs
                .filter((tab) => tab.group === group)
                .map(({ id, title }) => (
                  <li key={id}>
                    <a href={hrefOf(id)} {...(id === current?.id && { 'aria-current': 'page' as const })} onClick={close}>
                      {title}
                    </a>
                  </li>
                ))}
            </ul>
          </div>
        ))}
        <div class="menu-group">
          <p id="menu-elsewhere">Other pages</p>
          <ul aria-labelledby="menu-elsewhere">
            {OTHER_PAGES.map(({ href, words }) => (
              <li key={href}>
                <a href={href}>{words}</a>
              </li>
            ))}
          </ul>
        </div>
      </nav>
    </header>
  );
}

function Top() {
  return (
    <div class="office-top">
      <Connection state={live.state.value} />
      <Bell />
      <button type="button" class="button quiet" onClick={() => void logOut()}>
        Log out
      </button>
    </div>
  );
}

type Loaded = { readonly component: ComponentType<TabProps> } | 'failed';

/** The code of a tab comes when it is opened. */
function OpenTab({ tab, user, path }: { readonly tab: Tab } & TabProps) {
  const loaded = useSignal<Loaded | undefined>(undefined);
  const load = () => {
    loaded.value = undefined;
    void tab.load().then(
      (component) => {
        loaded.value = { component };
      },
      // A new version of the page has replaced the files, or the connection is gone.
      () => {
        loaded.value = 'failed';
      },
    );
  };
  useEffect(load, []);
  if (loaded.value === 'failed')
    return (
      <div class="banner danger" role="alert">
        <p>This part of the page could not be loaded.</p>
        <button type="button" class="button" onClick={() => location.reload()}>
          Reload the page
        </button>
      </div>
    );
  if (loaded.value === undefined) return <div class="loading office-loading" aria-busy="true" />;
  const { component: Component } = loaded.value;
  return <Component user={user} path={path} />;
}
