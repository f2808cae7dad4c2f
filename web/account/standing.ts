// The current door of the account page, kept in sync with the address.
import { effect, signal } from '@preact/signals';
import { session } from '../kit/session.ts';
import { type Door, doorOf } from './door.ts';

export const door = signal<Door>({ at: 'login' });

/** Remembered from registration to the first login, which is in another tab if the link of the e-mail is opened. */
const REGISTERED_AS = 'slotkeeper-registered-as';
/** The e-mail address typed at any door. */
export const email = signal(localStorage.getItem(REGISTERED_AS) ?? '');

export function rememberAddress(address: string): void {
  localStorage.setItem(REGISTERED_AS, address);
}

/** After a login no door is shown; after a logout, the login. */
export function followSession(): void {
  let before = session.peek().state;
  effect(() => {
    const now = session.value.state;
    const { at } = door.peek();
    if (before !== 'in' && now === 'in') {
      localStorage.removeItem(REGISTERED_AS);
      email.value = '';
    }
    if (before === 'out' && now === 'in' && at === 'login') goTo({ at });
    if (before === 'in' && now === 'out' && (at === 'register' || at === 'forgotten' || at === 'emailed')) goTo({ at: 'login' });
    before = now;
  });
}

/** Reads the address now and whenever the part after `#` changes: a link may be pasted into an open tab. */
export function followAddress(): void {
  const read = () => {
    door.value = doorOf(location.hash) ?? door.value;
    // The token stays in this page's memory: it is removed from the history and from the address bar.
    if ('token' in door.value) history.replaceState(null, '', location.pathname);
  };
  read();
  addEventListener('hashchange', read);
}

/** A door that no address leads to. */
export function goTo(next: Door): void {
  history.replaceState(null, '', location.pathname);
  door.value = next;
}
